"""A server that does what its script says, byte by byte: the one that misbehaves on purpose.

```python
with ScriptedServer(answer(500), answer(202, {"id": "1"})) as server:      # one step for each request
    ...
with ScriptedServer(lambda exchange: exchange.reset()) as server:          # a step may be a function
    ...
assert len(server.requests) == 1
```

The last step serves all further requests. A step that returns bytes sends them and keeps the connection; what else it
does it does through its `Exchange`. What the server has read stands in `requests`: the judge of what was sent.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Exchange:
    """One request on one connection, and what a step can do with it."""

    def __init__(self, sock: socket.socket, request: Received, stopping: threading.Event) -> None:
        self.sock = sock
        self.request = request
        self.stopping = stopping

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def drip(self, data: bytes, pause: float) -> None:
        """Send byte by byte with a pause after each, until the end or the server stops."""
        for position in range(len(data)):
            self.sock.sendall(data[position : position + 1])
            if self.stopping.wait(pause):
                return

    def hang(self) -> None:
        """Say nothing until the server stops."""
        self.stopping.wait()

    def close(self) -> None:
        """End the connection in order (FIN)."""
        self.sock.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """Tear the connection down (RST)."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # The reader holds the socket open; only closing the descriptor itself sends the reset now.
        os.close(self.sock.detach())


def reset(sock: socket.socket) -> None:
    """Tear a connection down (RST)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # close() would wait for whoever still reads from the socket.
    socket.close(sock.detach())


class ScriptedServer:
    """Serves its steps in turn on a free loopback port, one thread a connection."""

    def __init__(
        self,
        *steps: Any,
        tls: ssl.SSLContext | None = None,
        on_accept: Callable[[socket.socket], None] | None = None,
        port: int = 0,
    ) -> None:
        self.steps, self.tls, self.on_accept = steps, tls, on_accept
        self.requests: list[Received] = []
        self.connections = 0
        self.ended = 0
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> ScriptedServer:
        self._start(self._accept)
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopping.set()
        # A listener that is only closed does not wake the thread that accepts.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            sockets, threads = list(self._sockets), list(self._threads)
        for sock in sockets:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in threads:
            thread.join(5)

    def push(self, data: bytes) -> None:
        """Send something that nobody has asked for over every open connection."""
        with self._lock:
            sockets = list(self._sockets)
        for sock in sockets:
            sock.sendall(data)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._sockets.append(sock)
            self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        try:
            if self.on_accept is not None:
                self.on_accept(sock)
            if self.tls is not None:
                sock = self.tls.wrap_socket(sock, server_side=True)
                with self._lock:
                    self._sockets.append(sock)
            reader = sock.makefile("rb")
            with reader:
                while (request := _read_request(reader)) is not None:
                    self._answer(sock, request)
        except (OSError, ValueError):
            pass
        finally:
            sock.close()
            with self._lock:
                self.ended += 1

    def _answer(self, sock: socket.socket, request: Received) -> None:
        with self._lock:
            step = self.steps[min(len(self.requests), len(self.steps) - 1)]
            self.requests.append(request)
        sent: Any = step(Exchange(sock, request, self._stopping)) if callable(step) else step
        if sent is not None:
            sock.sendall(sent)


def _read_request(reader: Any) -> Received | None:
    """The next request; None if the connection ends before it does."""
    line = reader.readline()
    if not line.strip():
        return None
    method, target, _ = line.decode("latin-1").split(" ", 2)
    headers: dict[str, str] = {}
    while (line := reader.readline()).strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    length = int(headers.get("content-length", "0"))
    body = reader.read(length)
    return Received(method, target, headers, body) if line and len(body) == length else None


def answer(status: int = 200, body: Any = b"", headers: Mapping[str, str] | None = None, reason: str = "") -> bytes:
    """The bytes of a whole answer. A body that is not bytes goes as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} {reason or status}\r\n{head}\r\n".encode() + content
