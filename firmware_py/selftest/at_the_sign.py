"""The self-test of signs, boards and loudspeakers: what only eyes and ears can tell is asked, and never assumed."""

import contextlib

from drivers.led import LedBus
from drivers.voice import Utterance
from firmware_py.errors import DriverError, DriverFault
from firmware_py.phrases import text
from firmware_py.runtime.wire_settings.sign import OnbonSign, SignConfig
from firmware_py.runtime.wire_settings.voice import SpeakerConfig, VoiceConfig
from firmware_py.runtime.wires import sign_driver, voice_driver
from firmware_py.selftest.bench import Bench
from firmware_py.selftest.hand import Hand, holding
from firmware_py.selftest.results import NotAsItShould

SHOW_S = 10.0
LOOK_S = 1.5
"""How long each text stands: long enough to be read."""
SAY_S = 60.0

SAMPLE = ("chime", "A", "d0", "d0", "d1")
"""A number and no desk: nobody in the hall shall walk for it."""


def try_sign(wire: SignConfig, bench: Bench) -> None:
    """Show 自检, then the address, then nothing, whatever happens in between; the daemon shows what is true again.

    Raises:
        DriverOffline, DriverFault: its own.
        NotAsItShould: ``not_seen``.
    """
    address = wire.address
    with holding(sign_driver(wire), "sign") as hand:
        try:
            for shown in (text("selftest.sign"), str(address)):
                _show(hand, address, shown)
                bench.look(LOOK_S)
            answers = isinstance(wire, OnbonSign)
            bench.note(text(f"selftest.saw.{'sign_answered' if answers else 'sign_sent'}", address=address))
            if bench.hands:
                _judge_seen(bench, address)
        finally:
            with contextlib.suppress(DriverError):
                _show(hand, address, "")


def _show(hand: Hand[LedBus], address: int, shown: str) -> None:
    hand.do(lambda bus: bus.show(address, shown), SHOW_S)


def _judge_seen(bench: Bench, address: int) -> None:
    seen = bench.agrees(text("selftest.ask.sign", address=address))
    if seen is False:
        raise NotAsItShould("not_seen")
    if seen:
        bench.note(text("selftest.saw.sign_seen"))


def try_voice(wire: VoiceConfig, bench: Bench) -> None:
    """Play the chime and a number; then, where the engine is on, a sentence without clips. A dumb engine is no failure.

    Raises:
        DriverOffline, DriverFault: the driver's, at the number.
        NotAsItShould: ``not_heard``.
    """
    driver = voice_driver(wire)
    try:
        with holding(driver, "voice") as hand:
            number = Utterance(text("selftest.voice"), SAMPLE)
            hand.do(lambda voice: voice.say(number), SAY_S)
            bench.note(text("selftest.saw.spoken"))
            if isinstance(wire, SpeakerConfig) and wire.engine:
                free = Utterance(text("selftest.voice"))
                try:
                    hand.do(lambda voice: voice.say(free), SAY_S)
                except DriverFault as fault:
                    bench.note(text("selftest.saw.engine_off", detail=fault.detail))
            if bench.hands:
                _judge_heard(bench)
    except KeyboardInterrupt:
        driver.stop()
        raise


def _judge_heard(bench: Bench) -> None:
    heard = bench.agrees(text("selftest.ask.voice"))
    if heard is False:
        raise NotAsItShould("not_heard")
    if heard:
        bench.note(text("selftest.saw.heard"))
