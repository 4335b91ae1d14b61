"""The hall board and the voice as a daemon: settings, drivers, inbox, loop; closed in reverse."""

import queue
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from caller.board import Board, ShowBoard, Speak
from caller.ports import sign_port, voice_port
from drivers.voice import Utterance
from firmware_py.core.plan import Plan
from firmware_py.link import Link
from firmware_py.runtime.clock import Clock
from firmware_py.runtime.device_file import HallInstance
from firmware_py.runtime.effects import Send, SetStatus
from firmware_py.runtime.loop import Loop, Resource
from firmware_py.runtime.on_link import OnLink
from firmware_py.runtime.sd_notify import Notifier

HANZI_PX = 16


def build(
    plan: Plan,
    settings: HallInstance,
    link: Link,
    state: Path,
    clock: Clock,
    notify: Notifier,
    boot: str,
    on_crash: Callable[[str, Exception], None] | None = None,
) -> Loop:
    """The daemon of the hall's board and voice, ready to ``run``; ``state`` holds the sentences already made."""
    del plan, boot
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    wire = settings.board
    board = sign_port(wire, inbox.put, clock, "board") if wire is not None else None
    voice = voice_port(settings.voice, state / "sentences", inbox.put, clock) if settings.voice is not None else None

    def perform(effect: object, now: int) -> None:
        del now
        match effect:
            case Send(request):
                link.send(request)
            case ShowBoard(text) if board is not None and wire is not None:
                board.submit_latest("board", "board", lambda driver: driver.show(wire.address, text))
            case Speak(job_id, text, words, slow) if voice is not None:
                utterance = Utterance(text, words, slow)
                voice.submit(job_id, lambda driver: driver.say(utterance))
            case SetStatus(lifecycle):
                link.set_status(lifecycle)

    topics = link.topics
    resources: list[Resource] = [port for port in (board, voice) if port is not None]
    # the controller's status first: until it is known, the board shows that the hall is not heard
    patterns = [topics.status("controller"), topics.answer(settings.id), topics.hall_state, topics.board]
    resources.append(OnLink(link, inbox.put, patterns))
    logic = Board(
        settings.id,
        rows=wire.lines if wire is not None else 0,
        hanzi=wire.width_px // HANZI_PX if wire is not None else 0,
        voice=voice is not None,
        topics=topics,
        new_id=token_hex,
        wall_ms=clock.wall_ms,
    )
    return Loop(
        settings.id,
        logic,
        perform,
        clock=clock,
        notify=notify,
        inbox=inbox,
        resources=resources,
        alive=lambda: link.alive(clock.mono_ms()),
        on_crash=on_crash,
    )
