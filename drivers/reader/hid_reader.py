"""A code reader that types as a USB keyboard: its keys are taken away from the console and put together to codes.

On a virtual Pi: ``HidReader(node, inbox.put)`` with nothing else given opens the real evdev.
"""

from collections.abc import Callable
from typing import Final

from drivers import Put, monotonic_ms
from drivers.keypad.input_device import GrabbedKeys, InputEvent, OpenDevice, open_evdev
from drivers.reader import CodeRead, CodeReader, ReaderLost
from drivers.reader.us_keyboard import WANTED, TypedLines

_EV_SYN: Final = 0
_SYN_DROPPED: Final = 3


class HidReader(CodeReader):
    """The reader behind one input device; no other process, and no login prompt, hears its keys meanwhile.

    Args:
        path: device node, or a pattern of nodes (``drivers.keypad.input_device``), e.g. ``/dev/hall/reader``.
        put: where ``CodeRead`` and ``ReaderLost`` go.
        open_device: how a node is opened.
        now: monotonic milliseconds.
    """

    def __init__(
        self,
        path: str,
        put: Put,
        *,
        open_device: OpenDevice = open_evdev,
        now: Callable[[], int] = monotonic_ms,
    ) -> None:
        self._put = put
        self._lines = TypedLines()
        self._device = _TypedKeys(
            path,
            self._on_key,
            lambda reason: put(ReaderLost(reason)),
            what="code reader",
            wanted=WANTED,
            open_device=open_device,
            now=now,
        )
        self._device.torn = self._on_torn

    def open(self) -> None:
        """Find the reader, take its keys away from the console and start reading.

        Raises:
            DriverOffline: not plugged in, no permission, or grabbed by another process.
            DriverFault: ``wrong_keys`` - what is there is no keyboard; ``two_pads`` - two are.
        """
        self._lines = TypedLines()
        self._device.open()

    def close(self) -> None:
        """Stop reading and give the keys back. No ``ReaderLost`` follows a close."""
        self._device.close()

    def check(self) -> None:
        """Say whether the reader is still there; it cannot be asked more.

        Raises:
            DriverOffline: closed, or unplugged since ``open``.
            DriverFault: ``stuck_key`` - a key has been down for half a minute.
        """
        self._device.check()

    def _on_key(self, code: int, down: bool, at: int) -> None:
        text = self._lines.key(code, down, at)
        if text:
            self._put(CodeRead(text, at))

    def _on_torn(self) -> None:
        self._lines.torn()


class _TypedKeys(GrabbedKeys):
    """Grabbed keys that say when the kernel's buffer ran over: a code is typed faster than a busy Pi may read it."""

    torn: Callable[[], None]

    def _hear(self, event: InputEvent, at: int) -> None:
        if event.type == _EV_SYN and event.code == _SYN_DROPPED:
            self.torn()
        super()._hear(event, at)
