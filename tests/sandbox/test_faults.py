"""Faults on purpose, seen by our own client and on the wire."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

import bandwidth_messaging
from bandwidth_messaging import (
    ApiException,
    BrokenAnswerException,
    Clock,
    MessagesApi,
    OutcomeUnknownException,
    ServiceException,
    TooManyRequestsException,
    UnreadableAnswerException,
)
from bandwidth_messaging.sandbox import Sandbox, SandboxAccount

TO, OTHER = "+15552345678", "+15552345679"


class Impatient(Clock):
    sleep = staticmethod(lambda seconds: None)


@pytest.fixture
def api(sandbox: SandboxAccount) -> Iterator[MessagesApi]:
    configuration = bandwidth_messaging.Configuration(
        host=sandbox.url,
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
        access_token_url=sandbox.access_token_url,
    )
    with bandwidth_messaging.ApiClient(configuration, clock=Impatient()) as client:
        yield MessagesApi(client)


def send(api: MessagesApi, sandbox: SandboxAccount, to: str = TO) -> Any:
    request = {"application_id": sandbox.application_id, "to": [to], "from": "+15557654321", "text": "x"}
    return api.create_message(sandbox.account_id, request)


def test_after_a_429_the_client_repeats_and_the_message_is_there_once(
    api: MessagesApi, sandbox: SandboxAccount
) -> None:
    fault = sandbox.fail_next(2, status=429, retry_after=1)

    message = send(api, sandbox)

    assert [each.message_id for each in sandbox.messages()] == [message.id]
    assert fault.hits == 2
    assert sandbox.faults() == []


def test_an_answer_that_is_lost_after_the_message_was_accepted_is_an_unknown_outcome(
    api: MessagesApi, sandbox: SandboxAccount
) -> None:
    sandbox.fail_next(None, reset=True, after=True, operation="send")

    with pytest.raises(OutcomeUnknownException):
        send(api, sandbox)

    assert len(sandbox.messages()) == 1


def test_a_reset_before_the_message_is_accepted_looks_the_same_and_leaves_none(
    api: MessagesApi, sandbox: SandboxAccount
) -> None:
    sandbox.fail_next(None, reset=True)
    with pytest.raises(OutcomeUnknownException):
        send(api, sandbox)
    assert not sandbox.messages()


def test_an_answer_that_is_cut_off_says_that_the_message_was_accepted(
    api: MessagesApi, sandbox: SandboxAccount
) -> None:
    sandbox.fail_next(truncate=True, after=True)
    with pytest.raises((BrokenAnswerException, UnreadableAnswerException)) as caught:
        send(api, sandbox)
    assert caught.value.accepted is True
    assert len(sandbox.messages()) == 1


@pytest.mark.parametrize(("status", "kind"), [(429, TooManyRequestsException), (500, ServiceException)])
def test_a_status_stays_until_it_is_taken_back(
    api: MessagesApi, sandbox: SandboxAccount, status: int, kind: type[ApiException]
) -> None:
    sandbox.fail_next(None, status=status)
    for _ in range(2):
        with pytest.raises(kind):
            send(api, sandbox)
    sandbox.clear_faults()
    assert send(api, sandbox).id


def test_only_requests_of_the_kind_and_to_the_number_fail(api: MessagesApi, sandbox: SandboxAccount) -> None:
    sandbox.fail_next(None, status=500, to=OTHER)
    assert send(api, sandbox).id
    with pytest.raises(ServiceException):
        send(api, sandbox, OTHER)
    sandbox.clear_faults()
    sandbox.fail_next(None, status=500, operation="read")
    assert send(api, sandbox).id
    with pytest.raises(ServiceException):
        api.list_messages(sandbox.account_id, limit=1)


def test_a_number_is_not_taken_for_the_beginning_of_a_longer_one(api: MessagesApi, sandbox: SandboxAccount) -> None:
    sandbox.fail_next(None, status=500, to=TO)
    assert send(api, sandbox, TO + "1").id
    with pytest.raises(ServiceException):
        send(api, sandbox, TO)


def test_a_rule_is_listed_and_can_be_taken_back_alone(api: MessagesApi, sandbox: SandboxAccount) -> None:
    kept = sandbox.fail_next(None, status=500, operation="read")
    gone = sandbox.fail_next(None, status=500, operation="send")
    assert sandbox.faults() == [kept, gone]
    sandbox.clear_faults(gone)
    assert sandbox.faults() == [kept]
    assert send(api, sandbox).id


def test_an_answer_takes_as_long_as_it_was_told_to(api: MessagesApi, sandbox: SandboxAccount) -> None:
    sandbox.fail_next(delay=0.2)
    began = time.monotonic()
    assert send(api, sandbox).id
    assert time.monotonic() - began >= 0.2


def test_who_gives_up_waiting_does_not_know_that_the_message_was_accepted(
    api: MessagesApi, sandbox: SandboxAccount
) -> None:
    sandbox.fail_next(delay=3600, after=True)
    request = {"application_id": sandbox.application_id, "to": [TO], "from": "+15557654321", "text": "x"}
    with pytest.raises(OutcomeUnknownException):
        api.create_message(sandbox.account_id, request, _request_timeout=0.5)
    assert len(sandbox.messages()) == 1


def test_the_page_of_a_broken_gateway_keeps_the_class_of_its_status(api: MessagesApi, sandbox: SandboxAccount) -> None:
    sandbox.fail_next(status=502, garbage=True)
    with pytest.raises(ServiceException) as caught:
        send(api, sandbox)
    assert (caught.value.status, caught.value.accepted) == (502, None)
    assert "<h1>" in str(caught.value.body)


def test_garbage_in_place_of_the_answer_to_an_accepted_message_says_so(
    api: MessagesApi, sandbox: SandboxAccount
) -> None:
    sandbox.fail_next(garbage=True, after=True)
    with pytest.raises(UnreadableAnswerException) as caught:
        send(api, sandbox)
    assert caught.value.accepted is True
    assert len(sandbox.messages()) == 1


def test_a_sandbox_that_stops_waits_for_no_delay(caplog: pytest.LogCaptureFixture) -> None:
    answers: list[int] = []

    def ask() -> None:
        answers.append(_raw(sandbox))

    with Sandbox() as sandbox:
        sandbox.fail_next(delay=3600)
        waiting = threading.Thread(target=ask)
        waiting.start()
        while not sandbox.requests:
            time.sleep(0.01)
    waiting.join(20)
    assert (answers, caplog.messages) == ([401], [])


def test_on_the_wire_a_reset_is_a_reset_and_a_cut_is_a_short_body(
    sandbox: SandboxAccount, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.fail_next(reset=True)
    with pytest.raises(ConnectionResetError) as reset:
        _raw(sandbox)
    # An orderly end without an answer is RemoteDisconnected, a class below this one.
    assert type(reset.value) is ConnectionResetError
    sandbox.fail_next(truncate=True, after=True)
    with pytest.raises(http.client.IncompleteRead) as caught:
        _raw(sandbox)
    assert caught.value.partial
    # The next request is served, on a connection of its own.
    assert _raw(sandbox) == 401
    # What was asked for is no reason for the server to complain on the terminal.
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("path", "method", "status", "keys"),
    [
        ("/users/{v2}/messages", "POST", 429, {"type", "description"}),
        ("/v1/users/{classic}/messages", "GET", 429, {"category", "code", "message", "details"}),
        ("/v1/messages", "POST", 400, {"message", "details"}),
    ],
)
def test_a_status_has_the_body_of_its_family(
    sandbox: SandboxAccount, path: str, method: str, status: int, keys: set[str]
) -> None:
    sandbox.fail_next(status=status)
    key, secret = sandbox.messagemedia.api_key, sandbox.messagemedia.api_secret
    headers = urllib3.make_headers(basic_auth=f"{key}:{secret}")
    path = path.format(v2=sandbox.account_id, classic=sandbox.classic.user_id)
    answer = urllib3.request(method, sandbox.url + path, headers=headers, retries=False)
    assert (answer.status, set(answer.json())) == (status, keys)


@pytest.mark.parametrize(
    ("method", "kind"), [("POST", "max-message-queue-size-exceeded"), ("GET", "rate_limit_exceeded")]
)
def test_a_429_is_named_as_the_vendor_names_it(sandbox: SandboxAccount, method: str, kind: str) -> None:
    sandbox.fail_next(status=429)
    answer = urllib3.request(method, f"{sandbox.url}/users/{sandbox.account_id}/messages", retries=False)
    assert answer.json()["type"] == kind


def test_the_token_endpoint_fails_only_if_it_is_named(api: MessagesApi, sandbox: SandboxAccount) -> None:
    sandbox.fail_next(None, status=503, operation="token")
    with pytest.raises(bandwidth_messaging.TokenException):
        send(api, sandbox)


def test_another_account_does_not_feel_it(still_server: Sandbox, sandbox: SandboxAccount, api: MessagesApi) -> None:
    still_server.new_account().fail_next(None, status=500)
    assert send(api, sandbox).id


def test_a_percentage_hits_about_so_many_and_the_same_in_each_run() -> None:
    hits = []
    for _ in range(2):
        with Sandbox() as sandbox:
            sandbox.fail_next(None, status=500, percentage=30)
            port = int(sandbox.url.rpartition(":")[2])
            connection = http.client.HTTPConnection("127.0.0.1", port)
            statuses = []
            for _ in range(100):
                connection.request("GET", f"/users/{sandbox.account_id}/messages?limit=1")
                answer = connection.getresponse()
                answer.read()
                statuses.append(answer.status)
            connection.close()
            hits.append(statuses)
    assert hits[0] == hits[1]
    assert 15 <= hits[0].count(500) <= 45


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({}, "at least one of status, delay, reset, truncate and garbage"),
        ({"status": 200}, "status: 200 is not an error status from 400 to 599"),
        ({"status": 500, "reset": True}, "give one of status, reset and truncate"),
        ({"retry_after": 1, "reset": True}, "retry_after: .* together with a status"),
        ({"truncate": True}, "truncate: .* give after=True too"),
        ({"status": 500, "count": 0}, "count: 0 is not 1 or more"),
        ({"status": 500, "percentage": 101}, "percentage: "),
        ({"status": 500, "percentage": float("nan")}, "percentage: "),
        ({"status": "429"}, "status: '429' is not of type 'integer'"),
        ({"count": 429}, "at least one of status"),
        ({"status": 429, "retry_after": 0.5}, "retry_after: 0.5 is not of type 'integer'"),
        ({"garbage": True}, "garbage: .* give a status, or after=True"),
        ({"garbage": True, "reset": True}, "garbage: .* not with reset"),
        ({"status": 500, "to": ["+15552345678"]}, "to: .* is not of type 'string'"),
        ({"status": 500, "to": ""}, "to: '' is not one number"),
        ({"delay": -1}, "delay: -1 is not a number of seconds from 0"),
        ({"status": 500, "operation": "write"}, "operation: 'write' is not one of send, read, token"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(sandbox: SandboxAccount, rule: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        sandbox.fail_next(**rule)


def _raw(sandbox: Sandbox | SandboxAccount) -> int:
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"))
    try:
        connection.request("GET", f"/users/{sandbox.account_id}/messages?limit=1")
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
