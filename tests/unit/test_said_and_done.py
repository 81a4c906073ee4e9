"""What is shown and what goes out is what was meant: signatures, times, enum members, numbers."""

from __future__ import annotations

import base64
import inspect
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from scripted_server import ScriptedServer, answer
from support import ACCOUNT, MESSAGE

from bandwidth_messaging import (
    BearerAuth,
    ConfigurationException,
    InvalidRequestException,
    MessageRequest,
    MessagesApi,
    RetryPolicy,
)
from bandwidth_messaging.classic.messaging import MessagingClient

ApiFor = Callable[..., MessagesApi]
EMPTY = answer(200, {"messages": []})
NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


class Word(str, Enum):
    """As many programs keep their settings: what is a string, and is shown by its name."""

    USER = "user-1"
    PASSWORD = "s3cret"
    SENDER = "+15557654321"
    SMS = "sms"
    TIME = "2026-01-02T12:00:00.000Z"
    ACCOUNT = "9900000"
    TEXT = "Hello"


@pytest.mark.parametrize(
    ("microseconds", "from_text", "to_text"),
    [
        (0, "12:00:00.000Z", "12:00:00.000Z"),
        (1, "12:00:00.000Z", "12:00:00.001Z"),
        (123_000, "12:00:00.123Z", "12:00:00.123Z"),
        (123_456, "12:00:00.123Z", "12:00:00.124Z"),
        (999_999, "12:00:00.999Z", "12:00:01.000Z"),
    ],
)
def test_a_datetime_has_three_digits_and_makes_the_window_no_narrower(
    microseconds: int, from_text: str, to_text: str, api_for: ApiFor
) -> None:
    at = NOON + timedelta(microseconds=microseconds)
    with ScriptedServer(EMPTY) as server:
        api_for(server.url).list_messages(ACCOUNT, from_date_time=at, to_date_time=at)
        query = parse_qs(urlsplit(server.requests[0].target).query)
    assert query == {"fromDateTime": [f"2026-01-02T{from_text}"], "toDateTime": [f"2026-01-02T{to_text}"]}


@pytest.mark.parametrize(
    ("text", "from_text", "to_text"),
    [
        ("2026-01-02T12:00:00.000Z", "2026-01-02T12:00:00.000Z", "2026-01-02T12:00:00.000Z"),
        ("2026-01-02T12:00:00Z", "2026-01-02T12:00:00.000Z", "2026-01-02T12:00:00.000Z"),
        ("2026-01-02T12:00:00.5Z", "2026-01-02T12:00:00.500Z", "2026-01-02T12:00:00.500Z"),
        ("2026-01-02T12:00:00.123456+02:00", "2026-01-02T12:00:00.123+02:00", "2026-01-02T12:00:00.124+02:00"),
        ("2026-01-02T12:00:00", "2026-01-02T12:00:00.000", "2026-01-02T12:00:00.000"),
        ("2026-01-02 12:00:00Z", "2026-01-02T12:00:00.000Z", "2026-01-02T12:00:00.000Z"),
        ("2026-01-02", "2026-01-02", "2026-01-02"),
    ],
)
def test_a_time_that_is_a_string_has_three_digits_too_and_keeps_its_zone(
    text: str, from_text: str, to_text: str, api_for: ApiFor
) -> None:
    with ScriptedServer(EMPTY) as server:
        api_for(server.url).list_messages(ACCOUNT, from_date_time=text, to_date_time=text)
        query = parse_qs(urlsplit(server.requests[0].target).query)
    assert query == {"fromDateTime": [from_text], "toDateTime": [to_text]}


def test_a_member_of_an_enum_is_sent_as_its_value_everywhere(api_for: ApiFor) -> None:
    with ScriptedServer(EMPTY) as server:
        api = api_for(server.url, username=Word.USER, password=Word.PASSWORD)
        filters: dict[str, Any] = {"source_tn": Word.SENDER, "message_type": Word.SMS, "campaign_id": Word.TEXT}
        api.list_messages(Word.ACCOUNT, from_date_time=Word.TIME, _headers={"X-A": Word.TEXT}, **filters)
        api.list_messages(ACCOUNT, limit=1, _request_auth=BearerAuth(Word.PASSWORD))
    first, second = server.requests
    assert parse_qs(urlsplit(first.target).query) == {
        "sourceTn": ["+15557654321"],
        "messageType": ["sms"],
        "campaignId": ["Hello"],
        "fromDateTime": ["2026-01-02T12:00:00.000Z"],
    }
    assert urlsplit(first.target).path == "/users/9900000/messages"
    assert first.headers["x-a"] == "Hello"
    assert base64.b64decode(first.headers["authorization"].removeprefix("Basic ")) == b"user-1:s3cret"
    assert second.headers["authorization"] == "Bearer s3cret"


def test_a_member_of_an_enum_is_sent_as_its_value_in_a_message(api_for: ApiFor) -> None:
    with ScriptedServer(answer(202, {"id": "1"})) as server:
        api_for(server.url).create_message(ACCOUNT, {**MESSAGE, "text": Word.TEXT, "var_from": Word.SENDER})
    assert (server.requests[0].json["text"], server.requests[0].json["from"]) == ("Hello", "+15557654321")


def test_a_member_of_an_enum_is_a_client_secret_by_its_value(api_for: ApiFor) -> None:
    with ScriptedServer(answer(200, {"access_token": "t"}), EMPTY) as server:
        options: dict[str, Any] = {"client_id": Word.USER, "client_secret": Word.PASSWORD}
        api_for(server.url, access_token_url=f"{server.url}/token", **options).list_messages(ACCOUNT, limit=1)
    sent = server.requests[0].headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent) == b"user-1:s3cret"


@pytest.mark.parametrize(("number", "is_one"), [("+123456", False), ("+1234567", True), ("+123456789012345", True)])
def test_a_number_has_7_to_15_digits_as_in_the_contract(number: str, is_one: bool) -> None:
    if is_one:
        assert MessageRequest.from_dict({**MESSAGE, "to": [number]}).to == [number]
        return
    with pytest.raises(InvalidRequestException, match=r"to\[0\]"):
        MessageRequest.from_dict({**MESSAGE, "to": [number]})


SIGNATURE = """
import inspect
from bandwidth_messaging import MessageRequest
before = inspect.signature(MessageRequest)
MessageRequest(application_id="a", to=["+15552345678"], var_from="+15557654321", text="x")
assert inspect.signature(MessageRequest) == before
print(before)
"""


def test_help_of_a_request_shows_its_fields_before_its_first_use_and_after() -> None:
    done = subprocess.run([sys.executable, "-c", SIGNATURE], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("(*, application_id: str, to: list[str], var_from: str, text: ")
    parameters = inspect.signature(MessageRequest).parameters
    assert [*parameters] == [*MessageRequest.model_fields]


@pytest.mark.parametrize(
    "options",
    [
        {"statuses": 5},
        {"statuses": {"503"}},
        {"statuses": [99, 600]},
        {"statuses": None},
        {"on_connect_failure": "no"},
        {"on_repeat": 1},
        {"retries": 1.5},
        {"cap": "x"},
    ],
)
def test_a_policy_that_would_fail_at_the_first_repeat_is_refused_when_it_is_made(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationException, match=next(iter(options))):
        RetryPolicy(**options)


def test_a_policy_takes_any_set_of_statuses() -> None:
    assert RetryPolicy(statuses=[503, 429]).statuses == frozenset({429, 503})  # type: ignore[arg-type]


@pytest.mark.parametrize("at", [datetime.max, datetime.min])
def test_a_classic_time_at_the_ends_of_the_calendar_is_refused_by_name(at: datetime) -> None:
    zone = timezone(timedelta(hours=-1 if at == datetime.max else 1))
    client = MessagingClient("u-1", "t-1", "secret", api_endpoint="http://127.0.0.1:9")
    with pytest.raises(InvalidRequestException, match="from_date_time: in UTC the time is before"):
        client.list_messages(from_date_time=at.replace(tzinfo=zone))
