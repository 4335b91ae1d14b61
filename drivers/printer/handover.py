"""Slips handed to a printer one after the other: what is known of each, and what the printer may still hold of it.

``GS ( H`` and ``GS r 1`` stand in the printer's queue like the slip before them and are not executed while paper is
out, so their answers prove that the slip came out (hardware.md 1.4). No answer proves nothing: the printer may keep the
rest of the slip in its buffer and print it when somebody brings paper. Such a slip is UNKNOWN, and what is left of it
is cleared away before the next one.
"""

import contextlib
import time
from enum import StrEnum
from typing import Final

import msgspec

from drivers.printer import Printed, PrinterStatus, PrintResult
from drivers.printer.conversation import Conversation, Receipt
from drivers.printer.questions import NoAnswer
from drivers.printer.slip_bytes import FEED_TO_TEAR
from drivers.printer.transport import TransportLost

OFFLINE: Final = "offline"
CUT_OFF: Final = b"\x1b@\x1dVB\x00"
"""Cuts the half slip off that a cleared buffer leaves on the paper, or it would hang on the next citizen's."""
PUSH_OFF: Final = b"\x1b@" + FEED_TO_TEAR
"""The same without a knife."""

_CLEARED_AT: Final = frozenset((None, "paper_out", "cover_open"))


class Buffer(StrEnum):
    """What the printer may still hold from before the next slip."""

    EMPTY = "empty"
    STRANGE = "strange"
    """Whatever was sent before this process opened the wire."""
    HALF_SLIP = "half_slip"
    """A slip of ours without its barrier's answer."""


class HandedOver(msgspec.Struct, frozen=True):
    """What is known of a slip, and why its wire must be let go, if it must."""

    result: PrintResult
    lost: TransportLost | NoAnswer | None = None


class Handover:
    """The way of slips to one printer, over one conversation after the other.

    Args:
        cutter: whether it has a knife.
        barrier_timeout_s: how long a sent slip may take to print, besides its time on a serial line.
        look_every_s: while a slip comes out, how often to ask whether it still does.
    """

    def __init__(self, *, cutter: bool, barrier_timeout_s: float, look_every_s: float) -> None:
        self._cutter = cutter
        self._barrier_timeout_s = barrier_timeout_s
        self._look_every_s = look_every_s
        self._buffer = Buffer.STRANGE
        self._half_sent = 0

    @property
    def unfinished(self) -> bool:
        """Something of an earlier slip may still be under way."""
        return self._buffer is not Buffer.EMPTY

    def begin(self, talk: Conversation, status: PrinterStatus) -> None:
        """A wire was opened: a slip sent by the process before us may still be coming out, and an answered barrier is
        an empty buffer.

        Raises:
            TransportLost: the wire broke.
        """
        if self._buffer is not Buffer.HALF_SLIP and status.online and status.fault is None and talk.find_end():
            self._buffer = Buffer.EMPTY

    def catch_up(self, talk: Conversation) -> None:
        """Take in what came since the last slip.

        Raises:
            TransportLost: the wire broke.
        """
        if talk.catch_up():
            self._buffer = Buffer.EMPTY  # what we gave up waiting for was only slow

    def hand_over(self, talk: Conversation, slip: bytes) -> HandedOver:
        """Send a slip and wait for its receipt. Never raises."""
        try:
            refused, prefix = self._make_ready(talk)
        except (TransportLost, NoAnswer) as lost:
            return HandedOver(PrintResult(Printed.FAILED, OFFLINE, str(lost)), lost)
        return HandedOver(refused) if refused is not None else self._send(talk, prefix + slip)

    def _make_ready(self, talk: Conversation) -> tuple[PrintResult | None, bytes]:
        """Ask how it is and have it forget what is left of an earlier slip; a refusal, or what to send first."""
        self.catch_up(talk)
        status = talk.ask_status()
        self.catch_up(talk)
        prefix = b""
        # Not at a jammed knife: clearing would pass for its repair, and the next slip would run into it.
        if self.unfinished and status.fault in _CLEARED_AT:
            talk.clear_buffers()
            prefix = CUT_OFF if self._cutter else PUSH_OFF
        if status.fault is not None or not status.online:
            return PrintResult(Printed.FAILED, status.fault or OFFLINE, "the printer said so before the slip"), b""
        if prefix and talk.abilities.barrier is not False and not talk.find_end(self._half_sent):
            if talk.abilities.barrier:
                return PrintResult(Printed.FAILED, "no_reply", "it does not come to the end of an earlier slip"), b""
            talk.abilities.barrier = False  # it has never given one: such a printer is only asked how it is
        return None, prefix

    def _send(self, talk: Conversation, data: bytes) -> HandedOver:
        before, self._buffer, self._half_sent = self._buffer, Buffer.HALF_SLIP, len(data)
        try:
            deadline = talk.send(data, self._barrier_timeout_s)
        except TransportLost as lost:
            if lost.sent == 0:
                self._buffer = before
            outcome = Printed.UNKNOWN if lost.sent else Printed.FAILED
            return HandedOver(PrintResult(outcome, OFFLINE, f"{lost} ({lost.sent} of {len(data)} bytes sent)"), lost)
        try:
            return self._confirm(talk, deadline)
        except TransportLost as lost:
            return HandedOver(PrintResult(Printed.UNKNOWN, OFFLINE, f"all bytes sent, then {lost}"), lost)

    def _confirm(self, talk: Conversation, deadline: float) -> HandedOver:
        """Wait for the receipt, and look at the status now and then: a printer without paper waits for ever."""
        mute = not talk.abilities.can_confirm
        while True:
            receipt = talk.hear_receipt(min(deadline, time.monotonic() + self._look_every_s))
            status: PrinterStatus | None = None
            if receipt is None:
                with contextlib.suppress(NoAnswer):
                    status = talk.ask_status()
                receipt = talk.hear_receipt(0.0)  # it may have come while we asked
            if receipt is not None:
                return self._received(talk, receipt)
            if status is not None and status.fault is not None:
                return _unknown(status.fault, "it stopped somewhere in the slip")
            if mute and status is not None and status.online:
                self._buffer = Buffer.EMPTY
                return _unknown("no_reply", "all bytes sent; this printer gives no receipts")
            if time.monotonic() >= deadline:
                if status is None:
                    return _unknown("no_reply", "all bytes sent, then no answer at all", NoAnswer(garbled=False))
                return _unknown("no_reply" if status.online else OFFLINE, "all bytes sent, no receipt for them")

    def _received(self, talk: Conversation, receipt: Receipt) -> HandedOver:
        """A receipt is believed when the printer is in order behind it: a line whose printer lost its power, or that
        carries noise, says many things, and some clones answer out of their turn."""
        try:
            status = talk.ask_status()
        except NoAnswer as silence:
            return _unknown("no_reply", f"something like a receipt came, then it {silence}", silence)
        if not talk.undisturbed:
            return _unknown("no_reply", "something like a receipt came amid noise")
        if status.fault is not None and not receipt.paper_end:
            return _unknown(status.fault, "a receipt came, but behind it the printer is not in order")
        self._buffer = Buffer.EMPTY
        if receipt.paper_end:
            return _unknown("paper_out", "it ran through the slip, and the paper is out")
        return HandedOver(PrintResult(Printed.PRINTED))


def _unknown(reason: str, detail: str, lost: TransportLost | NoAnswer | None = None) -> HandedOver:
    return HandedOver(PrintResult(Printed.UNKNOWN, reason, detail), lost)
