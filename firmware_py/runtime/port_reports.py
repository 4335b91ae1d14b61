"""What a port leaves in its owner's inbox: how a job went, and how the device is."""

from typing import Final

import msgspec

from firmware_py.errors import DriverError, DriverFault

OFFLINE: Final = "offline"
"""``PortDown.reason`` of a wire that is gone; any other reason is a ``DriverFault``'s."""


class JobDone(msgspec.Struct, frozen=True):
    """A job ran; ``result`` is what it returned."""

    port: str
    job_id: str
    result: object


class JobFailed(msgspec.Struct, frozen=True):
    """A job did not do its work, or was never begun because the port was down."""

    port: str
    job_id: str
    error: DriverError


class PortDown(msgspec.Struct, frozen=True):
    """The device stopped working, or needs something else than before. ``reason`` is ``offline`` or a fault's code."""

    port: str
    reason: str
    detail: str


class PortUp(msgspec.Struct, frozen=True):
    """The device works, for the first time or again."""

    port: str


def reason_of(error: DriverError) -> str:
    """The word of ``PortDown.reason`` for an error."""
    return error.reason if isinstance(error, DriverFault) else OFFLINE
