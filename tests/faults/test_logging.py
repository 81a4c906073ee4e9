"""What the logger "bandwidth_messaging" says: a line for each attempt, with what the page promises."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from scripted_server import Exchange, ScriptedServer, answer
from support import ACCOUNT, MESSAGE, FakeClock

from bandwidth_messaging import MessagesApi, TooManyRequestsException

ApiFor = Callable[..., MessagesApi]
ACCEPTED = answer(202, {"id": "m-1"}, {"X-Request-Id": "r-1"})


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "bandwidth_messaging"]


def test_each_attempt_has_a_line_with_path_status_time_number_and_request_id(
    api_for: ApiFor, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    def slow(exchange: Exchange) -> bytes:
        clock.time += 0.25
        return answer(429, {}, {"Retry-After": "3", "X-Request-Id": "r-0"})

    caplog.set_level(logging.DEBUG, "bandwidth_messaging")
    with ScriptedServer(slow, ACCEPTED) as server:
        api_for(server.url, clock=clock).create_message(ACCOUNT, MESSAGE)
    first, told, second = lines(caplog)
    assert first == "POST /users/9900000/messages 429 in 0.250 s, attempt 1, request id r-0"
    assert told.startswith("MessagesApi.create_message failed with 429, repeated in 3.")
    assert second == "POST /users/9900000/messages 202 in 0.000 s, attempt 2, request id r-1"
    record = caplog.records[-1]
    assert {"attempt": 2, "status": 202, "request_id": "r-1", "elapsed": 0.0}.items() <= vars(record).items()


def test_the_last_429_is_told(api_for: ApiFor, clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bandwidth_messaging")
    with ScriptedServer(answer(429, {})) as server, pytest.raises(TooManyRequestsException):
        api_for(server.url, clock=clock, retries=1).create_message(ACCOUNT, MESSAGE)
    assert lines(caplog)[-1] == "MessagesApi.create_message failed with 429, attempt 2, not repeated"


def test_token_requests_are_logged_too_and_show_nothing(api_for: ApiFor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bandwidth_messaging")
    token = answer(200, {"access_token": "t0ken"})
    with ScriptedServer(token, ACCEPTED) as server:
        url = f"{server.url}/oauth2/token"
        api_for(server.url, client_id="c-1", client_secret="s3cret", access_token_url=url).create_message(
            ACCOUNT, MESSAGE
        )
    assert lines(caplog)[0].startswith("POST /oauth2/token 200 in 0.")
    assert not [text for text in lines(caplog) if "s3cret" in text or "t0ken" in text or "Hello" in text]
