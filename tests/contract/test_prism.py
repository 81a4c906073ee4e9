"""Prism, which we did not write, between the SDK and the contract: it judges each request, and each answer.

As a mock it answers with the contract's own examples, and with the status that a call asks for. As a proxy it stands
between the SDK and the sandbox, and judges what both say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from operations import APIS, OPERATIONS
from prism import prism

from bandwidth_messaging import (
    ApiException,
    ApiResponse,
    BadRequestException,
    ListMessageItem,
    MediaApi,
    MessagesApi,
    MessageStatusEnum,
    NotFoundException,
    TooManyRequestsException,
    UnauthorizedException,
    client,
)
from bandwidth_messaging._call.operation import Operation
from bandwidth_messaging.api.messages_api import LIST_MESSAGES
from bandwidth_messaging.exceptions import class_for_status
from bandwidth_messaging.messagemedia import MessageMediaMessagesClient
from bandwidth_messaging.sandbox import Sandbox

ACCOUNT = "9900000"
MESSAGE: dict[str, Any] = {
    "application_id": Sandbox.application_id,
    "to": ["+15552345678", "+15552345679"],
    "from": "+15557654321",
    "text": "Grüße & 👋",
    "media": ["https://example.com/cat.png"],
    "tag": "holiday",
    "priority": "high",
    "expiration": "2035-02-01T11:29:18-05:00",
}
FILTERS: dict[str, Any] = {
    parameter.name: value
    for parameter, value in zip(
        LIST_MESSAGES.parameters.values(),
        ["9e0df4ca-b18d-40d7-a59f-82fcdf5ae8e6", "%2B15554443333", "+1919", "DELIVERED", "OUTBOUND", "AT%26T", "sms",
         9902, "2022-09-14T18:20:16.000Z", "2022-09-14T18:20:16.000Z", "CJEUMDK", 5, True, "P2P", "123ABC", True, 50,
         "USA", "USA", 1, 3, 100, 120, "sourceTn:desc", "gdEewhcJLQRB5", 50, True],
        strict=True,
    )
}  # fmt: skip
ApiFor = Callable[..., MessagesApi]


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    with prism("mock") as url:
        yield url


@pytest.fixture(scope="module")
def watched() -> Iterator[str]:
    """A sandbox behind a Prism that turns each breach of the contract, in a request or an answer, into a 500."""
    with Sandbox() as sandbox:
        sandbox.add(source_tn="+15554443333", carrier_name="AT&T", bw_latency=7)
        sandbox.add(message_status="FAILED", error_code=4720, message_type="mms", carrier_name=None)
        with prism("proxy", sandbox.url) as url:
            yield url


def no_breach(answer: ApiResponse[Any] | ApiException) -> None:
    assert "sl-violations" not in answer.headers, json.loads(answer.headers["sl-violations"])


def test_a_send_with_every_field_is_a_request_of_the_contract(mock: str, api_for: ApiFor) -> None:
    answer = api_for(mock).create_message_with_http_info(ACCOUNT, MESSAGE)
    no_breach(answer)
    assert (answer.status_code, answer.data.id) == (202, "1589228074636lm4k2je7j7jklbn2")


def test_a_list_with_every_filter_is_a_request_of_the_contract(mock: str, api_for: ApiFor) -> None:
    answer = api_for(mock).list_messages_with_http_info(ACCOUNT, **FILTERS)
    no_breach(answer)
    assert answer.data.messages is not None
    assert answer.data.messages[0].message_status is MessageStatusEnum.DELIVERED


@pytest.mark.parametrize("name", FILTERS)
def test_each_filter_alone_is_a_request_of_the_contract(name: str, mock: str, api_for: ApiFor) -> None:
    no_breach(api_for(mock).list_messages_with_http_info(ACCOUNT, **{name: FILTERS[name]}))


ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "MessagesApi.create_message": (MESSAGE,),
    "MediaApi.get_media": ("cat.png",),
    "MediaApi.delete_media": ("cat.png",),
    "MediaApi.upload_media": ("cat.png", b"\x89PNG"),
}


def caller(declared: Operation[Any], api: MessagesApi) -> Callable[..., Any]:
    """The method of an operation, with what it needs."""
    kind, _, name = declared.name.partition(".")
    method = getattr(APIS[kind](api.api_client), f"{name}_with_http_info")
    return partial(method, ACCOUNT, *ARGUMENTS.get(declared.name, ()))


@pytest.mark.parametrize("declared", OPERATIONS, ids=lambda declared: declared.name)
def test_a_call_of_each_operation_is_a_request_of_the_contract(
    declared: Operation[Any], mock: str, api_for: ApiFor
) -> None:
    answer = caller(declared, api_for(mock))()
    no_breach(answer)
    assert answer.status_code in declared.returns


@pytest.mark.parametrize(
    ("declared", "status"), [(declared, status) for declared in OPERATIONS for status in declared.errors],
    ids=lambda value: getattr(value, "name", value),
)  # fmt: skip
def test_each_error_status_arrives_as_its_class_with_its_model(
    declared: Operation[Any], status: int, mock: str, api_for: ApiFor
) -> None:
    call = caller(declared, api_for(mock, retries=0))
    with pytest.raises(ApiException) as caught:
        call(_headers={"Prefer": f"code={status}"})
    error = caught.value
    no_breach(error)
    assert (type(error), error.status) == (class_for_status(status), status)
    data: Any = error.data
    kind: Any = declared.errors[status]()
    assert type(data) is kind
    assert data.type
    assert data.description


def test_the_429_of_a_list_alone_says_how_long_to_wait(mock: str, api_for: ApiFor) -> None:
    api = api_for(mock, retries=0)
    headers = {"Prefer": "code=429"}
    with pytest.raises(TooManyRequestsException) as listed:
        api.list_messages(ACCOUNT, limit=1, _headers=headers)
    with pytest.raises(TooManyRequestsException) as sent:
        api.create_message(ACCOUNT, MESSAGE, _headers=headers)
    assert (listed.value.retry_after, sent.value.retry_after) == (300.0, None)


def test_prism_does_judge(mock: str, api_for: ApiFor) -> None:
    with pytest.raises(BadRequestException) as caught:
        api_for(mock).list_messages(ACCOUNT, source_tn="+191")
    assert "sourcetn" in caught.value.headers["sl-violations"]
    with pytest.raises(UnauthorizedException):
        api_for(mock).list_messages(ACCOUNT, limit=1, _headers={"Authorization": "Nonsense"})


def test_a_message_through_the_judge_is_sent_listed_and_refused(watched: str, api_for: ApiFor) -> None:
    api = api_for(watched, username=Sandbox.username, password=Sandbox.password, retries=0)
    sent = api.create_message_with_http_info(ACCOUNT, MESSAGE)
    no_breach(sent)
    found = api.list_messages_with_http_info(ACCOUNT, message_id=sent.data.id)
    no_breach(found)
    assert found.data.messages is not None
    assert {item.destination_tn for item in found.data.messages} == set(MESSAGE["to"])
    with pytest.raises(BadRequestException) as refused:
        api.create_message(ACCOUNT, {**MESSAGE, "application_id": "unknown"})
    no_breach(refused.value)
    with pytest.raises(UnauthorizedException) as unauthorized:
        api_for(watched).list_messages(ACCOUNT, limit=1)
    no_breach(unauthorized.value)


def test_every_page_of_the_sandbox_is_an_answer_of_the_contract(watched: str, api_for: ApiFor) -> None:
    api = api_for(watched, username=Sandbox.username, password=Sandbox.password)
    token: str | None = None
    seen: list[ListMessageItem] = []
    while True:
        page = api.list_messages_with_http_info(ACCOUNT, limit=1, page_token=token)
        no_breach(page)
        seen += page.data.messages or []
        token = page.data.page_info.next_page_token if page.data.page_info else None
        if token is None:
            break
    assert len(seen) >= 2
    assert all(re.fullmatch("[0-9]{13}[a-z0-9]{16}", item.message_id or "") for item in seen)


def test_media_through_the_judge_is_stored_listed_given_and_missed(watched: str, api_for: ApiFor) -> None:
    text = b"Prism reads every body as text"
    api = MediaApi(api_for(watched, username=Sandbox.username, password=Sandbox.password, retries=0).api_client)
    no_breach(api.upload_media_with_http_info(ACCOUNT, "cat.png", text, cache_control="no-cache"))
    listed = api.list_media_with_http_info(ACCOUNT)
    no_breach(listed)
    assert "cat.png" in {file.media_name for file in listed.data}
    found = api.get_media_with_http_info(ACCOUNT, "cat.png")
    no_breach(found)
    assert found.data == text
    with pytest.raises(NotFoundException) as missing:
        api.get_media(ACCOUNT, "none.png")
    no_breach(missing.value)


def test_each_request_of_the_classic_family_is_one_of_the_contract(mock: str) -> None:
    message: dict[str, Any] = {
        "from_": "+12345679800", "to": "+12345679810", "text": "Grüße & 👋", "media": ["https://example.com/cat.png"],
        "receipt_requested": "all", "callback_url": "https://example.com/cb", "callback_http_method": "GET",
        "callback_timeout": 10_000, "fallback_url": "https://example.com/fb", "tag": "holiday",
    }  # fmt: skip
    # What Prism finds wrong it answers with an error status.
    with client("messaging", "u-user", "t-token", "s-secret", api_endpoint=mock) as classic:
        assert classic.send_message(**message) == "m-na6cpyjf2qcpz6l3drhcx7y"
        assert classic.send_message("+12345679800", "+12345679810", "nothing else") == "m-na6cpyjf2qcpz6l3drhcx7y"
        assert classic.get_message("m-na6cpyjf2qcpz6l3drhcx7y")["state"] == "received"
        listed = classic.list_messages(
            "+12345679800", "+12345679810", "2017-02-01", "2017-02-01 21:10:32.123", "in", "received", "waiting",
            "desc", 1000,
        )  # fmt: skip
        assert next(listed)["text"] == "Hey there"


def test_what_the_sandbox_answers_in_the_classic_family_is_of_the_contract(watched: str) -> None:
    keys = Sandbox.classic
    with client("messaging", keys.user_id, keys.api_token, keys.api_secret, api_endpoint=watched) as classic:
        good = {"from": "+12345679800", "to": "+12345679810", "text": "Hello"}
        sent, refused = classic.send_messages([good, {**good, "to": "nobody"}])
        assert (sent.accepted, refused.accepted, refused["error"]["code"]) == (True, False, "validation-error")
        alone = classic.send_message(from_=good["from"], to=good["to"], text="Hello", tag="holiday")
        assert classic.get_message(str(alone))["tag"] == "holiday"
        assert {message["id"] for message in classic.list_messages(size=1000)} >= {sent.id, alone}
        with pytest.raises(NotFoundException) as missing:
            classic.get_message("m-nothing")
        no_breach(missing.value)


@pytest.mark.parametrize("hmac", [False, True], ids=["basic", "hmac"])
def test_each_request_of_the_messagemedia_family_is_one_of_the_contract(hmac: bool, mock: str) -> None:
    message = {
        "content": "Grüße & 👋", "destination_number": "+61491570156", "callback_url": "https://example.com/cb",
        "delivery_report": True, "format": "MMS", "message_expiry_timestamp": "2035-02-01T11:29:18-05:00",
        "metadata": {"key": "value"}, "scheduled": "2035-02-01T10:29:18-05:00", "source_number": "+61491570157",
        "source_number_type": "INTERNATIONAL", "media": ["https://example.com/cat.png"], "subject": "Hello",
    }  # fmt: skip
    # What Prism finds wrong it answers with an error status.
    with MessageMediaMessagesClient("key", "secret", hmac, base_uri=mock) as client:
        sent = client.messages.send_messages({"messages": [message, message]})
        assert sent.messages is not None
        assert sent.messages[0].status == "queued"
        assert client.messages.get_message_status("877c19ef-fa2e-4cec-827a-e1df9b5509f7").status == "enroute"
        client.messages.cancel_scheduled_message("877c19ef-fa2e-4cec-827a-e1df9b5509f7")
        for report in client.delivery_reports.check_delivery_reports().delivery_reports or []:
            assert report.vendor_account_id is not None
        client.delivery_reports.confirm_delivery_reports_as_received({"delivery_report_ids": ["1"] * 100})
        for reply in client.replies.check_replies().replies or []:
            assert reply.metadata == {"key1": "value1", "key2": "value2"}
        client.replies.confirm_replies_as_received({"reply_ids": ["1"]})
