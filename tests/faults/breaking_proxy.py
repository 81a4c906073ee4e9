"""A proxy that breaks a part of the exchanges that pass through it, at random points, and takes note of each."""

from __future__ import annotations

import io
import random
import socket
import ssl
import threading
from collections import Counter
from contextlib import suppress

from scripted_server import reset


class BreakingProxy:
    """Passes whole requests and answers between clients and one server, but for those that it breaks.

    A broken exchange ends before or within the request, or before or within the answer; with a reset, an orderly end,
    or silence. What is cut off of a request never reaches the server. With `tls` it is what clients speak to it.
    """

    def __init__(self, port: int, *, seed: int, share: float, tls: ssl.SSLContext | None = None) -> None:
        self._port, self._share, self._tls = port, share, tls
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"
        self.broken: Counter[str] = Counter()

    def __enter__(self) -> BreakingProxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, accepted: socket.socket) -> None:
        with (
            suppress(OSError),
            accepted,
            self._secured(accepted) as client,
            socket.create_connection(("127.0.0.1", self._port)) as server,
            client.makefile("rb") as requests,
            server.makefile("rb") as answers,
        ):
            while request := read_message(requests):
                if not self._exchange(request, client, server, answers):
                    return

    def _secured(self, client: socket.socket) -> socket.socket:
        return client if self._tls is None else self._tls.wrap_socket(client, server_side=True)

    def _exchange(
        self, request: bytes, client: socket.socket, server: socket.socket, answers: io.BufferedReader
    ) -> bool:
        """Pass one exchange on; False if it was broken."""
        where, ending, part = self._fate()
        if where == "request":
            server.sendall(request[: int(part * len(request))])
            server.close()
            self._end(client, ending)
            return False
        server.sendall(request)
        answer = read_message(answers)
        if where == "answer":
            client.sendall(answer[: int(part * len(answer))])
            self._end(client, ending)
            return False
        client.sendall(answer)
        return True

    def _fate(self) -> tuple[str, str, float]:
        """Where an exchange breaks, how, and after what part of the bytes."""
        with self._lock:
            if self._random.random() >= self._share:
                return "", "", 0.0
            where, ending = self._random.choice(["request", "answer"]), self._random.choice(["reset", "end", "silence"])
            self.broken[f"{ending} in the {where}"] += 1
            return where, ending, self._random.choice([0.0, self._random.random()])

    def _end(self, client: socket.socket, ending: str) -> None:
        if ending == "reset":
            reset(client)
        elif ending == "end":
            client.shutdown(socket.SHUT_RDWR)
        else:
            client.recv(1)  # until the client gives up


def read_message(reader: io.BufferedReader) -> bytes:
    """One request or answer with a Content-Length; nothing at the end of the connection."""
    head = b""
    length = 0
    while line := reader.readline():
        head += line
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
        if line == b"\r\n":
            return head + reader.read(length)
    return b""
