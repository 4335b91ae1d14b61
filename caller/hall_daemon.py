"""The hall board and the voice as a daemon: settings, drivers, inbox, loop; closed in reverse."""

from secrets import token_hex

from caller.board import Board, ShowBoard, Speak
from drivers.led import FONT_PX
from drivers.voice import Utterance
from firmware_py.link import CONTROLLER
from firmware_py.runtime.device_file import HallInstance
from firmware_py.runtime.effects import Send, SetStatus
from firmware_py.runtime.loop import Loop, Resource
from firmware_py.runtime.site import Site
from firmware_py.runtime.wires import sign_port, voice_port


def build(settings: HallInstance, site: Site) -> Loop:
    """The daemon of the hall's board and voice, ready to ``run``."""
    wire = settings.board
    board = sign_port(wire, site, "board") if wire is not None else None
    voice = voice_port(settings.voice, site) if settings.voice is not None else None

    def perform(effect: object) -> None:
        match effect:
            case Send(request):
                site.link.send(request)
            case ShowBoard(text, job_id) if board is not None and wire is not None:
                board.submit_latest("board", job_id, lambda driver: driver.show(wire.address, text))
            case Speak(job_id, text, words, slow) if voice is not None:
                utterance = Utterance(text, words, slow)
                voice.submit(job_id, lambda driver: driver.say(utterance))
            case SetStatus(lifecycle):
                site.link.set_status(lifecycle)

    topics = site.link.topics
    resources: list[Resource] = [port for port in (board, voice) if port is not None]
    # the controller's status first: until it is known, the board shows that the hall is not heard
    patterns = [topics.status(CONTROLLER), topics.answer(settings.id), topics.hall_state, topics.board]
    logic = Board(
        settings.id,
        rows=wire.lines if wire is not None else 0,
        hanzi=wire.width_px // FONT_PX if wire is not None else 0,
        voice=voice is not None,
        zone=settings.zone,
        zone_board=settings.zone_board,
        calling=site.plan.limits.call,
        signs={desk.id: desk.pad for desk in site.plan.desks if desk.pad},
        topics=topics,
        new_id=token_hex,
        wall_ms=site.clock.wall_ms,
    )
    return site.loop(logic, perform, resources=resources, patterns=patterns)
