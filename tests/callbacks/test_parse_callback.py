"""A callback in any form becomes typed events; what is odd in it is kept, and what is none is said to be none."""

from __future__ import annotations

import json
import pickle
from copy import deepcopy
from datetime import datetime, timezone
from typing import Any

import pytest
from contract_document import DOCUMENT
from hypothesis import example, given
from hypothesis import strategies as st

from bandwidth_messaging.callbacks import (
    Callback,
    CallbackMessage,
    CallbackTypeEnum,
    InboundCallback,
    InboundCallbackMessage,
    StatusCallback,
    parse_callback,
)

from .events import NUMBER, OWN_NUMBER, body, event

OUTBOUND = ["message-sending", "message-sent", "message-delivered", "message-failed", "message-read"]
INBOUND = ["message-received", "requested-location-response", "suggestion-response"]
EXAMPLES = [
    DOCUMENT["components"]["requestBodies"][name]["content"]["application/json"]["example"]
    for name in ("statusCallbacks", "inboundCallbacks")
]


@pytest.mark.parametrize("kind", OUTBOUND)
def test_what_became_of_an_outbound_message_is_a_status_callback(kind: str) -> None:
    (found,) = parse_callback(body(event(kind)))
    assert type(found) is StatusCallback
    assert found.type == kind


@pytest.mark.parametrize("kind", INBOUND)
def test_a_message_received_is_an_inbound_callback(kind: str) -> None:
    (found,) = parse_callback(body(event(kind)))
    assert type(found) is InboundCallback
    assert found.type == kind


def test_every_known_type_is_one_of_the_two() -> None:
    assert [kind.value for kind in CallbackTypeEnum] == [*OUTBOUND, *INBOUND]


@pytest.mark.parametrize("form", ["bytes", "bytearray", "memoryview", "str", "list", "bytes with a byte order mark"])
@pytest.mark.parametrize("alone", [False, True])
def test_every_form_of_a_body_is_read(form: str, alone: bool) -> None:
    decoded = event("message-failed") if alone else [event("message-failed")]
    encoded = json.dumps(decoded).encode()
    given: dict[str, Any] = {
        "bytes": encoded,
        "bytearray": bytearray(encoded),
        "memoryview": memoryview(encoded),
        "str": encoded.decode(),
        "list": decoded,
        "bytes with a byte order mark": b"\xef\xbb\xbf" + encoded,
    }
    (found,) = parse_callback(given[form])
    assert isinstance(found, StatusCallback)
    assert found.error_code == 4432


def test_an_event_reads_as_python_does() -> None:
    (found,) = parse_callback(body(event("message-received")))
    message = found.message
    assert isinstance(message, CallbackMessage)
    assert found.time == datetime(2035, 1, 2, 3, 4, 6, tzinfo=timezone.utc)
    assert (message.var_from, message.to, message.text) == (NUMBER, [OWN_NUMBER], "Hello back")
    assert (message.direction, message.segment_count, message.tag) == ("in", 1, None)
    assert found.message_id == message.id == "1589228074636lm4k2je7j7jklbn2"


def test_a_rich_answer_is_read_to_its_depth() -> None:
    chosen = {"text": "Yes", "postbackData": "a-1", "pairedMessageId": "m-0"}
    place = {"latitude": "37.7", "longitude": "-122.4"}
    sent = event("suggestion-response")
    content = {"text": "Here", "media": {"fileUrl": "https://example.com/cat.png"}}
    sent["message"] |= {"channel": "RBM", "content": content, "suggestionResponse": chosen, "locationResponse": place}
    (found,) = parse_callback(body(sent))
    assert isinstance(found.message, InboundCallbackMessage)
    assert not found.message.additional_properties
    assert found.message.content is not None
    assert found.message.content.media is not None
    assert found.message.content.media.file_url == "https://example.com/cat.png"
    assert found.message.suggestion_response is not None
    assert found.message.suggestion_response.postback_data == "a-1"
    assert found.message.location_response is not None
    assert found.message.location_response.longitude == "-122.4"


def test_an_event_can_be_read_and_made_as_the_generated_sdk_does() -> None:
    read = Callback.from_json(json.dumps(event("message-failed")))
    assert isinstance(read.actual_instance, StatusCallback)
    made: Any = Callback
    assert made(read) is read
    assert type(Callback.from_dict({"type": "new"})) is Callback
    with pytest.raises(TypeError, match="give an event"):
        made("message-failed")
    with pytest.raises(ValueError, match="not JSON"):
        Callback.from_json("{")


@pytest.mark.parametrize("sent", EXAMPLES)
def test_the_examples_of_the_contract_are_read_without_anything_left_over(sent: Any) -> None:
    (found,) = parse_callback(sent)
    assert type(found) is not Callback
    assert not found.additional_properties
    assert isinstance(found.message, CallbackMessage)
    assert not found.message.additional_properties
    assert list(json.loads(found.to_json())["message"]) == list(sent[0]["message"])


def test_events_keep_their_order_and_an_empty_array_has_none() -> None:
    found = parse_callback(body(*(event(kind) for kind in [*INBOUND, *OUTBOUND])))
    assert [one.type for one in found] == [*INBOUND, *OUTBOUND]
    assert parse_callback(b"[]") == []


def test_a_type_not_yet_known_is_kept_with_everything_readable() -> None:
    (found,) = parse_callback(body(event("message-teleported", errorCode=7, where={"planet": "Mars"})))
    assert type(found) is Callback
    assert (found.type, found.to, found.message_id) == ("message-teleported", NUMBER, "1589228074636lm4k2je7j7jklbn2")
    assert found.additional_properties == {"errorCode": 7, "where": {"planet": "Mars"}}
    assert "message-teleported" in repr(found)


def test_a_value_that_does_not_fit_stays_as_it_came_and_costs_neither_its_event_nor_the_others() -> None:
    odd = event("message-failed", errorCode="many", time="yesterday", message="m-1", to=[NUMBER])
    found = parse_callback(body(odd, event("message-delivered")))
    assert [type(one) for one in found] == [StatusCallback, StatusCallback]
    assert json.loads(found[0].to_json()) == odd
    assert found[0].message_id is None
    assert found[1].message_id == "1589228074636lm4k2je7j7jklbn2"


@pytest.mark.parametrize("odd", [7, None, "text", [], [event()]])
def test_what_stands_beside_events_and_is_no_object_is_left_out(odd: Any) -> None:
    assert [one.type for one in parse_callback([odd, event("message-sent"), odd])] == ["message-sent"]


def test_an_object_without_a_type_beside_events_is_kept() -> None:
    found = parse_callback([{"note": "hello"}, event("message-sent"), {"type": 7}])
    assert [one.type for one in found] == [None, "message-sent", 7]
    assert found[0].additional_properties == {"note": "hello"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"", "the body is empty"),
        ("", "the body is empty"),
        (b"<html>+15554443333</html>", "not JSON: Expecting value"),
        (b'[{"type": "message-sent", "to": "+15554443333"', "not JSON"),
        (b'{"text": "+15554443333\xff"}', "not JSON: it is not UTF-8"),
        (b'"+15554443333"', "not a string"),
        (b"15554443333", "not a number"),
        (b"1.5", "not a number"),
        (b"true", "not true or false"),
        (None, "not null"),
        ({}, "no object with a 'type'"),
        ({"eventType": "sms", "to": "+15554443333"}, "no object with a 'type'"),
        ({"type": ""}, "no object with a 'type'"),
        ({"type": ["+15554443333"]}, "no object with a 'type'"),
        (["+15554443333", 7], "no object with a 'type'"),
        ([[event()]], "no object with a 'type'"),
        (b"[" * 100_000, "nested more than 64 deep"),
        (b'{"type": "x", "a": ' + b"[" * 64 + b"]" * 64 + b"}", "nested more than 64 deep"),
        (b'[{"type": "x", "a": ' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"}]", "nested more than 64 deep"),
    ],
)
def test_what_is_no_callback_is_a_value_error_that_says_why_and_repeats_nothing(given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        parse_callback(given)
    assert "15554443333" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_the_deepest_event_that_is_taken_can_be_shown_keyed_and_written() -> None:
    (found,) = parse_callback(b'{"type": "x", "a": ' + b"[" * 63 + b"]" * 63 + b"}")
    assert repr(found)
    assert found.idempotency_key
    assert found.to_json()


async def _body() -> bytes:
    return b""


def test_a_mistake_of_the_program_is_a_type_error_so_that_no_sender_is_blamed_for_it() -> None:
    forgotten = _body()
    with pytest.raises(TypeError, match="body: give bytes, a string, or what JSON decodes to, not coroutine"):
        parse_callback(forgotten)  # type: ignore[arg-type]  # the mistake
    forgotten.close()
    with pytest.raises(TypeError, match="not object"):
        parse_callback(object())  # type: ignore[arg-type]  # the mistake


def test_an_event_pickles_and_copies() -> None:
    for found in parse_callback([event("message-failed"), event("message-teleported"), event(errorCode="many")]):
        assert pickle.loads(pickle.dumps(found)) == deepcopy(found) == found


def test_an_event_shows_what_is_set_one_field_a_line() -> None:
    (found,) = parse_callback({"type": "message-failed", "to": NUMBER, "errorCode": 4432})
    assert repr(found) == (
        "StatusCallback(\n    type='message-failed',\n    to='+15554443333',\n    error_code=4432,\n)"
    )


_NAMES = st.sampled_from(
    ["type", "to", "message", "time", "errorCode", "id", "content", "from", "self", "model_config"]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(OUTBOUND + INBOUND),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES | st.text(max_size=4), inner, max_size=5),
    max_leaves=20,
)


@given(_VALUES | st.lists(st.dictionaries(_NAMES, _VALUES, max_size=6), max_size=3))
@example({"type": "message-sent", "message_id": "x", "idempotency_key": "x", "to_dict": 1, "additional_properties": 1})
@example({"type": "message-sent", "message": {"id": "\ud800"}, "time": 1e308})
def test_whatever_json_comes_it_is_events_or_a_value_error(decoded: Any) -> None:
    try:
        found = parse_callback(json.dumps(decoded))
    except ValueError:
        return
    for one in found:
        assert repr(one)
        assert len(one.idempotency_key) == 64
        assert one.to_dict() is not None
        assert one.message_id is None or isinstance(one.message_id, str)
