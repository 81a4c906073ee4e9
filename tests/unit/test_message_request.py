"""MessageRequest is checked for what the contract states, and for no more."""

from __future__ import annotations

import json
import pickle
from copy import deepcopy
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from support import MESSAGE

from bandwidth_messaging import MessageRequest, PriorityEnum


def request(**changes: Any) -> MessageRequest:
    return MessageRequest(**{**MESSAGE, **changes})


def sent(message: MessageRequest) -> Any:
    return json.loads(message.to_json())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"text": "x" * 2049}, "text: .* at most 2048 characters"),
        ({"text": "a\0b"}, "text: a NUL character"),
        ({"text": "\ud83d"}, "text: .*unicode"),
        ({"text": 7}, "text: .*string"),
        ({"tag": "x" * 1025}, "tag: .* at most 1024 characters"),
        ({"tag": "\0"}, "tag: a NUL"),
        ({"media": ["x" * 4097]}, r"media\[0\]: .* at most 4096 characters"),
        ({"media": "https://example.com/cat.png"}, "media: .*list"),
        ({"to": []}, "to: .* at least 1 item"),
        ({"to": "+15552345678"}, "to: .*list"),
        ({"to": ["+15552345678", "+15552345678"]}, r"to: give each recipient once \(1 repeated\)"),
        ({"to": ["+15552345678", "5552345678"]}, r"to\[1\]: give phone numbers in E.164 form"),
        ({"to": ["+05552345678"]}, r"to\[0\]"),
        ({"to": ["+1234567890123456"]}, r"to\[0\]"),
        ({"to": ["+١٢٣٤٥٦٧"]}, r"to\[0\]"),
        ({"to": ["+15552345678\n"]}, r"to\[0\]"),
        ({"var_from": "TwelveLetter"}, "var_from: give a phone number in E.164 form .*, a short code"),
        ({"var_from": "1234567890"}, "var_from"),
        ({"var_from": ""}, "var_from"),
        ({"var_from": "Größe"}, "var_from"),
        ({"application_id": ""}, "application_id: .* at least 1 character"),
        ({"priority": "urgent"}, "priority: give one of default, high"),
        ({"expiration": datetime(2030, 1, 1)}, "expiration: .*timezone"),
        ({"expiration": "soon"}, "expiration"),
        ({"txt": "x"}, "there is no field 'txt'; did you mean 'text'"),
        ({"additional_properties": {"text": "x"}}, "'text' is a field of its own"),
        ({"additional_properties": ["x"]}, "additional_properties: give a dict"),
        ({"from": "+15550000000"}, "'var_from' and 'from' are the same field"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused_with_field_and_rule(changes: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError, match=error) as caught:
        request(**changes)
    assert str(caught.value).startswith("MessageRequest: ")
    for value in changes.values():
        assert len(str(value)) < 8 or str(value) not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "x" * 2048},
        {"text": "😀" * 2048},
        {"text": None},
        {"text": ""},
        {"text": "line\nbreak\tand tab\r\n"},
        {"tag": "x" * 1024},
        {"media": ["https://example.com/" + "x" * 4076]},
        {"media": []},
        {"to": ["+15552345678"] + [f"+1555000{number:04}" for number in range(20)]},
        {"to": ["+4412345"]},
        {"var_from": "12345"},
        {"var_from": "Acme Shop-1"},
        {"var_from": "A&B_c+d"},
        {"expiration": datetime(2001, 1, 1, tzinfo=timezone.utc)},
        {"expiration": "2030-01-01T00:00:00+02:00"},
        {"priority": "high"},
    ],
)
def test_what_the_contract_allows_or_leaves_to_the_server_is_let_through(changes: dict[str, Any]) -> None:
    assert request(**changes)


def test_what_is_sent_has_the_wire_names_and_nothing_that_was_not_given() -> None:
    message = request(
        priority=PriorityEnum.HIGH,
        expiration=datetime(2030, 1, 1, 12, tzinfo=timezone(timedelta(0))),
        tag=None,
        additional_properties={"newField": {"a": 1}},
    )
    assert sent(message) == {
        "applicationId": "app-1",
        "to": ["+15552345678"],
        "from": "+15557654321",
        "text": "Hello",
        "priority": "high",
        "expiration": "2030-01-01T12:00:00Z",
        "newField": {"a": 1},
    }
    assert message.additional_properties == {"newField": {"a": 1}}


@pytest.mark.parametrize("name", ["var_from", "from_", "from"])
def test_the_sender_may_be_given_under_each_of_its_names(name: str) -> None:
    fields = {key: value for key, value in MESSAGE.items() if key != "var_from"}
    assert MessageRequest.from_dict({**fields, name: "Acme"}).var_from == "Acme"


def test_setting_a_field_is_checked_like_giving_it() -> None:
    message = request()
    message.text = "Changed"
    with pytest.raises(ValueError, match=r"MessageRequest: text: .* at most 2048"):
        message.text = "x" * 2049
    assert message.text == "Changed"


@pytest.mark.parametrize("duplicate", [deepcopy, lambda message: pickle.loads(pickle.dumps(message))])
def test_a_request_survives_copying_and_pickling(duplicate: Any) -> None:
    message = request(additional_properties={"x": 1})
    assert duplicate(message) == message


def test_a_request_round_trips_through_dict_and_json() -> None:
    message = request(expiration="2030-01-01T00:00:00Z")
    assert MessageRequest.from_json(message.to_json()) == message
    assert MessageRequest.from_dict(message.to_dict()) == message


@pytest.mark.parametrize("text", ["[]", "nonsense", '"x"'])
def test_a_request_from_json_that_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not"):
        MessageRequest.from_json(text)
