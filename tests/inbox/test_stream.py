"""The live stream of the page."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.inbox.stream import MOST_WAITING
from bandwidth_messaging.sandbox.messaging.changes import Event

from .conftest import Inbox

_MOST_SILENCES = 3


class Stream:
    """A page that listens."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.answer = answer
        self.event("ready")

    def event(self, kind: str) -> list[dict[str, Any]]:
        """Read on until there is an event that has this kind, or this name."""
        name, silences = None, 0
        while (line := self.answer.readline()) and silences < _MOST_SILENCES:
            silences += line.startswith(b":")
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "event":
                name = value
            if field == "data":
                events: list[dict[str, Any]] = json.loads(value)
                if name == kind or any(each["kind"] == kind for each in events):
                    return events
                name = None
        raise AssertionError(f"the stream ended, or went silent, without {kind}")


@contextmanager
def listening(sandbox: Sandbox, account_id: str | None = None) -> Iterator[Stream]:
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=20)
    connection.request("GET", f"/sandbox/inbox/accounts/{account_id or sandbox.account_id}/events")
    answer = connection.getresponse()
    assert answer.getheader("content-type", "").startswith("text/event-stream")
    yield Stream(answer)
    connection.close()


def test_messages_status_changes_and_callbacks_are_told_as_they_happen(sandbox: Sandbox, inbox: Inbox) -> None:
    sandbox.set_callbacks(outbound_url="http://127.0.0.1:9/")
    with listening(sandbox) as stream:
        identifier = inbox.send()
        assert stream.event("message") == [{"kind": "message", "message_id": identifier}]
        sandbox.advance(1)
        assert {"kind": "status", "message_id": identifier} in stream.event("status")
        sandbox.advance(1)
        assert {"kind": "callback", "message_id": identifier} in stream.event("callback")
        sandbox.clear()
        assert {"kind": "cleared", "message_id": ""} in stream.event("cleared")


def test_an_account_hears_nothing_of_another(sandbox: Sandbox, inbox: Inbox) -> None:
    other = sandbox.new_account()
    with listening(sandbox, other.account_id) as stream:
        inbox.send("for the first account")
        identifier = other.receive("+15552345678", "for the other", to="+15557654321")
        assert stream.event("message") == [{"kind": "message", "message_id": identifier}]


def test_a_page_that_cannot_keep_up_is_told_to_read_all_again(sandbox: Sandbox) -> None:
    with listening(sandbox) as stream:
        # In one go, so that the server's loop has no chance to hand anything over in between.
        _in_the_loop(sandbox, lambda: _flood(sandbox))
        assert stream.event("reload") == [{"kind": "reload"}]
        sandbox.receive("+15552345678", "after it", to="+15557654321")
        assert [event["kind"] for event in stream.event("message")] == ["message"]


def test_the_same_event_is_told_once(sandbox: Sandbox) -> None:
    with listening(sandbox) as stream:
        event = Event("status", sandbox.account_id, "m")
        _in_the_loop(sandbox, lambda: _publish(sandbox, event, MOST_WAITING * 2))
        assert stream.event("status") == [{"kind": "status", "message_id": "m"}]


def test_a_sandbox_with_open_pages_ends_their_streams_in_order_and_leaves_no_thread() -> None:
    before = threading.enumerate()
    with Sandbox() as sandbox:
        streams = [listening(sandbox) for _ in range(3)]
        opened = [each.__enter__() for each in streams]

    for stream in opened:
        # Were it cut off when the server's patience ends, this would be an IncompleteRead.
        stream.answer.read()
    assert threading.enumerate() == before
    for each in streams:
        each.__exit__(None, None, None)


def test_a_page_that_goes_is_forgotten(sandbox: Sandbox) -> None:
    feed = sandbox.services.feed
    with listening(sandbox):
        assert len(feed._listeners) == 1
    until = time.monotonic() + 20
    while feed._listeners and time.monotonic() < until:
        feed.publish(Event("status", sandbox.account_id, "m"))
        time.sleep(0.02)
    assert not feed._listeners


def _flood(sandbox: Sandbox) -> None:
    for number in range(MOST_WAITING + 1):
        sandbox.services.feed.publish(Event("status", sandbox.account_id, str(number)))


def _in_the_loop(sandbox: Sandbox, work: Any) -> None:
    loop = sandbox.services.worker._loop
    assert loop is not None
    loop.call_soon_threadsafe(work)


def _publish(sandbox: Sandbox, event: Event, times: int) -> None:
    for _ in range(times):
        sandbox.services.feed.publish(event)
