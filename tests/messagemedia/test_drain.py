"""drain(): each waiting item is given, and confirmed once the caller has asked for the next."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from scripted_server import ScriptedServer, answer
from support import FakeClock

from bandwidth_messaging import ServiceException
from bandwidth_messaging.messagemedia import MessageMediaMessagesClient
from bandwidth_messaging.sandbox import Sandbox

from .conftest import ClientFor

KINDS = ["delivery_reports", "replies"]
PHONE = "+61491570156"


def fill(sandbox: Sandbox, kind: str, number: int) -> None:
    """Let so many items wait."""
    keys = sandbox.messagemedia
    if kind == "replies":
        for count in range(number):
            sandbox.receive(PHONE, f"reply {count}", to="+61491570157", family="messagemedia")
        return
    message = {"content": "x", "destination_number": PHONE, "delivery_report": True}
    with MessageMediaMessagesClient(keys.api_key, keys.api_secret, base_uri=sandbox.url) as client:
        # Three reports for each: enroute, submitted, delivered.
        client.messages.send_messages({"messages": [message] * (number // 3)})
    sandbox.advance(60)


def confirmations(sandbox: Sandbox) -> list[int]:
    """How many items each confirmation had."""
    requests = [request.json() for request in sandbox.requests if request.path.endswith("/confirmed")]
    return [len(next(iter(body.values()))) for body in requests if isinstance(body, dict)]


def waiting(client: MessageMediaMessagesClient, kind: str) -> int:
    response: Any = getattr(getattr(client, kind), f"check_{kind}")()
    return len(getattr(response, kind))


def drain(client: MessageMediaMessagesClient, kind: str, **options: Any) -> Iterator[Any]:
    items: Iterator[Any] = getattr(client, kind).drain(**options)
    return items


@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_given_once_and_confirmed_in_batches_of_at_most_100(
    kind: str, client: MessageMediaMessagesClient, sandbox: Sandbox
) -> None:
    fill(sandbox, kind, 210)
    seen = [item.to_json() for item in drain(client, kind)]
    assert len(seen) == len(set(seen)) == 210
    assert confirmations(sandbox) == [100, 100, 10]
    assert waiting(client, kind) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_whose_processing_raised_comes_again_and_those_before_it_do_not(
    kind: str, client: MessageMediaMessagesClient, sandbox: Sandbox
) -> None:
    fill(sandbox, kind, 6)
    seen: list[str] = []

    def process_all() -> None:
        for item in drain(client, kind):
            seen.append(item.to_json())
            if len(seen) == 3:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        process_all()
    assert confirmations(sandbox) == [2]
    again = [item.to_json() for item in drain(client, kind)]
    assert again[0] == seen[2]
    assert len(again) == 4


@pytest.mark.parametrize("kind", KINDS)
def test_the_item_at_which_the_loop_is_left_is_not_confirmed(
    kind: str, client: MessageMediaMessagesClient, sandbox: Sandbox
) -> None:
    fill(sandbox, kind, 6)
    for number, _ in enumerate(drain(client, kind), 1):
        if number == 4:
            break
    assert confirmations(sandbox) == [3]
    assert waiting(client, kind) == 3


def test_what_arrives_meanwhile_is_given_too(client: MessageMediaMessagesClient, sandbox: Sandbox) -> None:
    fill(sandbox, "replies", 2)
    seen = []
    for reply in client.replies.drain():
        seen.append(reply.content)
        if len(seen) < 5:
            sandbox.receive(PHONE, f"late {len(seen)}", to="+61491570157", family="messagemedia")
    assert seen == ["reply 0", "reply 1", "late 1", "late 2", "late 3", "late 4"]


def test_a_small_batch_is_confirmed_as_soon_as_it_is_full(client: MessageMediaMessagesClient, sandbox: Sandbox) -> None:
    fill(sandbox, "replies", 5)
    waits = [waiting(client, "replies") for _ in client.replies.drain(batch_size=2)]
    assert waits == [5, 5, 3, 3, 1]
    assert confirmations(sandbox) == [2, 2, 1]


@pytest.mark.parametrize("batch_size", [0, 101, -1, True, 2.0, "10", None])
def test_a_batch_that_cannot_be_confirmed_is_refused_at_the_call(batch_size: Any, client_for: ClientFor) -> None:
    client = client_for("http://127.0.0.1:1")
    for kind in KINDS:
        with pytest.raises(ValueError, match="batch_size: give a whole number from 1 to 100"):
            drain(client, kind, batch_size=batch_size)


def test_nothing_is_requested_before_the_first_item_is_asked_for(client_for: ClientFor) -> None:
    with ScriptedServer(answer(200, {"replies": []})) as server:
        replies = client_for(server.url).replies.drain()
        assert server.connections == 0
        assert list(replies) == []
        assert len(server.requests) == 1


def page(*ids: Any) -> bytes:
    return answer(200, {"replies": [{"reply_id": each} for each in ids]})


def test_a_service_that_gives_confirmed_items_again_does_not_hold_the_loop(client_for: ClientFor) -> None:
    with ScriptedServer(page("a", "b"), answer(202), page("a", "b")) as server:
        assert [reply.reply_id for reply in client_for(server.url).replies.drain()] == ["a", "b"]
        assert len(server.requests) == 3


def test_an_item_without_an_id_is_given_and_neither_confirmed_nor_waited_for(client_for: ClientFor) -> None:
    with ScriptedServer(page("a", None, 7), answer(202), page(None, 7)) as server:
        seen = [reply.reply_id for reply in client_for(server.url).replies.drain()]
        bodies = [request.json for request in server.requests if request.method == "POST"]
    assert seen == ["a", None, 7, None, 7]
    assert bodies == [{"reply_ids": ["a"]}]


@pytest.mark.parametrize("replies", [None, [], [7, "x"]])
def test_an_odd_answer_ends_the_loop(replies: Any, client_for: ClientFor) -> None:
    with ScriptedServer(answer(200, {"replies": replies})) as server:
        assert len(list(client_for(server.url).replies.drain())) == len(replies or ())
        assert len(server.requests) == 1


def test_a_confirmation_that_fails_is_raised_where_the_next_item_is_asked_for(client_for: ClientFor) -> None:
    with ScriptedServer(page("a", "b"), answer(400)) as server:
        replies = client_for(server.url, clock=FakeClock()).replies.drain(batch_size=1)
        assert next(replies).reply_id == "a"
        with pytest.raises(Exception, match="400"):
            next(replies)
        assert [request.method for request in server.requests] == ["GET", "POST"]


def test_a_check_that_fails_is_raised_and_what_was_done_is_confirmed_already(client_for: ClientFor) -> None:
    with ScriptedServer(page("a"), answer(202), answer(500)) as server:
        replies = client_for(server.url, retries=0).replies.drain()
        assert next(replies).reply_id == "a"
        with pytest.raises(ServiceException):
            next(replies)


def test_leaving_the_loop_never_raises_and_says_what_will_come_again(
    client_for: ClientFor, caplog: pytest.LogCaptureFixture
) -> None:
    with ScriptedServer(page("a", "b", "c"), answer(500)) as server:
        replies: Any = client_for(server.url, retries=0).replies.drain()
        next(replies)
        next(replies)
        with caplog.at_level(logging.WARNING, "bandwidth_messaging"):
            replies.close()
        assert len(server.requests) == 2
    (record,) = (record for record in caplog.records if record.levelno == logging.WARNING)
    assert record.getMessage().startswith("1 processed items could not be confirmed and will come again: 500")


def test_a_loop_left_after_its_client_was_closed_does_not_raise(client_for: ClientFor) -> None:
    with ScriptedServer(page("a", "b", "c")) as server:
        client = client_for(server.url)
        replies: Any = client.replies.drain()
        next(replies)
        next(replies)
        client.close()
        replies.close()
        assert len(server.requests) == 1


def test_the_options_of_a_call_hold_for_each_request_of_the_loop(client_for: ClientFor) -> None:
    with ScriptedServer(page("a"), answer(202), page()) as server:
        list(client_for(server.url).replies.drain(_headers={"Account": "sub-1"}))
        assert [request.headers["account"] for request in server.requests] == ["sub-1"] * 3
