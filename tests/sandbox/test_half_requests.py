"""Requests of which only a part arrives, over real sockets: they are given up, and hold nobody else up."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bandwidth_messaging.sandbox.web.protocol import Patience
from bandwidth_messaging.sandbox.web.server import ServerThread

WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HALF_HEAD = b"GET / HTTP/1.1\r\nHos"
HALF_BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
LONG = 60.0

Connect = Callable[..., socket.socket]


async def answering(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        for done in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{done}.complete"})
        return
    message = await receive()
    while message.get("more_body"):
        message = await receive()
    if message["type"] == "http.request":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def serve() -> Iterator[Callable[[Patience], Connect]]:
    """Starts a server; gives what connects to it and sends something."""
    opened: list[Any] = []

    def start(patience: Patience) -> Connect:
        server = ServerThread(answering, "127.0.0.1", 0, patience)
        opened.append(server)

        def connect(data: bytes = b"") -> socket.socket:
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            opened.append(connection)
            connection.sendall(data)
            return connection

        return connect

    yield start
    for each in reversed(opened):
        each.close()


def read(connection: socket.socket) -> bytes:
    """Everything until the server closes the connection."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def is_answered(connection: socket.socket) -> bool:
    """Read one whole answer, whose head and body may come apart."""
    answer = b""
    while not answer.endswith(b"\r\n\r\nok") and (part := connection.recv(1000)):
        answer += part
    return b"200 OK" in answer


def is_closed(connection: socket.socket) -> bool:
    try:
        read(connection)
    except ConnectionResetError:  # what it sent had not been read yet
        return True
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize(
    ("data", "patience"),
    [
        (HALF_HEAD, Patience(0.1, LONG)), (b"", Patience(0.1, LONG)), (HALF_BODY, Patience(LONG, 0.1)),
        (WHOLE + HALF_HEAD, Patience(0.1, LONG)), (WHOLE + HALF_BODY, Patience(LONG, 0.1)),
    ],
    ids=["head", "nothing", "body", "head of the second", "body of the second"],
)  # fmt: skip
def test_what_does_not_arrive_in_time_is_answered_408_and_closed(
    serve: Callable[[Patience], Connect], data: bytes, patience: Patience
) -> None:
    answered = read(serve(patience)(data))
    assert answered.count(b"HTTP/1.1 408 Request Timeout") == 1
    assert answered.count(b"HTTP/1.1 200 OK") == data.count(WHOLE)


def test_an_idle_connection_is_no_half_request(serve: Callable[[Patience], Connect]) -> None:
    connect = serve(Patience(LONG, LONG, incomplete=1))
    idle = connect(WHOLE)
    assert is_answered(idle)
    first, _second = connect(HALF_HEAD), connect(HALF_HEAD)
    assert is_closed(first)
    idle.sendall(WHOLE)
    assert is_answered(idle)


def test_a_body_that_comes_in_parts_has_the_time_for_bodies(serve: Callable[[Patience], Connect]) -> None:
    connect = serve(Patience(1.0, LONG))
    slow = connect(HALF_BODY)
    read(connect(HALF_HEAD))
    slow.sendall(b"       }")
    assert is_answered(slow)


@pytest.mark.parametrize("data", [HALF_HEAD, HALF_BODY, b""], ids=["heads", "bodies", "nothing"])
def test_of_too_many_half_requests_the_oldest_are_closed_and_whole_ones_are_answered(
    serve: Callable[[Patience], Connect], data: bytes
) -> None:
    connect = serve(Patience(LONG, LONG, incomplete=10))
    halves = [connect(data) for _ in range(50)]
    whole = connect(WHOLE)
    assert is_answered(whole)

    assert all(is_closed(half) for half in halves[:39])
    halves[-1].sendall({HALF_HEAD: b"t: x\r\n\r\n", HALF_BODY: b"       }", b"": WHOLE}[data])
    assert is_answered(halves[-1])
