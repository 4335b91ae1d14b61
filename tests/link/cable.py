"""A network cable that a test can pull out, or bend so that bytes go in and never come out."""

import contextlib
import selectors
import socket
import threading


class Cable:
    """Carries TCP connections to ``host:port``; connect to ``Cable.port`` instead."""

    def __init__(self, host: str, port: int) -> None:
        self._far = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._wake_r, self._wake_w = socket.socketpair()
        self._lock = threading.Lock()
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._plugged, self._bent, self._closing, self._drop = True, False, False, False
        self.carried_up = 0
        """Bytes taken from the near end, delivered or not."""
        self._moved = threading.Condition(self._lock)
        self._thread = threading.Thread(target=self._carry, name="cable", daemon=True)
        self._thread.start()

    def pull(self) -> None:
        """Reset what is connected and refuse what comes."""
        with self._lock:
            self._plugged = self._bent = False
            self._drop = True
        self._wake_w.send(b".")

    def plug(self) -> None:
        """Carry again."""
        with self._lock:
            self._plugged, self._bent = True, False
        self._wake_w.send(b".")

    def bend(self) -> None:
        """Swallow everything from now on, both ways; connections stay open."""
        with self._lock:
            self._bent = True

    def wait_swallowed(self, before: int, patience_s: float = 10.0) -> None:
        """Wait until the near end has sent more than ``before`` bytes in all."""
        with self._moved:
            assert self._moved.wait_for(lambda: self.carried_up > before, patience_s), "nothing was sent"

    def close(self) -> None:
        with self._lock:
            self._closing = True
        with contextlib.suppress(OSError):  # another event may have ended the thread just now
            self._wake_w.send(b".")
        self._thread.join(10)

    def _carry(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._wake_r, selectors.EVENT_READ)
            while not self._closing:
                for key, _ in selector.select():
                    sock = key.fileobj
                    assert isinstance(sock, socket.socket)
                    if sock is self._listener:
                        self._accept(selector)
                    elif sock is self._wake_r:
                        self._wake_r.recv(100)
                    elif sock in self._pairs:
                        self._move(selector, sock)
                if self._drop:
                    self._drop = False
                    for near in list(self._pairs):
                        self._end(selector, near)
            for sock in list(self._pairs):
                self._end(selector, sock)
            for sock in (self._listener, self._wake_r, self._wake_w):
                sock.close()

    def _accept(self, selector: selectors.BaseSelector) -> None:
        near, _ = self._listener.accept()
        far = None
        if self._plugged:
            with contextlib.suppress(OSError):
                far = socket.create_connection(self._far, timeout=5)
        if far is None:
            near.close()
            return
        for sock in (near, far):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(sock, selectors.EVENT_READ, data=sock is near)
        self._pairs[near], self._pairs[far] = far, near

    def _move(self, selector: selectors.BaseSelector, sock: socket.socket) -> None:
        is_near = bool(selector.get_key(sock).data)
        try:
            moved = sock.recv(65536)
        except OSError:
            moved = b""
        if not moved:
            self._end(selector, sock)
            return
        with self._moved:
            if is_near:
                self.carried_up += len(moved)
                self._moved.notify_all()
            bent = self._bent
        if not bent:
            try:
                self._pairs[sock].sendall(moved)
            except OSError:
                self._end(selector, sock)

    def _end(self, selector: selectors.BaseSelector, sock: socket.socket) -> None:
        other = self._pairs.pop(sock, None)
        if other is None:
            return
        del self._pairs[other]
        for end in (sock, other):
            selector.unregister(end)
            with contextlib.suppress(OSError):
                end.close()
