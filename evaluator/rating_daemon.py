"""A desk's rating keypad as a daemon: settings, journal, drivers, inbox, loop; closed in reverse."""

import queue
from collections.abc import Callable
from pathlib import Path

import msgspec

from drivers import Put
from drivers.keypad import PadBus
from drivers.voice import Utterance, Voice
from evaluator.keeping import Keeping, SendBatch
from evaluator.rating import Evaluator, Invite, LastPress, Thank
from firmware_py import phrases
from firmware_py.core import facts as f
from firmware_py.core.plan import Plan
from firmware_py.journal.store import Journal
from firmware_py.link import Link
from firmware_py.runtime.clock import Clock
from firmware_py.runtime.device_file import EvaluatorInstance, Ff68Keypad
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.loop import Loop, Resource
from firmware_py.runtime.on_link import OnLink
from firmware_py.runtime.port import PortThread
from firmware_py.runtime.sd_notify import Notifier

_FACTS = msgspec.json.Decoder(f.EdgeFact)


def build(
    plan: Plan,
    settings: EvaluatorInstance,
    link: Link,
    state: Path,
    clock: Clock,
    notify: Notifier,
    boot: str,
    on_crash: Callable[[str, Exception], None] | None = None,
) -> Loop:
    """The daemon of one evaluator, ready to ``run``; ``state`` holds its journal."""
    del plan
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    wire = settings.keypad
    keypad = InputPort(_keypad(settings), inbox.put, name="keypad", check_every_s=5.0, clock=clock)
    voice = _voice(settings, state, inbox.put, clock)
    topics = link.topics

    def think(journal: Journal) -> Evaluator:
        return Evaluator(
            settings.id,
            desk=settings.desk,
            address=wire.address,
            levels=wire.levels,
            topics=topics,
            last=last_press(journal),
        )

    keeping = Keeping(settings.id, state / "journal.db", boot, clock, topics, think)

    def say(key: str, word: str) -> None:
        if voice is not None:
            utterance = Utterance(phrases.text(key), (word,))
            voice.submit(key, lambda driver: driver.say(utterance))

    def perform(effect: object, now: int) -> None:
        del now
        match effect:
            case SendBatch(payload):
                link.publish(topics.log(settings.id), payload)
            case Invite():
                keypad.submit("invite", lambda driver: driver.invite(wire.address))
                say("rating.invite", "qing_pingjia")
            case Thank():
                say("rating.thanks", "xiexie_pingjia")
            case SetStatus(lifecycle):
                link.set_status(lifecycle)

    resources: list[Resource] = [keeping, keypad]
    if voice is not None:
        resources.append(voice)
    patterns = [topics.rating(settings.id), topics.ack(settings.id)]
    resources.append(OnLink(link, inbox.put, patterns))
    return Loop(
        settings.id,
        keeping,
        perform,
        clock=clock,
        notify=notify,
        inbox=inbox,
        resources=resources,
        alive=lambda: link.alive(clock.mono_ms()),
        on_crash=on_crash,
    )


def last_press(journal: Journal) -> LastPress:
    """What the journal's newest facts say of the last window that was pressed in."""
    last = LastPress()
    for record in journal.tail(50):
        try:
            fact = _FACTS.decode(record.data)
        except msgspec.MsgspecError:
            continue
        if isinstance(fact, f.LevelChosen) and fact.proof:
            first = last.elapsed_ms if (last.log, last.seq) == (fact.window_log, fact.window_seq) else fact.elapsed_ms
            last = LastPress(fact.window_log, fact.window_seq, fact.level, first)
        elif isinstance(fact, f.WindowLocked) and (fact.window_log, fact.window_seq) == (last.log, last.seq):
            last = msgspec.structs.replace(last, locked=True)
    return last


def _keypad(settings: EvaluatorInstance) -> Callable[[Put], PadBus]:
    wire = settings.keypad

    def make(heard: Put) -> PadBus:
        if isinstance(wire, Ff68Keypad):
            from drivers.keypad.ff68_bus import Ff68Bus

            return Ff68Bus(wire.port, heard, baud=wire.baud)
        from drivers.keypad.evdev_pad import EvdevPad

        positions = {key: position for position, key in enumerate(wire.keys)}
        return EvdevPad(wire.path, heard, address=wire.address, positions=positions)

    return make


def _voice(settings: EvaluatorInstance, state: Path, put: Put, clock: Clock) -> PortThread[Voice] | None:
    wire = settings.voice
    if wire is None:
        return None
    from drivers.voice.speaker import SpeakerVoice

    voice = SpeakerVoice(
        clips=Path(wire.clips) if wire.clips else None,
        cache=Path(wire.cache) if wire.cache else state / "sentences",
        player=wire.player,
        engine=wire.engine,
        device=wire.device or None,
    )
    return PortThread(voice, put, name="voice", interrupt=voice.stop, clock=clock)
