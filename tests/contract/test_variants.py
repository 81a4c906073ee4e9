"""The three ways to call each operation, and the options that every call takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from scripted_server import ScriptedServer, answer
from support import ACCOUNT, MESSAGE

from bandwidth_messaging import (
    ApiResponse,
    BadRequestException,
    BasicAuth,
    BrokenAnswerException,
    Message,
    MessageRequest,
    MessagesApi,
    MessagesList,
)

ApiFor = Callable[..., MessagesApi]
ACCEPTED = answer(202, {"id": "m-1", "direction": "out"}, {"X-Trace": "t"})
PAGE = answer(200, {"totalCount": 0, "pageInfo": {}, "messages": []})


def test_a_send_goes_out_as_the_contract_says(api_for: ApiFor) -> None:
    with ScriptedServer(ACCEPTED) as server:
        message = api_for(server.url).create_message(ACCOUNT, MessageRequest.from_dict(MESSAGE))
        (request,) = server.requests
    assert isinstance(message, Message)
    assert (request.method, request.target) == ("POST", "/users/9900000/messages")
    assert request.headers["content-type"] == request.headers["accept"] == "application/json"
    assert request.headers["user-agent"].startswith("bandwidth-messaging/")
    assert request.headers["authorization"] == "Basic dXNlcjpzM2NyZXQtcGFzc3cwcmQ="
    assert request.json == {
        "applicationId": "app-1",
        "to": ["+15552345678"],
        "from": "+15557654321",
        "text": "Hello",
    }


def test_a_list_goes_out_without_a_body_and_asks_for_gzip(api_for: ApiFor) -> None:
    with ScriptedServer(PAGE) as server:
        page = api_for(server.url).list_messages(ACCOUNT, limit=5)
        (request,) = server.requests
    assert isinstance(page, MessagesList)
    assert (request.method, request.target, request.body) == ("GET", "/users/9900000/messages?limit=5", b"")
    assert "content-type" not in request.headers
    assert request.headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    "message",
    [
        {"applicationId": "app-1", "to": ["+15552345678"], "from": "+15557654321", "text": "Hello"},
        {"application_id": "app-1", "to": ["+15552345678"], "from_": "+15557654321", "text": "Hello"},
        MESSAGE,
    ],
)
def test_a_message_may_be_a_dict_with_python_or_wire_names(message: dict[str, Any], api_for: ApiFor) -> None:
    with ScriptedServer(ACCEPTED) as server:
        api_for(server.url).create_message(ACCOUNT, message)
        assert server.requests[0].json["from"] == "+15557654321"
        assert server.requests[0].json["applicationId"] == "app-1"


@pytest.mark.parametrize("message", [None, "text", 7, [MESSAGE]])
def test_anything_else_as_a_message_is_refused_before_any_io(message: Any, api_for: ApiFor) -> None:
    with ScriptedServer(ACCEPTED) as server:
        with pytest.raises(ValueError, match="give a MessageRequest or a dict of its fields"):
            api_for(server.url).create_message(ACCOUNT, message)
        assert server.connections == 0


def test_with_http_info_gives_status_headers_model_and_bytes(api_for: ApiFor) -> None:
    with ScriptedServer(ACCEPTED) as server:
        response = api_for(server.url).create_message_with_http_info(ACCOUNT, MESSAGE)
    assert isinstance(response, ApiResponse)
    assert (response.status_code, response.headers["x-trace"], response.data.id) == (202, "t", "m-1")
    assert json.loads(response.raw_data) == {"id": "m-1", "direction": "out"}


def test_list_with_http_info_gives_the_page(api_for: ApiFor) -> None:
    with ScriptedServer(PAGE) as server:
        response = api_for(server.url).list_messages_with_http_info(ACCOUNT, limit=1)
    assert (response.status_code, response.data.total_count) == (200, 0)


def test_without_preload_content_leaves_the_body_unread(api_for: ApiFor) -> None:
    with ScriptedServer(ACCEPTED, PAGE) as server:
        api = api_for(server.url)
        with api.create_message_without_preload_content(ACCOUNT, MESSAGE) as response:
            assert (response.status, response.headers["X-TRACE"]) == (202, "t")
            assert json.loads(response.read())["id"] == "m-1"
        with api.list_messages_without_preload_content(ACCOUNT, limit=1) as response:
            assert json.loads(b"".join(response))["totalCount"] == 0
        assert server.connections == 1


def test_without_preload_content_raises_on_an_error_status_too(api_for: ApiFor) -> None:
    error = answer(400, {"type": "t", "description": "d"})
    with ScriptedServer(error) as server, pytest.raises(BadRequestException) as caught:
        api_for(server.url).create_message_without_preload_content(ACCOUNT, MESSAGE)
    assert caught.value.data.type == "t"


def test_an_unread_body_that_breaks_off_raises_when_it_is_read(api_for: ApiFor) -> None:
    cut = ACCEPTED[:-5]

    def step(exchange: Any) -> None:
        exchange.send(cut)
        exchange.close()

    with ScriptedServer(step) as server:
        response = api_for(server.url).create_message_without_preload_content(ACCOUNT, MESSAGE)
        with pytest.raises(BrokenAnswerException) as caught:
            response.read()
    assert (caught.value.status, caught.value.accepted) == (202, True)


def test_leaving_an_unread_answer_drops_its_connection_and_not_the_client(api_for: ApiFor) -> None:
    with ScriptedServer(ACCEPTED) as server:
        api = api_for(server.url, connection_pool_maxsize=1)
        with api.create_message_without_preload_content(ACCOUNT, MESSAGE):
            pass
        assert api.create_message(ACCOUNT, MESSAGE).id == "m-1"


@pytest.mark.parametrize("auth", [("other", "pw"), BasicAuth("other", "pw")])
def test_request_auth_replaces_the_clients_credentials_for_one_call(auth: Any, api_for: ApiFor) -> None:
    with ScriptedServer(ACCEPTED) as server:
        api = api_for(server.url)
        api.create_message(ACCOUNT, MESSAGE, _request_auth=auth)
        api.create_message(ACCOUNT, MESSAGE)
        assert server.requests[0].headers["authorization"] == "Basic b3RoZXI6cHc="
        assert server.requests[1].headers["authorization"] == "Basic dXNlcjpzM2NyZXQtcGFzc3cwcmQ="


def test_headers_of_the_caller_replace_those_of_the_operation_whatever_their_case(api_for: ApiFor) -> None:
    with ScriptedServer(ACCEPTED) as server:
        headers = {"user-agent": "mine", "X-Extra": "1", "authorization": "Custom x"}
        api_for(server.url).create_message(ACCOUNT, MESSAGE, _headers=headers)
        sent = server.requests[0].headers
    assert (sent["user-agent"], sent["x-extra"], sent["authorization"]) == ("mine", "1", "Custom x")


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"_headers": {"X": "a\r\nY: b"}}, "_headers"),
        ({"_headers": {"X\n": "a"}}, "_headers"),
        ({"_headers": {"X": "\0"}}, "_headers"),
        ({"_headers": {"X": "é"}}, "_headers"),
        ({"_headers": {"X": 7}}, "_headers"),
        ({"_headers": {"Content-Length": "3"}}, "Content-Length"),
        ({"_request_auth": "token"}, "_request_auth"),
        ({"_request_auth": ("a", "b", "c")}, "_request_auth"),
        ({"_request_auth": ("a:b", "c")}, "username"),
        ({"_request_timeout": 0}, "_request_timeout"),
        ({"_request_timeout": -1}, "_request_timeout"),
        ({"_request_timeout": float("nan")}, "_request_timeout"),
        ({"_request_timeout": float("inf")}, "_request_timeout"),
        ({"_request_timeout": "5"}, "_request_timeout"),
        ({"_request_timeout": True}, "_request_timeout"),
        ({"_request_timeout": (1, 2, 3)}, "_request_timeout"),
        ({"_request_timeout": (1, "x")}, "_request_timeout"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_before_any_io(
    options: dict[str, Any], names: str, api_for: ApiFor
) -> None:
    with ScriptedServer(ACCEPTED) as server:
        with pytest.raises(ValueError, match=names):
            api_for(server.url).create_message(ACCOUNT, MESSAGE, **options)
        assert server.connections == 0


@pytest.mark.parametrize("name", ["_request_timout", "txt", "limit"])
def test_an_argument_that_there_is_not_is_a_type_error(name: str, api_for: ApiFor) -> None:
    arguments: dict[str, Any] = {name: 1}
    with pytest.raises(TypeError, match=f"has no argument '{name}'"):
        api_for("http://127.0.0.1:1").create_message(ACCOUNT, MESSAGE, **arguments)


@pytest.mark.parametrize(
    ("account_id", "rule"),
    [("", "path"), (".", "path"), ("..", "path"), ("a\0", "control"), ("a\n", "control"), (9900000, "string"),
     (None, "string"), ("\ud800", "surrogate")],
)  # fmt: skip
def test_an_account_id_that_cannot_be_part_of_a_path_is_refused(account_id: Any, rule: str, api_for: ApiFor) -> None:
    with pytest.raises(ValueError, match=f"account_id: .*{rule}"):
        api_for("http://127.0.0.1:1").create_message(account_id, MESSAGE)


@pytest.mark.parametrize(
    ("account_id", "path"),
    [("a/../b", "a%2F..%2Fb"), ("1?x", "1%3Fx"), ("1#f", "1%23f"), ("a%2Fb", "a%252Fb"), ("é", "%C3%A9")],
)
def test_an_account_id_is_quoted_once(account_id: str, path: str, api_for: ApiFor) -> None:
    with ScriptedServer(ACCEPTED) as server:
        api_for(server.url).create_message(account_id, MESSAGE)
        assert server.requests[0].target == f"/users/{path}/messages"
