"""The self-test of a staff pad and of an evaluator: what is pressed is told to the technician and nobody else."""

import contextlib
from collections.abc import Sequence

from caller.pads import pad_driver
from drivers.keypad import Glow, KeyPressed, LevelPressed, PadBus, Shows
from drivers.keypad.keycaps import TYPED
from evaluator.rating_daemon import keypad_driver
from firmware_py.errors import DriverError
from firmware_py.phrases import text
from firmware_py.runtime.device_file import DeskInstance, EvaluatorInstance
from firmware_py.runtime.wire_settings.keypad import KeypadConfig, expected_first_position
from firmware_py.selftest.bench import PRESS_S, Bench
from firmware_py.selftest.console import Inbox
from firmware_py.selftest.hand import Hand, holding
from firmware_py.selftest.results import NotAsItShould

VERB_S = 5.0
LOOK_S = 0.7
"""How long each lamp is lit."""


def try_pad(desk: DeskInstance, bench: Bench) -> None:
    """Show 888 on both displays, beep, light each lamp, whatever this pad has; then have any key pressed. It is dark
    at the end, whatever happens in between.

    Raises:
        DriverOffline, DriverFault: the driver's.
        NobodyThere: after digits, beep and lamps.
        NotAsItShould: ``no_key``.
    """
    wire, inbox = desk.pad, Inbox()
    address = wire.address
    with holding(pad_driver(wire, inbox.put), "pad") as hand:
        try:
            hand.do(lambda bus: bus.show_digits(address, 888, "888"), VERB_S)
            hand.do(lambda bus: bus.beep(address), VERB_S)
            _tell(bench, wire.shows)
            for lamp in sorted(wire.shows.lamps):
                _light(hand, address, lamp, "steady")
                bench.look(LOOK_S)
                _light(hand, address, lamp, "off")
            bench.need_hands()
            bench.console.say("    " + text("selftest.ask.pad", s=PRESS_S))
            pressed = bench.await_reading(inbox, lambda item: isinstance(item, KeyPressed) and item.address == address)
        finally:
            with contextlib.suppress(DriverError):
                hand.do(lambda bus: bus.show_digits(address, None, ""), VERB_S)
        if not isinstance(pressed, KeyPressed):
            raise NotAsItShould("no_key", s=PRESS_S)
        word = wire.meanings.get(pressed.key) or wire.digits.get(pressed.key, "")
        bench.note(text("selftest.saw.key", key=pressed.key, word=_meaning(word)))


def try_evaluator(evaluator: EvaluatorInstance, bench: Bench) -> None:
    """Have 非常满意 pressed first, then the other keys from left to right. No press is a rating (R-EVAL-10).

    Raises:
        DriverOffline, DriverFault: the driver's.
        NobodyThere: after the light.
        NotAsItShould: ``no_key``, ``wrong_first``, ``wrong_order``.
    """
    wire, inbox = evaluator.keypad, Inbox()
    levels = wire.levels
    with holding(keypad_driver(wire, inbox.put), "keypad") as hand:
        hand.do(lambda bus: bus.invite(wire.address), VERB_S)
        try:
            bench.need_hands()
            bench.console.say("    " + text("selftest.ask.best", s=PRESS_S))
            first = _position(bench, inbox, wire.address)
            if first is None:
                raise NotAsItShould("no_key", s=PRESS_S)
            if first != expected_first_position(levels):
                raise NotAsItShould(
                    "wrong_first", place=first + 1, level=_level(levels, first), levels=_turned_round(levels, first)
                )
            bench.note(text("selftest.saw.first_level"))
            bench.note(text("selftest.saw.level", place=first + 1, level=_level(levels, first)))
            _try_rest(bench, inbox, wire, first)
        finally:
            with contextlib.suppress(DriverError):
                hand.do(lambda bus: bus.rest(wire.address), VERB_S)


def _try_rest(bench: Bench, inbox: Inbox, wire: KeypadConfig, first: int) -> None:
    """The other keys from left to right; a clerk who has no time for it lets it be."""
    bench.console.say("    " + text("selftest.ask.rest", s=PRESS_S))
    for due in (each for each in range(len(wire.levels)) if each != first):
        place = _position(bench, inbox, wire.address)
        if place is None:
            bench.note(text("selftest.saw.rest_untried"))
            return
        if place != due:
            raise NotAsItShould("wrong_order", due=due + 1, place=place + 1)
        bench.note(text("selftest.saw.level", place=place + 1, level=_level(wire.levels, place)))


def _tell(bench: Bench, shows: Shows) -> None:
    if not shows.digits:
        bench.note(text("selftest.saw.no_digits"))
    if shows.digits or shows.beeper:
        bench.note(text("selftest.saw.digits" if shows.digits else "selftest.saw.beep"))
    if shows.lamps:
        bench.note(text("selftest.saw.lamps", names="、".join(sorted(shows.lamps))))


def _light(hand: Hand[PadBus], address: int, lamp: str, how: Glow) -> None:
    hand.do(lambda bus: bus.light(address, lamp, how), VERB_S)


def _position(bench: Bench, inbox: Inbox, address: int) -> int | None:
    pressed = bench.await_reading(inbox, lambda item: isinstance(item, LevelPressed) and item.address == address)
    return pressed.position if isinstance(pressed, LevelPressed) else None


def _level(levels: Sequence[int], position: int) -> str:
    if position >= len(levels):
        return text("selftest.saw.key_without_use")
    return text(f"levels.{levels[position]}")


def _turned_round(levels: Sequence[int], best: int) -> str:
    """What ``levels`` should be, since the best key is at ``best``: the keypad may only hang the other way round."""
    wanted = list(reversed(levels))
    if best >= len(wanted) or wanted[best] != max(levels):
        wanted = [level for level in levels if level != max(levels)]
        wanted.insert(best, max(levels))
    return f"[{', '.join(map(str, wanted))}]"


def _meaning(word: str) -> str:
    if word in TYPED:
        return word
    return text(f"keys.{word}") if word else text("selftest.saw.key_without_use")
