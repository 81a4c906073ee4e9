"""Callbacks that come twice, late or early, because somebody wants to see how an application takes it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import urllib3
from scripted_server import Exchange, ScriptedServer, answer

from bandwidth_messaging.sandbox import Sandbox, SandboxAccount

from .calling import NOW, Caller

OURS, PHONE = "+15553332222", "+15554443333"
TAKEN, BROKEN = answer(204), answer(503)


def told(server: ScriptedServer) -> list[str]:
    """The types of the events that an application was posted."""
    return [request.json[0]["type"] for request in server.requests]


def test_each_callback_comes_once_more_after_it_was_answered(sandbox: SandboxAccount, caller: Caller) -> None:
    with ScriptedServer(BROKEN, TAKEN) as server:
        sandbox.set_callbacks(outbound_url=server.url, inbound_url=server.url, disorder=["duplicate"])
        caller.create()
        sandbox.advance(1.5)
        sandbox.advance(100)
        assert sorted(told(server)) == ["message-delivered"] * 2 + ["message-sent"] * 3
        sandbox.receive(PHONE, "Hi", to=OURS)
        sandbox.advance(100)
        first, second = server.requests[-2:]
        assert (first.body, sandbox.messages()[-1].status) == (second.body, "ACCEPTED")
        sandbox.advance(24 * 3600)
        assert len(server.requests) == 7
        assert {callback.state for message in sandbox.messages() for callback in message.callbacks} == {"delivered"}


def test_a_callback_to_the_address_of_a_request_comes_once(sandbox: SandboxAccount) -> None:
    keys = sandbox.classic
    headers = urllib3.make_headers(basic_auth=f"{keys.api_token}:{keys.api_secret}")
    with ScriptedServer(TAKEN) as server, urllib3.PoolManager(retries=False) as http:
        sandbox.set_callbacks(outbound_url=f"{server.url}/v2", disorder=["duplicate"])
        body = {"from": OURS, "to": PHONE, "text": "x", "callbackUrl": server.url, "receiptRequested": "all"}
        sent = http.request("POST", f"{sandbox.url}/v1/users/{keys.user_id}/messages", json=body, headers=headers)
        assert sent.status == 201
        sandbox.advance(100)
        bodies = [request.body for request in server.requests]
        assert len(bodies) == len(set(bodies)) > 0


def test_the_end_of_a_message_is_told_before_the_steps_to_it(sandbox: SandboxAccount, caller: Caller) -> None:
    with ScriptedServer(TAKEN) as server:
        sandbox.set_callbacks(outbound_url=server.url, disorder=["late"])
        caller.create(media=["https://example.com/cat.png"])
        sandbox.advance(4)
        assert told(server) == ["message-delivered"]
        sandbox.advance(10)
        assert told(server) == ["message-delivered", "message-sending", "message-sent"]
        # When it came about stays true.
        times = [request.json[0]["time"] for request in server.requests]
        assert times[0] > times[2] > times[1]


def test_what_is_never_delivered_is_told_in_time(sandbox: SandboxAccount, caller: Caller) -> None:
    with ScriptedServer(TAKEN) as server:
        sandbox.set_callbacks(outbound_url=server.url, disorder=["late"])
        caller.create(to=["+15550000000"])
        sandbox.advance(1.5)
        assert told(server) == ["message-sent"]


@pytest.mark.parametrize("pace", ["stepped", "real"])
def test_the_application_hears_of_a_message_before_its_id_is_known(pace: Any, http: urllib3.PoolManager) -> None:
    answered = threading.Event()
    seen: list[bool] = []

    def application(exchange: Exchange) -> None:
        seen.append(answered.is_set())
        exchange.send(TAKEN)

    with Sandbox(clock=lambda: NOW, pace=pace) as sandbox, ScriptedServer(application) as server:
        caller = Caller(sandbox, http)
        sandbox.set_callbacks(outbound_url=server.url, disorder=["early"])
        accepted = caller.create()
        answered.set()
        assert accepted.status == 202
        assert seen == [False]
        (event,) = server.requests[0].json
        assert (event["type"], event["message"]["id"]) == ("message-sent", accepted.json()["id"])
        assert caller.create(to=["+15550004720"]).status == 202
        assert told(server)[1] in ("message-failed", "message-sent")
        http.clear()


def test_nobody_to_tell_holds_no_answer_up(sandbox: SandboxAccount, caller: Caller) -> None:
    sandbox.set_callbacks(disorder=["early", "late", "duplicate"])
    assert caller.create().status == 202
    sandbox.advance(10)
    assert sandbox.messages()[0].status == "DELIVERED"


def test_in_order_again(sandbox: SandboxAccount, caller: Caller) -> None:
    with ScriptedServer(TAKEN) as server:
        sandbox.set_callbacks(outbound_url=server.url, disorder=["late", "duplicate", "early"])
        sandbox.set_callbacks(outbound_url=server.url)
        caller.create()
        assert server.requests == []
        sandbox.advance(100)
        assert told(server) == ["message-sent", "message-delivered"]


@pytest.mark.parametrize("disorder", [["twice"], "late", ["late", "lost"]])
def test_an_unknown_disorder_is_refused_by_name(disorder: Any, sandbox: SandboxAccount, still_server: Sandbox) -> None:
    sandbox.set_callbacks(disorder=["late"])
    with pytest.raises(ValueError, match=r"disorder(\.[01])?: '(twice|lost|late)' is not "):
        sandbox.set_callbacks(outbound_url="http://127.0.0.1:9/", disorder=disorder)
    assert (
        still_server.services.accounts.of(sandbox.account_id) or pytest.fail("no account")
    ).callbacks.outbound_url is None
