"""The client on the wire: names, addresses, credentials, answers, repeats."""

from __future__ import annotations

import copy
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from scripted_server import Exchange, ScriptedServer, answer
from support import FakeClock

from bandwidth_messaging import (
    ApiException,
    BadRequestException,
    Configuration,
    ForbiddenException,
    NotFoundException,
    OutcomeUnknownException,
    ServiceException,
    TooManyRequestsException,
    UnauthorizedException,
)
from bandwidth_messaging.messagemedia import (
    CancelScheduledMessageRequest,
    HmacAuth,
    MessageMediaMessagesClient,
    SendMessagesRequest,
    verify_signature,
)
from bandwidth_messaging.messagemedia.api.messages_controller import SEND_MESSAGES

from .conftest import ClientFor
from .examples import ACCEPTED, BODY, ID, MESSAGE

STATUS = answer(200, {**MESSAGE, "message_id": ID, "status": "enroute"})
REPORTS = answer(200, {"delivery_reports": [{"delivery_report_id": "r-1", "status": "delivered"}]})
REPLIES = answer(200, {"replies": [{"reply_id": "r-1", "content": "yes"}]})
CANCELLED = answer(200)
CONFIRMED = answer(202, b"", {"Content-Type": "text/plain"})
Call = Callable[[MessageMediaMessagesClient], Any]

# name -> (call under the short name, under the seed's, method, path, body, answer)
OPERATIONS: dict[str, tuple[Call, Call, str, str, Any, bytes]] = {
    "send": (
        lambda c: c.messages.send_messages(BODY),
        lambda c: c.messages.create_send_messages(BODY),
        "POST", "/v1/messages", BODY, ACCEPTED,
    ),
    "status": (
        lambda c: c.messages.get_message_status(ID),
        lambda c: c.messages.get_message_status(message_id=ID),
        "GET", f"/v1/messages/{ID}", None, STATUS,
    ),
    "cancel": (
        lambda c: c.messages.cancel_scheduled_message(ID),
        lambda c: c.messages.update_cancel_scheduled_message(ID, CancelScheduledMessageRequest()),
        "PUT", f"/v1/messages/{ID}", {"status": "cancelled"}, CANCELLED,
    ),
    "check reports": (
        lambda c: c.delivery_reports.check_delivery_reports(),
        lambda c: c.delivery_reports.get_check_delivery_reports(),
        "GET", "/v1/delivery_reports", None, REPORTS,
    ),
    "confirm reports": (
        lambda c: c.delivery_reports.confirm_delivery_reports_as_received({"delivery_report_ids": ["a"]}),
        lambda c: c.delivery_reports.create_confirm_delivery_reports_as_received({"delivery_report_ids": ["a"]}),
        "POST", "/v1/delivery_reports/confirmed", {"delivery_report_ids": ["a"]}, CONFIRMED,
    ),
    "check replies": (
        lambda c: c.replies.check_replies(),
        lambda c: c.replies.get_check_replies(),
        "GET", "/v1/replies", None, REPLIES,
    ),
    "confirm replies": (
        lambda c: c.replies.confirm_replies_as_received({"reply_ids": ["a"]}),
        lambda c: c.replies.create_confirm_replies_as_received({"reply_ids": ["a"]}),
        "POST", "/v1/replies/confirmed", {"reply_ids": ["a"]}, CONFIRMED,
    ),
}  # fmt: skip
READS = ["status", "cancel", "check reports", "confirm reports", "check replies", "confirm replies"]


@pytest.mark.parametrize("hmac", [False, True], ids=["basic", "hmac"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation_goes_out_alike_under_both_its_names(name: str, hmac: bool, client_for: ClientFor) -> None:
    short, long, method, path, body, said = OPERATIONS[name]
    with ScriptedServer(said) as server:
        client = client_for(server.url, hmac)
        results = [short(client), long(client)]
        requests = server.requests
    assert repr(results[0]) == repr(results[1])
    for request in requests:
        assert (request.method, request.target) == (method, path)
        assert (request.json if body is not None else request.body) == (body if body is not None else b"")
        assert request.headers["accept"] == "application/json"
        assert ("content-type" in request.headers) == (body is not None)
        if hmac:
            assert verify_signature(method, path, request.headers, request.body, "hsecret")
        else:
            assert request.headers["authorization"] == "Basic aGtleTpoc2VjcmV0"


@pytest.mark.parametrize("algorithm", ["hmac-sha256", "hmac-sha1"])
def test_the_algorithm_decides_the_names_of_the_headers(algorithm: str, client_for: ClientFor) -> None:
    with ScriptedServer(ACCEPTED) as server:
        client_for(server.url, True, algorithm).messages.send_messages(
            {"messages": [{**MESSAGE, "content": "Grüße 👋"}]}
        )
        (request,) = server.requests
    assert f'algorithm="{algorithm}"' in request.headers["authorization"]
    assert ("x-content-md5" in request.headers) is (algorithm == "hmac-sha1")
    assert ("content-md5" in request.headers) is (algorithm == "hmac-sha256")
    assert verify_signature("POST", "/v1/messages", request.headers, request.body, "hsecret")


def test_an_id_is_escaped_once_and_signed_as_it_is_sent(client_for: ClientFor) -> None:
    with ScriptedServer(STATUS) as server:
        client_for(server.url, True).messages.get_message_status("a b/ü?#%2F")
        (request,) = server.requests
    assert request.target == "/v1/messages/a%20b%2F%C3%BC%3F%23%252F"
    assert verify_signature("GET", request.target, request.headers, b"", "hsecret")


def test_the_path_of_the_base_uri_is_sent_and_not_signed(client_for: ClientFor) -> None:
    with ScriptedServer(ACCEPTED) as server:
        client_for(f"{server.url}/gateway/", True).messages.send_messages(BODY)
        (request,) = server.requests
    assert request.target == "/gateway/v1/messages"
    assert verify_signature("POST", "/v1/messages", request.headers, request.body, "hsecret")
    assert not verify_signature("POST", request.target, request.headers, request.body, "hsecret")


def test_a_repeat_is_signed_anew_with_its_own_date(client_for: ClientFor) -> None:
    clock = FakeClock()
    with ScriptedServer(answer(429, {}, {"Retry-After": "20"}), ACCEPTED) as server:
        client_for(server.url, True, clock=clock).messages.send_messages(BODY)
        dates = [request.headers["date"] for request in server.requests]
    assert dates == ["Fri, 02 Jan 2026 03:04:05 GMT", "Fri, 02 Jan 2026 03:04:25 GMT"]


def test_two_clients_do_not_share_their_way_to_authenticate(client_for: ClientFor) -> None:
    with ScriptedServer(REPLIES) as server:
        signing, plain = client_for(server.url, True), client_for(server.url)
        for client in (plain, signing, plain):
            client.replies.check_replies()
        schemes = [request.headers["authorization"].partition(" ")[0] for request in server.requests]
    assert schemes == ["Basic", "hmac", "Basic"]


def test_the_credentials_of_a_shared_configuration_are_not_sent(client_for: ClientFor) -> None:
    options: dict[str, Any] = {"client_id": "c", "client_secret": "s", "username": "bandwidth", "password": "p"}
    with ScriptedServer(REPLIES) as server:
        client_for(server.url, access_token="t", **options).replies.check_replies()
        (request,) = server.requests
    assert request.headers["authorization"] == "Basic aGtleTpoc2VjcmV0"


def test_the_options_of_a_call_hold_for_it(client_for: ClientFor) -> None:
    with ScriptedServer(REPLIES) as server:
        client = client_for(server.url)
        client.replies.check_replies(_headers={"Account": "sub-1"}, _request_auth=HmacAuth("other", "secret"))
        client.replies.check_replies()
        one, other = server.requests
    assert one.headers["account"] == "sub-1"
    assert verify_signature("GET", "/v1/replies", one.headers, b"", "secret")
    assert "account" not in other.headers
    assert other.headers["authorization"].startswith("Basic")


def test_a_header_that_is_signed_cannot_be_given(client_for: ClientFor) -> None:
    with ScriptedServer(REPLIES) as server:
        with pytest.raises(ValueError, match="_headers: date is a part of the signature"):
            client_for(server.url, True).replies.check_replies(_headers={"date": "yesterday"})
        assert server.connections == 0


def test_base_uri_wins_over_the_host_which_wins_over_production() -> None:
    def server_of(**options: Any) -> str:
        return MessageMediaMessagesClient("k", "s", **options).api_client.configuration.server(SEND_MESSAGES.server)

    configured = Configuration(host="http://127.0.0.1:1")
    assert server_of() == "https://api.messagemedia.com"
    assert server_of(configuration=Configuration()) == "https://api.messagemedia.com"
    assert server_of(configuration=configured) == "http://127.0.0.1:1"
    assert server_of(configuration=configured, base_uri="http://127.0.0.1:2/") == "http://127.0.0.1:2"
    assert configured.host == "http://127.0.0.1:1"


def test_the_environment_of_the_other_family_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BW_HOST", "http://127.0.0.1:1")
    client = MessageMediaMessagesClient("k", "s")
    assert client.api_client.configuration.server("production") == "production"


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((None, "s"), {}, "auth_user_name: give a string that is not empty"),
        (("", "s"), {}, "auth_user_name: give a string"),
        (("k", None), {}, "auth_password: give a string"),
        (("k", "s", "yes"), {}, "use_hmac_authentication: give True or False, not 'yes'"),
        (("k", "s", True), {"hmac_algorithm": "sha256"}, "hmac_algorithm: give one of hmac-sha256, hmac-sha1"),
        (('k"', "s", True), {}, "auth_user_name: give printable ASCII without quotation marks"),
        (("a:b", "s"), {}, "auth_user_name: a colon cannot be sent"),
        (("k", "s"), {"base_uri": "api.messagemedia.com"}, "base_uri: give a URL that begins with http"),
        (("k", "s"), {"base_uri": "https://k:s@api.messagemedia.com"}, "base_uri: a URL must not hold credentials"),
    ],
)
def test_what_cannot_be_used_is_an_error_that_names_the_argument(
    arguments: tuple[Any, ...], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}") as caught:
        MessageMediaMessagesClient(*arguments, **options)
    assert "s@" not in str(caught.value)


@pytest.mark.parametrize("message_id", [None, "", "..", 7, "a\n"])
def test_an_id_that_cannot_be_part_of_a_path_is_refused_before_any_io(message_id: Any, client_for: ClientFor) -> None:
    with ScriptedServer(STATUS) as server:
        client = client_for(server.url)
        for call in (client.messages.get_message_status, client.messages.cancel_scheduled_message):
            with pytest.raises(ValueError, match="message_id: "):
                call(message_id)
        assert server.connections == 0


@pytest.mark.parametrize(
    ("status", "kind"), [(400, BadRequestException), (401, UnauthorizedException), (403, ForbiddenException)]
)
def test_a_refusal_has_its_class_and_says_what_the_service_said(
    status: int, kind: type[Exception], client_for: ClientFor
) -> None:
    said = {"message": "Request failed to parse correctly.", "details": ["/messages/1/content: too long"]}
    with ScriptedServer(answer(status, said)) as server, pytest.raises(kind) as caught:
        client_for(server.url).messages.send_messages(BODY)
    error: Any = caught.value
    assert (error.accepted, error.data.details) == (False, ["/messages/1/content: too long"])
    assert str(error).splitlines()[1:] == ["Request failed to parse correctly.", "/messages/1/content: too long"]


def test_an_unknown_message_is_not_found(client_for: ClientFor) -> None:
    with ScriptedServer(answer(404, {"message": "Resource not found."})) as server:
        with pytest.raises(NotFoundException, match=r"Resource not found\."):
            client_for(server.url).messages.get_message_status(ID)
        with pytest.raises(NotFoundException):
            client_for(server.url).messages.cancel_scheduled_message(ID)


@pytest.mark.parametrize("body", [b"", b"null", b"<html>", b'""', b'{"status": "cancelled"}'])
@pytest.mark.parametrize("name", ["cancel", "confirm reports", "confirm replies"])
def test_whatever_the_body_of_a_confirmation_is_its_status_says_everything(
    name: str, body: bytes, client_for: ClientFor
) -> None:
    short, *_ = OPERATIONS[name]
    status = 200 if name == "cancel" else 202
    with ScriptedServer(answer(status, body, {"Content-Type": "text/plain"})) as server:
        assert short(client_for(server.url)) is None


def reset(exchange: Exchange) -> None:
    exchange.reset()


@pytest.mark.parametrize("failure", [answer(500), answer(502), answer(503), reset])
def test_a_send_is_not_repeated_where_the_messages_may_have_been_taken(failure: Any, client_for: ClientFor) -> None:
    with ScriptedServer(failure, ACCEPTED) as server:
        with pytest.raises((ServiceException, OutcomeUnknownException)) as caught:
            client_for(server.url, clock=FakeClock()).messages.send_messages(BODY)
        assert len(server.requests) == 1
    assert caught.value.accepted is None


@pytest.mark.parametrize("failure", [answer(429), answer(503, b"", {"Retry-After": "1"})])
def test_a_send_is_repeated_where_the_messages_were_not_taken(failure: bytes, client_for: ClientFor) -> None:
    with ScriptedServer(failure, ACCEPTED) as server:
        client = client_for(server.url, clock=FakeClock())
        sent = client.messages.send_messages(SendMessagesRequest.from_dict(BODY))
        assert len(server.requests) == 2
    assert sent.messages is not None
    assert sent.messages[0].message_id == ID


@pytest.mark.parametrize("failure", [answer(500), answer(503), answer(429), reset])
@pytest.mark.parametrize("name", READS)
def test_what_sends_nothing_is_repeated(name: str, failure: Any, client_for: ClientFor) -> None:
    short, *_, said = OPERATIONS[name]
    with ScriptedServer(failure, said) as server:
        short(client_for(server.url, clock=FakeClock()))
        assert len(server.requests) == 2
    with ScriptedServer(failure) as server:
        with pytest.raises(ApiException) as caught:
            short(client_for(server.url, clock=FakeClock(), retries=0))
        assert len(server.requests) == 1
    assert caught.value.accepted is None


def test_a_signed_request_that_is_refused_is_not_sent_again(client_for: ClientFor) -> None:
    with ScriptedServer(answer(401, {"message": "Invalid authentication credentials"})) as server:
        with pytest.raises(UnauthorizedException, match="Invalid authentication credentials"):
            client_for(server.url, True).replies.check_replies()
        assert len(server.requests) == 1


def test_a_rate_limit_says_how_long_to_wait(client_for: ClientFor) -> None:
    limit = answer(429, {}, {"Retry-After": "7"})
    with ScriptedServer(limit) as server, pytest.raises(TooManyRequestsException) as caught:
        client_for(server.url, retries=0).messages.send_messages(BODY)
    assert caught.value.retry_after == 7


@pytest.mark.parametrize("hmac", [False, True])
def test_nothing_that_is_printed_or_pickled_holds_the_secret(hmac: bool, client_for: ClientFor) -> None:
    with ScriptedServer(answer(400, {})) as server:
        client = client_for(server.url, hmac)
        with pytest.raises(BadRequestException) as caught:
            client.messages.send_messages(BODY)
    shown = [repr(client), repr(client.api_client), repr(caught.value), str(caught.value), repr(vars(caught.value))]
    assert not any("hsecret" in text or "aGtleTpoc2VjcmV0" in text or "signature" in text for text in shown)
    assert b"hsecret" not in pickle.dumps(caught.value)
    with pytest.raises(TypeError):
        pickle.dumps(HmacAuth("hkey", "hsecret"))
    assert "hsecret" not in repr(HmacAuth("hkey", "hsecret"))


def test_a_closed_client_says_so() -> None:
    with MessageMediaMessagesClient("k", "s", base_uri="http://127.0.0.1:1") as client:
        pass
    with pytest.raises(RuntimeError, match="closed"):
        client.replies.check_replies()


def test_a_configuration_is_copied_and_left_as_it_is() -> None:
    configuration = Configuration(username="bandwidth", password="p", read_timeout=7)
    before = repr(copy.copy(configuration))
    client = MessageMediaMessagesClient("k", "s", configuration=configuration, base_uri="http://127.0.0.1:1")
    assert repr(configuration) == before
    assert client.api_client.configuration.read_timeout == 7


def test_the_family_costs_an_import_of_the_package_nothing() -> None:
    program = (
        "import sys, bandwidth_messaging; assert not [n for n in sys.modules if 'messagemedia' in n]; "
        "import bandwidth_messaging.messagemedia; print(sorted({'pydantic', 'urllib3', 'typing'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {program}"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.strip() == "[]"
