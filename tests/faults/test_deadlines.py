"""Nothing waits for ever: whatever the server drips, the call ends at its total.

The servers drip for ever, and the client's clock moves half a second whenever the client looks at it: what ends a test
is the deadline.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from scripted_server import Exchange, answer
from support import ACCOUNT, FakeClock

from bandwidth_messaging import ApiException, Configuration
from faults.lab import ACCEPTED, ANY, PAGE, READ, SEND, TOKENS, Lab, case
from faults.test_sending import hang

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class TickingClock(FakeClock):
    def _monotonic(self) -> float:
        self.time += 0.5
        return self.time


def dripping(before: bytes, drop: bytes) -> Callable[[Exchange], None]:
    def step(exchange: Exchange) -> None:
        exchange.send(before)
        while not exchange.stopping.is_set():
            exchange.send(drop)

    return step


@case(31, SEND, "says nothing; no time-out was given", "OutcomeUnknownException, accepted None; after 30 s", 1)
def test_silence_ends_at_the_read_time_out(lab: Lab) -> None:
    assert Configuration().read_timeout == 30.0
    lab.serve(hang)
    error = lab.send(read_timeout=Configuration().read_timeout / 1000)
    assert "timed out" in error.reason


@case(32, READ, "drips status line, head, body, chunks, chunk size or 1xx", "TimeoutException; at the total", 1)
@pytest.mark.parametrize(
    ("before", "drop"),
    [
        (b"HTTP/1.1 200 ", b"O"),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (CHUNKED, b"1\r\nx\r\n"),
        (CHUNKED + b"1;", b"x"),
        (CHUNKED + b"0\r\n", b"X: x\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["status line", "head", "body", "body without end", "chunks", "chunk size", "trailers", "103", "100"],
)
def test_a_drip_is_cut_off_at_the_total(before: bytes, drop: bytes, lab: Lab) -> None:
    lab.serve(dripping(before, drop))
    lab.read(clock=TickingClock(), total_timeout=20, retries=0)


@case("32a", SEND, "drips its head", "OutcomeUnknownException, accepted None; at the total", 1)
def test_a_dripped_head_leaves_the_outcome_unknown(lab: Lab) -> None:
    lab.serve(dripping(b"HTTP/1.1 202 Accepted\r\nX-Long: ", b"x"), ACCEPTED)
    lab.send(clock=TickingClock(), total_timeout=20)


@case("32b", SEND, "202, drips its body", "TimeoutException, accepted True; at the total", 1)
def test_a_dripped_body_of_a_202_is_reported_as_accepted(lab: Lab) -> None:
    lab.serve(dripping(b"HTTP/1.1 202 Accepted\r\nContent-Length: 99999999\r\n\r\n", b"x"), ACCEPTED)
    assert set(lab.send(clock=TickingClock(), total_timeout=20).raw_body) <= set(b"x")


@case("32c", READ, "drips the body that is being iterated over", "TimeoutException; at the total", 1)
def test_a_drip_is_cut_off_while_it_is_iterated_over(lab: Lab) -> None:
    lab.serve(dripping(CHUNKED, b"1\r\nx\r\n"))
    with (
        lab.client(clock=TickingClock(), total_timeout=20).list_messages_without_preload_content(ACCOUNT) as opened,
        pytest.raises(ApiException) as caught,
    ):
        list(opened)
    lab.outcome = type(caught.value).__name__


BAD_TIMES: list[Any] = [0, -1, float("nan"), float("inf"), "5", True, (1, 2, 3), (1,), (0, 1), (1, "5")]


@case(33, ANY, "time-out 0, negative, NaN, inf, a string, a 3-tuple", "ConfigurationException; names the argument", 0)
@pytest.mark.parametrize("value", BAD_TIMES, ids=str)
def test_a_time_out_that_is_none_is_refused_before_any_io(value: Any, lab: Lab) -> None:
    server = lab.serve(ACCEPTED)
    assert "_request_timeout" in str(lab.send(lab.client(), _request_timeout=value))
    assert server.connections == 0


@case(35, SEND, "the token endpoint says nothing", "TokenException, accepted False; at the call's total", 0)
def test_the_token_fetch_is_within_the_calls_total(lab: Lab) -> None:
    lab.serve(hang)
    error = lab.send(lab.oauth_client(), _request_timeout=0.05)
    assert error.status == 0
    assert "/token" in str(error)


@case("35a", SEND, "the token endpoint drips", "TokenException, accepted False; at the call's total", 0)
def test_a_dripping_token_endpoint_is_cut_off(lab: Lab) -> None:
    lab.serve(dripping(CHUNKED, b"1\r\n \r\n"))
    lab.send(lab.oauth_client(clock=TickingClock(), retries=0), _request_timeout=20)


@case("35b", TOKENS, "says nothing; a second thread waits for the same token", "TokenException, accepted False", 0)
def test_waiting_for_another_threads_token_is_within_the_total(lab: Lab) -> None:
    asked, over = threading.Event(), threading.Event()

    def late(exchange: Exchange) -> bytes:
        asked.set()
        assert over.wait(10)
        return answer(500)

    server = lab.serve(late)
    api = lab.oauth_client(retries=0)
    first = threading.Thread(target=lab.send, args=[api])
    first.start()
    assert asked.wait(5)
    error = lab.send(api, _request_timeout=0.05)
    assert "another thread" in error.reason
    assert len(server.requests) == 1
    over.set()
    first.join()


@case("35c", READ, "answers within a pair of time-outs", "the page", 1)
def test_a_pair_is_connect_and_read(lab: Lab) -> None:
    lab.serve(PAGE)
    lab.read(lab.client(), _request_timeout=(5, 30.0))


@case("35d", READ, "says nothing; the pair's second is short", "TimeoutException", 1)
def test_the_second_of_a_pair_bounds_silence(lab: Lab) -> None:
    lab.serve(hang)
    lab.read(lab.client(retries=0), _request_timeout=(5, 0.05))
