"""The self-test of a telephone line: its levels now, then a handset lifted and hung up. No call is counted."""

from drivers.phone import Edge, RingHeard
from evaluator.phone_daemon import line_driver
from firmware_py.phrases import text
from firmware_py.runtime.device_file import PhoneInstance
from firmware_py.runtime.wire_settings.phone import ModemLine
from firmware_py.selftest.bench import PRESS_S, Bench
from firmware_py.selftest.console import Inbox
from firmware_py.selftest.hand import holding
from firmware_py.selftest.results import NotAsItShould

LISTEN_S = 0.5
"""A line is listened to for so long before anything is said of its levels: twelve periods of ringing current."""
CADENCE_MS = 6000
"""Longer than one ring and its pause: within it, a real call is silent for some seconds (hardware.md 6.1)."""
PAUSE_S = 1.0


def try_line(phone: PhoneInstance, bench: Bench) -> None:
    """Tell the levels of now, then have the handset lifted and hung up; a blind line is called instead.

    Raises:
        DriverOffline, DriverFault: the driver's.
        NobodyThere: after the levels.
        NotAsItShould: ``off_hook``, ``no_loop``, ``stuck_ring``, ``no_lift``, ``no_hang_up``.
    """
    inbox, line = Inbox(), phone.line
    with holding(line_driver(phone, inbox.put), "line"):
        _levels_now(bench, inbox, phone)
        bench.need_hands()
        if line.hook_seen:
            bench.console.say("    " + text("selftest.ask.lift", s=PRESS_S))
            if _hook(bench, inbox, closed=True) is None:
                raise NotAsItShould("no_lift", s=PRESS_S)
            bench.console.say("    " + text("selftest.ask.hang_up", s=PRESS_S))
            if _hook(bench, inbox, closed=False) is None:
                raise NotAsItShould("no_hang_up", s=PRESS_S)
            bench.note(text("selftest.saw.lifted"))
            return
        bench.console.say("    " + text("selftest.ask.ring", s=PRESS_S))
        rung = bench.await_reading(inbox, _is_ring)
        bench.note(text("selftest.saw.rung" if rung is not None else "selftest.saw.ring_untried"))


def _levels_now(bench: Bench, inbox: Inbox, phone: PhoneInstance) -> None:
    """What the line says of itself in its first moments: a lifted handset and a dead line report at once."""
    levels = {"ring": False, "hook": False, "loop": True}
    rings = 0

    def heard(item: object) -> bool:
        nonlocal rings
        rings += _is_ring(item)
        if isinstance(item, Edge):
            levels[item.wire] = item.closed
        return False

    bench.await_reading(inbox, heard, LISTEN_S)
    line = phone.line
    if isinstance(line, ModemLine):
        bench.note(text("selftest.saw.modem"))
    elif line.loop is not None:
        bench.note(text("selftest.saw.loop_fed" if levels["loop"] else "selftest.saw.loop_dead"))
    bench.note(text("selftest.saw.ringing" if rings else "selftest.saw.ring_quiet"))
    if not line.hook_seen:
        bench.note(text("selftest.saw.hook_blind"))
    else:
        bench.note(text("selftest.saw.hook_off" if levels["hook"] else "selftest.saw.hook_on"))
    if not levels["loop"]:
        raise NotAsItShould("no_loop")
    if levels["hook"]:
        raise NotAsItShould("off_hook")
    if rings:
        _let_ring_out(bench, inbox)


def _let_ring_out(bench: Bench, inbox: Inbox) -> None:
    """A call may be coming in just now; a bell that sounds without one pause is no call.

    Raises:
        NotAsItShould: ``stuck_ring``.
    """
    until = bench.clock.mono_ms() + CADENCE_MS
    while bench.clock.mono_ms() < until:
        if bench.await_reading(inbox, _is_ring, PAUSE_S) is None:
            return
    raise NotAsItShould("stuck_ring")


def _is_ring(item: object) -> bool:
    return isinstance(item, RingHeard) or (isinstance(item, Edge) and item.wire == "ring")


def _hook(bench: Bench, inbox: Inbox, *, closed: bool) -> object | None:
    return bench.await_reading(
        inbox, lambda item: isinstance(item, Edge) and item.wire == "hook" and item.closed is closed
    )
