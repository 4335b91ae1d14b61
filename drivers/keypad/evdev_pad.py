"""A USB number pad as staff pad or evaluator: one grabbed input device, its keys reported under one address.

On a virtual Pi: ``EvdevPad(node, inbox.put, address=1, keys=[…])`` with nothing else given opens the real evdev.
"""

from collections.abc import Callable, Collection, Mapping

from drivers import Put, monotonic_ms
from drivers.keypad import KeyPressed, LevelPressed, PadBus, PadLost
from drivers.keypad.input_device import GrabbedKeys, OnInputDevice, OpenDevice, open_evdev
from drivers.keypad.key_names import code_of, name_of


class EvdevPad(OnInputDevice, PadBus):
    """One USB pad. It has no display, beeper or lamp of its own: those verbs do nothing.

    Args:
        path: device node, or a pattern of nodes (``input_device``).
        put: where ``KeyPressed``, ``LevelPressed`` and ``PadLost`` go.
        address: the address its presses carry, since the pad has none of its own.
        keys: names of the keys to report, which the pad must have; None reports every key that is no position.
        more_keys: names of keys to report that it may lack.
        positions: evaluator keys, ``{"KEY_KP1": 0, …}`` counted from the left.
        open_device: how a node is opened.
        now: monotonic milliseconds.

    Raises:
        ConfigError: a key name that does not exist.
    """

    def __init__(
        self,
        path: str,
        put: Put,
        *,
        address: int,
        keys: Collection[str] | None = None,
        more_keys: Collection[str] = (),
        positions: Mapping[str, int] | None = None,
        open_device: OpenDevice = open_evdev,
        now: Callable[[], int] = monotonic_ms,
    ) -> None:
        self._put = put
        self._address = address
        wanted = frozenset(code_of(name) for name in keys or ())
        self._keys = None if keys is None else wanted.union(code_of(name) for name in more_keys)
        self._positions = {code_of(name): position for name, position in (positions or {}).items()}
        self._device = GrabbedKeys(
            path,
            self._on_key,
            lambda reason: put(PadLost(reason)),
            wanted=wanted.union(self._positions),
            open_device=open_device,
            now=now,
        )

    def _on_key(self, code: int, down: bool, at: int) -> None:
        if not down:
            return
        if code in self._positions:
            self._put(LevelPressed(self._address, self._positions[code], at))
        elif self._keys is None or code in self._keys:
            self._put(KeyPressed(self._address, name_of(code), at))
