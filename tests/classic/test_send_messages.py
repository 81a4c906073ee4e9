"""Several messages at once: partly successful, in several requests, with outcomes that are not known."""

from __future__ import annotations

import json
from typing import Any

import pytest
from scripted_server import Exchange, ScriptedServer, answer

import bandwidth_messaging
from bandwidth_messaging import (
    InternalServerErrorException,
    OutcomeUnknownException,
    UnauthorizedException,
    UnreadableAnswerException,
)
from bandwidth_messaging.classic import BridgeClient, ClassicError, MessagingClient
from bandwidth_messaging.sandbox import Sandbox

BAD = {3: "nobody", 50: "+0123", 99: "12"}


def hundred() -> list[dict[str, Any]]:
    return [
        {"from_": "+1234567980", "to": BAD.get(number, f"+1555000{2000 + number}"), "text": f"number {number}"}
        for number in range(100)
    ]


def test_three_bad_ones_of_a_hundred_have_their_errors_in_their_places(
    classic: MessagingClient, own_sandbox: Sandbox
) -> None:
    results = classic.send_messages(hundred())

    assert [position for position, result in enumerate(results) if result.error] == list(BAD)
    assert {result.accepted for position, result in enumerate(results) if position in BAD} == {False}
    errors = [results[position].error for position in BAD]
    assert all(isinstance(error, ClassicError) and error.code == "validation-error" for error in errors)
    sent = [message.message_id for message in own_sandbox.messages()]
    assert len(sent) == 97
    assert [result.id for result in results if result.error is None] == sent
    assert results[3]["error"]["code"] == "validation-error"
    assert results[3]["id"] == ""


def test_fifty_go_out_in_a_request(classic: MessagingClient, own_sandbox: Sandbox) -> None:
    classic.send_messages([{"from": "+1234567980", "to": "+1234567981", "text": "x"}] * 101)
    posted = [len(json.loads(request.body)) for request in own_sandbox.requests]
    assert posted == [50, 50, 1]


def client_of(server: ScriptedServer) -> MessagingClient:
    return bandwidth_messaging.client("messaging", "u-user", "t-token", "s-secret", api_endpoint=server.url)


def accepted(count: int, first: int) -> bytes:
    return answer(202, [{"result": "accepted", "location": f"http://x/messages/m-{first + n}"} for n in range(count)])


def test_a_request_that_fails_costs_only_its_own_messages() -> None:
    messages = [{"from": "+1234567980", "to": "+1234567981", "text": "x"}] * 150
    with ScriptedServer(accepted(50, 0), answer(500, b"oh"), accepted(50, 100)) as server, client_of(server) as client:
        results = client.send_messages(messages)

    assert [result.id for result in results[:50]] == [f"m-{n}" for n in range(50)]
    assert [result.id for result in results[100:]] == [f"m-{n}" for n in range(100, 150)]
    assert {(result.id, result.accepted, type(result.error)) for result in results[50:100]} == {
        (None, None, InternalServerErrorException)
    }


def test_a_request_whose_answer_is_lost_leaves_its_messages_unknown() -> None:
    messages = [{"from": "+1234567980", "to": "+1234567981", "text": "x"}] * 51
    with ScriptedServer(Exchange.close, accepted(1, 50)) as server, client_of(server) as client:
        results = client.send_messages(messages)

    assert {(result.accepted, type(result.error)) for result in results[:50]} == {(None, OutcomeUnknownException)}
    assert (results[50].id, results[50].accepted) == ("m-50", True)
    assert len(server.requests) == 2


REFUSAL = answer(401, {"category": "authentication", "code": "user-access-denied", "message": "no"})


@pytest.mark.parametrize(("before", "count"), [(0, 1), (0, 50), (0, 51), (50, 51), (50, 150)])
def test_what_dooms_all_messages_raises_with_the_results_so_far_and_stops(before: int, count: int) -> None:
    messages = [{"from": "+1234567980", "to": "+1234567981", "text": "x"}] * count
    steps = [accepted(50, 0), REFUSAL] if before else [REFUSAL]
    with ScriptedServer(*steps) as server, client_of(server) as client:
        with pytest.raises(UnauthorizedException, match="user-access-denied: no") as caught:
            client.send_messages(messages)
        assert len(server.requests) == len(steps)
    assert (caught.value.data.code, caught.value.accepted) == ("user-access-denied", False)
    tried = min(count, before + 50)
    assert [result.accepted for result in caught.value.results] == [True] * before + [False] * (tried - before)


@pytest.mark.parametrize("count", [1, 50, 51])
def test_what_dooms_one_request_raises_nothing_however_many_there_are(count: int) -> None:
    messages = [{"from": "+1234567980", "to": "+1234567981", "text": "x"}] * count
    with ScriptedServer(answer(500)) as server, client_of(server) as client:
        results = client.send_messages(messages)
    assert [(result.accepted, type(result.error)) for result in results] == [
        (None, InternalServerErrorException)
    ] * count


def test_the_bridge_raises_by_the_same_rule() -> None:
    messages = [{"from": "+12345679800", "to": "+12345679810", "text": "x"}] * 40
    token = answer(200, {"access_token": "t"})

    def serve(exchange: Exchange) -> bytes:
        if exchange.request.target == "/token":
            return token
        return answer(202, {"id": "m-1"}) if len(server.requests) <= 6 else answer(403, {})

    with ScriptedServer(serve) as server:
        client = bandwidth_messaging.client(
            "messaging-v2", "9900000", "c", "s", application_id="app-1", api_endpoint=server.url,
            access_token_url=f"{server.url}/token", concurrency=2,
        )  # fmt: skip
        with client, pytest.raises(bandwidth_messaging.ForbiddenException) as caught:
            client.send_messages(messages)
        posts = len([request for request in server.requests if request.target != "/token"])
    accepted_ones = [result.accepted for result in caught.value.results]
    assert True in accepted_ones
    assert False in accepted_ones
    assert len(accepted_ones) == posts < 20


def test_no_messages_are_no_request(classic: MessagingClient, own_sandbox: Sandbox) -> None:
    assert classic.send_messages([]) == []
    assert not own_sandbox.requests


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"to": "+1", "text": "x"}, r"messages\[1\]\.from is required"),
        ({"from_": "+1", "from": "+1", "to": "+1"}, r"messages\[1\]\.from: the field is given twice"),
        ({"from_": "+1", "to": "+1", "txt": "x"}, r"messages\[1\]\.txt: there is no such field; did you mean 'text'"),
        ({"from_": "+1", "to": "+1", "text": "x" * 2049}, r"messages\[1\]\.text: at most 2048 characters, not 2049"),
        ({"from_": "+1", "to": "+1", "callback_timeout": 0}, r"messages\[1\]\.callback_timeout: give milliseconds"),
        ({"from_": "+1", "to": "+1", "receiptRequested": "some"}, "receiptRequested: give one of none, all, error"),
        ("hello", r"messages\[1\]: give a dict"),
    ],
)
def test_a_message_that_cannot_be_sent_is_named_and_nothing_is_sent(
    messaging_api: MessagingClient | BridgeClient, own_sandbox: Sandbox, message: Any, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        messaging_api.send_messages([{"from": "+1234567980", "to": "+1234567981", "text": "x"}, message])
    assert not own_sandbox.requests


def test_both_spellings_of_a_name_go_out_as_the_wire_has_them(classic: MessagingClient, own_sandbox: Sandbox) -> None:
    classic.send_messages([
        {"from_": "+1234567980", "to": "+1234567981", "text": "x", "callback_url": "http://127.0.0.1:9/a", "tag": None},
        {"from": "+1234567980", "to": "+1234567981", "text": "x", "callbackUrl": "http://127.0.0.1:9/b"},
    ])  # fmt: skip
    assert own_sandbox.requests[-1].json() == [
        {"from": "+1234567980", "to": "+1234567981", "text": "x", "callbackUrl": "http://127.0.0.1:9/a", "tag": None},
        {"from": "+1234567980", "to": "+1234567981", "text": "x", "callbackUrl": "http://127.0.0.1:9/b"},
    ]


def test_a_result_reads_like_the_dict_that_it_once_was(classic: MessagingClient) -> None:
    message = {"from": "+1234567980", "to": "+1234567981", "text": "x"}
    (result,) = classic.send_messages([message])
    assert list(result) == ["result", "location", "id", "message"]
    assert dict(result)["location"].endswith(f"/messages/{result.id}")
    assert repr(result) == f"SendResult(id='{result.id}', accepted=True)"


@pytest.mark.parametrize("several", [{"from": "+1", "to": "+2"}, "hello", None, 5])
def test_one_message_in_place_of_a_list_is_refused(messaging_api: MessagingClient | BridgeClient, several: Any) -> None:
    with pytest.raises(ValueError, match=r"^messages: give a list of dicts, not "):
        messaging_api.send_messages(several)


def test_every_kind_of_result_makes_a_dict_that_json_can_write() -> None:
    error = {"category": "bad-request", "code": "validation-error", "message": "no", "details": [{"name": "a"}]}
    some = [{"result": "accepted", "location": "/m-1"}, {"result": "error", "error": error}, {"result": "error"}]
    messages = [{"from": "+1234567980", "to": "+1234567981", "text": "x"}] * 53
    with ScriptedServer(answer(202, [*some, *some[:1] * 47]), answer(500)) as server, client_of(server) as client:
        results = client.send_messages(messages)

    written = json.loads(json.dumps([dict(result) for result in results]))
    assert [result["result"] for result in written[:3] + written[50:]] == ["accepted", "error", "error"] + 3 * [
        "unknown"
    ]
    assert written[1]["error"] == error
    assert written[2]["error"] == {"category": None, "code": None, "message": None, "details": []}
    assert written[50]["error"]["code"] == "InternalServerErrorException"


def test_an_accepted_message_is_accepted_whatever_its_error_says() -> None:
    said = [{"error": None, "result": "accepted", "location": "http://x/m-1"}, {"error": None, "location": "/m-2"}]
    messages = [{"from": "+1234567980", "to": "+1234567981", "text": "x"}] * 2
    with ScriptedServer(answer(202, said)) as server, client_of(server) as client:
        results = client.send_messages(messages)
    assert [(each.accepted, each.id) for each in results] == [(True, "m-1"), (True, "m-2")]


def test_a_client_that_is_closed_in_the_midst_loses_no_result() -> None:
    def close(exchange: Exchange) -> bytes:
        client.close()
        return accepted(50, 0)

    messages = [{"from": "+1234567980", "to": "+1234567981", "text": "x"}] * 120
    with ScriptedServer(close) as server:
        client = client_of(server)
        results = client.send_messages(messages)
        assert len(server.requests) == 1
    assert {result.accepted for result in results[:50]} == {True}
    assert {(result.accepted, type(result.error), result["result"]) for result in results[50:]} == {
        (None, RuntimeError, "unknown")
    }


@pytest.mark.parametrize("said", [{}, None, "yes", {"location": ""}, {"result": "perhaps"}])
def test_a_result_that_says_nothing_leaves_its_message_unknown(said: Any) -> None:
    answers = [{"result": "accepted", "location": "/m-1"}, said]
    with ScriptedServer(answer(202, answers)) as server, client_of(server) as client:
        sent, unknown = client.send_messages([{"from": "+1234567980", "to": "+1234567981", "text": "x"}] * 2)
    assert (sent.id, sent.accepted) == ("m-1", True)
    assert (unknown.id, unknown.accepted, unknown["result"]) == (None, None, "unknown")
    assert "says nothing of this message" in str(unknown.error)


def test_of_an_unreadable_answer_to_one_of_several_requests_no_message_is_said_to_be_taken() -> None:
    messages = [{"from": "+1234567980", "to": "+1234567981", "text": "x"}] * 51
    with ScriptedServer(answer(202, b"<html>"), accepted(1, 50)) as server, client_of(server) as client:
        results = client.send_messages(messages)
    assert {(result.accepted, type(result.error)) for result in results[:50]} == {(None, UnreadableAnswerException)}
    assert (results[50].id, results[50].accepted) == ("m-50", True)


def test_an_answer_with_too_few_results_does_not_say_which_messages_were_taken() -> None:
    with ScriptedServer(accepted(1, 0)) as server, client_of(server) as client:
        results = client.send_messages([{"from": "+1234567980", "to": "+1234567981", "text": "x"}] * 2)
    assert [(each.accepted, type(each.error)) for each in results] == [(None, UnreadableAnswerException)] * 2
    assert "1 results for 2 messages" in str(results[0].error)
    assert isinstance(results[0].error, bandwidth_messaging.ApiException)
    assert results[0].error.accepted is True
