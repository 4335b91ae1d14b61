"""Joins the far end of a kernel device to a far end of ``drivers.virtual``: two files, every byte carried across.

The far ends of ``drivers.virtual`` sit behind a pty. In the guest the device before them is a real one, so a joint
stands between ``/dev/g_printer0`` or ``/dev/ttyGS0`` and that pty, and can stop carrying in the middle of a slip.
"""

import contextlib
import os
import select
import threading
import tty
from pathlib import Path
from typing import Final

BUFFER: Final = 8192
"""Bytes of one transfer of the printer gadget."""


class Joint:
    """Carries until one side goes or ``close``.

    Args:
        device: the kernel's far end.
        pty: the virtual device's wire.
        stall_after: take no more once so many bytes have been carried towards the virtual device: a printer whose
            buffer is full, seen from the host. None = never.
    """

    def __init__(self, device: Path, pty: Path, *, stall_after: int | None = None) -> None:
        self._left = stall_after
        self.stalled = threading.Event()
        """Set at the moment it takes no more."""
        self.device = os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        self._pty = os.open(pty, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        for end in (self.device, self._pty):
            if os.isatty(end):
                tty.setraw(end)
        self._woken, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._carry, name=f"joint {device}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let go of both; may be called twice."""
        wake, self._wake = self._wake, -1
        if wake == -1:
            return
        os.close(wake)
        self._thread.join()
        for end in (self.device, self._pty, self._woken):
            os.close(end)

    def _carry(self) -> None:
        with contextlib.suppress(OSError):  # pulled: whoever plugs it in again joins it anew
            while True:
                watched = [self._pty, self._woken] + ([self.device] if self._left != 0 else [])
                ready, _, _ = select.select(watched, [], [])
                if self._woken in ready:
                    return
                if self.device in ready and not self._inwards():
                    return
                if self._pty in ready and not self._across(self._pty, self.device):
                    return

    def _inwards(self) -> bool:
        # always a whole buffer of the gadget: what it keeps of one half read, this kernel frees twice when unplugged
        carried = self._across(self.device, self._pty)
        if self._left is not None:
            self._left = max(0, self._left - carried)
            if self._left == 0:
                self.stalled.set()
        return carried > 0

    @staticmethod
    def _across(source: int, target: int) -> int:
        """Bytes carried; 0 = that side hung up."""
        try:
            data = os.read(source, BUFFER)
        except BlockingIOError:
            return 1
        left = data
        while left:
            try:
                left = left[os.write(target, left) :]
            except BlockingIOError:
                select.select([], [target], [])
        return len(data)
