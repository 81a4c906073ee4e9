"""The two pure functions over an operation, by recorded values: no server, no socket."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from support import MESSAGE

from bandwidth_messaging import MessageRequest, exceptions
from bandwidth_messaging._call.exchange import Answer, Fault, Headers
from bandwidth_messaging._call.operation import Attempt, build, read
from bandwidth_messaging.api.messages_api import CREATE_MESSAGE, LIST_MESSAGES

AT = datetime(2026, 1, 2, tzinfo=timezone.utc)
SERVER = "https://example.com/api/v2"
CUT = OSError("cut")
CONNECT = Fault("connect", "refused", cause=CUT)
LATE = Fault("answer", "timed out", timed_out=True, cause=CUT)
BROKEN = Fault("answer", "reset", cause=CUT)
FINAL = Fault("connect", "a bad certificate", permanent=True, cause=CUT)


def sent(operation: Any = CREATE_MESSAGE, **arguments: Any) -> Any:
    body = MessageRequest.from_dict(MESSAGE) if operation is CREATE_MESSAGE else None
    return build(operation, SERVER, {"account_id": "99/1"}, body, arguments)


def failure(operation: Any, status: int, fault: Fault | None, body: bytes = b"", **headers: str) -> Any:
    received = Answer(
        status, "Reason", Headers({name.replace("_", "-"): value for name, value in headers.items()}), body, fault
    )
    with pytest.raises(exceptions.ApiException) as caught:
        read(Attempt(operation, sent(operation), AT), received)
    return caught.value


def test_a_send_is_built_from_its_arguments_alone() -> None:
    request = sent(_headers={"X-One": "1"})
    assert (request.method, request.server, request.path, request.query) == (
        "POST", SERVER, "/users/99%2F1/messages", "",
    )  # fmt: skip
    assert request.target == request.path
    assert request.body == (b'{"applicationId":"app-1","to":["+15552345678"],"from":"+15557654321","text":"Hello"}')
    assert {**request.headers, "User-Agent": ""} == {
        "User-Agent": "",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "X-One": "1",
    }


def test_a_list_is_built_with_its_query_and_shows_only_its_path() -> None:
    request = sent(LIST_MESSAGES, source_tn="+1555", limit=1)
    assert (request.query, request.body) == ("sourceTn=%2B1555&limit=1", None)
    assert request.target == "/users/99%2F1/messages?sourceTn=%2B1555&limit=1"
    assert repr(request) == f"Request('GET', server='{SERVER}', path='/users/99%2F1/messages')"
    assert "Content-Type" not in request.headers


@pytest.mark.parametrize(
    ("status", "fault", "kind", "accepted", "reason"),
    [
        (0, CONNECT, exceptions.ConnectException, False, "refused"),
        (0, LATE, exceptions.OutcomeUnknownException, None, "timed out"),
        (0, BROKEN, exceptions.OutcomeUnknownException, None, "reset"),
        (101, None, exceptions.ApiException, None, "Reason"),
        (199, None, exceptions.ApiException, None, "Reason"),
        (200, None, exceptions.UnreadableAnswerException, True, "Reason is not an answer of the contract"),
        (202, LATE, exceptions.TimeoutException, True, "timed out"),
        (202, BROKEN, exceptions.BrokenAnswerException, True, "reset"),
        (299, None, exceptions.UnreadableAnswerException, True, "Reason is not an answer of the contract"),
        (300, None, exceptions.RedirectException, None, "Reason"),
        (399, BROKEN, exceptions.RedirectException, None, "Reason"),
        (400, BROKEN, exceptions.BadRequestException, False, "Reason"),
        (499, None, exceptions.ClientException, False, "Reason"),
        (500, LATE, exceptions.InternalServerErrorException, None, "Reason"),
        (503, None, exceptions.ServiceException, None, "Reason"),
        (600, None, exceptions.ApiException, None, "Reason"),
    ],
)
def test_what_is_known_of_a_send_by_how_far_its_answer_came(
    status: int, fault: Fault | None, kind: type[exceptions.ApiException], accepted: bool | None, reason: str
) -> None:
    error = failure(CREATE_MESSAGE, status, fault)
    assert type(error) is kind
    assert (error.status, error.accepted, error.reason) == (status, accepted, reason)
    assert error.__cause__ is (fault.cause if fault else None)
    assert (error.operation, error.time, error.permanent) == ("MessagesApi.create_message", AT, False)
    assert error.request == sent()


@pytest.mark.parametrize(
    ("status", "fault", "kind"),
    [
        (0, CONNECT, exceptions.ConnectException),
        (0, LATE, exceptions.TimeoutException),
        (0, BROKEN, exceptions.BrokenAnswerException),
        (200, LATE, exceptions.TimeoutException),
        (200, BROKEN, exceptions.BrokenAnswerException),
        (404, None, exceptions.NotFoundException),
    ],
)
def test_of_a_read_nothing_is_accepted_or_not(
    status: int, fault: Fault | None, kind: type[exceptions.ApiException]
) -> None:
    error = failure(LIST_MESSAGES, status, fault)
    assert (type(error), error.accepted) == (kind, None)
    assert "the message" not in str(error)


def test_a_failure_that_a_repeat_cannot_cure_says_so() -> None:
    assert failure(CREATE_MESSAGE, 0, FINAL).permanent is True


@pytest.mark.parametrize(("retry_after", "accepted"), [("7", False), ("0", False), ("soon", None), ("-1", None)])
def test_a_503_was_refused_only_if_it_readably_says_when_to_come_back(retry_after: str, accepted: bool | None) -> None:
    assert failure(CREATE_MESSAGE, 503, None, Retry_After=retry_after).accepted is accepted


def test_an_answer_that_is_not_what_was_promised_keeps_its_bytes_and_says_what_it_is() -> None:
    error = failure(CREATE_MESSAGE, 202, None, b"[1]")
    assert (error.reason, error.raw_body) == ("the body is not a JSON object but list", b"[1]")
    assert failure(CREATE_MESSAGE, 202, None, b"<").reason.startswith("the body is not JSON: ")


def test_the_body_of_a_success_status_or_redirect_is_no_error_model() -> None:
    assert failure(CREATE_MESSAGE, 302, None, b'{"type": "t"}').data is None
    assert failure(CREATE_MESSAGE, 400, None, b'{"type": "t"}').data.type == "t"
    assert failure(CREATE_MESSAGE, 502, None, b'{"type": "t"}').data.type == "t"
