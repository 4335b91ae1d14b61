"""What the dispenser's logic asks its daemon to do, beside what every daemon's may."""

from typing import Literal

import msgspec

from drivers.buttons import Light
from firmware_py.core import events as e
from firmware_py.core.plan import Hours
from firmware_py.core.views import HallView


class PrintSlip(msgspec.Struct, frozen=True):
    """Print this ticket's slip; ``wall_ms`` is local wall time for the paper, ``hours`` are today's sessions, which an
    announced change may have moved away from the plan's (R-CORE-32); none = the plan's. ``large`` = the large-print
    slip (R-KIOSK-11), ``reprint`` = one more of it, marked 补打 (R-KIOSK-06)."""

    taken: e.Taken
    wall_ms: int
    hours: tuple[Hours, ...] = ()
    large: bool = False
    reprint: bool = False

    @property
    def job_id(self) -> str:
        """Names the slip in what the printer's port reports."""
        return f"{REPRINT}:{self.taken.ticket}" if self.reprint else self.taken.ticket


class PrintTransfer(msgspec.Struct, frozen=True):
    """Print where whoever was transferred has to go (R-KIOSK-12): to ``service``, or to one ``desk`` of it, 0 = any."""

    ticket: str
    service: str
    desk: int
    wall_ms: int

    @property
    def job_id(self) -> str:
        """See ``PrintSlip.job_id``."""
        return f"transfer:{self.ticket}"


class PrintNotice(msgspec.Struct, frozen=True):
    """Print a sheet to put up (R-KIOSK-12): that a dispenser is out of order and where to go instead (``fault``;
    ``place`` "" = the consultation desk), that another ``device`` is, or the change of ``hours`` the hall has
    announced."""

    kind: Literal["fault", "device", "hours"]
    hall: HallView
    place: str

    @property
    def job_id(self) -> str:
        """See ``PrintSlip.job_id``."""
        return f"notice:{self.kind}"


class NewRoll(msgspec.Struct, frozen=True):
    """A new roll of paper is in: its length counts from here."""


class ShowText(msgspec.Struct, frozen=True):
    """The kiosk's sign shows this text."""

    text: str


class Say(msgspec.Struct, frozen=True):
    """The kiosk's loudspeaker says this; a sentence that still waits to be said gives its place to it. ``slow`` = the
    green reading."""

    text: str
    slow: bool = False


class LightLamp(msgspec.Struct, frozen=True):
    """The lamp of this name shines so from now on."""

    name: str
    mode: Light


class KeepHighest(msgspec.Struct, frozen=True):
    """Remember across power cuts what numbers have been seen."""

    day: str
    highest: dict[str, int]


class KeptSlip(msgspec.Struct, frozen=True):
    """A slip as it can be printed again; ``sure`` = the printer said that it came out."""

    taken: e.Taken
    wall_ms: int
    hours: tuple[Hours, ...] = ()
    large: bool = False
    sure: bool = False


class KeepSlips(msgspec.Struct, frozen=True):
    """Remember the day's last slips across power cuts, the oldest first."""

    day: str
    slips: tuple[KeptSlip, ...] = ()


class KeepPriorities(msgspec.Struct, frozen=True):
    """Remember across power cuts whose priority a guide has still to confirm."""

    day: str
    tickets: tuple[str, ...] = ()


REPRINT = "reprint"
"""Before the number in the job of a slip that is printed again."""
