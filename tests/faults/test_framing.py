"""The bytes of a request and of an answer: how they leave, and what is refused before any I/O."""

from __future__ import annotations

import http.client
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import urllib3.connection
from scripted_server import answer
from support import ACCOUNT

from bandwidth_messaging import ApiClient, Configuration, MessagesApi
from bandwidth_messaging._transport.connection import parse_head, request_head
from faults.lab import ACCEPTED, MESSAGE, SEND, Lab, case
from faults.together import wait_for


@contextmanager
def listening() -> Iterator[tuple[str, list[list[bytes]]]]:
    """A server that notes what each of its reads gets, for each request, and answers 202."""
    requests: list[list[bytes]] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            sock, _ = listener.accept()
            with sock:
                for _ in range(3):
                    reads = [sock.recv(1 << 20)]
                    while not reads[-1].endswith(b"}"):
                        reads.append(sock.recv(1 << 20))
                    requests.append(reads)
                    sock.sendall(ACCEPTED)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", requests
        thread.join(10)


def sent_to(url: str) -> None:
    settings = Configuration(host=url, username="user", password="x")
    with ApiClient(settings) as client:
        for _ in range(3):
            MessagesApi(client).create_message(ACCOUNT, MESSAGE)


def test_a_send_leaves_in_one_piece() -> None:
    with listening() as (url, requests):
        sent_to(url)
    assert [len(reads) for reads in requests] == [1, 1, 1]


PIECES: dict[str, Any] = {
    "one": lambda data: [data],
    "three": lambda data: [data[:10], data[10:20], data[20:]],
    "each byte": lambda data: [data[at : at + 1] for at in range(len(data))],
}


@pytest.mark.parametrize("pieces", PIECES.values(), ids=PIECES)
def test_how_http_client_hands_its_bytes_down_does_not_matter(pieces: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as (url, expected):
        sent_to(url)
    plain = http.client.HTTPConnection.send

    def send(self: http.client.HTTPConnection, data: Any) -> None:
        for piece in pieces(data):
            plain(self, piece)

    monkeypatch.setattr(http.client.HTTPConnection, "send", send)
    monkeypatch.setattr(urllib3.connection.HTTPConnection, "send", send, raising=False)
    with listening() as (url_in_pieces, requests):
        sent_to(url_in_pieces)
    as_one = [b"".join(reads).replace(url_in_pieces[7:].encode(), url[7:].encode()) for reads in requests]
    assert as_one == [b"".join(reads) for reads in expected]
    assert [len(reads) for reads in requests] == [1, 1, 1]


def test_the_bytes_of_a_request() -> None:
    start = "POST /users/1/messages HTTP/1.1\r\nHost: example.org\r\n"
    assert request_head(start, {"Accept": "application/json", "X-A": ""}, 5) == (
        b"POST /users/1/messages HTTP/1.1\r\nHost: example.org\r\nContent-Length: 5\r\n"
        b"Accept: application/json\r\nX-A: \r\n\r\n"
    )
    assert request_head("GET / HTTP/1.1\r\n", {}, None) == b"GET / HTTP/1.1\r\n\r\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [("Content-Length", "0"), ("content-length", "0"), ("Transfer-Encoding", "chunked"), ("CONNECTION", "close"),
     ("X-A", "s3cret\r\nX-B: b"), ("X-A", "s3cret\n"), ("X-A", "s3cret\r"), ("X-A", "s3cret\0"), ("X-A", "s3cret-é"),
     ("X A", "s3cret"), ("", "s3cret"), ("X-A\r\nX-B", "s3cret")],
)  # fmt: skip
def test_a_header_that_would_reframe_the_request_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="cannot be sent") as refused:
        request_head("GET / HTTP/1.1\r\n", {name: value}, None)
    assert "s3cret" not in str(refused.value)


@case("53b", SEND, "an auth object of one's own adds Content-Length", "ValueError; names it, before any I/O", 0)
def test_an_auth_object_cannot_frame_the_message(lab: Lab) -> None:
    class Own:
        def headers(self, *_: object) -> dict[str, str]:
            return {"Authorization": "Own", "Content-Length": "0"}

        def discard(self, _: object) -> bool:
            return False

    server = lab.serve(ACCEPTED)
    assert "'Content-Length'" in str(lab.send(lab.client(), _request_auth=Own()))
    assert server.connections == 0


HEADS: dict[str, tuple[bytes, Any]] = {
    "plain": (b"HTTP/1.1 202 Accepted\r\nContent-Length: 5", (202, "Accepted", 5, False, True)),
    "no reason": (b"HTTP/1.1 202\r\nContent-Length: 5", (202, "", 5, False, True)),
    "line feeds only": (b"HTTP/1.1 202 Accepted\nContent-Length: 5\nX: y", (202, "Accepted", 5, False, True)),
    "the same length twice": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\ncontent-length: 5",
        (200, "OK", 5, False, True),
    ),
    "chunked wins": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: Chunked",
        (200, "OK", 0, True, True),
    ),
    "no body": (b"HTTP/1.1 204 No Content\r\nContent-Length: 5", (204, "No Content", 0, False, True)),
    "to the end": (b"HTTP/1.1 200 OK", (200, "OK", None, False, False)),
    "close": (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: X, Close", (200, "OK", 0, False, False)),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 0", (200, "OK", 0, False, False)),
}


@pytest.mark.parametrize(("head", "expected"), HEADS.values(), ids=HEADS)
def test_the_head_of_an_answer(head: bytes, expected: Any) -> None:
    parsed = parse_head(head)
    assert (parsed.status, parsed.reason, parsed.length, parsed.chunked, parsed.keep_alive) == expected


def test_headers_are_folded_joined_and_found_without_regard_to_case() -> None:
    headers = parse_head(
        b"HTTP/1.1 200 OK\r\nX-Long: one\r\n\ttwo \r\n  three\r\nVia: a\r\nno header\r\nvia: b\r\n empty\r\nX-Odd : v"
    ).headers
    assert dict(headers) == {"X-Long": "one two three", "Via": "a, b empty", "X-Odd": "v"}
    assert headers["VIA"] == "a, b empty"


@pytest.mark.parametrize(
    "lines",
    [b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: -1", b"Content-Length: 5x", b"Content-Length: +5",
     b"Content-Length:", b"Content-Length: 0x5", b"Content-Length: \xb2", b"Content-Length: " + b"9" * 30,
     b"Transfer-Encoding: gzip", b"Transfer-Encoding: gzip, chunked"],
)  # fmt: skip
def test_an_answer_whose_length_is_in_doubt_is_none(lines: bytes) -> None:
    with pytest.raises(http.client.HTTPException):
        parse_head(b"HTTP/1.1 200 OK\r\n" + lines)


@case("34b", SEND, "reads a body of 12 MB slowly over a new connection", "the message; not cut at the connect time", 1)
def test_a_large_body_is_not_bounded_by_the_connect_time_out(lab: Lab) -> None:
    lab.serve(ACCEPTED, on_accept=lambda _: threading.Event().wait(0.4) and None)
    lab.client(connect_timeout=0.2).create_message(
        ACCOUNT, {**MESSAGE, "additional_properties": {"attachment": "x" * 12_000_000}}
    )


@case("81a", SEND, "answers 413 and closes before it has read a large body", "the refusal, or unknown", "1, unread")
def test_an_answer_before_the_end_of_a_large_body_is_read_where_it_arrives(lab: Lab) -> None:
    def refuse(sock: socket.socket) -> None:
        sock.recv(100_000)
        sock.sendall(answer(413))
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(1 << 20):
            pass

    lab.serve(ACCEPTED, on_accept=refuse)
    error = lab.send(lab.client(retries=0), _headers={"X-A": "y" * 50_000})
    lab.outcome = "the refusal, or unknown" if error.status in {0, 413} else str(error)


class SoftLimitError(Exception):
    """What a handler raises in the midst of a call, as Celery's for its soft time limit does."""


@case("19a", SEND, "answers; a signal handler raises somewhere in each call", "its exception; the pool serves", "some")
# What is dropped between two steps of the interpreter is closed by its collector, with a warning.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_signal_handler_that_raises_neither_locks_nor_shrinks_the_pool(lab: Lab) -> None:
    server = lab.serve(ACCEPTED)
    api = lab.client(connection_pool_maxsize=1, retries=0, clock=None)
    interrupted = 0

    def limit(*_: object) -> None:
        raise SoftLimitError

    before = signal.signal(signal.SIGALRM, limit)
    try:
        for number in range(300):
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-6 + number * 2e-6)
                api.create_message(ACCOUNT, MESSAGE)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except SoftLimitError:
                interrupted += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted > 20
    lab.outcome = None
    assert api.create_message(ACCOUNT, MESSAGE, _request_timeout=5).id == "m-1"
    wait_for(lambda: server.ended >= server.connections - 1)
