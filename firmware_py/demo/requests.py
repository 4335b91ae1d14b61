"""What the front panel's calls carry: the bodies of its requests, read strictly, and what is wrong with the others."""

from typing import Annotated, Literal, TypeVar

import msgspec

from firmware_py.core import commands as c

T = TypeVar("T", bound=msgspec.Struct)


class Press(msgspec.Struct, forbid_unknown_fields=True):
    """``POST /api/kiosk/{id}/press``."""

    service: str
    klass: Literal["X", "G"] = "X"


class Scan(msgspec.Struct, forbid_unknown_fields=True):
    """``POST /api/kiosk/{id}/scan``: what stands in the code that is held before the reader."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class PrinterKnobs(msgspec.Struct, forbid_unknown_fields=True):
    """``POST /api/kiosk/{id}/printer``."""

    paper: Literal["ok", "low", "out"] | None = None
    cover: Literal["open", "closed"] | None = None
    cable: Literal["in", "out"] | None = None


class PadKey(msgspec.Struct):
    """``POST /api/desk/{n}/key``; the other fields are what is typed behind the key, ``target`` or ``service`` behind
    转办, ``item`` behind 加办. More fields are for pads that can say more than a key."""

    key: str
    target: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0
    service: str = ""
    item: str = ""


class LevelKey(msgspec.Struct, forbid_unknown_fields=True):
    """``POST /api/evaluator/{n}/key``."""

    key: Annotated[int, msgspec.Meta(ge=1, le=5)]


class Call(msgspec.Struct, forbid_unknown_fields=True):
    """``POST /api/phone/{n}``."""

    rings: Annotated[int, msgspec.Meta(ge=1, le=20)]
    then: Literal["answer", "stop"] = "stop"


class DutyAsk(msgspec.Struct, forbid_unknown_fields=True):
    """``POST /api/duty``: a command as it travels on the link, tagged by ``type``."""

    command: c.HallCommand


class Break(msgspec.Struct, forbid_unknown_fields=True):
    """``POST /api/fault``: break a far end, or mend it; without a device, mend everything."""

    device: str = ""
    fault: str = ""
    on: bool = False


class Scene(msgspec.Struct, forbid_unknown_fields=True):
    """``POST /api/scene``: one of the four buttons, or the morning after."""

    scene: Literal["crowd", "paper_out", "power_cut", "closing", "morning"]


class Refusing(Exception):
    """An action that cannot be: 404 or 422 for a wrong request, 409 when the far end itself cannot."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


def read(body: bytes, kind: type[T]) -> T:
    """The body as ``kind``.

    Raises:
        Refusing: 422, with what is wrong with it.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refusing(422, f"请求写法不对:{error}") from error
