"""Who may write and read what, from the one table: asked by the in-process bus, written out for mosquitto."""

from collections.abc import Iterable, Iterator

import msgspec

from firmware_py.link.table import FORMS, Form, Kind, Party, Role
from firmware_py.link.topics import Address, Topics, parse


class Member(msgspec.Struct, frozen=True):
    """One instance as its broker knows it. The centre's own topics stand below a ``hall`` named for itself."""

    instance: str
    role: Role
    hall: str


def may_write(member: Member, topic: str) -> bool:
    """Whether the member may publish on the topic; what is no topic of the bus nobody may."""
    address = parse(topic)
    return address is not None and _allowed(FORMS[address.kind].writers, member, address)


def may_read(member: Member, topic: str) -> bool:
    """Whether a message on the topic may be delivered to the member.

    A subscription may be wider than that: it is granted, and what may not be read is not delivered, as mosquitto does.
    """
    address = parse(topic)
    return address is not None and _allowed(FORMS[address.kind].readers, member, address)


def acl(members: Iterable[Member]) -> str:
    """The ACL file of mosquitto that says the same for these members (user name = instance); nobody else has any right.

    Raises:
        ValueError: an instance or hall has a name that could mean another topic or another line.
    """
    blocks = ["\n".join((f"user {member.instance}", *_lines(member))) for member in members]
    return "\n\n".join(blocks) + "\n"


def _lines(member: Member) -> Iterator[str]:
    for form in FORMS.values():
        for access, parties in (("write", form.writers), ("read", form.readers)):
            for party in parties:
                if party.role is member.role:
                    yield f"topic {access} {_granted(member, form, party)}"


def _granted(member: Member, form: Form, party: Party) -> str:
    if party.own:
        return Topics(member.hall).of(form.kind, member.instance)
    hall = "+" if member.role is Role.CENTRE else member.hall
    return Topics(hall).of(form.kind, "+" if _has_name(form.kind) else "")


def _has_name(kind: Kind) -> bool:
    return "{" in kind.value


def _allowed(parties: tuple[Party, ...], member: Member, address: Address) -> bool:
    own = address.hall == member.hall and address.name == member.instance
    here = address.hall == member.hall or member.role is Role.CENTRE
    return any(party.role is member.role and (own if party.own else here) for party in parties)
