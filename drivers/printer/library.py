"""python-escpos, imported once and late, with what its import leaves behind put right (hardware.md 1.5)."""

import functools
import logging
import os
import shutil
from typing import Protocol, cast

from PIL import Image

WIDTHS_DOTS = {384: "ZJ-5870", 576: "NT-80-V-UL"}
"""Heads we print on, 58 and 80 mm, and the library's profile that knows the width (it warns without one)."""

_PICKLES = "ESCPOS_CAPABILITIES_PICKLE_DIR"


class ByteBuilder(Protocol):
    """What we use of ``escpos.printer.Dummy``: commands go in, ``output`` is their bytes."""

    output: bytes

    def image(self, img_source: Image.Image) -> None:
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
    from escpos import capabilities
    from escpos.printer import Dummy

    for handler in [handler for handler in root.handlers if handler not in handlers]:
        root.removeHandler(handler)  # the library calls logging.basicConfig(); our journal lines would come twice
    if _PICKLES not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)  # its own mkdtemp(), one more at every start
    return cast(type, Dummy)
