"""A third reading of ESC/POS, for tests on raw bytes: commands and text in order, nothing of the project's in it."""

import re
from typing import NamedTuple

from PIL import Image


class Command(NamedTuple):
    """One command: its letters (``"GS !"``) and the bytes that follow them."""

    name: str
    args: bytes


Item = Command | str

_LEADS = {0x1B: "ESC", 0x1C: "FS", 0x1D: "GS"}
_SIZES = {
    "ESC @": 0, "ESC a": 1, "ESC E": 1, "ESC d": 1,
    "FS &": 0, "FS .": 0, "FS !": 1,
    "GS !": 1, "GS r": 1,
}  # fmt: skip
_CONTROLS = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]")


def decode(data: bytes, encoding: str = "gb18030") -> list[Item]:
    """Commands and stretches of text (with their line feeds); raises ValueError at what is neither."""
    items: list[Item] = []
    at = 0
    while at < len(data):
        if data[at] in _LEADS:
            name = f"{_LEADS[data[at]]} {chr(data[at + 1])}"
            size = _args_size(name, data, at + 2)
            if at + 2 + size > len(data):
                raise ValueError(f"{name} at {at} is cut short")
            items.append(Command(name, data[at + 2 : at + 2 + size]))
            at += 2 + size
            continue
        end = next((i for i in range(at, len(data)) if data[i] in _LEADS), len(data))
        if control := _CONTROLS.search(data[at:end]):
            raise ValueError(f"control code {control[0]!r} in text at {at}")
        items.append(data[at:end].decode(encoding))
        at = end
    return items


def text_of(data: bytes, encoding: str = "gb18030") -> str:
    """All text, without commands."""
    return "".join(item for item in decode(data, encoding) if isinstance(item, str))


def commands_of(data: bytes, name: str) -> list[bytes]:
    """The arguments of every command of this name, in order."""
    return [item.args for item in decode(data) if isinstance(item, Command) and item.name == name]


def rasters_of(data: bytes) -> list[Image.Image]:
    """Every ``GS v 0`` as an image, black on white."""
    images = []
    for args in commands_of(data, "GS v"):
        width, height = (args[2] + args[3] * 256) * 8, args[4] + args[5] * 256
        images.append(Image.frombytes("1", (width, height), bytes(~byte & 0xFF for byte in args[6:])))
    return images


def ink_box(image: Image.Image) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of what is black; None for a blank image."""
    return image.convert("L").point(lambda grey: 255 - grey).getbbox()


def qr_data_of(data: bytes) -> list[str]:
    """What every QR code says, taken from its ``store`` function."""
    return [args[6:].decode() for args in commands_of(data, "GS (") if args[3:5] == b"1P"]


def _args_size(name: str, data: bytes, at: int) -> int:
    if name in _SIZES:
        return _SIZES[name]
    if name == "GS V":
        return 2 if data[at] >= 65 else 1
    if name == "GS (":
        return 3 + data[at + 1] + data[at + 2] * 256
    if name == "GS v":
        return 6 + (data[at + 2] + data[at + 3] * 256) * (data[at + 4] + data[at + 5] * 256)
    raise ValueError(f"unknown command {name} at {at - 2}")
