"""python-escpos, imported once and late, with what its import leaves behind put right (hardware.md 1.5).

A kiosk lives in 40 MB, and this library would take a quarter of them: it parses its database of printers with a YAML
reader written in Python, and imports bar codes, connectors and a QR painter that we never use. So placeholders stand
for those while it is imported (it is pinned to one version), and the database is read as the JSON it is.
"""

import functools
import json
import logging
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from PIL import Image

WIDTHS_DOTS = {384: "ZJ-5870", 576: "NT-80-V-UL"}
"""Heads we print on, 58 and 80 mm, and the library's profile that knows the width (it warns without one)."""

_PICKLES = "ESCPOS_CAPABILITIES_PICKLE_DIR"

_PLACEHOLDERS: Final[dict[str, dict[str, object]]] = {
    "yaml": {"safe_load": json.load},
    "barcode": {"PROVIDED_BARCODES": ()},
    "barcode.writer": {"ImageWriter": None},
    "qrcode": {},
}
_ABSENT: Final = ("usb", "cups", "win32print", "pywintypes")
"""What it can do without."""


class ByteBuilder(Protocol):
    """What we use of ``escpos.printer.Dummy``: commands go in, ``output`` is their bytes."""

    output: bytes

    def image(self, img_source: "Image.Image") -> None:
        """Append ``GS v 0`` raster blocks."""

    def qr(self, content: str, *, ec: int, size: int, native: bool) -> None:
        """Append a QR code the printer draws itself, ``GS ( k``."""

    def cut(self, *, feed: bool) -> None:
        """Append a cut; ``feed=False`` is ``GS V 66 0``, which feeds just as far as the knife."""


def byte_builder(width_dots: int) -> ByteBuilder:
    """A new, empty byte builder for this head. The first call imports the library (about 0.1 s, more on a Zero)."""
    return cast(ByteBuilder, _dummy()(profile=WIDTHS_DOTS[width_dots]))


@functools.cache
def _dummy() -> type:
    # A unit's CacheDirectory= keeps the parsed profiles between starts; nothing writable by others may hold pickles.
    cache = os.environ.get("CACHE_DIRECTORY", "").split(":")[0]
    if cache:
        os.environ.setdefault(_PICKLES, cache)
    root = logging.getLogger()
    handlers = list(root.handlers)
    with _standing_in():
        from escpos import capabilities
        from escpos.printer import Dummy

    for handler in [handler for handler in root.handlers if handler not in handlers]:
        root.removeHandler(handler)  # the library calls logging.basicConfig(); our journal lines would come twice
    if _PICKLES not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)  # its own mkdtemp(), one more at every start
    return cast(type, Dummy)


@contextmanager
def _standing_in() -> Iterator[None]:
    """While it lasts, who imports what we do not use gets a placeholder; what is loaded already is used as it is."""
    stood_in = dict[str, ModuleType | None]()
    for name, content in _PLACEHOLDERS.items():
        stood_in[name] = ModuleType(name)
        stood_in[name].__dict__.update(content)
    stood_in |= dict.fromkeys(_ABSENT)
    missing = {name: module for name, module in stood_in.items() if name not in sys.modules}
    modules = cast("dict[str, ModuleType | None]", sys.modules)  # None makes an import fail, as if it were not there
    modules.update(missing)
    try:
        yield
    finally:
        for name in missing:
            del modules[name]
