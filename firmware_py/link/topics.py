"""The names of topics: building them, reading them back, and matching them with subscriptions."""

import re
from functools import lru_cache
from typing import Final

import msgspec

from firmware_py.link.table import Kind

ROOT: Final = "hall/v1"
"""First levels of every topic: the project and the version of its topic layout."""

_NAME: Final = re.compile(r"[\w.-]{1,64}")
_VARIABLE: Final = re.compile(r"\{\w+\}")
_SHAPES: Final = {kind: tuple(kind.split("/")) for kind in Kind}


class Address(msgspec.Struct, frozen=True):
    """What a topic says. ``name`` is its variable part (an instance, desk, service or event type), else ``""``."""

    hall: str
    kind: Kind
    name: str = ""


class Topics(msgspec.Struct, frozen=True):
    """The topics of one hall. ``hall`` "+" makes subscriptions that span halls, for the centre.

    Names are letters, digits, ``_``, ``.`` and ``-``, at most 64: anything else could mean another topic, or another
    line of the ACL file. Every method raises ``ValueError`` for a name that is none; instead of a name, ``"+"`` makes
    a subscription.
    """

    hall: str

    def __post_init__(self) -> None:
        _checked(self.hall)

    def of(self, kind: Kind, name: str = "") -> str:
        """The topic of that kind; ``name`` fills its variable part.

        Raises:
            ValueError: the name is missing, superfluous or no name.
        """
        path, count = _VARIABLE.subn(lambda _: _checked(name), kind.value)
        if name and not count:
            raise ValueError(f"{kind.value} takes no name, got {name!r}")
        return f"{ROOT}/{self.hall}/{path}"

    def command(self, instance: str) -> str:
        """What the instance asks of the controller."""
        return self.of(Kind.COMMAND, instance)

    def answer(self, instance: str) -> str:
        """What the controller answers the instance."""
        return self.of(Kind.ANSWER, instance)

    def event(self, type_: str) -> str:
        """Journalled events of one type, public part."""
        return self.of(Kind.EVENT, type_)

    def desk(self, number: int) -> str:
        """What desk ``number`` must show now."""
        return self.of(Kind.STATE_DESK, str(number))

    def queue(self, service: str) -> str:
        """One queue as it is now."""
        return self.of(Kind.STATE_QUEUE, service)

    @property
    def board(self) -> str:
        """The hall board and the recent announcements."""
        return self.of(Kind.STATE_BOARD)

    @property
    def hall_state(self) -> str:
        """The hall as a whole."""
        return self.of(Kind.STATE_HALL)

    @property
    def states(self) -> str:
        """Subscription to every state of the hall."""
        return f"{ROOT}/{self.hall}/state/#"

    def rating(self, instance: str) -> str:
        """The rating window of the evaluator ``instance``."""
        return self.of(Kind.RATING, instance)

    def log(self, instance: str) -> str:
        """Batches of the instance's journal."""
        return self.of(Kind.LOG, instance)

    def ack(self, instance: str) -> str:
        """How far the controller holds the instance's journal."""
        return self.of(Kind.ACK, instance)

    @property
    def hall_log(self) -> str:
        """Batches of the hall's journal, for the centre."""
        return self.of(Kind.HALL_LOG)

    @property
    def hall_ack(self) -> str:
        """How far the centre holds the hall's journal."""
        return self.of(Kind.HALL_ACK)

    def status(self, instance: str) -> str:
        """The instance's lifecycle."""
        return self.of(Kind.STATUS, instance)

    def info(self, instance: str) -> str:
        """What the instance is and can do."""
        return self.of(Kind.INFO, instance)

    def health(self, instance: str) -> str:
        """How the instance is, every minute."""
        return self.of(Kind.HEALTH, instance)

    def ping(self, instance: str) -> str:
        """The instance's letters to itself."""
        return self.of(Kind.PING, instance)


@lru_cache(maxsize=1024)  # a hall has a few hundred topics; strangers' topics cannot grow it
def parse(topic: str) -> Address | None:
    """What the topic says, or None when it is no topic of the hall bus (a subscription with wildcards is none)."""
    project, _, rest = topic.partition("/")
    version, _, rest = rest.partition("/")
    hall, _, path = rest.partition("/")
    if f"{project}/{version}" != ROOT or not _NAME.fullmatch(hall):
        return None
    levels = path.split("/")
    for kind, shape in _SHAPES.items():
        name = ""
        if len(shape) != len(levels):
            continue
        for wanted, found in zip(shape, levels, strict=True):
            if wanted.startswith("{"):
                if not _NAME.fullmatch(found):
                    break
                name = found
            elif wanted != found:
                break
        else:
            return Address(hall, kind, name)
    return None


def matches(pattern: str, topic: str) -> bool:
    """Whether a subscription takes in a topic, as MQTT 5 section 4.7 says (``+`` one level, ``#`` all that follow)."""
    wanted, found = pattern.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in {"+", "#"}:
        return False
    for place, level in enumerate(wanted):
        if level == "#":
            return True
        if place >= len(found) or level not in {"+", found[place]}:
            return False
    return len(wanted) == len(found)


def check_pattern(pattern: str) -> None:
    """Refuse a subscription that MQTT does not allow, before a broker cuts the connection over it.

    Raises:
        ValueError: empty, too long, or a wildcard that shares its level or stands before the end.
    """
    levels = pattern.split("/")
    bad = any(("#" in level or "+" in level) and level not in {"+", "#"} for level in levels) or "#" in levels[:-1]
    if bad or not pattern or "\0" in pattern or len(pattern.encode()) > 65535:
        raise ValueError(f"{pattern!r} is no subscription: + stands for one whole level, # for all at the end")


def _checked(name: str) -> str:
    if name != "+" and not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a topic: letters, digits, _ . - and at most 64 of them")
    return name
