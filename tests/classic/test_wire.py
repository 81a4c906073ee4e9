"""What users of the old SDK rely on: what goes out, how ids, keys and pages are read."""

from __future__ import annotations

import base64
from datetime import datetime, timezone
from itertools import islice
from typing import Any

import pytest
from scripted_server import Exchange, ScriptedServer, answer

import bandwidth_messaging
from bandwidth_messaging import (
    ApiException,
    BadRequestException,
    Configuration,
    ForbiddenException,
    OutcomeUnknownException,
    UnreadableAnswerException,
)
from bandwidth_messaging.classic import MessagingClient
from bandwidth_messaging.classic.keys import camel_case, snake_case, snake_keys
from bandwidth_messaging.classic.links import next_query
from bandwidth_messaging.sandbox import Sandbox

LOCATION = "https://api.catapult.inetwork.com/v1/users/u-user/messages/m-na6cpyjf2qcpz6l3drhcx7y"
PAGE = "https://api.example.com/v1/users/u-user/messages"


def client_of(server: ScriptedServer) -> MessagingClient:
    return bandwidth_messaging.client("messaging", "u-user", "t-token", "s-secret", api_endpoint=server.url)


def created(location: str | None) -> bytes:
    return answer(201, b"", {} if location is None else {"Location": location})


def test_all_ten_keys_go_out_and_those_not_given_are_null() -> None:
    with ScriptedServer(created(LOCATION)) as server, client_of(server) as client:
        client.send_message("+1234567980", "+1234567981")
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/v1/users/u-user/messages")
    assert request.json == {
        "from": "+1234567980", "to": "+1234567981", "text": None, "media": None, "receiptRequested": None,
        "callbackUrl": None, "callbackHttpMethod": None, "callbackTimeout": None, "fallbackUrl": None, "tag": None,
    }  # fmt: skip
    assert request.headers["content-type"] == "application/json"
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"t-token:s-secret"


@pytest.mark.parametrize(
    ("location", "message_id"),
    [
        (LOCATION, "m-na6cpyjf2qcpz6l3drhcx7y"),
        ("/v1/users/u-user/messages/m-1", "m-1"),
        ("m-1", "m-1"),
        (LOCATION + "/", ""),
        (None, None),
    ],
)
def test_the_id_is_the_end_of_the_location(location: str | None, message_id: str | None) -> None:
    with ScriptedServer(created(location)) as server, client_of(server) as client:
        assert client.send_message("+1234567980", "+1234567981", "x") == message_id


@pytest.mark.parametrize(
    ("name", "converted"),
    [
        ("helloWorld", "hello_world"),
        ("errorMessagesABC123", "error_messages_abc123"),
        ("skipMMSCarrierValidation", "skip_mms_carrier_validation"),
        ("userID", "user_id"),
        ("HTTPServer", "http_server"),
        ("text2Go", "text2_go"),
        ("x1Y2z", "x1_y2z"),
        ("URLs", "ur_ls"),
        ("ABCdef", "ab_cdef"),
        ("Foo", "foo"),
        ("already_snake", "already_snake"),
        ("Already_Snake", "already__snake"),
        ("kebab-Case", "kebab-_case"),
        ("ID", "id"),
        ("1A", "1_a"),
        ("", ""),
    ],
)
def test_keys_are_converted_as_the_old_sdk_did(name: str, converted: str) -> None:
    assert snake_case(name) == converted


def test_only_keys_are_converted_in_dicts_and_lists_at_any_depth() -> None:
    assert snake_keys([{"aB": [[{"cD": "eF"}], "gH"]}, "iJ"]) == [{"a_b": [[{"c_d": "eF"}], "gH"]}, "iJ"]
    assert snake_keys({"aB": 1, "a_b": 2}) == {"a_b": 2}


@pytest.mark.parametrize(
    ("name", "converted"), [("callback_http_method", "callbackHttpMethod"), ("from_", "from"), ("callbackUrl",) * 2]
)
def test_names_go_out_in_camel_case(name: str, converted: str) -> None:
    assert camel_case(name) == converted


def page(messages: list[Any], link: str | None = None) -> bytes:
    return answer(200, messages, {} if link is None else {"Link": link})


def test_nothing_is_sent_before_the_first_message_is_asked_for() -> None:
    with ScriptedServer(page([{"messageId": "m-1"}])) as server, client_of(server) as client:
        messages = client.list_messages(from_="+12", size=2)
        assert not server.requests
        assert list(messages) == [{"message_id": "m-1"}]
    assert server.requests[0].target == "/v1/users/u-user/messages?from=%2B12&size=2"


def test_all_pages_are_listed_and_only_those_that_are_needed(classic: MessagingClient, own_sandbox: Sandbox) -> None:
    classic.send_messages([{"from": "+1234567980", "to": "+1234567981", "text": str(n)} for n in range(7)])

    assert [message["text"] for message in classic.list_messages(size=3)] == [str(n) for n in range(7)]
    newest_first = classic.list_messages(size=3, sort_order="desc")
    before = len(own_sandbox.requests)
    assert [message["text"] for message in islice(newest_first, 4)] == ["6", "5", "4", "3"]
    assert len(own_sandbox.requests) - before == 2


def test_an_empty_page_with_a_link_goes_on() -> None:
    def serve(exchange: Exchange) -> bytes:
        if "sortKeyLT" in exchange.request.target:
            return page([{"id": "m-2"}])
        return page([], '</v1/users/u-user/messages?sortKeyLT=1458576004287000989&size=1>; rel="next"')

    with ScriptedServer(serve) as server, client_of(server) as client:
        assert list(client.list_messages()) == [{"id": "m-2"}]
    assert server.requests[1].target == "/v1/users/u-user/messages?sortKeyLT=1458576004287000989&size=1"


@pytest.mark.parametrize(
    ("link", "query"),
    [
        (f'<{PAGE}?a=1>; rel="next"', {"a": "1"}),
        (f"<{PAGE}?a=1>; rel=next", {"a": "1"}),
        (f'<{PAGE}?a=1,2;3>; title="x, y"; rel="next"', {"a": "1,2;3"}),
        (f'<{PAGE}?p=0>; rel="prev", <{PAGE}?p=2>; rel="last next"', {"p": "2"}),
        ("<?a=%2B1>; REL=NEXT", {"a": "+1"}),
        ("<HTTPS://API.example.com:443/v1/users/u-user/messages?a=1>; rel=next", {"a": "1"}),
        (f'<{PAGE}?a=1>; rel="prev"', None),
        (f"<{PAGE}?a=1>", None),
        ("nonsense; rel=next", None),
        (None, None),
    ],
)
def test_the_link_to_the_next_page_is_read_as_rfc_8288_has_it(link: str | None, query: dict[str, str] | None) -> None:
    assert next_query(link, PAGE) == query


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("https://evil.example.com/v1/users/u-user/messages?a=1", "another origin"),
        ("https://api.example.com:8443/v1/users/u-user/messages", "another origin"),
        ("https://user@api.example.com/v1/users/u-user/messages", "another origin"),
        ("//evil.example.com/v1/users/u-user/messages", "another origin"),
        ("http://api.example.com:443/v1/users/u-user/messages", "another origin"),
        ("https://api.example.com:x/v1/users/u-user/messages", "[Pp]ort"),
        ("http://api.example.com/v1/users/u-user/messages", "another origin"),
        ("/v1/users/u-other/messages?a=1", "another path"),
        ("../../../v2/steal", "another path"),
        ("?a=1&a=2", "cannot be followed"),
        ("?_headers=x", "cannot be followed"),
    ],
)
def test_a_link_that_leads_elsewhere_is_refused(link: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        next_query(f'<{link}>; rel="next"', PAGE)


def test_credentials_follow_no_link_to_another_origin() -> None:
    with ScriptedServer(page([])) as elsewhere:
        link = f'<{elsewhere.url}/v1/users/u-user/messages>; rel="next"'
        with ScriptedServer(page([{"id": "m-1"}], link)) as server, client_of(server) as client:
            messages = client.list_messages()
            with pytest.raises(UnreadableAnswerException, match="another origin"):
                list(messages)
    assert (elsewhere.connections, len(server.requests)) == (0, 1)


def test_links_that_lead_in_a_circle_are_refused() -> None:
    link = '</v1/users/u-user/messages?a=1>; rel="next"'
    with ScriptedServer(page([], link)) as server, client_of(server) as client:
        messages = client.list_messages()
        with pytest.raises(UnreadableAnswerException, match="circle"):
            list(messages)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"direction": "up"}, "direction: give one of in, out"),
        ({"size": 1001}, "size: give a page size from 1 to 1000"),
        ({"size": True}, "size: give a page size"),
        ({"from_date_time": "yesterday"}, "from_date_time: give a datetime, or a time in UTC"),
        ({"to_date_time": datetime(2017, 2, 1)}, "to_date_time: a datetime needs a time zone"),
        ({"state": "setn"}, "did you mean 'sent'"),
        ({"from_": 12}, "from_: give a string"),
    ],
)
def test_a_filter_that_cannot_be_sent_is_named_at_the_call(
    messaging_api: MessagingClient, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        messaging_api.list_messages(**arguments)


def test_a_datetime_goes_out_in_the_form_of_the_api() -> None:
    at = datetime(2017, 2, 1, 21, 10, 32, tzinfo=timezone.utc)
    with ScriptedServer(page([])) as server, client_of(server) as client:
        list(client.list_messages(from_date_time=at))
    assert server.requests[0].target.endswith("?fromDateTime=2017-02-01%2021%3A10%3A32")


@pytest.mark.parametrize("body", [b"<html>", b'"text"', b"{}", b""])
def test_an_answer_that_is_no_list_is_unreadable(body: bytes) -> None:
    with ScriptedServer(answer(200, body)) as server, client_of(server) as client:
        messages = client.list_messages()
        with pytest.raises(UnreadableAnswerException):
            next(messages)


def test_errors_have_the_code_and_the_message_of_the_body() -> None:
    body = {
        "category": "limit",
        "code": "message-rate-limit",
        "message": "too fast",
        "details": [{"name": "n", "value": "v"}],
    }
    with (
        ScriptedServer(answer(403, body)) as server,
        client_of(server) as client,
        pytest.raises(ForbiddenException) as caught,
    ):
        client.send_message("+1234567980", "+1234567981", "x")
    failure = caught.value
    assert (failure.data.code, failure.data.message, failure.accepted) == ("message-rate-limit", "too fast", False)
    assert str(failure) == (
        "403 403 from MessagingClient.send_message; the message was not accepted\nmessage-rate-limit: too fast\nn: v"
    )
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"code": 7}', b"\xff", b'{"details": 5}', b'{"details": [5]}']
)
def test_no_error_body_breaks_the_error(body: bytes) -> None:
    with (
        ScriptedServer(answer(400, body)) as server,
        client_of(server) as client,
        pytest.raises(BadRequestException) as refused,
    ):
        client.send_message("+1234567980", "+1234567981", "x")
    assert str(refused.value).startswith("400 400 from MessagingClient.send_message")


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_message_is_sent_once_whatever_the_answer(status: int) -> None:
    with (
        ScriptedServer(answer(status)) as server,
        client_of(server) as client,
        pytest.raises(ApiException) as caught,
    ):
        client.send_message("+1234567980", "+1234567981", "x")
    assert (len(server.requests), caught.value.accepted) == (1, None)


def test_a_lost_answer_is_an_unknown_outcome_and_not_repeated() -> None:
    with (
        ScriptedServer(Exchange.close) as server,
        client_of(server) as client,
        pytest.raises(OutcomeUnknownException),
    ):
        client.send_message("+1234567980", "+1234567981", "x")
    assert len(server.requests) == 1


def test_a_429_is_repeated_since_nothing_was_taken() -> None:
    steps = [answer(429, b"", {"Retry-After": "0"}), created(LOCATION)]
    with ScriptedServer(*steps) as server, client_of(server) as client:
        assert client.send_message("+1234567980", "+1234567981", "x") == "m-na6cpyjf2qcpz6l3drhcx7y"
    assert len(server.requests) == 2


def test_the_version_and_the_configuration_are_the_callers() -> None:
    with ScriptedServer(answer(200, {})) as server:
        configuration = Configuration(host=server.url, username="not", password="used", retries=0)
        with bandwidth_messaging.client(
            "messaging", "u-user", "t-token", "s-secret", api_version="v7", configuration=configuration
        ) as client:
            assert client.get_message("a b/c") == {}
    (request,) = server.requests
    assert request.target == "/v7/users/u-user/messages/a%20b%2Fc"
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"t-token:s-secret"
    assert configuration.username == "not"


@pytest.mark.parametrize("credentials", [("", "t", "s"), ("u", None, "s"), ("u", "t", "")])
def test_a_missing_credential_is_named(credentials: tuple[Any, Any, Any]) -> None:
    with pytest.raises(ValueError, match=r"(user_id|api_token|api_secret) is required"):
        bandwidth_messaging.client("messaging", *credentials)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"api_version": ""}, "api_version: give a version such as v1, not ''"),
        ({"api_version": "v1/.."}, "api_version: give a version"),
        ({"api_version": None}, "api_version: give a version"),
        ({"api_endpoint": "localhost:8080"}, "api_endpoint: give a URL that begins with http:// or https://"),
        ({"configuration": {"retries": 1}}, "configuration: give a Configuration, not dict"),
        ({"api_token": "t:token"}, "api_token: a colon cannot be sent"),
        ({"api_secret": "s\n"}, "api_secret: the control character"),
        ({"user_id": 5}, "user_id: give a string, not int"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(options: dict[str, Any], said: str) -> None:
    arguments = {"user_id": "u-user", "api_token": "t-token", "api_secret": "s-secret", **options}
    with pytest.raises(ValueError, match=said):
        bandwidth_messaging.client("messaging", **arguments)


def test_no_secret_shows(classic: MessagingClient, own_sandbox: Sandbox) -> None:
    shown = repr(classic) + repr(classic.api_client) + repr(classic.send_messages([]))
    assert own_sandbox.classic.api_secret not in shown
