"""The world's side of the guest's pin header: gpio-sim, whose lines another process sees as any GPIO line."""

from pathlib import Path
from typing import Final

LINES: Final = 28
"""BCM numbers 0 to 27, as on a Pi's header."""

_CONFIG: Final = Path("/sys/kernel/config/gpio-sim/hall")


class Header:
    """A chip of simulated lines; it has ``drivers.virtual.pins.PinBoard``'s way of being driven."""

    def __init__(self) -> None:
        bank = _CONFIG / "bank0"
        bank.mkdir(parents=True)
        (bank / "num_lines").write_text(str(LINES))
        (_CONFIG / "live").write_text("1")
        self.chip: Final = (bank / "chip_name").read_text().strip()
        device = (_CONFIG / "dev_name").read_text().strip()
        self._lines = Path("/sys/devices/platform") / device / self.chip

    def close(self) -> None:
        """Take the chip away."""
        (_CONFIG / "live").write_text("0")
        (_CONFIG / "bank0").rmdir()
        _CONFIG.rmdir()

    def drive(self, pin: int, low: bool, at_ns: int | None = None) -> None:
        """Close a contact to ground, or let the line rest high; the kernel tells whoever watches, with its own time."""
        (self._lines / f"sim_gpio{pin}" / "pull").write_text("pull-down" if low else "pull-up")

    def level(self, pin: int) -> bool:
        """The level on the line: an output's, as whoever holds it set it."""
        return (self._lines / f"sim_gpio{pin}" / "value").read_text().strip() == "1"
