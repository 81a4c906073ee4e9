"""A connection is used again only where nothing is left of its last answer; else the next call would read it."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from typing import Any

import pytest
from scripted_server import Exchange, ScriptedServer, answer

from faults.certificates import Authority
from faults.lab import ACCEPTED, READ, SEND, Lab, case
from faults.together import wait_for

FORGED = answer(202, {"id": "STALE"})


def chunked(body: bytes, size: int = 4000) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    head = b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def whole(framing: str, size: int) -> bytes:
    message = {"id": "m-1", "text": "x" * size}
    return answer(202, message) if framing == "by length" else chunked(answer(202, message).partition(b"\r\n\r\n")[2])


@pytest.fixture(params=["plain", "tls"])
def tls(request: pytest.FixtureRequest, authority: Authority) -> ssl.SSLContext | None:
    return authority.server() if request.param == "tls" else None


@case("57e", SEND, "202, and a forged 202 in the same packet or TLS record", "the refusal; of its own call", 2)
@pytest.mark.parametrize("framing", ["by length", "in chunks"])
@pytest.mark.parametrize("size", [0, 7_000, 15_000])
def test_what_is_left_of_an_answer_is_not_the_next_one(
    framing: str, size: int, lab: Lab, tls: ssl.SSLContext | None, authority: Authority
) -> None:
    server = lab.serve(whole(framing, size) + FORGED, answer(429), tls=tls)
    api = lab.client(retries=0, ssl_ca_cert=str(authority.file))
    assert lab.send(api).id == "m-1"
    assert lab.send(api).status == 429
    lab.outcome = "the refusal"
    assert server.connections == 2


@case("57f", SEND, "a forged 202 in the next TLS record, or after a while", "the refusal; of its own call", 2)
@pytest.mark.parametrize("framing", ["by length", "in chunks"])
def test_what_comes_before_it_is_asked_for_is_not_an_answer(
    framing: str, lab: Lab, tls: ssl.SSLContext | None, authority: Authority
) -> None:
    go_on, pushed = threading.Event(), threading.Event()

    def push(exchange: Exchange) -> None:
        exchange.send(whole(framing, 7_000))
        assert go_on.wait(10)
        exchange.send(FORGED)
        pushed.set()

    server = lab.serve(push, answer(429), tls=tls)
    api = lab.client(retries=0, ssl_ca_cert=str(authority.file))
    assert lab.send(api).id == "m-1"
    go_on.set()
    assert pushed.wait(10)
    assert lab.send(api).status == 429
    lab.outcome = "the refusal"
    assert server.connections == 2


@case("57g", SEND, "once more than its answer; later answers well", "the message; each over a new connection", 3)
def test_after_a_surplus_each_send_has_a_connection_of_its_own(lab: Lab) -> None:
    server = lab.serve(ACCEPTED + FORGED, ACCEPTED)
    api = lab.client()
    for _ in range(3):
        assert lab.send(api).id == "m-1"
    assert server.connections == 3


@case("57h", READ, "once more than its answer; later answers well", "the page; over one new connection", 3)
def test_after_a_surplus_reads_keep_their_connections(lab: Lab) -> None:
    page = answer(200, {"totalCount": 1})
    server = lab.serve(page + FORGED, page)
    api = lab.client()
    for _ in range(3):
        assert lab.read(api).total_count == 1
    assert server.connections == 2


@case("57i", SEND, "closes each connection after its answer; 3 sends", "the message; an end is no surplus", 3)
def test_an_end_of_the_connection_is_no_surplus(lab: Lab) -> None:
    def answer_and_close(exchange: Exchange) -> None:
        exchange.send(ACCEPTED)
        exchange.close()

    server = lab.serve(answer_and_close, ACCEPTED)
    api = lab.client()
    lab.send(api)
    wait_for(lambda: server.ended == 1)
    lab.send(api)
    lab.send(api)
    assert server.connections == 2


ENDINGS: dict[str, tuple[bytes, int]] = {
    "by length": (answer(200, {"totalCount": 1}), 1),
    "in chunks": (chunked(b'{"totalCount": 1}').replace(b"202 Accepted", b"200 OK"), 1),
    "a trailer": (chunked(b'{"totalCount": 1}').replace(b"202", b"200").replace(b"0\r\n\r\n", b"0\r\nX: y\r\n\r\n"), 1),
    "Connection: close": (answer(200, {"totalCount": 1}, {"Connection": "close"}), 2),
    "HTTP/1.0": (answer(200, {"totalCount": 1}).replace(b"HTTP/1.1", b"HTTP/1.0"), 2),
    "HTTP/1.0, kept": (
        answer(200, {"totalCount": 1}, {"Connection": "Keep-Alive"}).replace(b"HTTP/1.1", b"HTTP/1.0"),
        1,
    ),
}


@pytest.mark.parametrize(("reply", "connections"), ENDINGS.values(), ids=ENDINGS)
def test_a_connection_is_kept_if_the_answer_allows_it(reply: bytes, connections: int, lab: Lab) -> None:
    server = lab.serve(reply)
    api = lab.client(retries=0)
    for _ in range(2):
        assert lab.read(api).total_count == 1
    assert server.connections == connections


def test_a_body_that_ends_with_its_connection_is_read_to_the_end(lab: Lab) -> None:
    def unframed(exchange: Exchange) -> None:
        exchange.send(b'HTTP/1.1 200 OK\r\n\r\n{"totalCount": ')
        exchange.send(b"1}")
        exchange.close()

    server = lab.serve(unframed)
    api = lab.client(retries=0)
    for _ in range(2):
        assert lab.read(api).total_count == 1
    assert server.connections == 2


def in_pieces(data: bytes, size: int) -> Callable[[Exchange], Any]:
    def step(exchange: Exchange) -> None:
        for at in range(0, len(data), size):
            exchange.send(data[at : at + size])

    return step


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("framing", ["by length", "in chunks"])
def test_it_does_not_matter_in_which_pieces_an_answer_comes(framing: str, size: int, lab: Lab) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    body = b'{"id": "m-1", "text": "%b"}' % (b"x" * 50)
    last = answer(202, body) if framing == "by length" else chunked(body, 10)
    server = lab.serve(in_pieces(early + last, size))
    api = lab.client(retries=0)
    assert [lab.send(api).id for _ in range(3)] == ["m-1"] * 3
    assert server.connections == 1


BROKEN = {
    "a chunk longer than it says": b"1\r\n{}\r\n0\r\n\r\n",
    "a chunk shorter than it says": b"3\r\n{}\r\n0\r\n\r\n",
    "a negative chunk": b"-1\r\n{}\r\n0\r\n\r\n",
    "a chunk size with a sign": b"+2\r\n{}\r\n0\r\n\r\n",
    "a chunk size with an underscore": b"0_2\r\n{}\r\n0\r\n\r\n",
    "a chunk size beyond all bounds": b"f" * 17 + b"\r\n{}\r\n0\r\n\r\n",
    "a chunk size that does not end": b"2;" + b"x" * 70_000 + b"\r\n{}\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("chunks", BROKEN.values(), ids=BROKEN)
def test_broken_chunks_are_no_body(chunks: bytes, lab: Lab) -> None:
    with ScriptedServer(b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks) as server:
        error = lab.send(host=server.url, read_timeout=0.2)
    assert (error.status, error.accepted) == (202, True)
