"""A desk's rating keypad as a daemon: settings, journal, drivers, inbox, loop; closed in reverse."""

from collections.abc import Callable
from functools import partial

import msgspec

from drivers import Put
from drivers.keypad import PadBus
from drivers.voice import Utterance
from evaluator.keeping import Keeping, SendBatch
from evaluator.rating import Evaluator, Farewell, Invite, LastPress, Relight, Rest, Thank, Tried, Trying
from firmware_py import phrases
from firmware_py.core import facts as f
from firmware_py.journal.store import Journal
from firmware_py.runtime.device_file import EvaluatorInstance
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.loop import Loop, Resource
from firmware_py.runtime.shared_wires import PadsOnSharedWire
from firmware_py.runtime.site import Site
from firmware_py.runtime.wire_settings.keypad import EvdevKeypad, Ff68Keypad, KeypadConfig
from firmware_py.runtime.wires import voice_port

_FACTS = msgspec.json.Decoder(f.EdgeFact)


def build(settings: EvaluatorInstance, site: Site) -> Loop:
    """The daemon of one evaluator, ready to ``run``."""
    wire = settings.keypad
    make: Callable[[Put], PadBus] = partial(keypad_driver, wire)
    shared = site.shared if isinstance(wire, Ff68Keypad) else None
    if shared is not None and isinstance(wire, Ff68Keypad):
        make = partial(PadsOnSharedWire, shared.pads(wire.port, make), address=wire.address)
    keypad = InputPort(make, site.put, name="keypad", check_every_s=5.0, clock=site.clock)
    voice = voice_port(settings.voice, site) if settings.voice is not None else None
    topics = site.link.topics

    def think(journal: Journal) -> Evaluator:
        return Evaluator(
            settings.id,
            desk=settings.desk,
            address=wire.address,
            levels=wire.levels,
            topics=topics,
            last=last_press(journal),
            shared_bus=shared is not None and isinstance(wire, Ff68Keypad) and shared.pads_on(wire.port) > 1,
        )

    keeping = Keeping(settings.id, site.state / "journal.db", site.boot, site.clock, topics, think)

    def say(key: str, *words: str) -> None:
        if voice is not None:
            utterance = Utterance(phrases.text(key), words)
            voice.submit(key, lambda driver: driver.say(utterance))

    def perform(effect: object) -> None:
        match effect:
            case SendBatch(payload):
                site.link.publish(topics.log(settings.id), payload)
            case Invite():
                keypad.submit("invite", lambda driver: driver.invite(wire.address))
                say("rating.invite", "qing_pingjia")
            case Relight():
                keypad.submit("invite", lambda driver: driver.invite(wire.address))
            case Rest():
                keypad.submit("rest", lambda driver: driver.rest(wire.address))
            case Thank():
                say("rating.thanks", "xiexie_pingjia")
            case Farewell():
                say("rating.farewell_short", "zaijian")
            case Trying():
                keypad.submit("invite", lambda driver: driver.invite(wire.address))
                say("rating.trying")
            case Tried():
                say("rating.tried")
            case SetStatus(lifecycle):
                site.link.set_status(lifecycle)

    resources: list[Resource] = [keeping, keypad]
    if voice is not None:
        resources.append(voice)
    patterns = [topics.rating(settings.id), topics.ack(settings.id)]
    return site.loop(keeping, perform, resources=resources, patterns=patterns)


def last_press(journal: Journal) -> LastPress:
    """What the journal's newest facts say of the last window that was pressed in."""
    last = LastPress()
    for record in journal.tail(50):
        try:
            fact = _FACTS.decode(record.data)
        except msgspec.MsgspecError:
            continue
        if isinstance(fact, f.LevelChosen) and fact.proof:
            if (last.log, last.seq) == (fact.window_log, fact.window_seq):
                last = msgspec.structs.replace(last, level=fact.level)  # the time counts from the first
                continue
            at = record.mono_ms if record.boot == journal.boot else None
            last = LastPress(fact.window_log, fact.window_seq, fact.level, fact.elapsed_ms, at)
        elif isinstance(fact, f.WindowLocked) and (fact.window_log, fact.window_seq) == (last.log, last.seq):
            last = msgspec.structs.replace(last, locked=True)
    return last


def keypad_driver(wire: KeypadConfig, heard: Put) -> PadBus:
    """The evaluator, not yet open; for its port and for ``hall selftest``."""
    if isinstance(wire, Ff68Keypad):
        from drivers.keypad.ff68_bus import Ff68Bus

        return Ff68Bus(wire.port, heard, baud=wire.baud)
    if isinstance(wire, EvdevKeypad):
        from drivers.keypad.evdev_pad import EvdevPad

        positions = {key: position for position, key in enumerate(wire.keys)}
        return EvdevPad(wire.path, heard, address=wire.address, positions=positions)
    from drivers.keypad.gpio_pad import GpioPad

    return GpioPad(
        heard,
        address=wire.address,
        levels=wire.pins,
        lamps={f"lamp {place}": pin for place, pin in enumerate(wire.lamps)},
        lamp_high=wire.lamp_high,
        pull_up=wire.pull_up,
        factory=wire.factory,
    )
