"""Bytes of a slip, read back by a decoder that shares nothing with the encoder."""

import io
import logging
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from drivers.printer import Align, Line, Qr, Rule, Slip
from drivers.printer.raster import FONTS, raster_row, without_real_time_commands
from drivers.printer.rows import break_rows, columns_of, fits_font
from drivers.printer.slip_bytes import SlipError, encode
from drivers.virtual.printer_mechanism import PrinterMechanism
from drivers.virtual.slip_paper import PrintedSlip, TextRun
from firmware_py.errors import DriverFault
from tests.support.escpos_decoder import Command, commands_of, decode, ink_box, qr_data_of, rasters_of, text_of
from tests.support.ticket_slip import TICKET

REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")
FOUND_FONTS = [path for path in FONTS if Path(path).is_file()]
needs_font = pytest.mark.skipif(not FOUND_FONTS, reason="no CJK font on this machine; install fonts-noto-cjk")


def slip_of(*lines: str) -> Slip:
    return Slip(tuple(Line(line) for line in lines))


def printed(data: bytes) -> list[PrintedSlip]:
    slips: list[PrintedSlip] = []
    PrinterMechanism(48, slips.append).receive(data)
    return slips


@pytest.mark.req("R-KIOSK-13")
def test_a_slip_begins_with_reset_and_chinese_mode_and_ends_with_a_fed_cut() -> None:
    assert encode(slip_of("取号A001")) == bytes.fromhex("1b40 1c26 1c2100 c8a1 bac5 41303031 0a 1d564200")


@pytest.mark.req("R-KIOSK-13")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("：，。（）", "a3ba a3ac a1a3 a3a8 a3a9"),
        ("——－－", "a1aa a1aa a3ad a3ad"),
        ("￥", "a3a4"),
        ("〇龘", "a996 fd93"),
        ("䶮", "fe9f"),
    ],
)
def test_lone_punctuation_and_two_byte_characters_go_out_as_gb18030_and_not_as_question_marks(
    text: str, expected: str
) -> None:
    data = encode(slip_of(text))
    assert data[7:-4] == bytes.fromhex(expected) + b"\n"
    assert text_of(data) == text + "\n"


def test_the_number_is_enlarged_by_gs_and_settings_are_sent_only_when_they_change() -> None:
    slip = Slip(
        (
            Line("A017", size=4, align="center", bold=True),
            Line("A018", size=4, align="center", bold=True),
            Line("end"),
        )
    )
    assert decode(encode(slip))[3:-1] == [
        Command("ESC a", b"\x01"),
        Command("ESC E", b"\x01"),
        Command("GS !", b"\x33"),
        "A017\nA018\n",
        Command("ESC a", b"\x00"),
        Command("ESC E", b"\x00"),
        Command("GS !", b"\x00"),
        "end\n",
    ]


@pytest.mark.req("R-KIOSK-03")
@pytest.mark.parametrize("width_dots", [384, 576])
def test_a_realistic_ticket_is_at_most_400_bytes_and_loses_nothing(width_dots: int) -> None:
    data = encode(TICKET, width_dots=width_dots)
    assert len(data) <= 400
    wanted = "".join(element.text for element in TICKET.elements if isinstance(element, Line))
    assert text_of(data).replace("\n", "").replace("─", "").replace(" ", "") == wanted.replace(" ", "")


@pytest.mark.parametrize(("width_dots", "columns"), [(384, 32), (576, 48)])
def test_a_rule_is_exactly_as_wide_as_the_paper(width_dots: int, columns: int) -> None:
    assert text_of(encode(Slip((Rule(),)), width_dots=width_dots)) == "─" * (columns // 2) + "\n"
    assert text_of(encode(Slip((Rule(),)), width_dots=width_dots, encoding="utf-8")) == "-" * columns + "\n"


def test_an_empty_line_is_one_line_feed() -> None:
    assert text_of(encode(slip_of("a", "", "b"))) == "a\n\nb\n"


def test_a_number_or_time_is_not_broken_and_no_row_begins_with_a_full_stop() -> None:
    rows = break_rows("监督投诉电话一二三四五六七 0755-12345678 请拨打。", 32)
    assert rows == ["监督投诉电话一二三四五六七", "0755-12345678 请拨打。"]
    assert break_rows("一二三四五六七八九十一二三四五六。", 32) == ["一二三四五六七八九十一二三四五", "六。"]
    assert break_rows("一二三四五六七八九十一二三四五（六）", 32) == ["一二三四五六七八九十一二三四五", "（六）"]


def test_what_is_wider_than_the_paper_is_broken_anyway() -> None:
    assert break_rows("x" * 70, 32) == ["x" * 32, "x" * 32, "x" * 6]
    assert break_rows("—" * 40, 32) == ["—" * 16, "—" * 16, "—" * 8]


@given(st.text(max_size=120), st.integers(4, 48))
def test_no_row_is_wider_than_the_paper_and_no_visible_character_is_lost(text: str, columns: int) -> None:
    rows = break_rows(text, columns)
    assert all(columns_of(row) <= columns for row in rows)
    visible = [c for c in text if not c.isspace() and unicodedata.category(c) not in {"Cc", "Cf"}]
    assert [c for row in rows for c in row if not c.isspace()] == visible


@pytest.mark.req("R-KIOSK-13")
@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_text_can_never_command_the_printer(text: str) -> None:
    rows = [row for row in break_rows(text, 48) if all(fits_font(c, "gb18030") for c in row)]
    data = encode(slip_of(*rows, "\x1b@\x10\x04\x01end"))
    assert [item for item in decode(data) if isinstance(item, Command)] == [
        ("ESC @", b""),
        ("FS &", b""),
        ("FS !", b"\x00"),
        ("GS V", b"B\x00"),
    ]
    assert not REAL_TIME.search(data)


@pytest.mark.req("R-KIOSK-13")
@needs_font
@pytest.mark.parametrize("surname", ["𬸪", "㐀"])
@pytest.mark.parametrize("width_dots", [384, 576])
def test_a_row_with_a_rare_surname_is_drawn_and_the_others_stay_text(surname: str, width_dots: int) -> None:
    data = encode(Slip((Line("请"), Line(surname, size=2, align="center"), Line("稍候"))), width_dots=width_dots)
    assert text_of(data) == "请\n稍候\n"
    (image,) = rasters_of(data)
    box = ink_box(image)
    assert box is not None
    left, top, right, bottom = box
    assert right - left >= 36, "a Chinese character of 48 dots fills its cell; a question mark is half as wide"
    assert bottom - top >= 36
    assert 48 <= image.width <= 64, "cut to the text, placed by the printer"
    assert image.height == 60


@pytest.mark.req("R-KIOSK-13")
@needs_font
def test_two_rare_surnames_are_drawn_differently_and_unlike_the_box_for_a_missing_character() -> None:
    drawn = {text: rasters_of(encode(slip_of(text)))[0].tobytes() for text in ("𬸪", "㐀", "\U0010ffff")}
    assert len(set(drawn.values())) == 3


@pytest.mark.req("R-KIOSK-13")
@needs_font
@given(st.text(st.characters(exclude_characters="?"), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_no_text_at_all_comes_out_as_a_question_mark_on_a_two_byte_printer(text: str) -> None:
    for slip in printed(encode(slip_of(text))):
        assert "?" not in slip.text


@needs_font
def test_a_drawn_row_never_exceeds_the_head_whatever_the_size() -> None:
    for size in range(1, 9):
        data = encode(Slip((Line("㐀WWWWWWWWWWWWWWWWWWWWWWWWWWWW", size=size),)), width_dots=384)
        assert all(image.width <= 384 for image in rasters_of(data))


@pytest.mark.req("R-KIOSK-13")
def test_without_any_font_a_rare_surname_is_a_fault_and_plain_text_is_not(tmp_path: Path) -> None:
    with pytest.raises(DriverFault) as caught:
        raster_row("㐀", size=1, bold=False, width_dots=576, system_fonts=(str(tmp_path / "none.ttf"),))
    assert caught.value.reason == "no_font"
    assert "fonts-noto-cjk" in caught.value.detail
    assert text_of(encode(slip_of("王"), font=str(tmp_path / "none.ttf"))) == "王\n"


def test_a_configured_font_that_is_none_is_a_fault_and_not_passed_over(tmp_path: Path) -> None:
    font = tmp_path / "font.ttf"
    font.write_bytes(b"no font")
    with pytest.raises(DriverFault, match=r"font\.ttf"):
        encode(slip_of("㐀"), font=str(font))


def test_a_font_damaged_inside_is_a_fault_and_never_ends_the_kiosk(tmp_path: Path) -> None:
    """An SD card rots: the file opens, and FreeType stumbles over the one character that is drawn."""
    whole = ImageFont.load_default(20).font_bytes  # type: ignore[union-attr]
    said = set()
    for seed in range(20):
        random = Random(seed)
        damaged = bytearray(whole)
        for _ in range(200):
            at = random.randrange(400, len(whole) - 8)
            damaged[at : at + 4] = random.randbytes(4)
        font = tmp_path / f"{seed}.ttf"
        font.write_bytes(damaged)
        try:
            raster_row("A㐀", size=1, bold=True, width_dots=576, font=str(font), system_fonts=())
        except DriverFault as fault:
            assert fault.reason == "no_font"
            said.add("is damaged" in fault.detail)
    assert True in said


@needs_font
def test_the_configured_font_is_enough() -> None:
    drawn = raster_row("㐀", size=1, bold=False, width_dots=576, font=FOUND_FONTS[0], system_fonts=())
    assert ink_box(rasters_of(drawn)[0])


@needs_font
def test_a_bold_row_is_heavier_than_a_plain_one() -> None:
    plain, bold = (
        rasters_of(raster_row("㐀", size=2, bold=bold, width_dots=576))[0].histogram()[0] for bold in (False, True)
    )
    assert bold > plain


@needs_font
def test_gbk_printers_get_characters_outside_gbk_as_a_bitmap() -> None:
    assert rasters_of(encode(slip_of("䶮"), encoding="gbk"))
    assert not rasters_of(encode(slip_of("王"), encoding="gbk"))


def test_utf8_printers_get_utf8() -> None:
    assert text_of(encode(slip_of("取号：A001"), encoding="utf-8"), "utf-8") == "取号：A001\n"


@pytest.mark.req("R-KIOSK-13")
@given(st.binary(max_size=400) | st.lists(st.sampled_from(b"\x10\x04\x05\x14\x00"), max_size=80).map(bytes))
def test_a_bitmap_never_contains_a_real_time_command_and_gains_at_most_a_dot_for_each(data: bytes) -> None:
    safe = without_real_time_commands(data)
    assert not REAL_TIME.search(safe)
    assert len(safe) == len(data)
    changed = [(old, new) for old, new in zip(data, safe, strict=True) if old != new]
    assert all(new == old | 0x08 for old, new in changed)
    assert len(changed) <= len(REAL_TIME.findall(data)) * 2


@pytest.mark.req("R-KIOSK-03")
def test_a_qr_code_is_drawn_by_the_printer_centred_and_labelled() -> None:
    url = "https://zwfw.example.gov.cn/ticket?n=A017"
    data = encode(Slip((Qr(url, "扫码查看排队进度"),)), width_dots=384)
    assert qr_data_of(data) == [url]
    assert commands_of(data, "ESC a") == [b"\x01"]
    assert text_of(data) == "扫码查看排队进度\n"
    assert bytes.fromhex("1d286b 0400 3141 3200") in data, "model 2, hardware.md 1.2"
    assert bytes.fromhex("1d286b 0300 3145 31") in data, "error correction M"
    assert data.index(url.encode()) < data.index("扫".encode("gb18030"))


@pytest.mark.parametrize("data", ["", "x" * 513, "a\x10\x04\x01b", "line\nbreak"])
def test_a_qr_code_that_cannot_be_is_refused(data: str) -> None:
    with pytest.raises(SlipError):
        encode(Slip((Qr(data, "x"),)))


def test_a_qr_code_too_fine_for_narrow_paper_is_refused_and_fits_the_wide_one() -> None:
    slip = Slip((Qr("x" * 500, "x"),))
    assert max(commands_of(encode(slip, width_dots=576), "GS (")[1]) >= 3
    long = Slip((Qr("测" * 170, "x"),))
    assert encode(long, width_dots=576)


@pytest.mark.parametrize("size", [0, 9, -1])
def test_a_size_no_printer_has_is_refused(size: int) -> None:
    with pytest.raises(SlipError, match="1 to 8"):
        encode(Slip((Line("x", size=size),)))


def test_an_unknown_head_is_refused() -> None:
    with pytest.raises(SlipError, match="384 or 576"):
        encode(TICKET, width_dots=500)


@given(
    st.lists(
        st.builds(
            Line,
            st.text("取号办理：，。A019 ()", max_size=30),
            st.integers(1, 8),
            st.sampled_from(["left", "center", "right"]),
            st.booleans(),
        )
        | st.just(Rule()),
        max_size=8,
    )
)
@settings(deadline=None)
def test_every_slip_comes_out_of_the_printer_as_it_was_meant(elements: list[Line | Rule]) -> None:
    slips = printed(encode(Slip(tuple(elements))))
    wanted: list[tuple[str, int, Align, bool]] = []
    for element in elements:
        if isinstance(element, Line):
            for row in break_rows(element.text, 48 // element.size):
                wanted.append((row, element.size, element.align, element.bold))
    found = [
        (run.text, run.width, run.align, run.bold)
        for run in (slips[0].runs if slips else ())
        if isinstance(run, TextRun)
    ]
    if slips:
        assert found == wanted
        assert all(run.width == run.height for run in slips[0].runs if isinstance(run, TextRun))
    else:
        assert not any(row.strip() for row, *_ in wanted)


def test_the_library_is_imported_without_touching_the_logs_or_leaving_a_folder(tmp_path: Path) -> None:
    code = (
        "import logging, pathlib, sys, tempfile\n"
        "before = set(pathlib.Path(tempfile.gettempdir()).iterdir())\n"
        "from drivers.printer.library import byte_builder\n"
        "assert 'escpos' not in sys.modules, 'imported before it is needed'\n"
        "byte_builder(576)\n"
        "assert logging.getLogger().handlers == []\n"
        "assert set(pathlib.Path(tempfile.gettempdir()).iterdir()) == before\n"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=60, env={"TMPDIR": str(tmp_path), "PYTHONPATH": "."}
    )


def test_a_handler_of_ours_survives_the_library() -> None:
    handler = logging.StreamHandler(io.StringIO())
    logging.getLogger().addHandler(handler)
    try:
        encode(TICKET)
        assert handler in logging.getLogger().handlers
    finally:
        logging.getLogger().removeHandler(handler)
