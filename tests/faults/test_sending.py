"""Sending: once written, a message is never written again, and the caller is told what is known."""

from __future__ import annotations

import os
import signal
import socket
from typing import Any

import pytest
from scripted_server import Exchange, answer, reset
from support import ACCOUNT

from bandwidth_messaging import OutcomeUnknownException
from faults.lab import ACCEPTED, MESSAGE, SEND, TEXT, Lab, case
from faults.together import wait_for


def hang(exchange: Exchange) -> None:
    exchange.hang()


@case(4, SEND, "reads the request, then resets", "OutcomeUnknownException, accepted None", 1)
def test_a_reset_after_the_request_leaves_the_outcome_unknown(lab: Lab) -> None:
    lab.serve(lambda exchange: exchange.reset())
    error = lab.send()
    assert (error.status, error.request.method, error.time) == (0, "POST", lab.clock.now())
    assert TEXT.encode() in error.request.body
    assert isinstance(error.__cause__, Exception)


@case(5, SEND, "reads the request, then closes", "OutcomeUnknownException, accepted None", 1)
def test_an_end_after_the_request_leaves_the_outcome_unknown(lab: Lab) -> None:
    lab.serve(lambda exchange: exchange.close())
    assert lab.send().status == 0


@case("6", SEND, "resets after the request has come, unread", "OutcomeUnknownException, accepted None", "1, unread")
def test_a_reset_before_reading_is_not_told_from_one_after_it(lab: Lab) -> None:
    def reset_unread(sock: socket.socket) -> None:
        sock.recv(1, socket.MSG_PEEK)
        reset(sock)

    server = lab.serve(ACCEPTED, on_accept=reset_unread)
    lab.send()
    assert (server.connections, lab.requests) == (1, 0)


@case(7, SEND, "reads the request, says nothing", "OutcomeUnknownException, accepted None; then the message", 2)
def test_a_read_time_out_leaves_the_outcome_unknown_and_the_socket_unused(lab: Lab) -> None:
    server = lab.serve(hang, ACCEPTED)
    api = lab.client()
    lab.send(api, _request_timeout=(5, 0.05))
    wait_for(lambda: lab.requests == 1)
    assert api.create_message(ACCOUNT, MESSAGE).id == "m-1"
    assert server.connections == 2


@case(8, SEND, "202, half of the body, close", "BrokenAnswerException, accepted True; with the half", 1)
def test_a_cut_body_of_a_202_is_reported_as_accepted(lab: Lab) -> None:
    lab.serve(cut(answer(202, b"x" * 1000), by=500))
    error = lab.send()
    assert (error.status, error.raw_body) == (202, b"x" * 500)


@case("8a", SEND, "202, a broken chunk", "BrokenAnswerException, accepted True; with what came", 1)
def test_a_broken_chunk_of_a_202_is_reported_as_accepted(lab: Lab) -> None:
    lab.serve(CHUNKED_202 + b'2\r\n{"\r\nnot a size\r\n')
    error = lab.send()
    assert (error.status, error.raw_body) == (202, b'{"')


@case("8b", SEND, "202, the body never ends", "TimeoutException, accepted True", 1)
def test_a_202_whose_body_does_not_end_is_reported_as_accepted(lab: Lab) -> None:
    def unended(exchange: Exchange) -> None:
        exchange.send(CHUNKED_202 + b'2\r\n{"\r\n')
        exchange.hang()

    lab.serve(unended)
    error = lab.send(read_timeout=0.5)
    assert (error.status, error.raw_body) == (202, b'{"')


CHUNKED_202 = b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n"


@case(9, SEND, "202 with HTML, bad JSON, nothing, a list, bad UTF-8", "UnreadableAnswerException, accepted True", 1)
@pytest.mark.parametrize("body", [b"<html>", b'{"id":', b"", b"[]", b'{"id":"\xff"}', b"[" * 200_000])
def test_an_unreadable_202_is_reported_as_accepted(body: bytes, lab: Lab) -> None:
    lab.serve(answer(202, body))
    error = lab.send()
    assert (error.status, error.raw_body) == (202, body)


@case("9a", SEND, "202 in an unknown charset", "the message", 1)
def test_the_charset_that_an_answer_claims_does_not_matter(lab: Lab) -> None:
    lab.serve(answer(202, {"id": "m-1"}, {"Content-Type": "application/json; charset=no-such"}))
    assert lab.send().id == "m-1"


@case(10, SEND, "202 with `null`; 200 or 204 for 202", "UnreadableAnswerException, accepted True; never None", 1)
@pytest.mark.parametrize("reply", [answer(202, b"null"), answer(200, {"id": "1"}), answer(204)])
def test_a_success_that_the_contract_does_not_know_is_never_none(reply: bytes, lab: Lab) -> None:
    lab.serve(reply)
    lab.send()


@case("11, 12", SEND, "100, 102 or 103, then 202", "the message", 1)
@pytest.mark.parametrize("status", [100, 102, 103])
def test_interim_answers_are_skipped(status: int, lab: Lab) -> None:
    lab.serve(f"HTTP/1.1 {status} Wait\r\nLink: </style>\r\n\r\n".encode() * 2 + ACCEPTED)
    assert lab.send().id == "m-1"


@case(13, SEND, "502, 504, or 503 alone", "ServiceException, accepted None", 1)
@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateways_error_is_not_repeated(status: int, lab: Lab) -> None:
    lab.serve(answer(status), ACCEPTED)
    assert lab.send().status == status
    assert lab.clock.slept == []


@case("13a", SEND, "500", "InternalServerErrorException, accepted None", 1)
def test_a_500_is_not_repeated(lab: Lab) -> None:
    lab.serve(answer(500), ACCEPTED)
    lab.send()


@case(14, SEND, "429, or 503 with Retry-After: 1, then 202", "the message", 2)
@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_that_names_a_time_is_repeated_after_it(status: int, lab: Lab) -> None:
    lab.serve(answer(status, headers={"Retry-After": "1"}), ACCEPTED)
    assert lab.send().id == "m-1"
    assert lab.clock.slept == [1.0]


@case(15, SEND, "429 each time", "TooManyRequestsException, accepted False; with retry_after", 3)
def test_a_limit_that_lasts_is_raised_with_its_time(lab: Lab) -> None:
    lab.serve(answer(429, headers={"Retry-After": "2"}))
    assert lab.send().retry_after == 2.0
    assert lab.clock.slept == [2.0, 2.0]


@case(17, SEND, "resets at the second request of a kept connection", "OutcomeUnknownException, accepted None", 2)
def test_a_reset_on_a_kept_connection_leaves_the_outcome_unknown(lab: Lab) -> None:
    server = lab.serve(ACCEPTED, lambda exchange: exchange.reset(), ACCEPTED)
    api = lab.client()
    lab.send(api)
    lab.send(api)
    assert server.connections == 1


@case(19, SEND, "reads the request; Ctrl-C while waiting", "KeyboardInterrupt; the next call is clean", 2)
def test_an_interrupt_passes_and_its_socket_is_dropped(lab: Lab) -> None:
    def interrupt(exchange: Exchange) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        exchange.hang()

    server = lab.serve(interrupt, ACCEPTED)
    api = lab.client(connection_pool_maxsize=1)
    # Who runs the tests in the background may have switched Ctrl-C off.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            api.create_message(ACCOUNT, MESSAGE)
    finally:
        signal.signal(signal.SIGINT, before)
    assert api.create_message(ACCOUNT, MESSAGE).id == "m-1"
    assert server.connections == 2


@case("81", SEND, "answers 400 to half of the head, then closes", "BadRequestException, accepted False", 1)
def test_a_head_that_ends_early_keeps_its_status(lab: Lab) -> None:
    lab.serve(cut(b"HTTP/1.1 400 Bad Request\r\nContent-Ty", by=0))
    lab.send()


@case("82", SEND, "half of a status line, then closes", "OutcomeUnknownException, accepted None", 1)
def test_half_a_status_is_no_status(lab: Lab) -> None:
    lab.serve(cut(b"HTTP/1.1 20", by=0))
    lab.send()


def test_an_unknown_outcome_says_what_to_do(lab: Lab) -> None:
    lab.serve(lambda exchange: exchange.close())
    error = lab.send()
    assert isinstance(error, OutcomeUnknownException)
    assert "the message may have been accepted" in str(error)


def cut(data: bytes, by: int) -> Any:
    """Send the data but for its last bytes, and end the connection."""

    def step(exchange: Exchange) -> None:
        exchange.send(data[: len(data) - by])
        exchange.close()

    return step
