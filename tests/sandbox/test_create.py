import json
import re
from typing import Any

import pytest

from bandwidth_messaging.sandbox import Sandbox

from .calling import Caller, fields


def test_an_accepted_message_is_answered_with_what_was_given_and_what_was_decided(caller: Caller) -> None:
    answer = caller.create(tag="t", expiration="2035-02-01T11:29:18-05:00")

    assert answer.status == 202
    body = answer.json()
    assert re.fullmatch(r"1663179616000[a-z0-9]{16}", body.pop("id"))
    assert body == {
        "owner": "+15553332222",
        "applicationId": caller.sandbox.application_id,
        "time": "2022-09-14T18:20:16.000Z",
        "segmentCount": 1,
        "direction": "out",
        "to": ["+15554443333"],
        "from": "+15553332222",
        "text": "Hello",
        "tag": "t",
        "priority": "default",
        "expiration": "2035-02-01T11:29:18-05:00",
    }


def test_both_addresses_of_the_operation_reach_the_same_messages(caller: Caller) -> None:
    message_id = caller.create().json()["id"]

    answer = caller.send("GET", f"/api/v2{caller.path}?messageId={message_id}", headers=caller.basic)

    assert [item["messageId"] for item in answer.json()["messages"]] == [message_id]


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({"text": "a" * 160}, 1),
        ({"text": "a" * 161}, 2),
        ({"text": "ü€" * 80}, 2),
        ({"text": "я" * 71}, 2),
        ({"text": "a" * 500, "media": ["https://example.com/cat.png"]}, 1),
        ({"text": "a" * 500, "to": ["+15554443333", "+15554443334"]}, 1),
    ],
)
def test_segments_are_counted_for_a_text_and_are_one_for_mms(shared: Caller, changes: Any, count: int) -> None:
    assert shared.create(**changes).json()["segmentCount"] == count


def test_a_text_message_is_listed_with_what_is_known_of_it(caller: Caller) -> None:
    message_id = caller.create(text="я" * 71).json()["id"]

    assert caller.search(messageId=message_id).json()["messages"] == [
        {
            "messageId": message_id,
            "accountId": caller.sandbox.account_id,
            "sourceTn": "+15553332222",
            "destinationTn": "+15554443333",
            "messageStatus": "RECEIVED",
            "messageDirection": "OUTBOUND",
            "messageType": "sms",
            "segmentCount": 2,
            "errorCode": 0,
            "receiveTime": "2022-09-14T18:20:16.000Z",
            "carrierName": None,
            "messageSize": 154,
            "messageLength": 71,
            "attachmentCount": 0,
            "recipientCount": 1,
            "campaignClass": None,
            "campaignId": None,
            "bwLatency": None,
            "carrierLatency": None,
            "callingNumberCountryA3": "USA",
            "calledNumberCountryA3": "USA",
            "product": "LOCAL_A2P",
            "location": None,
        }
    ]


def test_a_group_message_is_listed_once_for_each_recipient(caller: Caller) -> None:
    message_id = caller.create(to=["+15554443333", "+447700900123"]).json()["id"]

    listed = caller.search(messageId=message_id, sort="calledNumberCountryA3:desc").json()["messages"]

    shown = [(item["destinationTn"], item["calledNumberCountryA3"]) for item in listed]
    assert shown == [("+15554443333", "USA"), ("+447700900123", "GBR")]
    assert {(item["messageType"], item["recipientCount"]) for item in listed} == {("mms", 2)}


@pytest.mark.parametrize("sender", ["+15553332222", "12345", "My Company", "a", "R&D_1-2+3"])
def test_a_sender_is_a_number_a_short_code_or_a_name(shared: Caller, sender: str) -> None:
    assert shared.create(**{"from": sender}).status == 202


@pytest.mark.parametrize("sender", ["+invalid", "A name too long", "No!", "+15553332222\n", "1234567890"])
def test_any_other_sender_is_refused_by_its_value(shared: Caller, sender: str) -> None:
    answer = shared.create(**{"from": sender})

    assert answer.status == 400
    assert fields(answer) == {"from": f"'{sender}' must be replaced with a valid E164 formatted telephone number"}


@pytest.mark.parametrize(
    ("changes", "field", "description"),
    [
        ({"from": ...}, "from", "'from' must contain exactly one telephone number"),
        ({"from": ""}, "from", "'from' must contain exactly one telephone number"),
        ({"from": 5}, "from", "'from' must contain exactly one telephone number"),
        ({"to": ...}, "to", "'to' must contain at least one telephone number"),
        ({"to": []}, "to", "'to' must contain at least one telephone number"),
        ({"to": "+15554443333"}, "to", "'to' must contain at least one telephone number"),
        (
            {"to": ["+1555444333\n"]},
            "to",
            "'+1555444333\n' must be replaced with a valid E164 formatted telephone number",
        ),
        ({"to": [None]}, "to", "'null' must be replaced with a valid E164 formatted telephone number"),
        ({"to": ["+15554443333"] * 2}, "to", "'to' must not contain the same item twice"),
        ({"to": [f"+1555444{n}" for n in range(1000, 1011)]}, "to", "'to' must contain at most 10 items"),
        ({"text": ...}, "text", "'text' is required unless media is included"),
        ({"text": ""}, "text", "'text' is required unless media is included"),
        ({"text": ..., "media": []}, "text", "'text' is required unless media is included"),
        ({"text": "a" * 2049}, "text", "'text' must be at most 2048 characters"),
        ({"text": 1}, "text", "'text' must be of type string"),
        ({"media": [5]}, "media", "'media' must be of type string"),
        ({"media": ["no uri"]}, "media", "'media' must be a valid uri"),
        ({"media": ["http://a/" + "b" * 4088]}, "media", "'media' must be at most 4096 characters"),
        ({"tag": "a" * 1025}, "tag", "'tag' must be at most 1024 characters"),
        ({"priority": "low"}, "priority", "'priority' must be one of default, high"),
        ({"expiration": "2022-09-14"}, "expiration", "'expiration' must be a valid date-time"),
        ({"expiration": "2022-09-14T18:20:16Z"}, "expiration", "'expiration' must be in the future"),
        ({"applicationId": ...}, "applicationId", "'applicationId' is required"),
        ({"applicationId": "x"}, "applicationId", "'applicationId' must be an application of this account"),
    ],
)
def test_a_wrong_field_is_named_with_its_rule(shared: Caller, changes: Any, field: str, description: str) -> None:
    answer = shared.create(**changes)

    assert answer.status == 400
    assert answer.json()["type"] == "request-validation"
    assert answer.json()["description"] == "Your request could not be accepted"
    assert fields(answer) == {field: description}


def test_several_wrong_fields_are_answered_at_once_recipients_first(shared: Caller) -> None:
    answer = shared.create(**{"from": "+invalid", "to": ["+wrong"], "text": ..., "applicationId": "x"})

    assert [error["fieldName"] for error in answer.json()["fieldErrors"]] == ["to", "from", "applicationId", "text"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"\xff\xfe",
        b'{"text": NaN}',
        b'{"text": "\\ud800"}',
        b"[" * 100_000,
        b"1" * 5000,
    ],
)
def test_a_body_that_is_no_json_object_is_refused(shared: Caller, body: bytes) -> None:
    answer = shared.post(body)

    assert answer.status == 400
    assert list(fields(answer)) == ["body"]


def test_many_recipients_of_any_kind_are_refused_quickly(shared: Caller) -> None:
    answer = shared.create(to=[{"n": n} for n in range(50_000)])

    assert answer.status == 400


def test_a_body_over_the_bound_is_refused_unread(shared: Caller) -> None:
    assert shared.post(b" " * (1024 * 1024 + 1)).status == 413


def test_a_refused_message_is_not_kept(caller: Caller) -> None:
    caller.create(to=[])

    assert caller.ids(limit=10) == []


def test_fields_that_the_contract_does_not_know_are_ignored(shared: Caller) -> None:
    assert "novelty" not in shared.create(novelty=1).json()


@pytest.mark.parametrize("content_type", ["text/plain;charset=UTF-8", "", "application/json; charset=latin-1"])
def test_another_content_type_is_415(shared: Caller, content_type: str) -> None:
    answer = shared.post(b"{}", content_type=content_type)

    assert answer.status == 415
    assert answer.json() == {
        "type": "unsupported-content-type",
        "description": f"Content type '{content_type}' not supported. Please use 'application/json'",
    }


def test_a_charset_of_utf_8_is_right(shared: Caller) -> None:
    assert shared.post(b"{}", content_type='Application/JSON; charset="UTF-8"').status == 400


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0, */*", "application/*;q=0"])
def test_an_accept_header_that_excludes_json_is_406(shared: Caller, accept: str) -> None:
    answer = shared.post(b"{}", accept=accept)

    assert (answer.status, answer.json()["type"]) == (406, "not-acceptable")


@pytest.mark.parametrize(
    "accept", ["", "*/*", "application/json", "text/html, application/*;q=0.1", "*/*, text/html;q=x"]
)
def test_an_accept_header_that_allows_json_is_right(shared: Caller, accept: str) -> None:
    assert shared.post(b"{}", accept=accept).status == 400


def test_a_request_is_remembered_as_sent_without_its_credential(own_sandbox: Sandbox, own_caller: Caller) -> None:
    own_caller.create(text="é")

    received = own_sandbox.requests[-1]

    assert (received.method, received.path, received.query) == ("POST", own_caller.path, "")
    assert json.loads(received.body) == received.json()
    assert received.headers["authorization"] == "Basic (not kept)"
