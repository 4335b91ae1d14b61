"""docs/drivers: each kind of wire has its page, whose picture can be drawn, examples load and faults are all told."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from firmware_py.cli.drivers import entries
from firmware_py.cli.known_models import KNOWN
from firmware_py.runtime.config import load
from tests.docs.driver_page import KINDS, PAGES, ROOT, SECTIONS, Page, codes_raised

HALL = ROOT / "docs/examples/weekday-hall/hall.toml"
"""The hall that the examples of the pages stand in: kiosk1 and 2, desk1 to 9 with -eval and -phone, complaints."""

LINK = '[link]\nhost = "127.0.0.1"\n\n'


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_kind_of_wire_the_issue_names_is_a_kind() -> None:
    assert set(KINDS) >= {"printer", "led", "voice", "keypad", "buttons", "reader", "phone"}


def test_a_page_has_its_sections_in_order(kind: str) -> None:
    found = [name for name in Page(kind).sections if name in SECTIONS]
    assert found == list(SECTIONS)


def test_a_page_shows_a_wiring_picture_that_has_a_title(kind: str) -> None:
    assert f"]({kind}.svg)" in Page(kind).sections["Wiring"]
    picture = ElementTree.parse(PAGES / f"{kind}.svg").getroot()
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    title = picture.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text


def test_every_example_of_a_page_is_read_without_a_problem(kind: str, tmp_path: Path) -> None:
    examples = Page(kind).examples()
    assert examples, "a page shows how the device is named in device.toml"
    for place, example in enumerate(examples):
        file = tmp_path / f"example-{place}.toml"
        file.write_text(LINK + example, encoding="utf-8")
        load(HALL, file)


def test_the_models_of_a_page_are_those_the_command_lists_each_with_its_driver_and_who_tried_it(kind: str) -> None:
    """``hall drivers`` and the page are read by the same technician: ``known_models`` is the truth of both."""
    listed = {(model.page, driver, model.label) for (of, driver), all_ in KNOWN.items() for model in all_ if of == kind}
    rows = Page(kind).rows("Models")
    on_page = {(row[0].replace("`", ""), row[1].split("`")[1], row[-1]) for row in rows}
    assert on_page == listed
    assert len(rows) == len(listed)
    assert {driver for _, driver, _ in listed} == {each.driver for each in entries() if each.kind == kind}


def test_every_fault_a_driver_can_raise_is_told_on_its_page(kind: str) -> None:
    assert codes_raised(kind) - Page(kind).fault_codes() == set()


def test_the_faults_of_a_page_name_the_text_and_what_to_do(kind: str) -> None:
    rows = Page(kind).rows("Faults")
    assert rows
    assert [row[0] for row in rows if len(row) < 3 or not all(row)] == []


def test_the_codes_are_found_where_drivers_raise_them() -> None:
    """The search itself: codes written in the call, and the printer's, which its status answers."""
    assert {"led_silent", "led_refused", "led_text"} <= codes_raised("led")
    assert {"paper_out", "cover_open", "cutter"} <= codes_raised("printer")
