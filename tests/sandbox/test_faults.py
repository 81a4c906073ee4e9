"""Faults on purpose, seen by our own client and on the wire."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any

import pytest

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
from bandwidth_messaging.sandbox import Sandbox

TO, OTHER = "+15552345678", "+15552345679"


class Impatient(Clock):
    sleep = staticmethod(lambda seconds: None)


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[MessagesApi]:
    configuration = bandwidth_messaging.Configuration(
        host=sandbox.url,
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
        access_token_url=sandbox.access_token_url,
    )
    with bandwidth_messaging.ApiClient(configuration, clock=Impatient()) as client:
        yield MessagesApi(client)


def send(api: MessagesApi, sandbox: Sandbox, to: str = TO) -> Any:
    request = {"application_id": sandbox.application_id, "to": [to], "from": "+15557654321", "text": "x"}
    return api.create_message(sandbox.account_id, request)


def test_after_a_429_the_client_repeats_and_the_message_is_there_once(api: MessagesApi, sandbox: Sandbox) -> None:
    fault = sandbox.fail_next(2, status=429, retry_after=1)

    message = send(api, sandbox)

    assert [each.message_id for each in sandbox.messages()] == [message.id]
    assert fault.hits == 2
    assert sandbox.services.faults.of(sandbox.services.accounts.of(sandbox.account_id)) == []  # type: ignore[arg-type]


def test_an_answer_that_is_lost_after_the_message_was_accepted_is_an_unknown_outcome(
    api: MessagesApi, sandbox: Sandbox
) -> None:
    sandbox.fail_next(None, reset=True, after=True, operation="send")

    with pytest.raises(OutcomeUnknownException):
        send(api, sandbox)

    assert len(sandbox.messages()) == 1


def test_a_reset_before_the_message_is_accepted_looks_the_same_and_leaves_none(
    api: MessagesApi, sandbox: Sandbox
) -> None:
    sandbox.fail_next(None, reset=True)
    with pytest.raises(OutcomeUnknownException):
        send(api, sandbox)
    assert not sandbox.messages()


def test_an_answer_that_is_cut_off_says_that_the_message_was_accepted(api: MessagesApi, sandbox: Sandbox) -> None:
    sandbox.fail_next(truncate=True, after=True)
    with pytest.raises((BrokenAnswerException, UnreadableAnswerException)) as caught:
        send(api, sandbox)
    assert caught.value.accepted is True
    assert len(sandbox.messages()) == 1


@pytest.mark.parametrize(("status", "kind"), [(429, TooManyRequestsException), (500, ServiceException)])
def test_a_status_stays_until_it_is_taken_back(
    api: MessagesApi, sandbox: Sandbox, status: int, kind: type[ApiException]
) -> None:
    sandbox.fail_next(None, status=status)
    for _ in range(2):
        with pytest.raises(kind):
            send(api, sandbox)
    sandbox.clear_faults()
    assert send(api, sandbox).id


def test_only_requests_of_the_kind_and_to_the_number_fail(api: MessagesApi, sandbox: Sandbox) -> None:
    sandbox.fail_next(None, status=500, to=OTHER)
    assert send(api, sandbox).id
    with pytest.raises(ServiceException):
        send(api, sandbox, OTHER)
    sandbox.clear_faults()
    sandbox.fail_next(None, status=500, operation="read")
    assert send(api, sandbox).id
    with pytest.raises(ServiceException):
        api.list_messages(sandbox.account_id, limit=1)


def test_the_token_endpoint_fails_only_if_it_is_named(api: MessagesApi, sandbox: Sandbox) -> None:
    sandbox.fail_next(None, status=503, operation="token")
    with pytest.raises(bandwidth_messaging.TokenException):
        send(api, sandbox)


def test_another_account_does_not_feel_it(sandbox: Sandbox, api: MessagesApi) -> None:
    sandbox.new_account().fail_next(None, status=500)
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
        ({}, "at least one of status, delay, reset and truncate"),
        ({"status": 200}, "status: give an error status"),
        ({"status": 500, "reset": True}, "give one of status, reset and truncate"),
        ({"retry_after": 1, "reset": True}, "retry_after: .* together with a status"),
        ({"truncate": True}, "truncate: .* give after=True too"),
        ({"status": 500, "count": 0}, "count: give 1 or more"),
        ({"status": 500, "percentage": 101}, "percentage: "),
        ({"delay": -1}, "delay: give seconds from 0"),
        ({"status": 500, "operation": "write"}, "operation: 'write' is none of send, read, token"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(sandbox: Sandbox, rule: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        sandbox.fail_next(**rule)
