"""The one table of the hall bus: every kind of topic, its form on the wire, who writes it and who may read it.

The in-process bus and mosquitto's ACL file both follow it (``rights.py``), and ``docs/asyncapi.yaml`` is checked
against it. The caller of ``publish`` chooses a topic and a payload; how it travels is decided here.
"""

from enum import StrEnum
from typing import Final, Literal

import msgspec

JSON: Final = "application/json"
CLOUD_EVENT: Final = "application/cloudevents+json"

CONTROLLER: Final = "controller"
"""The controller's instance in every hall: signs and boards watch this name's status."""


class Role(StrEnum):
    """What an instance is to the bus. One instance has one role; what a command may do is the controller's affair."""

    CONTROLLER = "controller"
    KIOSK = "kiosk"
    DESK = "desk"
    """A staff pad and the sign over the desk."""
    HALL = "hall"
    """The hall board and the voice."""
    EVALUATOR = "evaluator"
    PHONE = "phone"
    UPLINK = "uplink"
    """Carries the hall's journal to the centre; an instance on both brokers."""
    VIEWER = "viewer"
    """Only looks: status tools, the front panel. It has no status, no will and no ping of its own."""
    CENTRE = "centre"
    """The city side; the one role whose rights span halls."""


class Party(msgspec.Struct, frozen=True):
    """A role beside a topic; ``own`` = only where the topic names its instance."""

    role: Role
    own: bool = False


class Kind(StrEnum):
    """The kinds of topic; the value is what stands below ``hall/v1/{hall}/``, with its variable part in braces."""

    COMMAND = "i/{instance}/cmd"
    ANSWER = "i/{instance}/rsp"
    EVENT = "event/{type}"
    STATE_DESK = "state/desk/{desk}"
    STATE_QUEUE = "state/queue/{service}"
    STATE_BOARD = "state/board"
    STATE_HALL = "state/hall"
    RATING = "eval/{instance}"
    LOG = "i/{instance}/log"
    ACK = "i/{instance}/ack"
    HALL_LOG = "log"
    HALL_ACK = "log/ack"
    STATUS = "i/{instance}/status"
    INFO = "i/{instance}/info"
    HEALTH = "i/{instance}/health"
    PING = "i/{instance}/ping"


class Form(msgspec.Struct, frozen=True):
    """How one kind of topic travels. ``payload`` names the struct inside; ``expiry_s`` 0 = it never goes stale."""

    kind: Kind
    payload: str
    writers: tuple[Party, ...]
    readers: tuple[Party, ...]
    retained: bool = False
    expiry_s: int = 0
    qos: Literal[0, 1] = 1
    content_type: str = JSON


def _all(*roles: Role) -> tuple[Party, ...]:
    return tuple(Party(role) for role in roles)


def _own(*roles: Role) -> tuple[Party, ...]:
    return tuple(Party(role, own=True) for role in roles)


_DEVICES: Final = (Role.KIOSK, Role.DESK, Role.HALL, Role.EVALUATOR, Role.PHONE)
_IN_THE_HALL: Final = (Role.CONTROLLER, *_DEVICES, Role.UPLINK, Role.VIEWER)
_WITH_STATUS: Final = (Role.CONTROLLER, *_DEVICES, Role.UPLINK, Role.CENTRE)
_OVERSEERS: Final = (Role.CONTROLLER, Role.UPLINK, Role.VIEWER, Role.CENTRE)
_BRAIN: Final = _all(Role.CONTROLLER)

FORMS: Final[dict[Kind, Form]] = {
    form.kind: form
    for form in (
        # A command or answer that waited longer than the citizen would act on a hall that has moved on.
        Form(Kind.COMMAND, "Request", _own(*_DEVICES, Role.UPLINK), _BRAIN, expiry_s=5),
        Form(Kind.ANSWER, "Answer", _BRAIN, _own(*_DEVICES, Role.UPLINK), expiry_s=5),
        # Never retained: a kept event would be spoken again to whoever connects next.
        Form(Kind.EVENT, "PublicEvent", _BRAIN, _all(*_IN_THE_HALL), expiry_s=60, content_type=CLOUD_EVENT),
        Form(Kind.STATE_DESK, "DeskView", _BRAIN, _all(*_IN_THE_HALL), retained=True),
        Form(Kind.STATE_QUEUE, "QueueView", _BRAIN, _all(*_IN_THE_HALL), retained=True),
        Form(Kind.STATE_BOARD, "BoardView", _BRAIN, _all(*_IN_THE_HALL), retained=True),
        Form(Kind.STATE_HALL, "HallView", _BRAIN, _all(*_IN_THE_HALL), retained=True),
        # Any device may be paired with a desk (a shared bus carries pads and evaluators); each reads only its own.
        Form(Kind.RATING, "RatingView", _BRAIN, _own(*_DEVICES), retained=True),
        Form(Kind.LOG, "Batch", _own(*_DEVICES), _BRAIN),
        Form(Kind.ACK, "Ack", _BRAIN, _own(*_DEVICES), retained=True),
        Form(Kind.HALL_LOG, "Batch", _all(Role.UPLINK), _all(Role.CENTRE)),
        Form(Kind.HALL_ACK, "Ack", _all(Role.CENTRE), _all(Role.UPLINK), retained=True),
        # Devices read statuses too: a sign shows its fault text when the controller's is lost.
        Form(Kind.STATUS, "Status", _own(*_WITH_STATUS), _all(*_IN_THE_HALL, Role.CENTRE), retained=True),
        Form(Kind.INFO, "Info", _own(*_WITH_STATUS), _all(*_OVERSEERS), retained=True),
        Form(Kind.HEALTH, "Health", _own(*_WITH_STATUS), _all(*_OVERSEERS), retained=True),
        # The instance's letter to itself through the broker; QoS 0, so that a full queue delays no proof of life.
        Form(Kind.PING, "Ping", _own(*_WITH_STATUS), _own(*_WITH_STATUS), qos=0),
    )
}
"""The table itself: every kind once."""
