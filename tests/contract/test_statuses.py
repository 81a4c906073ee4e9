"""Every status of both tables of the contract: its own type, its data, whether the message was accepted, its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scripted_server import ScriptedServer, answer
from support import ACCOUNT, MESSAGE

from bandwidth_messaging import MessagesApi, exceptions
from bandwidth_messaging.api.messages_api import CREATE_MESSAGE, LIST_MESSAGES
from bandwidth_messaging.models import CreateMessageRequestError, MessagingRequestError

CLASSES: dict[int, type[exceptions.ApiException]] = {
    400: exceptions.BadRequestException,
    401: exceptions.UnauthorizedException,
    403: exceptions.ForbiddenException,
    404: exceptions.NotFoundException,
    405: exceptions.MethodNotAllowedException,
    406: exceptions.NotAcceptableException,
    409: exceptions.ConflictException,
    415: exceptions.UnsupportedMediaTypeException,
    422: exceptions.UnprocessableEntityException,
    429: exceptions.TooManyRequestsException,
    500: exceptions.InternalServerErrorException,
}
ERROR = {"type": "some-error", "description": "What went wrong"}
REASONS = {400: "Bad Request", 401: "Unauthorized", 429: "Too Many Requests", 500: "Internal Server Error"}
ApiFor = Callable[..., MessagesApi]


def send(api: MessagesApi) -> Any:
    return api.create_message(ACCOUNT, MESSAGE)


def look(api: MessagesApi) -> Any:
    return api.list_messages(ACCOUNT, limit=1)


def failure(api: MessagesApi, call: Callable[[MessagesApi], Any]) -> exceptions.ApiException:
    with pytest.raises(exceptions.ApiException) as caught:
        call(api)
    return caught.value


@pytest.mark.parametrize("status", sorted(CREATE_MESSAGE.errors))
def test_each_error_status_of_a_send_has_its_type_and_data(status: int, api_for: ApiFor) -> None:
    with ScriptedServer(answer(status, ERROR, reason=REASONS.get(status, ""))) as server:
        error = failure(api_for(server.url, retries=0), send)
    assert type(error) is CLASSES[status]
    assert error.status == status
    assert isinstance(error.data, CreateMessageRequestError if status == 400 else MessagingRequestError)
    assert (error.data.type, error.data.description) == ("some-error", "What went wrong")
    assert error.accepted is (None if status == 500 else False)
    assert error.operation == "MessagesApi.create_message"
    assert str(error).splitlines()[0].startswith(f"{status} ")
    assert "some-error: What went wrong" in str(error)


@pytest.mark.parametrize("status", sorted(LIST_MESSAGES.errors))
def test_each_error_status_of_a_list_has_its_type_and_data(status: int, api_for: ApiFor) -> None:
    with ScriptedServer(answer(status, ERROR)) as server:
        error = failure(api_for(server.url, retries=0), look)
    assert type(error) is CLASSES[status]
    assert type(error.data) is MessagingRequestError
    assert error.data.description == "What went wrong"
    assert error.accepted is None
    assert error.operation == "MessagesApi.list_messages"


@pytest.mark.parametrize("status", [409, 422])
def test_a_status_that_the_contract_does_not_list_still_has_its_class_and_data(status: int, api_for: ApiFor) -> None:
    with ScriptedServer(answer(status, ERROR)) as server:
        error = failure(api_for(server.url), send)
    assert type(error) is CLASSES[status]
    assert error.data.type == "some-error"


@pytest.mark.parametrize(
    ("status", "kind", "accepted"),
    [
        (301, exceptions.RedirectException, None),
        (307, exceptions.RedirectException, None),
        (418, exceptions.ClientException, False),
        (502, exceptions.ServiceException, None),
        (503, exceptions.ServiceException, None),
        (599, exceptions.ServiceException, None),
    ],
)
def test_any_other_status_has_the_class_of_its_hundreds(
    status: int, kind: type[exceptions.ApiException], accepted: bool | None, api_for: ApiFor
) -> None:
    with ScriptedServer(answer(status, b"<html>", {"Location": "http://127.0.0.1:1/"})) as server:
        error = failure(api_for(server.url, retries=0), send)
        assert len(server.requests) == 1
    assert type(error) is kind
    assert error.accepted is accepted
    assert (error.data, error.body) == (None, "<html>")


def test_a_503_with_retry_after_says_that_the_message_was_not_accepted(api_for: ApiFor) -> None:
    with ScriptedServer(answer(503, ERROR, {"Retry-After": "7"})) as server:
        error = failure(api_for(server.url, retries=0), send)
    assert (error.accepted, error.retry_after) == (False, 7.0)


def test_a_429_of_a_list_says_how_long_to_wait(api_for: ApiFor) -> None:
    with ScriptedServer(answer(429, ERROR, {"Retry-After": "300"})) as server:
        error = failure(api_for(server.url), look)
        assert len(server.requests) == 1
    assert error.retry_after == 300.0
    assert error.headers["RETRY-AFTER"] == "300"


def test_a_400_shows_each_field_with_its_error(api_for: ApiFor) -> None:
    body = {
        "type": "request-validation",
        "description": "Your request could not be accepted",
        "fieldErrors": [
            {
                "fieldName": "to",
                "description": "'+invalid' must be replaced with a valid E164 formatted telephone number",
            },
            {"fieldName": "from", "description": "'from' must contain exactly one telephone number"},
        ],
    }
    with ScriptedServer(answer(400, body, {"X-Request-Id": "r-1"}, "Bad Request")) as server:
        error = failure(api_for(server.url), send)
    assert str(error).splitlines() == [
        "400 Bad Request from MessagesApi.create_message; the message was not accepted (request id r-1)",
        "request-validation: Your request could not be accepted",
        "to: '+invalid' must be replaced with a valid E164 formatted telephone number; "
        "from: 'from' must contain exactly one telephone number",
    ]
    assert [field.field_name for field in error.data.field_errors] == ["to", "from"]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>oops</html>", b"[]", b"null", b'{"type": ', b"\xff\xfe", b"{}", b'{"type": 7, "fieldErrors": "x"}',
     b'{"fieldErrors": [1, {"fieldName": []}]}', b"[" * 100_000],
)  # fmt: skip
def test_no_body_can_break_the_error_path(body: bytes, api_for: ApiFor) -> None:
    with ScriptedServer(answer(400, body, {"Content-Type": "application/json; charset=nonsense"})) as server:
        error = failure(api_for(server.url), send)
    assert type(error) is exceptions.BadRequestException
    assert error.raw_body == body
    assert str(error).startswith("400 ")
    assert len(str(error)) < 400


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"<html>", b'{"id": ', b"\xff", b"[" * 200_000])
def test_an_accepted_message_with_an_unreadable_answer_is_reported_as_accepted(body: bytes, api_for: ApiFor) -> None:
    with ScriptedServer(answer(202, body)) as server:
        error = failure(api_for(server.url), send)
        assert len(server.requests) == 1
    assert type(error) is exceptions.UnreadableAnswerException
    assert (error.status, error.accepted, error.raw_body) == (202, True, body)


@pytest.mark.parametrize("status", [200, 201, 204, 206])
def test_a_success_status_that_is_not_the_contracts_never_returns_none(status: int, api_for: ApiFor) -> None:
    with ScriptedServer(answer(status, b"" if status == 204 else {"id": "1"})) as server:
        error = failure(api_for(server.url), send)
    assert type(error) is exceptions.UnreadableAnswerException
    assert (error.status, error.accepted) == (status, True)
