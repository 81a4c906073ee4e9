"""Every code block of the seed, over the classic API and over the bridge to V2: only credentials and address differ."""

from __future__ import annotations

import pytest

import bandwidth_messaging
from bandwidth_messaging import NotFoundException
from bandwidth_messaging.classic import BridgeClient, MessagingClient
from bandwidth_messaging.sandbox import Sandbox

SEED_KEYS = {
    "callback_url", "direction", "from", "id", "media", "message_id", "skip_mms_carrier_validation", "state", "text",
    "time", "to",
}  # fmt: skip


def test_the_client_is_made_as_printed() -> None:
    import bandwidth_messaging as bandwidth

    messaging_api = bandwidth.client("messaging", "u-user", "t-token", "s-secret")
    messaging_api.close()
    assert isinstance(messaging_api, MessagingClient)


def test_a_text_message_gives_its_id(messaging_api: MessagingClient | BridgeClient, own_sandbox: Sandbox) -> None:
    message_id = messaging_api.send_message(from_="+1234567980", to="+1234567981", text="SMS message")
    (sent,) = own_sandbox.messages()
    assert (sent.message_id, sent.text, sent.from_, sent.to) == (
        message_id,
        "SMS message",
        "+1234567980",
        "+1234567981",
    )


def test_a_picture_message_gives_its_id(messaging_api: MessagingClient | BridgeClient, own_sandbox: Sandbox) -> None:
    message_id = messaging_api.send_message(
        from_="+1234567980", to="+1234567981", text="MMS message", media=["http://cat.com/cat.png"]
    )
    (sent,) = own_sandbox.messages()
    assert (sent.message_id, sent.media) == (message_id, ("http://cat.com/cat.png",))


def test_several_messages_give_a_result_each(
    messaging_api: MessagingClient | BridgeClient, own_sandbox: Sandbox
) -> None:
    results = messaging_api.send_messages([
        {'from': '+1234567980', 'to': '+1234567981', 'text': 'SMS message'},
        {'from': '+1234567980', 'to': '+1234567982', 'text': 'SMS message2'}
    ])  # fmt: skip
    ids = {sent.to: sent.message_id for sent in own_sandbox.messages()}
    assert [result["id"] for result in results] == [ids["+1234567981"], ids["+1234567982"]]
    assert [(result["result"], result.accepted, result.error) for result in results] == [("accepted", True, None)] * 2
    assert [result["message"]["text"] for result in results] == ["SMS message", "SMS message2"]


def test_one_message_is_a_dict_with_every_key_of_the_seed(
    messaging_api: MessagingClient | BridgeClient, own_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    messaging_api.send_message("+1234567980", "+1234567981", "Hey")
    reply = own_sandbox.receive("+1234567981", "Hey there")

    my_message = messaging_api.get_message(reply)
    print(my_message)

    assert type(my_message) is dict
    assert set(my_message) >= SEED_KEYS - ({"callback_url"} if isinstance(messaging_api, MessagingClient) else set())
    assert (my_message["direction"], my_message["from"], my_message["to"]) == ("in", "+1234567981", "+1234567980")
    assert (my_message["id"], my_message["message_id"], my_message["state"]) == (reply, reply, "received")
    assert repr(reply) in capsys.readouterr().out


def test_every_key_of_the_seed_is_there_where_the_message_has_them_all(classic: MessagingClient) -> None:
    message_id = classic.send_message("+1234567980", "+1234567981", "Hey", callback_url="http://127.0.0.1:9/message")
    assert set(classic.get_message(str(message_id))) >= SEED_KEYS


def test_what_v2_does_not_keep_is_none(bridge: BridgeClient) -> None:
    message = bridge.get_message(str(bridge.send_message("+1234567980", "+1234567981", "Hey")))
    assert {name for name, value in message.items() if value is None} == {
        "text", "media", "callback_url", "skip_mms_carrier_validation",
    }  # fmt: skip


def test_a_message_that_is_not_there_is_a_404(messaging_api: MessagingClient | BridgeClient) -> None:
    with pytest.raises(NotFoundException) as caught:
        messaging_api.get_message("m-nothing")
    assert caught.value.status == 404


def test_an_unknown_service_names_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="'voice'; there are messaging and messaging-v2"):
        bandwidth_messaging.client("voice", "u", "t", "s")
    bandwidth_messaging.client("Messaging", "u-user", "t", "s").close()
