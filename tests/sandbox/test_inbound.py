"""Messages that phones send, singly and to groups, and what STOP and START do."""

from __future__ import annotations

from typing import Any

import pytest

from bandwidth_messaging.sandbox import Sandbox, SandboxAccount

from .calling import Caller

OURS, PHONE, OTHER = "+15553332222", "+15554443333", "+15552345678"


def test_a_phones_message_is_found_by_the_account(sandbox: SandboxAccount, caller: Caller) -> None:
    identifier = sandbox.receive(PHONE, "Grüße 👋", to=OURS)

    (item,) = caller.search(messageDirection="INBOUND").json()["messages"]
    assert item["messageId"] == identifier
    assert (item["sourceTn"], item["destinationTn"], item["messageType"]) == (PHONE, OURS, "sms")
    (message,) = sandbox.messages(direction="inbound")
    assert (message.text, message.status, message.recipients) == ("Grüße 👋", "RECEIVED", (OURS,))


def test_an_answer_goes_to_the_number_that_wrote_last(sandbox: SandboxAccount, caller: Caller) -> None:
    caller.create(**{"from": "+15550009001"})
    caller.create(**{"from": "+15550009002"})
    caller.create(**{"from": "+15550009003"}, to=[OTHER])
    sandbox.receive(PHONE, "Who is this?")

    assert sandbox.messages(from_=PHONE)[0].to == "+15550009002"


def test_pictures_make_it_an_mms(sandbox: SandboxAccount, caller: Caller) -> None:
    sandbox.receive(PHONE, to=OURS, media=["https://example.com/cat.png"])

    (item,) = caller.search(messageType="mms").json()["messages"]
    assert (item["attachmentCount"], item["segmentCount"]) == (1, 1)
    (message,) = sandbox.messages()
    assert (message.text, message.media) == (None, ("https://example.com/cat.png",))


def test_a_group_has_one_message_with_everybody_in_it(sandbox: SandboxAccount, caller: Caller) -> None:
    sandbox.receive(PHONE, "Hello, all", to=[OURS, OTHER, "+15550009001"])

    (message,) = sandbox.messages()
    assert (message.to, message.recipients) == (OURS, (OURS, OTHER, "+15550009001"))
    (item,) = caller.search(messageDirection="INBOUND").json()["messages"]
    assert (item["messageType"], item["recipientCount"]) == ("mms", 3)


@pytest.mark.parametrize("word", ["STOP", "stop", " Stop\n", "UNSUBSCRIBE", "cancel", "END", "quit", "StopAll"])
def test_a_phone_that_said_stop_gets_nothing_more(sandbox: SandboxAccount, caller: Caller, word: str) -> None:
    sandbox.receive(PHONE, word, to=OURS)
    caller.create(to=[PHONE, OTHER])
    sandbox.advance(10)

    assert {each.to: each.error_code for each in sandbox.messages(direction="OUTBOUND")} == {PHONE: 4475, OTHER: 0}


@pytest.mark.parametrize("word", ["START", "unstop", "Yes"])
def test_until_it_says_start(sandbox: SandboxAccount, caller: Caller, word: str) -> None:
    sandbox.receive(PHONE, "STOP", to=OURS)
    sandbox.receive(PHONE, word, to=OURS)
    caller.create()
    sandbox.advance(10)

    assert sandbox.messages(direction="OUTBOUND")[0].status == "DELIVERED"


def test_stop_in_a_sentence_stops_nothing(sandbox: SandboxAccount, caller: Caller) -> None:
    sandbox.receive(PHONE, "Please don't stop", to=OURS)
    caller.create()
    sandbox.advance(10)

    assert sandbox.messages(direction="OUTBOUND")[0].status == "DELIVERED"


def test_stop_holds_for_the_number_and_the_account_that_it_was_said_to(
    still_server: Sandbox, sandbox: SandboxAccount, caller: Caller
) -> None:
    sandbox.receive(PHONE, "STOP", to="+15550009001")
    still_server.new_account().receive(PHONE, "STOP", to=OURS)
    caller.create()
    sandbox.advance(10)

    assert sandbox.messages(to=PHONE)[0].status == "DELIVERED"


def test_what_was_said_is_forgotten_with_everything_else(sandbox: SandboxAccount, caller: Caller) -> None:
    sandbox.receive(PHONE, "STOP", to=OURS)
    sandbox.clear()
    caller.create()
    sandbox.advance(10)

    assert [each.status for each in sandbox.messages()] == ["DELIVERED"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "text or media must be given"),
        ({"text": ""}, "text or media must be given"),
        ({"text": "x", "family": "v3"}, "family must be one of v2, classic, messagemedia, not 'v3'"),
        ({"text": "x", "from_": "5552345678"}, "from_: '5552345678' is not a number in E.164 format, such as"),
        ({"text": "x", "to": "5553332222"}, "to must be a number in E.164 format"),
        ({"text": "x", "to": [OURS, "you"]}, "to must be a number in E.164 format, such as .*, not 'you'"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_kept(sandbox: SandboxAccount, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        sandbox.receive(**{"from_": PHONE, "to": OURS, **arguments})

    assert sandbox.messages() == []
