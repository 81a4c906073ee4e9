"""Each row S4-* of the wire reference: the page of MessageMedia's own SDK, come true against the sandbox.

Its code blocks are executed as they stand, with no change but the import's name, the credentials, the address, and
`true` read as `True`. What the page takes for granted without importing it (`json`, `CancelScheduledMessageRequest`)
is there.
"""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import pytest

from bandwidth_messaging import BadRequestException, NotFoundException
from bandwidth_messaging.messagemedia import (
    CancelScheduledMessageRequest,
    DeliveryReportsController,
    MessageMediaMessagesClient,
    MessagesController,
    RepliesController,
    models,
)
from bandwidth_messaging.sandbox import Sandbox

from .examples import EVERY_FIELD, MESSAGE, SCHEDULED
from .seed_blocks import BLOCKS

CONTROLLERS = (MessagesController, DeliveryReportsController, RepliesController)
SIGNATURES = [block for block in BLOCKS if block.startswith("def ")]
PROGRAM = [block for block in BLOCKS if not block.startswith("def ")]


def as_here(block: str, sandbox: Sandbox) -> str:
    """The block with import name, credentials and address changed."""
    keys = sandbox.messagemedia
    block = block.replace("from message_media_messages.", "from bandwidth_messaging.messagemedia.")
    block = block.replace("'basic_auth_user_name'", repr(keys.api_key))
    block = block.replace("'basic_auth_password'", repr(keys.api_secret))
    block = block.replace("true)", "True)").replace("auth_password)", f"auth_password, base_uri={sandbox.url!r})")
    return block.replace("True)", f"True, base_uri={sandbox.url!r})")


def ran(block: str, names: dict[str, Any]) -> str:
    """What came of it."""
    try:
        exec(block, names)
    except (NotFoundException, BadRequestException) as error:
        return f"{type(error).__name__}: {error.data.message}"
    return type(names.pop("result", None)).__name__


def on_the_wire(answer: Any) -> Any:
    """An answer as JSON, its times to the millisecond, as the service writes them."""
    return json.loads(re.sub(r"(T[\d:]+\.\d{3})000Z", r"\1Z", answer.to_json()))


def test_every_block_of_the_page_does_what_the_page_says(sandbox: Sandbox) -> None:
    names: dict[str, Any] = {"json": json, "CancelScheduledMessageRequest": CancelScheduledMessageRequest}
    results = [ran(as_here(block, sandbox), names) for block in PROGRAM]
    for block, result in zip(PROGRAM, results, strict=True):
        print(f"{block.strip().splitlines()[-1][:100]:100} {result}")
    unknown = "NotFoundException: Resource not found."
    assert results == [
        "NoneType", "NoneType", "NoneType",  # the import, the clients, client.messages
        unknown, unknown, "SendMessagesResponse",  # 'messageId' is nobody's id
        "NoneType", "CheckDeliveryReportsResponse", "NoneType",
        "NoneType", "NoneType", "CheckRepliesResponse",
    ]  # fmt: skip
    assert len(BLOCKS) == len(PROGRAM) + len(SIGNATURES) == 19


def test_the_third_argument_true_signs_every_call(sandbox: Sandbox) -> None:
    names: dict[str, Any] = {}
    exec(as_here(BLOCKS[0], sandbox), names)
    exec(as_here(BLOCKS[1], sandbox), names)
    names["client"].replies.get_check_replies()
    assert sandbox.requests[-1].headers["authorization"].startswith("hmac")


@pytest.mark.parametrize("block", SIGNATURES, ids=lambda block: re.split(r"\W+", block)[1])
def test_every_method_of_the_page_takes_the_arguments_of_the_page(block: str) -> None:
    name, *arguments = re.findall(r"\w+", block)[1:]
    (method,) = (getattr(controller, name) for controller in CONTROLLERS if hasattr(controller, name))
    assert list(inspect.signature(method).parameters)[:-1] == arguments


@pytest.mark.parametrize(
    ("controller", "long", "short"),
    [
        (MessagesController, "create_send_messages", "send_messages"),
        (MessagesController, "update_cancel_scheduled_message", "cancel_scheduled_message"),
        (DeliveryReportsController, "get_check_delivery_reports", "check_delivery_reports"),
        (DeliveryReportsController, "create_confirm_delivery_reports_as_received",
         "confirm_delivery_reports_as_received"),
        (RepliesController, "get_check_replies", "check_replies"),
        (RepliesController, "create_confirm_replies_as_received", "confirm_replies_as_received"),
    ],
)  # fmt: skip
def test_the_two_names_of_an_operation_are_one_method(controller: type, long: str, short: str) -> None:
    assert getattr(controller, long) is getattr(controller, short)
    assert long in (getattr(controller, short).__doc__ or "")


def test_a_scheduled_message_is_cancelled_as_the_page_does_it(
    client: MessageMediaMessagesClient, sandbox: Sandbox
) -> None:
    sent = client.messages.create_send_messages({"messages": [SCHEDULED]}).messages
    assert sent is not None
    message_id = sent[0].message_id or ""
    assert client.messages.get_message_status(message_id).status == "scheduled"
    client.messages.update_cancel_scheduled_message(message_id, CancelScheduledMessageRequest())
    assert client.messages.get_message_status(message_id).status == "cancelled"
    with pytest.raises(BadRequestException, match="this one is cancelled"):
        client.messages.update_cancel_scheduled_message(message_id, CancelScheduledMessageRequest())


def test_two_messages_with_all_ten_fields_and_dates_of_2016_are_accepted_and_echoed(
    client: MessageMediaMessagesClient,
) -> None:
    answer = client.messages.create_send_messages({"messages": [EVERY_FIELD, MESSAGE]})
    assert answer.messages is not None
    first, second = on_the_wire(answer)["messages"]
    assert {name: first[name] for name in EVERY_FIELD} == EVERY_FIELD
    assert {name: second[name] for name in MESSAGE} == MESSAGE
    assert {first["status"], second["status"]} == {"queued"}
    assert all(len(message["message_id"]) == 36 for message in (first, second))


# The page's sample answers; the comma that it lost after "INTERNATIONAL" is back.
STATUS_OF_THE_PAGE = {
    "format": "SMS",
    "content": "My first message!",
    "metadata": {"key1": "value1", "key2": "value2"},
    "message_id": "877c19ef-fa2e-4cec-827a-e1df9b5509f7",
    "callback_url": "https://my.callback.url.com",
    "delivery_report": True,
    "destination_number": "+61401760575",
    "scheduled": "2016-11-03T11:49:02.807Z",
    "source_number": "+61491570157",
    "source_number_type": "INTERNATIONAL",
    "message_expiry_timestamp": "2016-11-03T11:49:02.807Z",
    "status": "enroute",
}
REPORT_OF_THE_PAGE = {
    "callback_url": "https://my.callback.url.com",
    "delivery_report_id": "01e1fa0a-6e27-4945-9cdb-18644b4de043",
    "source_number": "+61491570157",
    "date_received": "2017-05-20T06:30:37.642Z",
    "status": "enroute",
    "delay": 0,
    "submitted_date": "2017-05-20T06:30:37.639Z",
    "original_text": "My first message!",
    "message_id": "d781dcab-d9d8-4fb2-9e03-872f07ae94ba",
    "vendor_account_id": {"vendor_id": "MessageMedia", "account_id": "MyAccount"},
    "metadata": {"key1": "value1", "key2": "value2"},
}
REPLY_OF_THE_PAGE = {
    "metadata": {"key1": "value1", "key2": "value2"},
    "message_id": "877c19ef-fa2e-4cec-827a-e1df9b5509f7",
    "reply_id": "a175e797-2b54-468b-9850-41a3eab32f74",
    "date_received": "2016-12-07T08:43:00.850Z",
    "callback_url": "https://my.callback.url.com",
    "destination_number": "+61491570156",
    "source_number": "+61491570157",
    "vendor_account_id": {"vendor_id": "MessageMedia", "account_id": "MyAccount"},
    "content": "My first reply!",
}


@pytest.mark.parametrize(
    ("kind", "sample"),
    [
        (models.SubmittedMessage, STATUS_OF_THE_PAGE),
        (models.CheckDeliveryReportsResponse, {"delivery_reports": [REPORT_OF_THE_PAGE]}),
        (models.CheckRepliesResponse, {"replies": [REPLY_OF_THE_PAGE]}),
    ],
)
def test_a_sample_answer_of_the_page_is_read_whole(kind: Any, sample: dict[str, Any]) -> None:
    read = kind.from_json(json.dumps(sample))
    assert read.additional_properties == {}
    written = re.sub(r"(\d{4}-\d\d-\d\dT[\d:]+\.\d{3})(?:000)?Z", r"\1Z", read.to_json())
    assert json.loads(written) == sample
