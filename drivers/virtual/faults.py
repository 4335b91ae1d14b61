"""What can go wrong at the far end of a cable, switched on from outside: by a test, or on the demo's page."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol


class Fault(StrEnum):
    """One word for each thing that breaks in a hall; a far end knows those its device can have."""

    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    PAPER_OUT_MID_SLIP = "paper_out_mid_slip"
    """The roll ends inside the next slip."""
    COVER_OPEN = "cover_open"
    CUTTER = "cutter"
    """The knife jams at the next cut."""
    UNPLUGGED = "unplugged"
    """The cable is out: the near end's path is gone, or nobody listens."""
    SILENT = "silent"
    """The cable is in and the device takes bytes, but does nothing and answers nothing: no power, a hung firmware."""
    GARBAGE = "garbage"
    """Bytes that are no protocol stand before and after everything it says."""
    LOST_BYTES = "lost_bytes"
    """Every few bytes of what it hears, and of what it says, do not arrive."""
    SLOW = "slow"
    """It takes and answers everything late, later than it should."""
    WRONG_CHECKSUM = "wrong_checksum"
    """Every frame it sends is damaged."""
    DUPLICATE = "duplicate"
    """Every frame it sends comes twice."""
    REFUSES = "refuses"
    """It answers every command with an error of its protocol."""
    STUCK_KEY = "stuck_key"
    """A key or button is held down."""
    STUCK_RING = "stuck_ring"
    """The ring detector never lets go."""
    STUCK_HOOK = "stuck_hook"
    """The handset lies beside the telephone."""
    NO_LOOP = "no_loop"
    """The exchange's voltage is gone: the line is cut."""


class FarEnd(Protocol):
    """A far end whose faults can be switched on."""

    @property
    def faults(self) -> Mapping[Fault, bool]:
        """Every fault this device can have, and whether it has it now. From any thread."""

    def set_fault(self, fault: Fault, on: bool) -> None:
        """Let it break so, or mend it. Holds when it returns; from any thread.

        Raises:
            ValueError: this device cannot have that fault.
        """
