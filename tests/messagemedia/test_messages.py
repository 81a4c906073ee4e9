"""What a message may hold is judged before anything goes out, and the error names the field's path."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from scripted_server import ScriptedServer

from bandwidth_messaging import InvalidRequestException
from bandwidth_messaging.messagemedia import CancelScheduledMessageRequest, Message, SendMessagesRequest, models

from .conftest import ClientFor
from .examples import ACCEPTED, BODY, EVERY_FIELD, ID, MESSAGE

PAIRS = {str(number): "value" for number in range(11)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"metadata": PAIRS}, "messages[3].metadata: give at most 10 pairs, not 11"),
        ({"metadata": {"k" * 101: "v"}}, "messages[3].metadata: a key has 1 to 100 characters; that of pair 1 has 101"),
        ({"metadata": {"": "v"}}, "messages[3].metadata: a key has 1 to 100"),
        ({"metadata": {"k": "v" * 257}}, "messages[3].metadata: a value has at most 256 characters"),
        ({"metadata": {"k": 7}}, "messages[3].metadata: keys and values are strings; pair 1 is str and int"),
        ({"metadata": [("k", "v")]}, "messages[3].metadata: give a dict of strings"),
        ({"content": "a" * 5001}, "messages[3].content: String should have at most 5000 characters"),
        ({"content": ""}, "messages[3].content: String should have at least 1 character"),
        ({"content": "a\0"}, "messages[3].content: a NUL character cannot be sent"),
        ({"content": None}, "messages[3].content: Input should be a valid string"),
        ({"destination_number": "0491570156"}, "messages[3].destination_number: give a phone number in E.164 form"),
        ({"destination_number": "+614 915 701 56"}, "messages[3].destination_number: give a phone number in E.164"),
        ({"destination_number": 61491570156}, "messages[3].destination_number: Input should be a valid string"),
        ({"source_number_type": "SHORTCODE"}, "messages[3].source_number_type: give it only together with source_num"),
        ({"source_number": "1", "source_number_type": "FAX"}, "messages[3].source_number_type: give one of INTERNATI"),
        ({"format": "sms"}, "messages[3].format: give one of SMS, TTS, MMS"),
        ({"delivery_report": "yes"}, "messages[3].delivery_report: Input should be a valid boolean"),
        ({"scheduled": "2035-01-01T00:00:00"}, "messages[3].scheduled: Input should have timezone info"),
        ({"scheduled": datetime(2035, 1, 1)}, "messages[3].scheduled: Input should have timezone info"),
        ({"scheduled": 3600}, "messages[3].scheduled: give a datetime with a time zone, or ISO 8601 such as"),
        ({"scheduled": "3600"}, "messages[3].scheduled: give a datetime with a time zone, or ISO 8601 such as"),
        ({"message_expiry_timestamp": "soon"}, "messages[3].message_expiry_timestamp: give a datetime"),
        ({"subject": "a" * 65}, "messages[3].subject: String should have at most 64 characters"),
        ({"contnt": "x"}, "messages[3]: there is no field 'contnt'; did you mean 'content'?"),
        ({"destinationNumber": "x"}, "messages[3]: there is no field 'destinationNumber'; did you mean"),
    ],
)
def test_one_wrong_message_among_five_means_that_nothing_goes_out(
    change: dict[str, Any], said: str, client_for: ClientFor
) -> None:
    messages = [MESSAGE, MESSAGE, MESSAGE, {**MESSAGE, **change}, MESSAGE]
    with ScriptedServer(ACCEPTED) as server:
        with pytest.raises(ValueError, match="SendMessagesRequest") as caught:
            client_for(server.url).messages.send_messages({"messages": messages})
        assert server.connections == 0
    assert str(caught.value).startswith(f"SendMessagesRequest: {said}")
    assert type(caught.value) is InvalidRequestException


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "messages is required"),
        ({"messages": []}, "messages: List should have at least 1 item"),
        ({"messages": [MESSAGE] * 101}, "messages: List should have at most 100 items"),
        ({"messages": MESSAGE}, "messages: Input should be a valid list"),
        ({"messages": ["Hello"]}, "messages[0]: Input should be a valid dictionary or instance of Message"),
        ({"message": []}, "there is no field 'message'; did you mean 'messages'?"),
        (MESSAGE, "there is no field 'content'"),
        ([MESSAGE], "give a SendMessagesRequest or a dict of its fields, not list"),
        (None, "give a SendMessagesRequest or a dict of its fields, not NoneType"),
    ],
)
def test_a_body_of_another_shape_is_refused_before_any_io(body: Any, said: str, client_for: ClientFor) -> None:
    with ScriptedServer(ACCEPTED) as server:
        with pytest.raises(ValueError, match="SendMessagesRequest") as caught:
            client_for(server.url).messages.send_messages(body)
        assert server.connections == 0
    assert said in str(caught.value)


def test_several_errors_are_said_together_each_with_its_path() -> None:
    with pytest.raises(ValueError, match="SendMessagesRequest") as caught:
        SendMessagesRequest.from_dict({"messages": [{"content": ""}, {**MESSAGE, "format": "FAX"}]})
    assert str(caught.value).split("; ") == [
        "SendMessagesRequest: messages[0].content: String should have at least 1 character",
        "messages[0].destination_number is required",
        "messages[1].format: give one of SMS, TTS, MMS",
    ]


def test_no_error_shows_a_number_a_text_or_metadata() -> None:
    secret = {"content": "4711" * 2000, "destination_number": "4711", "metadata": {"4711" * 30: "4711"}}
    with pytest.raises(ValueError, match="Message: ") as caught:
        Message.from_dict(secret)
    assert "4711" not in str(caught.value)


def test_a_message_at_its_limits_goes_out() -> None:
    metadata = {"k" * 99 + str(number): "v" * 256 for number in range(10)}
    message = Message(content="👋" * 5000, destination_number="+61491570156", metadata=metadata)
    assert len(SendMessagesRequest(messages=[message] * 100).messages) == 100


@pytest.mark.parametrize("kind", [dict, Message.from_dict])
def test_every_field_goes_out_as_the_seed_writes_it(kind: Any, client_for: ClientFor) -> None:
    with ScriptedServer(ACCEPTED) as server:
        client_for(server.url).messages.send_messages({"messages": [kind(EVERY_FIELD), kind(MESSAGE)]})
        (request,) = server.requests
    assert request.json == {"messages": [EVERY_FIELD, MESSAGE]}


def test_a_time_of_any_zone_goes_out_in_utc() -> None:
    sydney = timezone(timedelta(hours=11))
    message = Message(
        content="x", destination_number="+61491570156",
        scheduled=datetime(2035, 1, 1, 11, 0, tzinfo=sydney),
        message_expiry_timestamp="2035-01-02T11:00:00+11:00",  # type: ignore[arg-type]  # what a dict may hold
    )  # fmt: skip
    with_wire_names = SendMessagesRequest(messages=[message]).to_json()
    assert '"scheduled":"2035-01-01T00:00:00.000Z"' in with_wire_names
    assert '"message_expiry_timestamp":"2035-01-02T00:00:00.000Z"' in with_wire_names


def test_a_changed_field_is_checked_as_a_given_one() -> None:
    message = Message(**MESSAGE)
    with pytest.raises(ValueError, match="Message: destination_number: give a phone number"):
        message.destination_number = "0491570156"
    with pytest.raises(ValueError, match="Message: source_number_type: give it only together with source_number"):
        message.source_number_type = models.SourceNumberTypeEnum.SHORTCODE


def test_a_cancellation_says_cancelled_without_being_told() -> None:
    assert CancelScheduledMessageRequest().to_dict() == {"status": "cancelled"}
    assert repr(CancelScheduledMessageRequest()) == "CancelScheduledMessageRequest(\n    status='cancelled',\n)"
    for status in ("scheduled", "canceled", None):
        with pytest.raises(ValueError, match="CancelScheduledMessageRequest: status"):
            CancelScheduledMessageRequest.from_dict({"status": status})


@pytest.mark.parametrize("controller", ["delivery_reports", "replies"])
@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (["x"] * 101, "List should have at most 100 items"),
        ([7], "[0]: Input should be a valid string"),
        ([""], "[0]: String should have at least 1 character"),
        ("x", "Input should be a valid list"),
    ],
)
def test_ids_that_cannot_be_confirmed_are_refused_before_any_io(
    controller: str, ids: Any, said: str, client_for: ClientFor
) -> None:
    name = {"delivery_reports": "delivery_report_ids", "replies": "reply_ids"}[controller]
    with ScriptedServer(ACCEPTED) as server:
        confirm = getattr(getattr(client_for(server.url), controller), f"confirm_{controller}_as_received")
        with pytest.raises(ValueError, match=name) as caught:
            confirm({name: ids})
        assert server.connections == 0
    assert said in str(caught.value)


def test_an_answer_keeps_what_this_version_does_not_know() -> None:
    odd = {"messages": [{"message_id": ID, "status": "teleported", "scheduled": "soon", "mood": "good"}, 7]}
    read = models.SendMessagesResponse.from_dict(odd)
    assert read.messages is not None
    first = read.messages[0]
    assert (first.status, str(first.scheduled)) == ("teleported", "soon")
    assert first.additional_properties == {"mood": "good"}
    assert read.to_dict() == odd


def test_the_names_of_the_models_are_those_of_the_wire() -> None:
    message = Message(**EVERY_FIELD)
    assert set(message.to_dict()) == set(EVERY_FIELD)
    assert models.SubmittedMessage.from_dict({**BODY["messages"][0], "message_id": ID}).message_id == ID
