"""The example that sends to a CSV's recipients does what is right about each class of failure."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from typing import Any

import pytest
from scripted_server import Exchange, ScriptedServer, answer
from support import ACCOUNT, FakeClock

from bandwidth_messaging import MessagesApi

from .pages import DOCS

EXAMPLE = runpy.run_path(str(DOCS / "examples" / "send_csv.py"))
ACCEPTED = answer(202, {"id": "m-1"})
EMPTY = answer(200, {"totalCount": 0, "messages": []})
FOUND = answer(200, {"totalCount": 1, "messages": [{"messageId": "m-2", "messageStatus": "SENT", "errorCode": 0}]})
REFUSED = answer(400, {"type": "request-validation", "description": "no"})
ApiFor = Callable[..., MessagesApi]


def lost(exchange: Exchange) -> None:
    exchange.reset()


def outcomes(api_for: ApiFor, monkeypatch: pytest.MonkeyPatch, *steps: Any, to: str = "+15552345678") -> list[str]:
    """What becomes of three rows, the first of which meets the steps."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    rows = [EXAMPLE["Row"](number, "Hello") for number in (to, "+15552345679", "+15552345680")]
    with ScriptedServer(*steps, ACCEPTED) as server:
        api = api_for(server.url, clock=FakeClock(), retries=0)
        EXAMPLE["send_all"](api, ACCOUNT, "app-1", "+15557654321", rows)
    return [row.outcome for row in rows]


@pytest.mark.parametrize(
    ("steps", "first"),
    [
        ([ACCEPTED], "sent"),
        ([REFUSED], "refused: 400"),
        ([answer(202, b"<html>")], "sent, but the answer could not be read"),
        ([lost, FOUND], "sent, though its answer was lost"),
        ([lost, EMPTY], "unknown, do not repeat: no answer"),
        ([answer(500), FOUND], "sent, though its answer was lost"),
        ([answer(502), EMPTY], "unknown, do not repeat: 502"),
        ([answer(500), answer(500)], "unknown, do not repeat: 500"),
    ],
)
def test_what_concerns_one_recipient_does_not_keep_the_others_waiting(
    steps: list[Any], first: str, api_for: ApiFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = outcomes(api_for, monkeypatch, *steps)
    assert found[0].startswith(first)
    assert found[1:] == ["sent", "sent"]


def test_a_wrong_number_goes_nowhere(api_for: ApiFor, monkeypatch: pytest.MonkeyPatch) -> None:
    found = outcomes(api_for, monkeypatch, ACCEPTED, to="5552345678")
    assert found[0].startswith("wrong: MessageRequest: to[0]")
    assert found[1:] == ["sent", "sent"]


@pytest.mark.parametrize(
    ("status", "headers", "first"),
    [
        (401, {}, "not sent: 401"),
        (403, {}, "not sent: 403"),
        (404, {}, "not sent: 404"),
        (415, {}, "not sent: 415"),
        (429, {}, "not sent, try later: 429"),
        (503, {"Retry-After": "7"}, "not sent, try later: 503"),
    ],
)
def test_what_concerns_all_that_follow_stops_the_run(
    status: int, headers: dict[str, str], first: str, api_for: ApiFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = outcomes(api_for, monkeypatch, answer(status, {}, headers))
    assert found[0].startswith(first)
    assert found[1:] == ["not tried", "not tried"]


def test_no_connection_stops_the_run_and_says_try_later(api_for: ApiFor) -> None:
    rows = [EXAMPLE["Row"](f"+1555234567{n}", "Hello") for n in range(3)]
    EXAMPLE["send_all"](api_for("http://127.0.0.1:1", retries=0), ACCOUNT, "app-1", "+15557654321", rows)
    assert rows[0].outcome.startswith("not sent, try later: no answer")
    assert [row.outcome for row in rows[1:]] == ["not tried", "not tried"]
