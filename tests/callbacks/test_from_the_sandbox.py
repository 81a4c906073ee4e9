"""The examples answer what the sandbox itself sends: the events of a message, and a phone's reply."""

from __future__ import annotations

import pytest

from bandwidth_messaging import ApiClient, Configuration, MessagesApi
from bandwidth_messaging.sandbox import Sandbox

from .receiver import Receiver

OURS, PHONE, UNREACHABLE = "+15557654321", "+15552345678", "+15550004720"


def send(sandbox: Sandbox, to: str) -> str:
    configuration = Configuration(host=sandbox.url, username=sandbox.username, password=sandbox.password)
    request = {"application_id": sandbox.application_id, "to": [to], "var_from": OURS, "text": "Hello"}
    with ApiClient(configuration) as client:
        message = MessagesApi(client).create_message(sandbox.account_id, request)
    assert message.id is not None
    return message.id


def test_what_became_of_a_message_and_the_reply_to_it_reach_the_application(receiver: Receiver) -> None:
    with Sandbox(pace="stepped") as sandbox:
        sandbox.set_callbacks(
            outbound_url=receiver.url, inbound_url=receiver.url, username=receiver.username, password=receiver.password
        )
        delivered, failed = send(sandbox, PHONE), send(sandbox, UNREACHABLE)
        sandbox.advance(5)
        reply = sandbox.receive(PHONE, "Thanks")
        sandbox.advance(0)
        told = {callback.type: callback.state for each in sandbox.messages() for callback in each.callbacks}

    assert told == dict.fromkeys(
        ("message-sent", "message-delivered", "message-failed", "message-received"), "delivered"
    )
    lines = receiver.handled()
    for message_id in (delivered, failed, reply):
        assert any(message_id in line for line in lines), lines
    assert len(lines) == 5  # two of a delivered message, two of a failed one, and the reply


@pytest.mark.parametrize("password", ["wrong", None])
def test_without_the_right_credentials_the_application_takes_nothing(receiver: Receiver, password: str | None) -> None:
    with Sandbox(pace="stepped") as sandbox:
        sandbox.set_callbacks(
            outbound_url=receiver.url, username=receiver.username if password else None, password=password
        )
        send(sandbox, PHONE)
        sandbox.advance(5)
        (message,) = sandbox.messages()

    assert {callback.state for callback in message.callbacks} == {"waiting"}
    assert {attempt["status"] for callback in message.callbacks for attempt in callback.attempts} == {401}
    assert receiver.handled() == []
