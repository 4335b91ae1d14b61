"""Rows the printer's font cannot write, drawn with a font of ours and sent as a bitmap (R-KIOSK-13: never "?")."""

import functools
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.printer.library import byte_builder
from firmware_py.errors import DriverFault

if TYPE_CHECKING:  # FreeType is loaded for the first rare character, not by every kiosk
    from PIL import Image, ImageFont

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
)
"""Where Debian's CJK fonts lie (fonts-noto-cjk, fonts-wqy-*, fonts-arphic-uming), best first."""

CELL_DOTS = 24
"""Height of the printer's own Chinese characters; a drawn row stands among rows the printer wrote."""
ROW_DOTS = 30
"""Height of a drawn row: the cell and the space between rows."""

_NO_SUCH_CHARACTER = "\U0010ffff"
_DLE = 0x10
_REAL_TIME = frozenset((0x04, 0x05, 0x14))


def raster_row(
    text: str,
    *,
    size: int,
    bold: bool,
    width_dots: int,
    font: str | None = None,
    system_fonts: tuple[str, ...] = FONTS,
) -> bytes:
    """One row of text as ``GS v 0``, as wide as its text; the printer's alignment places it.

    Args:
        text: one row, without control codes.
        size: 1…8, the same multiplier as the printer's ``GS !``.
        bold: draw it heavier.
        width_dots: width of the head; a wider row is drawn smaller.
        font: a font file to use before the system's; it must be one.
        system_fonts: where to look for the others.

    Raises:
        DriverFault: ``no_font`` - there is no CJK font, ``font`` is none, or one of them is damaged.
    """
    paths = (font, *system_fonts) if font else system_fonts
    if font and _face(font, CELL_DOTS) is None:
        raise DriverFault("no_font", f"the printer's `font` {font} cannot be read as a font")
    builder = byte_builder(width_dots)
    try:
        builder.image(_draw(text, size=size, bold=bold, width_dots=width_dots, paths=paths))
    except OSError as error:  # FreeType reads each character when it is drawn
        raise DriverFault("no_font", f"a font is damaged ({error}): reinstall it, see the printer's `font`") from error
    return without_real_time_commands(builder.output)


def without_real_time_commands(data: bytes) -> bytes:
    """The same bitmap with one dot more wherever a printer could read ``DLE EOT/ENQ/DC4`` in it (hardware.md 1.3).

    A printer obeys those wherever it sees them. ``GS ( D`` switches off ``DLE DC4`` only, and not on clones; a dot
    beside a dot costs nothing a reader could see.
    """
    safe = bytearray(data)
    for at in range(1, len(safe)):
        if safe[at - 1] == _DLE and safe[at] in _REAL_TIME:
            safe[at] |= 0x08
    return bytes(safe)


def _draw(text: str, *, size: int, bold: bool, width_dots: int, paths: tuple[str, ...]) -> "Image.Image":
    from PIL import Image, ImageDraw

    dots = CELL_DOTS * size
    stroke = max(1, size // 2) if bold else 0
    face = _face_for(text, paths, dots)
    wide = face.getlength(text) + 2 * stroke
    if wide > width_dots:
        face = _face_for(text, paths, int(dots * width_dots / wide))
        wide = min(face.getlength(text) + 2 * stroke, width_dots)
    image = Image.new("1", (max(1, round(wide)), ROW_DOTS * size), 1)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"  # a thermal head has no grey
    pen.text((stroke, CELL_DOTS * size), text, font=face, fill=0, anchor="ls", stroke_width=stroke)
    return image


def _face_for(text: str, paths: tuple[str, ...], dots: int) -> "ImageFont.FreeTypeFont":
    """The first font that has every character of the row, else the first there is: a box says "missing", "?" lies."""
    first: ImageFont.FreeTypeFont | None = None
    for path in paths:
        face = _face(path, dots)
        if face is None:
            continue
        if _has_all(face, text):
            return face
        first = first or face
    if first is None:
        raise DriverFault("no_font", "no CJK font found: install fonts-noto-cjk, or set the printer's `font` to a file")
    return first


@functools.lru_cache(maxsize=16)
def _face(path: str, dots: int) -> "ImageFont.FreeTypeFont | None":
    from PIL import ImageFont

    if not Path(path).is_file():
        return None
    index = 0
    try:
        while True:
            face = ImageFont.truetype(path, dots, index=index)
            if (face.getname()[0] or "").endswith(" SC"):  # one file, five countries' shapes
                return face
            index += 1
    except OSError:
        pass  # past the last face of the file, or no font at all
    try:
        return ImageFont.truetype(path, dots)
    except OSError:
        return None


def _has_all(face: "ImageFont.FreeTypeFont", text: str) -> bool:
    missing = bytes(face.getmask(_NO_SUCH_CHARACTER, mode="1"))
    return all(
        bytes(face.getmask(character, mode="1")) != missing
        for character in set(text)
        if not unicodedata.category(character).startswith(("Z", "M"))
    )
