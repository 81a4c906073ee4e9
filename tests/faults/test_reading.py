"""Reading: nothing is lost by asking again, so failures are repeated within the budget, and then typed."""

from __future__ import annotations

from functools import partial

import pytest
from scripted_server import Exchange, answer
from support import ACCOUNT, FakeClock

from bandwidth_messaging import ApiException
from faults.lab import PAGE, READ, Lab, case
from faults.test_sending import cut, hang
from faults.together import wait_for

TYPED = "BrokenAnswerException"


@case(20, READ, "resets or closes once, then answers", "the page", 2)
@pytest.mark.parametrize("ending", ["reset", "close"])
def test_a_lost_connection_is_repeated(ending: str, lab: Lab) -> None:
    lab.serve(lambda exchange: getattr(exchange, ending)(), PAGE)
    lab.read()
    assert len(lab.clock.slept) == 1


@case("20a", READ, "resets each time", f"{TYPED}; after pauses with full jitter", 3)
def test_a_connection_that_is_always_lost_is_typed(lab: Lab) -> None:
    lab.serve(lambda exchange: exchange.reset())
    error = lab.read()
    first, second = lab.clock.slept
    assert 0 < first < 0.5
    assert 0 < second < 1.0
    assert error.accepted is None


@case("20b", READ, "says nothing, each time", "TimeoutException", 3)
def test_a_read_that_times_out_is_repeated(lab: Lab) -> None:
    lab.serve(hang)
    lab.read(read_timeout=0.05)


@case(21, READ, "500, 502, 503 or 504 once, then answers", "the page", 2)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failing_service_is_asked_again(status: int, lab: Lab) -> None:
    lab.serve(answer(status), PAGE)
    lab.read()


@case("21a", READ, "501 or 505", "ServiceException", 1)
@pytest.mark.parametrize("status", [501, 505])
def test_what_a_repeat_cannot_change_is_not_repeated(status: int, lab: Lab) -> None:
    lab.serve(answer(status))
    lab.read()


@case(22, READ, "cuts the body, breaks a chunk, or says a wrong length; then answers", "the page", 2)
@pytest.mark.parametrize(
    "step",
    [
        cut(PAGE, by=5),
        cut(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}", by=0),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nwhat\r\n",
        cut(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{}", by=0),
    ],
    ids=["cut", "cut chunk", "no chunk size", "wrong length"],
)
def test_a_broken_body_is_asked_for_again(step: object, lab: Lab) -> None:
    lab.serve(step, PAGE)
    lab.read()


@case("22a", READ, "cuts the body each time", f"{TYPED}; with status and what came", 3)
def test_a_body_that_is_always_cut_is_typed(lab: Lab) -> None:
    lab.serve(cut(PAGE, by=5))
    error = lab.read()
    assert (error.status, error.raw_body) == (200, PAGE.partition(b"\r\n\r\n")[2][:-5])


@case(23, READ, "429 without Retry-After once, then answers", "the page", 2)
def test_a_limit_without_a_time_is_backed_off_from(lab: Lab) -> None:
    lab.serve(answer(429), PAGE)
    lab.read()
    assert 0 < lab.clock.slept[0] < 0.5


@case(76, READ, "500, to `list_messages_without_preload_content`", "InternalServerErrorException; readable", 1)
def test_an_error_of_an_unread_call_is_raised_and_its_connection_kept(lab: Lab) -> None:
    server = lab.serve(answer(500, {"type": "broken"}), PAGE)
    api = lab.client(retries=0, connection_pool_maxsize=1)
    with pytest.raises(ApiException) as caught:
        api.list_messages_without_preload_content(ACCOUNT, limit=1)
    lab.outcome = type(caught.value).__name__
    assert caught.value.body == '{"type": "broken"}'
    assert (lab.requests, server.connections) == (1, 1)


@case("76a", READ, "cuts the body that is being iterated over", f"{TYPED}; raised by the iterator", 1)
def test_a_cut_body_that_is_iterated_over_is_typed(lab: Lab) -> None:
    lab.serve(cut(answer(200, b"x" * 1000), by=500))
    with lab.client().list_messages_without_preload_content(ACCOUNT, limit=1) as opened:
        pieces = iter(opened)
        assert next(pieces) == b"x" * 500
        with pytest.raises(ApiException) as caught:
            next(pieces)
    lab.outcome = type(caught.value).__name__


@case(77, READ, "404 with a code, a description and a request id", "NotFoundException; said in two lines", 1)
def test_a_failure_says_status_operation_id_and_code_in_two_lines(lab: Lab) -> None:
    lab.serve(answer(404, {"type": "no-account", "description": "Ask support"}, {"X-Request-Id": "r-1"}, "Not Found"))
    assert str(lab.read()).splitlines() == [
        "404 Not Found from MessagesApi.list_messages (request id r-1)",
        "no-account: Ask support",
    ]


class InterruptingClock(FakeClock):
    """Interrupts the call as Ctrl-C would, at the first look at the time after `armed` was set."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0
        self.armed = False

    def _monotonic(self) -> float:
        self.looks += 1
        if self.armed:
            self.armed = False
            raise KeyboardInterrupt
        return super()._monotonic()

    def has_looked_since(self, seen: int) -> bool:
        return self.looks > seen


def drip_for_ever(exchange: Exchange) -> None:
    while not exchange.stopping.wait(0.001):
        exchange.send(b" ")


LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{"


def test_an_interrupt_while_the_call_reads_drops_the_connection(lab: Lab) -> None:
    clock = InterruptingClock()

    def interrupt_the_reader(exchange: Exchange) -> None:
        exchange.send(LONG)
        # The client looks at the time before it reads: after so many looks it is in the body.
        for _ in range(20):
            seen = clock.looks
            exchange.send(b" ")
            wait_for(partial(clock.has_looked_since, seen))
        clock.armed = True
        drip_for_ever(exchange)

    server = lab.serve(interrupt_the_reader, PAGE)
    api = lab.client(clock=clock, connection_pool_maxsize=1, retries=0)
    # What is caught holds on to the frames, so that nothing is closed by the collector.
    with pytest.raises(KeyboardInterrupt) as interrupted:
        api.list_messages(ACCOUNT, limit=1)
    wait_for(lambda: server.ended == 1)
    # The pool has its one place back, and what was left of the answer is nobody's.
    assert api.list_messages(ACCOUNT, limit=1).total_count == 0
    assert server.connections == 2
    del interrupted


def test_an_interrupt_while_the_caller_reads_drops_the_connection(lab: Lab) -> None:
    clock = InterruptingClock()

    def send_a_part(exchange: Exchange) -> None:
        exchange.send(LONG)
        drip_for_ever(exchange)

    server = lab.serve(send_a_part, PAGE)
    api = lab.client(clock=clock, connection_pool_maxsize=1, retries=0)
    opened = api.list_messages_without_preload_content(ACCOUNT, limit=1)
    clock.armed = True
    with pytest.raises(KeyboardInterrupt):
        opened.read()
    wait_for(lambda: server.ended == 1)
    assert api.list_messages(ACCOUNT, limit=1).total_count == 0
    assert server.connections == 2
    assert opened.status == 200


ODD_ROW = {"messageId": "m-1", "segmentCount": "many"}


@case("62a", READ, "a page of 10,000 rows, one with an odd value", "the page; that value as it came", 1)
def test_an_odd_row_costs_only_itself(lab: Lab) -> None:
    row = {"messageId": "m-2", "segmentCount": "2"}
    lab.serve(answer(200, {"messages": [row] * 9_998 + [ODD_ROW, None]}))
    page = lab.read()
    assert [type(message).__name__ for message in page.messages[-3:]] == ["ListMessageItem"] * 2 + ["NoneType"]
    assert [message.segment_count for message in page.messages[-3:-1]] == [2, "many"]


@case(
    "62b", READ, "more than 10,000 rows with an odd value each", "UnreadableAnswerException; not decoded for minutes", 1
)
@pytest.mark.parametrize("total", [1, "NaN"])
def test_the_rows_that_are_read_one_by_one_are_bounded(total: object, lab: Lab) -> None:
    rows = ",".join(['{"messageId":"m-1","segmentCount":"many"}'] * 10_001)
    lab.serve(answer(200, f'{{"totalCount":{total},"messages":[{rows}]}}'.encode()))
    assert "10000 rows" in lab.read().reason
