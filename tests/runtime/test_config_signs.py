"""LED signs in ``device.toml``: one table for each kind of wire, and whether a sign is wide enough for its hall."""

from pathlib import Path

import pytest

from drivers.led.onbon_frames import CARD_TYPES, COLOURS
from drivers.led.strip_frames import PARAMETERS
from drivers.led.weilipu_frames import COLOURS as WEILIPU_COLOURS
from firmware_py.runtime.config import load_device
from firmware_py.runtime.describe import describe_device
from firmware_py.runtime.device_file import DeskInstance, HallInstance
from firmware_py.runtime.wire_settings.sign import OnbonSign, SignConfig, StripSign, WeilipuSign
from firmware_py.runtime.wires import sign_driver
from tests.runtime.config_files import (
    EXAMPLES,
    HALL,
    changed,
    problems_of_both,
    problems_of_device,
    problems_of_hall,
    written,
)

DESK, BRAIN, KIOSK = EXAMPLES["desk"], EXAMPLES["controller"], EXAMPLES["kiosk"]
SIGN = 'driver = "onbon"\nport = "/dev/hall/sign1"\nwidth_px = 128\n'


def sign_of(directory: Path, table: str) -> SignConfig:
    path = written(directory, device=changed(DESK, SIGN, table))[1]
    sign = load_device(path).instance("desk1", DeskInstance).sign
    assert sign is not None
    again = written(directory, device=describe_device(load_device(path)))[1]
    assert load_device(again).instance("desk1", DeskInstance).sign == sign
    return sign


def test_each_kind_of_wire_has_its_table_and_its_driver(tmp_path: Path) -> None:
    onbon = sign_of(tmp_path, 'driver = "onbon"\nport = "tcp://192.168.10.40:5005"\ncard = "6K1"\ncolour = "yellow"\n')
    strip = sign_of(tmp_path, 'driver = "strip"\nport = "/dev/hall/sign1"\naddress = 3\nkind = "wpf"\n')
    card = sign_of(tmp_path, 'driver = "weilipu"\nport = "/dev/hall/sign1"\nlines = 3\ncolour = "green"\n')
    assert onbon == OnbonSign("tcp://192.168.10.40:5005", card="6K1", colour="yellow")
    assert strip == StripSign("/dev/hall/sign1", address=3, kind="wpf")
    assert card == WeilipuSign("/dev/hall/sign1", lines=3, colour="green")
    assert [each.check_s for each in (onbon, strip, card)] == [30, 30, 30]
    assert [(each.address, each.lines, each.height_px) for each in (onbon, strip, card)] == [
        (1, 1, 16),
        (3, 1, 16),
        (1, 3, 48),
    ]
    for each in (onbon, strip, card):
        sign_driver(each).close()


def test_every_word_of_a_table_is_one_its_driver_knows() -> None:
    assert set(OnbonSign.__annotations__["card"].__args__) == set(CARD_TYPES)
    assert set(OnbonSign.__annotations__["colour"].__args__) == set(COLOURS)
    assert set(StripSign.__annotations__["kind"].__args__) == set(PARAMETERS)
    assert set(WeilipuSign.__annotations__["colour"].__args__) == set(WEILIPU_COLOURS)


WRONG = [
    (SIGN, 'driver = "onbonn"\nport = "/dev/x"\n', 'sign.driver: found "onbonn"', 'did you mean "onbon"?'),
    (SIGN, 'port = "/dev/x"\n', "sign.driver: found nothing", 'one of "onbon", "strip", "weilipu"'),
    (SIGN, 'driver = "onbon"\nport = "tcp://led"\n', 'sign.port: found "tcp://led"', '"tcp://HOST:5005"'),
    (SIGN, 'driver = "strip"\nport = "tcp://led:5005"\n', "sign.port: found", "a device, best a udev link"),
    (SIGN, 'driver = "strip"\nport = "/dev/x"\nlines = 2\n', "sign.lines: found a key nobody knows", '"refresh_s"'),
    (SIGN, 'driver = "strip"\nport = "/dev/x"\nchecksum = "xor"\n', "sign.checksum: found", '"with_end"'),
    (SIGN, 'driver = "strip"\nport = "/dev/x"\naddress = 255\n', "sign.address: found 255", "from 1 to 254"),
    (SIGN, 'driver = "weilipu"\nport = "/dev/x"\nlines = 4\n', "sign.lines: found 4", "from 1 to 3"),
    (SIGN, 'driver = "weilipu"\nport = "/dev/x"\naddress = 2\n', "sign.address: found a key", '"colour"'),
    (SIGN, 'driver = "weilipu"\nport = "/dev/x"\nrefresh_s = 1\n', "sign.refresh_s: found 1", "from 5 to 600"),
]


@pytest.mark.parametrize(("old", "new", "found", "allowed"), WRONG)
def test_a_wrong_sign_is_told_with_what_is_allowed(
    tmp_path: Path, old: str, new: str, found: str, allowed: str
) -> None:
    problems = problems_of_device(tmp_path, changed(DESK, old, new))
    assert any(found in each and allowed in each for each in problems), problems


@pytest.mark.req("R-CALL-06")
@pytest.mark.parametrize(
    ("device", "old", "new", "path", "needed", "text"),
    [
        (DESK, "width_px = 128", "width_px = 48", "instance[0].sign.width_px: found 48", "64 or more", "“暂停服务”"),
        (BRAIN, "width_px = 256", "width_px = 128", "instance[1].board.width_px: found 128", "144 or", "请A1000号到"),
        (KIOSK, "width_px = 128", "width_px = 32", "instance[0].sign.width_px: found 32", "64 or more", "“正在出号”"),
    ],
)
def test_a_sign_too_narrow_for_what_it_must_show_is_told_with_the_width_it_needs(
    tmp_path: Path, device: str, old: str, new: str, path: str, needed: str, text: str
) -> None:
    (problem,) = problems_of_device(tmp_path, changed(device, old, new))
    assert path in problem
    assert needed in problem
    assert text in problem
    assert problems_of_device(tmp_path, changed(device, old, f"width_px = {needed.partition(' ')[0]}")) == []


@pytest.mark.req("R-CALL-06")
def test_a_board_must_hold_the_call_of_the_hall_s_longest_prefix_to_its_largest_desk(tmp_path: Path) -> None:
    board = changed(BRAIN, "width_px = 256", "width_px = 144")
    assert problems_of_device(tmp_path, board) == []
    for hall, needed in ((changed(HALL, 'prefix = "B"', 'prefix = "BB"'), 152), (many_desks(), 160)):
        (problem,) = problems_of_both(tmp_path, hall, board)
        assert f"found 144; allowed: {needed} or more" in problem


def many_desks() -> str:
    return changed(HALL, "id = 3\n", "id = 103\n").replace(", 3]", "]")


@pytest.mark.req("R-CALL-06")
@pytest.mark.parametrize(
    ("old", "new", "path", "hint"),
    [
        ('name = "综合受理"', 'name = "䶮湾综合"', "service[2].name: found", 'add alias = "…"'),
        ('name = "综合受理"', 'name = "䶮湾综合"\nalias = "龙〇"', "service[2].alias: found", "GB2312"),
        ('name = "3号综合窗口"', 'name = "䶮湾窗口"', "desk[2].name: found", "GB2312"),
    ],
)
def test_a_name_that_no_sign_can_show_is_told_with_its_character(
    tmp_path: Path, old: str, new: str, path: str, hint: str
) -> None:
    (problem,) = problems_of_hall(tmp_path, changed(HALL, old, new))
    assert path in problem
    assert "U+" in problem
    assert hint in problem


def test_a_name_that_signs_cannot_show_is_let_be_when_an_alias_stands_for_it(tmp_path: Path) -> None:
    assert problems_of_hall(tmp_path, changed(HALL, 'name = "综合受理"', 'name = "䶮湾综合"\nalias = "综合受理"')) == []


NOTICE = '\n[[notice]]\nslot = "business"\ntext = "周五停办"\nsince = "2026-12-01 08:30"\nuntil = "2026-12-04"\n'


@pytest.mark.req("R-CALL-07")
def test_notices_have_a_slot_a_beginning_and_an_end(tmp_path: Path) -> None:
    assert problems_of_hall(tmp_path, HALL + NOTICE) == []
    for old, new, found in (
        ('"business"', '"ads"', 'notice[0].slot: found "ads"'),
        ("周五停办", "快点,要下班了", "notice[0].text: found"),
        ("周五停办", "䶮湾停办", "notice[0].text: found"),
        ("2026-12-04", "2026-11-30", 'notice[0].until: found "2026-11-30"'),
        ("2026-12-04", "2026-12-01 08:30", 'notice[0].until: found "2026-12-01 08:30"'),
        ("2026-12-04", "2026-02-30", 'notice[0].until: found "2026-02-30"'),
        ("2026-12-04", "soon", 'notice[0].until: found "soon"'),
    ):
        (problem,) = problems_of_hall(tmp_path, HALL + changed(NOTICE, old, new))
        assert found in problem


BOARD = 'driver = "onbon"                # "onbon", "strip" or "weilipu": docs/drivers/led.md\n'


@pytest.mark.req("R-CALL-06", "R-CALL-07")
def test_a_notice_longer_than_the_board_s_wire_takes_is_told_when_the_file_is_read(tmp_path: Path) -> None:
    long = changed(HALL, 'notice = ""', f'notice = "{"通" * 150}"')
    assert problems_of_both(tmp_path, long, BRAIN) == []
    for driver, most in (("strip", 100), ("weilipu", 127)):
        board = changed(BRAIN, BOARD, f'driver = "{driver}"\n').replace("address = 1\nbaud = 57600\n", "baud = 9600\n")
        board = board.replace("lines = 4\n", "")
        assert problems_of_both(tmp_path, HALL, board) == []
        (problem,) = problems_of_both(tmp_path, long, board)
        assert f'instance[1].board.driver: found "{driver}", which takes {most} 汉字' in problem


def test_the_board_of_the_example_holds_four_lines(tmp_path: Path) -> None:
    board = load_device(written(tmp_path, device=BRAIN)[1]).instance("hall", HallInstance).board
    assert board is not None
    assert (board.lines, board.height_px) == (4, 64)
