"""A far end that does what a test tells it to: printers that keep silent, hang up, or answer nonsense."""

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

STATUS_OK = {b"\x10\x04\x01": b"\x16", b"\x10\x04\x02": b"\x12", b"\x10\x04\x03": b"\x12", b"\x10\x04\x04": b"\x12"}

Answer = Callable[[bytes], bytes | None]
"""Given what came, what to send back; None hangs up."""


class ScriptedPrinter:
    """Listens on 127.0.0.1 and answers every piece it receives; remembers all of them."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.received: list[bytes] = []
        self._server = socket.socket()
        self._server.bind(("127.0.0.1", 0))
        self._server.listen()
        self.port = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"
        self._host: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for end in (self._server, self._host):
            if end is not None:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                self._host, _ = self._server.accept()
            except OSError:
                return
            with self._host as host, contextlib.suppress(OSError):
                while data := host.recv(65536):
                    self.received.append(data)
                    reply = self.answer(data)
                    if reply is None:
                        break
                    host.sendall(reply)


def answers_status(data: bytes, *, otherwise: bytes | None = b"") -> bytes | None:
    """A printer in order, as far as DLE EOT goes."""
    return STATUS_OK.get(data, otherwise)
