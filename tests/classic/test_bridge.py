"""The classic calls on the V2 API: what they become there, and what cannot be said."""

from __future__ import annotations

import re
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Exchange, ScriptedServer, answer

import bandwidth_messaging
from bandwidth_messaging import BadRequestException, Configuration
from bandwidth_messaging.classic import BridgeClient
from bandwidth_messaging.classic.bridge import _DELIVERY_STATES, _STATES, _UNSAYABLE
from bandwidth_messaging.classic.keys import snake_case
from bandwidth_messaging.sandbox import Sandbox

LATER = "2099-01-01"  # the sandbox's time is ahead of the client's, which ends a list at its own
MESSAGE = {"from_": "+1234567980", "to": "+1234567981", "text": "x"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("receipt_requested", "all"),
        ("callback_url", "https://example.com"),
        ("callback_http_method", "POST"),
        ("callback_timeout", 1000),
        ("fallback_url", "https://example.com"),
    ],
)
def test_what_v2_cannot_say_is_an_error_and_not_dropped(
    bridge: BridgeClient, own_sandbox: Sandbox, name: str, value: Any
) -> None:
    with pytest.raises(ValueError, match=f"^{name}: V2 "):
        bridge.send_message("+1234567980", "+1234567981", "x", **{name: value})
    with pytest.raises(ValueError, match=rf"^messages\[0\]\.{name}: V2 "):
        bridge.send_messages([{**MESSAGE, name: value}])
    assert not own_sandbox.messages()


def test_a_refused_message_has_its_exception_and_the_others_their_ids(bridge: BridgeClient) -> None:
    results = bridge.send_messages([MESSAGE, {"from": "+1234567980", "to": "+1234567982"}, MESSAGE])
    assert [result.accepted for result in results] == [True, False, True]
    assert isinstance(results[1].error, BadRequestException)
    assert results[1]["error"]["code"] == "BadRequestException"


def test_an_iterator_is_read_no_further_than_the_sending_is(bridge: BridgeClient, own_sandbox: Sandbox) -> None:
    ahead: list[int] = []

    def source() -> Iterator[dict[str, Any]]:
        for number in range(200):
            ahead.append(number - len(own_sandbox.messages()))
            yield MESSAGE if number != 100 else {**MESSAGE, "to": "nobody"}

    results = bridge.send_messages(source())

    assert max(ahead) <= 2 * bridge.concurrency + 1
    assert [position for position, result in enumerate(results) if result.error] == [100]
    assert isinstance(results[100].error, ValueError)
    assert results[100].accepted is False


def test_a_client_that_is_closed_in_the_midst_loses_no_result(bridge: BridgeClient, own_sandbox: Sandbox) -> None:
    def source() -> Iterator[dict[str, Any]]:
        for number in range(100):
            if number == 50:
                bridge.close()
            yield MESSAGE

    results = bridge.send_messages(source())

    assert len(results) == 100
    assert (results[-1].accepted, results[-1]["result"]) == (False, "error")
    assert "this ApiClient is closed" in str(results[-1].error)
    sent = sum(result.accepted is True for result in results)
    assert 0 < sent <= len(own_sandbox.messages()) <= sent + sum(result.accepted is None for result in results)


@pytest.mark.parametrize("several", [("https://example.com/a.png",), ["https://example.com/a.png"]])
def test_pictures_may_come_in_a_tuple(several: Any, messaging_api: Any, own_sandbox: Sandbox) -> None:
    messaging_api.send_message("+1234567980", "+1234567981", media=several)
    messaging_api.send_messages([{"from_": "+1234567980", "to": "+1234567981", "media": several}])
    assert [message.media for message in own_sandbox.messages()] == [("https://example.com/a.png",)] * 2


@pytest.mark.parametrize("missing", [None, ""])
def test_a_missing_id_is_named(missing: Any, bridge: BridgeClient) -> None:
    with pytest.raises(ValueError, match="message_id is required"):
        bridge.get_message(missing)


def test_an_hour_without_minutes_is_a_time(bridge: BridgeClient) -> None:
    assert list(bridge.list_messages(from_date_time="2017-02-01 21", to_date_time="2017-02-01 22")) == []


def test_the_order_of_the_results_is_that_of_the_messages(bridge: BridgeClient, own_sandbox: Sandbox) -> None:
    results = bridge.send_messages([{**MESSAGE, "text": str(number)} for number in range(100)])
    texts = {message.message_id: message.text for message in own_sandbox.messages()}
    assert [texts[str(result.id)] for result in results] == [str(number) for number in range(100)]


def test_states_are_told_in_the_classic_words(bridge: BridgeClient, own_sandbox: Sandbox) -> None:
    for to in ("+1234567981", "+15550004720"):
        bridge.send_message("+1234567980", to, "x")
    assert {message["state"] for message in bridge.list_messages()} == {"queued"}
    own_sandbox.advance(10)
    own_sandbox.receive("+1234567981", "hello")

    found = {
        (message["to"], message["state"], message["delivery_state"])
        for message in bridge.list_messages(to_date_time=LATER)
    }
    assert found == {
        ("+1234567981", "sent", "delivered"),
        ("+15550004720", "error", "not-delivered"),
        ("+1234567980", "received", "waiting"),
    }
    assert [message["to"] for message in bridge.list_messages(to_date_time=LATER, state="error")] == ["+15550004720"]
    assert [message["to"] for message in bridge.list_messages(to_date_time=LATER, delivery_state="delivered")] == [
        "+1234567981"
    ]
    assert [message["to"] for message in bridge.list_messages(to_date_time=LATER, direction="in")] == ["+1234567980"]
    assert [message["to"] for message in bridge.list_messages(to_date_time=LATER, to="+15550004720", size=1)] == [
        "+15550004720"
    ]
    assert list(bridge.list_messages(to_date_time="2017-02-01 21:10:32", from_date_time="2017-02-01")) == []


def test_the_page_on_moving_names_every_state_and_every_refused_argument() -> None:
    page = (Path(__file__).parents[2] / "docs" / "classic-to-v2.md").read_text("utf-8")
    rows = re.findall(r"^\| ([A-Z, ]+) \| `(\S+)` \| `(\S+)` \|$", page, re.MULTILINE)
    said = {status: (state, delivery) for statuses, state, delivery in rows for status in statuses.split(", ")}
    outbound = _STATES.keys() - {"ACCEPTED"}
    assert said == {status: (_STATES[status], _DELIVERY_STATES.get(status, "waiting")) for status in outbound}
    refused = section_of(page, "## What V2 cannot say")
    assert {snake_case(name) for name in _UNSAYABLE} <= set(re.findall(r"`([a-z_]+)`", refused))


def section_of(page: str, title: str) -> str:
    return page.partition(title)[2].partition("\n## ")[0]


def test_the_oldest_first_cannot_be_had(bridge: BridgeClient) -> None:
    with pytest.raises(ValueError, match="sort_order: V2 lists the newest message first"):
        bridge.list_messages(sort_order="asc")


@pytest.mark.parametrize("concurrency", [0, -1, True, 1.5])
def test_concurrency_is_a_whole_number_from_1(concurrency: Any) -> None:
    with pytest.raises(ValueError, match="concurrency"):
        bandwidth_messaging.client("messaging-v2", "9", "c", "s", application_id="a", concurrency=concurrency)


def test_the_threads_have_a_connection_each() -> None:
    with BridgeClient("9", "c", "s", application_id="a", concurrency=40) as bridge:
        assert bridge.messages_api.api_client.configuration.connection_pool_maxsize == 40
    configuration = Configuration(connection_pool_maxsize=50)
    with BridgeClient("9", "c", "s", application_id="a", concurrency=40, configuration=configuration) as bridge:
        assert bridge.messages_api.api_client.configuration.connection_pool_maxsize == 50


def test_what_ends_the_sending_leaves_the_waiting_messages_unsent() -> None:
    both_arrived = threading.Barrier(3)

    def hold(_: Exchange) -> bytes:
        both_arrived.wait()
        wait_until_the_main_thread_joins()
        return answer(202, {"id": "m"})

    def source() -> Iterator[dict[str, Any]]:
        yield from [MESSAGE] * 3  # two are under way, the third waits for a thread
        both_arrived.wait()
        raise OSError("the file ends here")

    with (
        ScriptedServer(answer(200, {"access_token": "t", "expires_in": 3600})) as tokens,
        ScriptedServer(hold) as server,
        BridgeClient(
            "9", "c", "s", application_id="a", concurrency=2, api_endpoint=server.url, access_token_url=tokens.url
        ) as bridge,
        pytest.raises(OSError, match="the file ends here"),
    ):
        bridge.send_messages(source())
    assert len(server.requests) == 2


def wait_until_the_main_thread_joins() -> None:
    main = threading.main_thread().ident
    assert main is not None
    while "join" not in {frame.name for frame in traceback.extract_stack(sys._current_frames()[main])}:
        time.sleep(0.001)


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_missing_credential_is_named(missing: int) -> None:
    credentials = ["9900000", "client", "secret"]
    credentials[missing] = ""
    with pytest.raises(ValueError, match=f"{['account_id', 'client_id', 'client_secret'][missing]} is required"):
        BridgeClient(*credentials, application_id="a")
