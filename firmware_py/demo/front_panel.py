"""The demo hall's front panel over HTTP: every action moves a far end, and the hall follows in its own time."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from drivers.virtual.led_card import VirtualLedBus
from drivers.virtual.telephone import TelephoneBusy
from firmware_py.demo import breaking, describing
from firmware_py.demo.duty import Duty
from firmware_py.demo.far_ends import ADDRESS, DeskEnd, KioskEnd, button_name
from firmware_py.demo.observing import Observer
from firmware_py.demo.pressing import wire_keys
from firmware_py.demo.pumping import Pump
from firmware_py.demo.requests import (
    Break,
    Call,
    DutyAsk,
    LevelKey,
    PadKey,
    Press,
    PrinterKnobs,
    Refusing,
    Scan,
    Scene,
    read,
)
from firmware_py.demo.scenes import Scenes
from firmware_py.demo.virtual_hall import VirtualHall

LEFT_TO_RIGHT = (5, 4, 3, 2, 1)
"""The demo's evaluators have the default keys."""


class FrontPanel:
    """The HTTP side of one virtual hall."""

    def __init__(self, virtual: VirtualHall, pump: Pump, duty: Duty) -> None:
        self._virtual = virtual
        self._pump = pump
        self._duty_panel = duty
        self._scenes = Scenes(virtual)

    def app(self, observer: Observer) -> Starlette:
        """The ASGI application; its lifespan runs the pump."""

        @contextlib.asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            pumping = asyncio.create_task(self._pump.run(observer))
            try:
                yield
            finally:
                pumping.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await pumping
                self._pump.close()

        get, post = ["GET"], ["POST"]
        return Starlette(
            lifespan=lifespan,
            exception_handlers={Refusing: _refused},
            routes=[
                Route("/", self._page, methods=get),
                Route("/static/{file}", self._page, methods=get),
                Route("/api/hall", self._hall, methods=get),
                Route("/api/kiosk/{id}/press", self._acting(self._press), methods=post),
                Route("/api/kiosk/{id}/scan", self._acting(self._scan), methods=post),
                Route("/api/kiosk/{id}/slips", self._slips, methods=get),
                Route("/api/kiosk/{id}/printer", self._acting(self._printer), methods=post),
                Route("/api/desk/{n:int}/key", self._acting(self._key), methods=post),
                Route("/api/desk/{n:int}/sign", self._sign, methods=get),
                Route("/api/board", self._board, methods=get),
                Route("/api/voice", self._voice, methods=get),
                Route("/api/voice/{where}/{number:int}.wav", self._sound, methods=get),
                Route("/api/evaluator/{n:int}/key", self._acting(self._level), methods=post),
                Route("/api/phone/{n:int}", self._acting(self._phone), methods=post),
                Route("/api/duty", self._acting(self._duty), methods=post),
                Route("/api/journal", self._journal, methods=get),
                Route("/api/scene", self._acting(self._scene), methods=post),
                Route("/api/fault", self._acting(self._fault), methods=post),
                Route("/api/events", self._events, methods=get),
            ],
        )

    # --- what there is to see -----------------------------------------------------------------------------------------

    async def _page(self, request: Request) -> Response:
        name = request.path_params.get("file", "index.html")
        kinds = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
        kind = kinds.get(name.rpartition(".")[2])
        path = files("firmware_py.demo") / "page" / name
        if kind is None or "/" in name or not path.is_file():
            raise Refusing(404, "没有这个页面")
        headers = {"Cache-Control": "no-cache"}
        return Response(path.read_bytes(), media_type=f"{kind}; charset=utf-8", headers=headers)

    async def _hall(self, _: Request) -> Response:
        return JSONResponse(self._pump.state())

    async def _slips(self, request: Request) -> Response:
        kiosk = self._kiosk(request)
        return JSONResponse({"slips": [describing.slip(slip) for slip in kiosk.printer.slips()]})

    async def _sign(self, request: Request) -> Response:
        return JSONResponse(_shown(self._desk(request).sign))

    async def _board(self, _: Request) -> Response:
        return JSONResponse(_shown(self._virtual.ends.board))

    async def _voice(self, _: Request) -> Response:
        return JSONResponse({"sounds": describing.sounds(self._virtual, wav=True)})

    async def _sound(self, request: Request) -> Response:
        where, number = request.path_params["where"], request.path_params["number"]
        ends = self._virtual.ends
        speakers = {"hall": ends.speaker} | {f"desk{n}": desk.speaker for n, desk in ends.desks.items() if desk.speaker}
        speaker = speakers.get(where)
        sound = next((each for each in speaker.played() if each.number == number), None) if speaker else None
        if sound is None:
            raise Refusing(404, "没有这段声音")
        return Response(sound.wav, media_type="audio/wav")

    async def _journal(self, request: Request) -> Response:
        try:
            after = int(request.query_params.get("after", "0"))
        except ValueError as error:
            raise Refusing(422, "after 应为流水号") from error
        return JSONResponse({"records": self._pump.journal(max(0, after)), "seq": self._pump.seq})

    async def _events(self, _: Request) -> Response:
        async def stream() -> AsyncIterator[str]:
            yield "retry: 1000\n\n"
            async for kind, data in self._pump.listen():
                yield f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    # --- what there is to do ------------------------------------------------------------------------------------------

    def _acting(self, act: Callable[[Request, bytes], None]) -> Callable[[Request], Awaitable[Response]]:
        """An action: it runs in a worker thread, because a far end may keep its caller waiting a moment."""

        async def endpoint(request: Request) -> Response:
            body = await request.body()
            await run_in_threadpool(act, request, body)
            return JSONResponse({"ok": True}, status_code=202)

        return endpoint

    def _press(self, request: Request, body: bytes) -> None:
        asked, kiosk = read(body, Press), self._kiosk(request)
        if (asked.service, asked.klass) not in kiosk.buttons:
            raise Refusing(422, f"取号机上没有这个按键:{asked.service}")
        self._powered()
        kiosk.panel.press(button_name(asked.service, asked.klass))

    def _scan(self, request: Request, body: bytes) -> None:
        asked, kiosk = read(body, Scan), self._kiosk(request)
        self._powered()
        kiosk.reader.scan(asked.code)

    def _printer(self, request: Request, body: bytes) -> None:
        asked, kiosk = read(body, PrinterKnobs), self._kiosk(request)
        if asked.paper is not None:
            kiosk.printer.set_paper(asked.paper)
        if asked.cover is not None:
            kiosk.printer.set_cover(asked.cover)
        if asked.cable is not None:
            kiosk.printer.set_cable(asked.cable)

    def _key(self, request: Request, body: bytes) -> None:
        asked, desk = read(body, PadKey), self._desk(request)
        keys = wire_keys(asked, self._virtual.plan, self._pump.items_at(desk.id))
        if desk.pad is None:
            raise Refusing(422, "这个窗口没有叫号键盘")
        self._powered()
        if not desk.pad.plugged:
            raise Refusing(409, "键盘没有接好")
        for key in keys:
            desk.pad.press(ADDRESS, key)
        if asked.key == "pickup":
            self._scenes.walk_over(desk.id)

    def _level(self, request: Request, body: bytes) -> None:
        asked, desk = read(body, LevelKey), self._desk(request)
        if desk.evaluator is None:
            raise Refusing(422, "这个窗口没有评价器")
        self._powered()
        if not desk.evaluator.plugged:
            raise Refusing(409, "评价器没有接好")
        desk.evaluator.press_level(ADDRESS, LEFT_TO_RIGHT.index(asked.key))

    def _phone(self, request: Request, body: bytes) -> None:
        asked, desk = read(body, Call), self._desk(request)
        if desk.telephone is None:
            raise Refusing(422, "这个窗口没有电话")
        try:
            desk.telephone.ring(asked.rings, asked.then)
        except TelephoneBusy as error:
            raise Refusing(409, "电话正在使用,请稍候") from error

    def _duty(self, _: Request, body: bytes) -> None:
        asked = read(body, DutyAsk)
        self._powered()
        self._duty_panel.ask(asked.command)

    def _fault(self, _: Request, body: bytes) -> None:
        asked, virtual = read(body, Break), self._virtual
        if asked.device:
            breaking.set_fault(virtual.ends, virtual.plan, asked.device, asked.fault, on=asked.on)
        else:
            breaking.mend_all(virtual.ends, virtual.plan)
        self._pump.touch()

    def _scene(self, _: Request, body: bytes) -> None:
        asked = read(body, Scene)
        if asked.scene in {"crowd", "closing", "morning"}:
            self._powered()
        self._scenes.play(asked.scene)
        self._pump.touch()

    # --- finding things -----------------------------------------------------------------------------------------------

    def _powered(self) -> None:
        if not self._virtual.powered:
            raise Refusing(409, "大厅断电中,请稍候")

    def _kiosk(self, request: Request) -> KioskEnd:
        kiosk = self._virtual.ends.kiosks.get(request.path_params["id"])
        if kiosk is None:
            raise Refusing(404, f"没有这台取号机;有:{' '.join(self._virtual.ends.kiosks)}")
        return kiosk

    def _desk(self, request: Request) -> DeskEnd:
        desk = self._virtual.ends.desks.get(request.path_params["n"])
        if desk is None:
            raise Refusing(404, f"没有这个窗口;有:{' '.join(map(str, self._virtual.ends.desks))}")
        return desk


def _shown(bus: VirtualLedBus | None) -> dict[str, Any]:
    if bus is None:
        return {"frames": [], "text": ""}
    card = bus.cards[ADDRESS]
    return {"frames": msgspec.to_builtins(card.frames), "text": card.text}


async def _refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, Refusing):
        raise error
    return JSONResponse({"error": error.error}, status_code=error.status)
