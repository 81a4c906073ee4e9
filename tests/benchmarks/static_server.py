"""A server in a process of its own that answers at once, so that what is measured is the client.

`python tests/benchmarks/static_server.py` prints its URL and serves until its standard input ends. It answers a POST as
the service of each contender does, a GET of messages with a page of 1,000, and `/connections` with how many there were.
With `--messages 1000000` a GET pages through a list of that many.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.answers import full_page, listing, response, sent


class Service:
    """What is answered to whom, and how many connections were made."""

    def __init__(self, total: int) -> None:
        self.connections = 0
        self._total = total
        self._sent = sent()
        self._page = full_page()

    def answer(self, method: str, target: str) -> bytes:
        if method == "POST":
            return next((answer for part, answer in self._sent.items() if part in target), response(404, b"{}"))
        if target == "/connections":
            return response(200, str(self.connections).encode())
        return response(*listing(urlsplit(target).query, self._total)) if self._total else self._page


def requests_on(connection: socket.socket) -> Iterator[tuple[str, str]]:
    """Method and target of each request that comes, after its body."""
    received = b""
    while True:
        while b"\r\n\r\n" not in received:
            piece = connection.recv(65536)
            if not piece:
                return
            received += piece
        head, _, received = received.partition(b"\r\n\r\n")
        left = _content_length(head) - len(received)
        while left > 0:
            piece = connection.recv(65536)
            if not piece:
                return
            left -= len(piece)
        received = b""  # a client that waits for its answer has sent nothing more
        method, target, _version = head.split(b"\r\n", 1)[0].decode().split(" ")
        yield method, target


def _content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


def serve(connection: socket.socket, answer: Callable[[str, str], bytes]) -> None:
    """Answer one client until it goes."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection:
        try:
            for method, target in requests_on(connection):
                connection.sendall(answer(method, target))
        except OSError:
            return


def accept(listener: socket.socket, service: Service) -> None:
    """Give each client a thread."""
    while True:
        connection, _ = listener.accept()
        service.connections += 1
        threading.Thread(target=serve, args=(connection, service.answer), daemon=True).start()


@contextmanager
def static_server(total: int = 0) -> Iterator[str]:
    """The URL of a server in a process of its own, which ends with the block.

    Args:
        total: The length of the list that it pages through; 0 for one page that is always the same.
    """
    command = [sys.executable, __file__, "--messages", str(total)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def on_one_core() -> None:
    """Keep this process, and those that it starts, on one core, where the system can.

    Client and server take turns, so one is enough. To wake a server on another core costs the client a fifth of a call,
    and where the server runs is the scheduler's whim.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def connections_made(url: str) -> int:
    """How many connections the server has had; the one that asks is not among them."""
    with urlopen(f"{url}/connections") as answered:
        return int(answered.read()) - 1


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--messages", type=int, default=0, help="page through a list of so many")
    options = parser.parse_args()
    listener = socket.create_server(("127.0.0.1", options.port), backlog=128)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    threading.Thread(target=accept, args=(listener, Service(options.messages)), daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
