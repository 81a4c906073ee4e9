"""The iterators: every message once, past the depth at which the service stops, and never round in circles."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs

import pytest
from scripted_server import Exchange, ScriptedServer, answer
from support import ACCOUNT, FakeClock

from bandwidth_messaging import ApiException, ListMessageItem, MessagesApi, UnreadableAnswerException

ApiFor = Callable[..., MessagesApi]
START = datetime(2026, 1, 2, tzinfo=timezone.utc)


class Service:
    """Lists its messages as the vendor does: the newest first, by offset, and no deeper than 10,000."""

    def __init__(self, messages: list[dict[str, Any]], inclusive: bool = True) -> None:
        self.messages = sorted(messages, key=lambda message: message["receiveTime"], reverse=True)
        self.inclusive = inclusive
        self.arriving: Iterator[dict[str, Any]] = iter(())

    def __call__(self, exchange: Exchange) -> bytes:
        query = {name: values[0] for name, values in parse_qs(exchange.request.target.partition("?")[2]).items()}
        until = query["toDateTime"]
        matching = [
            message
            for message in self.messages
            if message["receiveTime"] < until or (self.inclusive and message["receiveTime"] == until)
        ]
        limit, offset = int(query["limit"]), int(query.get("pageToken", "0"))
        if limit + offset > 10_000:
            return answer(400, {"type": "bad-request", "description": "too deep"})
        page = matching[offset : offset + limit]
        info = {"nextPageToken": str(offset + limit)} if offset + limit < len(matching) else {}
        for message in self.arriving:
            self.messages.insert(0, message)
        return answer(200, {"totalCount": len(matching), "pageInfo": info, "messages": page})


def message(number: int, at: datetime) -> dict[str, Any]:
    text = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"messageId": f"m{number}", "destinationTn": "+15550000000", "receiveTime": text}


def spread(count: int, same_instant: int = 1) -> list[dict[str, Any]]:
    return [message(number, START - timedelta(milliseconds=number // same_instant)) for number in range(count)]


def ids(messages: Iterator[ListMessageItem]) -> list[str | None]:
    return [item.message_id for item in messages]


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("same_instant", [1, 7, 2_500])
def test_every_message_comes_once_past_ten_thousand(inclusive: bool, same_instant: int, api_for: ApiFor) -> None:
    with ScriptedServer(Service(spread(25_000, same_instant), inclusive)) as server:
        seen = ids(api_for(server.url).iter_messages(ACCOUNT, to_date_time=START + timedelta(seconds=1)))
    assert sorted(map(str, seen)) == sorted(f"m{number}" for number in range(25_000))


def test_messages_that_arrive_meanwhile_neither_repeat_nor_hide_any(api_for: ApiFor) -> None:
    service = Service(spread(500))
    # By a clock of ours that is ahead, they fall into the window and push everything down by two places.
    service.arriving = iter([message(9_001, START), message(9_002, START)])
    with ScriptedServer(service) as server:
        seen = ids(api_for(server.url).iter_messages(ACCOUNT, limit=100, to_date_time=START + timedelta(days=1)))
    assert seen == [f"m{number}" for number in range(500)]


def test_the_walk_ends_at_its_start_unless_told_otherwise(api_for: ApiFor, clock: FakeClock) -> None:
    with ScriptedServer(Service(spread(3))) as server:
        list(api_for(server.url, clock=clock).iter_messages(ACCOUNT))
        query = parse_qs(server.requests[0].target.partition("?")[2])
    assert query["toDateTime"] == ["2026-01-02T03:04:05.000Z"]
    assert query["limit"] == ["1000"]


def test_a_group_message_comes_once_for_each_recipient(api_for: ApiFor) -> None:
    rows = [{**message(1, START), "destinationTn": f"+1555000000{number}"} for number in range(5)]
    with ScriptedServer(Service(rows)) as server:
        seen = list(api_for(server.url).iter_messages(ACCOUNT, limit=2, to_date_time=START))
    assert len(seen) == 5


def test_more_than_ten_thousand_at_one_instant_raise_rather_than_skip(api_for: ApiFor) -> None:
    with ScriptedServer(Service(spread(12_000, same_instant=12_000))) as server:
        walk = api_for(server.url).iter_messages(ACCOUNT, to_date_time=START + timedelta(seconds=1))
        with pytest.raises(ApiException, match="more than 10000 messages were received at 2026-01-02T00:00:00"):
            ids(walk)


def test_a_page_token_that_comes_twice_raises(api_for: ApiFor) -> None:
    page = {"pageInfo": {"nextPageToken": "t"}, "messages": [message(1, START)]}
    with ScriptedServer(answer(200, page)) as server:
        with pytest.raises(UnreadableAnswerException, match="the same page token came twice"):
            ids(api_for(server.url).iter_messages(ACCOUNT))
        assert len(server.requests) == 2


def test_an_empty_page_with_a_token_goes_on(api_for: ApiFor) -> None:
    steps = [
        answer(200, {"pageInfo": {"nextPageToken": "a"}, "messages": []}),
        answer(200, {"pageInfo": {}, "messages": [message(1, START)]}),
    ]
    with ScriptedServer(*steps) as server:
        assert ids(api_for(server.url).iter_messages(ACCOUNT)) == ["m1"]


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        ({"sort": "sourceTn:desc"}, "sort: the iterators list the newest message first"),
        ({"page_token": "x"}, "page_token: the iterators follow"),
        ({"limit": 0}, "limit: give a page size"),
        ({"limit": 10_001}, "limit: give a page size"),
        ({"message_status": "NO"}, "message_status"),
    ],
)
def test_a_filter_that_the_walk_cannot_use_is_refused_at_the_call(
    filters: dict[str, Any], error: str, api_for: ApiFor
) -> None:
    with ScriptedServer(answer(200, {})) as server:
        with pytest.raises(ValueError, match=error):
            api_for(server.url).iter_messages(ACCOUNT, **filters)
        assert server.connections == 0


def test_nothing_is_requested_before_the_first_message_is_asked_for(api_for: ApiFor) -> None:
    with ScriptedServer(Service(spread(3))) as server:
        walk = api_for(server.url).iter_messages(ACCOUNT, to_date_time=START)
        assert server.requests == []
        next(walk)
        assert len(server.requests) == 1


def test_the_next_page_is_fetched_while_one_is_used(api_for: ApiFor) -> None:
    asked_again = threading.Event()
    service = Service(spread(200))

    def step(exchange: Exchange) -> bytes:
        if "pageToken" in exchange.request.target:
            asked_again.set()
        return service(exchange)

    with ScriptedServer(step) as server:
        walk = api_for(server.url).iter_messages(ACCOUNT, limit=100, to_date_time=START)
        next(walk)
        assert asked_again.wait(10)


def test_pages_come_whole_for_those_who_want_pages(api_for: ApiFor) -> None:
    with ScriptedServer(Service(spread(250))) as server:
        pages = list(api_for(server.url).iter_pages(ACCOUNT, limit=100, to_date_time=START))
    assert [len(page.messages or []) for page in pages] == [100, 100, 50]


def test_a_failure_of_a_later_page_is_raised_where_it_is_reached(api_for: ApiFor) -> None:
    service = Service(spread(200))

    def step(exchange: Exchange) -> bytes:
        return answer(403, {}) if "pageToken" in exchange.request.target else service(exchange)

    with ScriptedServer(step) as server:
        walk = api_for(server.url).iter_messages(ACCOUNT, limit=100, to_date_time=START)
        assert len([next(walk) for _ in range(100)]) == 100
        with pytest.raises(ApiException, match="403"):
            next(walk)


ODD_ROWS = [
    None,
    "a row",
    {"messageId": {"id": 1}, "destinationTn": ["+1"]},
    {"messageId": None, "receiveTime": "9999-12-31T23:59:59.999Z"},
    {"destinationTn": "+15552345678"},
    {"destinationTn": "+15552345678"},
    {"messageId": "m-1", "receiveTime": {"at": 1}},
]


@pytest.mark.parametrize("info", [None, [], "x", {"nextPageToken": None}, {"nextPageToken": ""}, {}])
def test_the_iterators_keep_the_rows_that_a_list_keeps(info: Any, api_for: ApiFor) -> None:
    with ScriptedServer(answer(200, {"pageInfo": info, "messages": ODD_ROWS})) as server:
        api = api_for(server.url)
        listed = api.list_messages(ACCOUNT, limit=10).messages
        assert [repr(row) for row in api.iter_messages(ACCOUNT)] == [repr(row) for row in listed or []]
    assert len(listed or []) == len(ODD_ROWS)


@pytest.mark.parametrize("messages", [{}, "none", 0, None])
def test_what_is_no_list_of_messages_has_none(messages: Any, api_for: ApiFor) -> None:
    with ScriptedServer(answer(200, {"messages": messages})) as server:
        assert list(api_for(server.url).iter_messages(ACCOUNT)) == []


def test_a_token_that_is_a_number_is_followed(api_for: ApiFor) -> None:
    first = answer(200, {"pageInfo": {"nextPageToken": 17}, "messages": [{"messageId": "m-1"}]})
    second = answer(200, {"messages": [{"messageId": "m-2"}]})
    with ScriptedServer(first, second) as server:
        assert [row.message_id for row in api_for(server.url).iter_messages(ACCOUNT)] == ["m-1", "m-2"]
        assert "pageToken=17" in server.requests[1].target


@pytest.mark.parametrize("token", [["x"], {"a": 1}, True])
def test_a_token_that_cannot_be_one_is_told_and_no_crash(token: Any, api_for: ApiFor) -> None:
    page = answer(200, {"pageInfo": {"nextPageToken": token}, "messages": [{"messageId": "m-1"}]})
    with (
        ScriptedServer(page) as server,
        pytest.raises(UnreadableAnswerException, match="the token of the next page is no string"),
    ):
        list(api_for(server.url).iter_messages(ACCOUNT))


def test_a_walk_that_reaches_the_end_of_time_says_so(api_for: ApiFor) -> None:
    rows = [{"messageId": str(number), "receiveTime": "9999-12-31T23:59:59.999Z"} for number in range(1000)]

    def page(exchange: Exchange) -> bytes:
        token = len(server.requests)
        return answer(200, {"pageInfo": {"nextPageToken": str(token)}, "messages": rows})

    with ScriptedServer(page) as server, pytest.raises(ApiException, match="without a readable receiveTime"):
        list(api_for(server.url).iter_messages(ACCOUNT))


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_walk_goes_on_in_a_child_that_was_forked_in_its_midst(api_for: ApiFor) -> None:
    messages = [{"messageId": str(n), "receiveTime": f"2026-01-01T00:00:{n:02}.000Z"} for n in range(50, 10, -1)]
    with ScriptedServer(Service(messages)) as server:
        walk = api_for(server.url).iter_messages(ACCOUNT, limit=10)
        next(walk)
        child = multiprocessing.get_context("fork").Process(target=_count, args=(walk, 39))
        child.start()
        child.join(20)
        assert (child.exitcode, len(list(walk))) == (0, 39)


def _count(walk: Iterator[Any], expected: int) -> None:
    sys.exit(0 if len(list(walk)) == expected else 1)
