"""A code reader that types as a USB keyboard: its keys are taken away from the console and put together to codes.

On a virtual Pi: ``HidReader(node, inbox.put)`` with nothing else given opens the real evdev.
"""

from collections.abc import Callable

from drivers import Put, monotonic_ms
from drivers.keypad.input_device import GrabbedKeys, OnInputDevice, OpenDevice, open_evdev
from drivers.reader import CodeRead, CodeReader, ReaderLost
from drivers.reader.us_keyboard import WANTED, TypedLines


class HidReader(OnInputDevice, CodeReader):
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
        self._device = GrabbedKeys(
            path,
            self._on_key,
            lambda reason: put(ReaderLost(reason)),
            what="code reader",
            wanted=WANTED,
            torn=self._on_torn,
            open_device=open_device,
            now=now,
        )

    def open(self) -> None:
        """The same; what was typed before belongs to no code any more."""
        self._lines = TypedLines()
        super().open()

    def _on_key(self, code: int, down: bool, at: int) -> None:
        text = self._lines.key(code, down, at)
        if text:
            self._put(CodeRead(text, at))

    def _on_torn(self) -> None:
        self._lines.torn()  # a code is typed faster than a busy Pi may read it
