"""A code at the kiosk: which command it is, and what the citizen reads when it is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.reader import CodeRead
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.runtime.port_reports import PortDown
from kiosk.codes import REPEAT_MS, command_of
from tests.kiosk.waiting import Kiosk, commands, texts


def scan(kiosk: Kiosk, text: str) -> list[object]:
    return kiosk.on(CodeRead(text, kiosk.now))


@pytest.mark.req("R-KIOSK-07", "R-KIOSK-08", "R-CORE-08")
@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("B:K7M2", c.CheckIn("K7M2")),
        ("b:k7-m2", c.CheckIn("K7-M2")),
        ("A012", c.ReturnTicket("A012")),
        (" a012 ", c.ReturnTicket("A012")),
        ("AB1234", c.ReturnTicket("AB1234")),
        ("2026-11-21/A012", c.ReturnTicket("A012", "2026-11-21")),
        ("B:", None),
        ("B:abc", None),
        ("B:" + "X" * 33, None),
        ("A12", None),
        ("012", None),
        ("26-11-21/A012", None),
        ("2026-11-21/", None),
        ("https://example.org/A012", None),
        ("", None),
    ],
)
def test_a_code_is_an_appointment_a_number_or_none_of_ours(text: str, command: c.Command | None) -> None:
    assert command_of(text) == command


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    command_of(text)


@pytest.mark.req("R-KIOSK-07", "R-KIOSK-04")
def test_a_code_asks_and_a_strange_one_is_told_what_to_do() -> None:
    kiosk = Kiosk()

    assert commands(scan(kiosk, "B:K7M2")) == [c.CheckIn("K7M2")]
    assert commands(scan(kiosk, "A012")) == [c.ReturnTicket("A012")]
    strange = scan(kiosk, "hello")
    assert (commands(strange), texts(strange)) == ([], [phrases.text("kiosk.unknown_code")])


@pytest.mark.req("R-CORE-22")
def test_a_code_that_stays_before_the_lens_is_one() -> None:
    kiosk, asked = Kiosk(), list[c.Command]()
    for _ in range(5):
        asked += commands(scan(kiosk, "A012"))
        kiosk.now += REPEAT_MS - 1
    assert asked == [c.ReturnTicket("A012")]
    kiosk.now += 1
    assert commands(scan(kiosk, "A012")) == [c.ReturnTicket("A012")]


@pytest.mark.req("R-KIOSK-05")
def test_without_paper_nothing_that_needs_a_slip_is_asked_for() -> None:
    kiosk = Kiosk()
    kiosk.on(PortDown("printer", "paper_out", ""))

    for text in ("B:K7M2", "2026-11-20/A012"):
        effects = scan(kiosk, text)
        assert commands(effects) == []
        assert texts(effects)
    assert commands(scan(kiosk, "A012")) == [c.ReturnTicket("A012")], "who is back keeps the slip in hand"
