"""``hall demo``: builds the virtual hall, switches it on, serves its page, and puts it away again."""

import contextlib
import logging
import signal
import socket
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn

from firmware_py.demo.duty import Duty
from firmware_py.demo.front_panel import FrontPanel
from firmware_py.demo.observing import Observer
from firmware_py.demo.pumping import Pump
from firmware_py.demo.virtual_hall import VirtualHall

log = logging.getLogger(__name__)

DEFAULT_PORT: Final = 8080
SWITCH_S: Final = 0.0005
"""Many loops share one interpreter: a short slice keeps a press from waiting behind another loop (ecosystem.md 10)."""


class Server(uvicorn.Server):
    """A web server that can run beside the main thread and say when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, and then say so."""
        await super().startup(sockets)
        self.serving.set()


@contextlib.contextmanager
def state_directory(state: Path | None) -> Iterator[Path]:
    """The folder given, which stays, or one that goes when the demo ends."""
    if state is not None:
        yield state
        return
    with tempfile.TemporaryDirectory(prefix="hall-demo-") as folder:
        yield Path(folder)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; with ``port`` 0, or the default one taken, a free one.

    Raises:
        OSError: the port asked for is taken.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.listen(128)
    return listener


@contextlib.contextmanager
def running(
    *, state: Path | None, config: Path | None, mqtt: bool, host: str = "127.0.0.1", port: int = 0
) -> Iterator[str]:
    """A whole demo hall, served in a thread while the block runs; yields its address.

    Raises:
        ConfigError: the hall's configuration is wrong.
        BrokerError: ``mqtt`` without a mosquitto.
        OSError: the port is taken.
    """
    sys.setswitchinterval(SWITCH_S)
    with contextlib.ExitStack() as stack:
        listener = listen(host, port)
        stack.callback(listener.close)
        folder = stack.enter_context(state_directory(state))
        pumps: list[Pump] = []

        def changed(what: str) -> None:
            for each in pumps:
                each.touch(what)

        virtual = VirtualHall(folder.absolute(), config=config, mqtt=mqtt, changed=changed)
        stack.callback(virtual.close)
        pump = Pump(virtual)
        pumps.append(pump)
        observer = Observer(virtual.running.viewer(), pump.touch, pump.refusal)
        duty = Duty(virtual.running.duty(), pump.refusal)
        panel = FrontPanel(virtual, pump, duty)
        server = Server(
            uvicorn.Config(
                panel.app(observer),
                log_level="warning",
                access_log=False,
                lifespan="on",
                timeout_graceful_shutdown=1,
                ws="none",
            )
        )
        thread = threading.Thread(target=server.run, args=([listener],), name="web", daemon=True)
        thread.start()
        stack.callback(thread.join, 5)
        stack.callback(setattr, server, "should_exit", True)
        virtual.start()
        observer.open()
        stack.callback(observer.close)
        duty.open()
        stack.callback(duty.close)
        server.serving.wait(10)
        name = f"[{host}]" if ":" in host else host
        yield f"http://{name}:{listener.getsockname()[1]}"


def demo(*, state: Path | None, config: Path | None, mqtt: bool, host: str, port: int | None, browser: bool) -> int:
    """Run until Ctrl-C; says where the page is."""
    begun = time.monotonic()
    signal.signal(signal.SIGTERM, _interrupt)
    with (
        contextlib.suppress(KeyboardInterrupt),
        running(state=state, config=config, mqtt=mqtt, host=host, port=_free_or(port, host)) as url,
    ):
        print(f"大厅已开门({time.monotonic() - begun:.1f} 秒):{url}   按 Ctrl-C 关门", flush=True)
        if browser:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        threading.Event().wait()
    print("大厅已关门")
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM closes the hall like Ctrl-C."""
    raise KeyboardInterrupt


def _free_or(port: int | None, host: str) -> int:
    """The port asked for; the default one if it is free, else any."""
    if port is not None:
        return port
    try:
        listen(host, DEFAULT_PORT).close()
    except OSError:
        return 0
    return DEFAULT_PORT
