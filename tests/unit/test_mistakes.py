"""What a caller does wrong: the error names the argument, nothing is sent, and nothing is shown that should not be."""

from __future__ import annotations

import copy
import gc
import pickle
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Exchange, ScriptedServer, answer
from support import ACCOUNT, MESSAGE, FakeClock

import bandwidth_messaging
from bandwidth_messaging import (
    ApiClient,
    ApiException,
    BadRequestException,
    BasicAuth,
    Configuration,
    ConnectException,
    MessageRequest,
    MessagesApi,
)
from bandwidth_messaging.callbacks import parse_callback
from bandwidth_messaging.messagemedia import MessageMediaMessagesClient
from bandwidth_messaging.messagemedia.models import Message as FamilyMessage

ApiFor = Callable[..., MessagesApi]
ACCEPTED = answer(202, {"id": "1"})


@pytest.fixture
def api(api_for: ApiFor, server: ScriptedServer) -> MessagesApi:
    return api_for(server.url, username="u", password="p")


@pytest.fixture
def server() -> Any:
    with ScriptedServer(ACCEPTED) as running:
        yield running


def request(**changes: Any) -> MessageRequest:
    return MessageRequest(**{**MESSAGE, **changes})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("txt", "MessageRequest: there is no field 'txt'; did you mean 'text'?"),
        ("sender", "MessageRequest: there is no field 'sender'"),
    ],
)
def test_an_attribute_that_is_no_field_is_refused(name: str, said: str) -> None:
    message = request()
    with pytest.raises(ValueError, match=said.replace("?", r"\?")):
        setattr(message, name, "x")
    assert message == request()
    family: Any = FamilyMessage(content="x", destination_number="+61491570156")
    with pytest.raises(ValueError, match="there is no field 'contnt'; did you mean 'content'"):
        family.contnt = "y"


def test_a_field_is_set_by_any_of_its_names(api: MessagesApi, server: ScriptedServer) -> None:
    message: Any = request()
    message.from_ = "+15550009999"
    message.applicationId = "app-2"
    message.additional_properties = {"new": 1}
    api.create_message(ACCOUNT, message)
    sent = server.requests[0].json
    assert sent == {"applicationId": "app-2", "to": MESSAGE["to"], "from": "+15550009999", "text": "Hello", "new": 1}
    with pytest.raises(ValueError, match="additional_properties: 'text' is a field of its own"):
        message.additional_properties = {"text": "other"}


@pytest.mark.parametrize("change", [{"x": object()}, {"x": "\ud83d"}])
def test_what_cannot_be_written_is_refused(change: dict[str, Any], api: MessagesApi, server: ScriptedServer) -> None:
    message = request()
    message.additional_properties.update(change)
    with pytest.raises(ValueError, match="MessageRequest: there is a value in it that cannot be sent"):
        api.create_message(ACCOUNT, message)
    assert server.requests == []


def test_what_was_changed_behind_the_models_back_is_shown_to_nobody(api_for: ApiFor) -> None:
    message = request()
    changed: Any = message.to
    changed.append(15551112222)
    with ScriptedServer(answer(400, {})) as server, warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        with pytest.raises(BadRequestException) as refused:
            api_for(server.url).create_message(ACCOUNT, message)
    assert (shown, "15551112222" in str(refused.value)) == ([], False)


@pytest.mark.parametrize("expiration", [3600, "3600", 1.5, True])
def test_seconds_are_no_expiration(expiration: Any) -> None:
    with pytest.raises(ValueError, match="expiration: give a datetime with a time zone, or ISO 8601"):
        request(expiration=expiration)


def test_credentials_in_headers_are_sent_and_kept_by_no_exception(api_for: ApiFor) -> None:
    with ScriptedServer(answer(400, {})) as server:
        api = api_for(server.url, username="u", password="p")
        with pytest.raises(ApiException) as refused:
            api.create_message(ACCOUNT, MESSAGE, _headers={"authorization": "Bearer TOPSECRET", "X-Other": "1"})
        assert server.requests[0].headers["authorization"] == "Bearer TOPSECRET"
    kept = refused.value.request
    assert kept is not None
    assert kept.headers["X-Other"] == "1"
    assert not any(name.lower() == "authorization" for name in kept.headers)
    assert b"TOPSECRET" not in pickle.dumps(refused.value)


ANY: Any = bandwidth_messaging  # of which checkers say nothing
FAMILY: Any = bandwidth_messaging.messagemedia
WRONG: Any = [
    (lambda api: api.create_message(request(), ACCOUNT), "account_id: give a string, not MessageRequest"),
    (lambda api: api.create_message({}, MESSAGE), "account_id: give a string, not dict"),
    (lambda api: api.iter_messages([]), "account_id: give a string, not list"),
    (lambda api: api.create_message(ACCOUNT, None), "message_request: give a MessageRequest or a dict of its fields"),
    (lambda api: api.create_message(ACCOUNT, {1: 2}), "MessageRequest: there is no field 1"),
    (lambda api: api.list_messages(ACCOUNT, _headers=[("a", "b")]), "_headers: give a dict of names and values"),
    (lambda api: api.list_messages(ACCOUNT, _headers="a: b"), "_headers: give a dict of names and values, not str"),
    (lambda api: api.list_messages(ACCOUNT, _request_auth=BasicAuth), "_request_auth: give a "),
    (
        lambda api: api.list_messages(
            ACCOUNT, from_date_time=datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))
        ),
        "from_date_time: in UTC the time is before the year 1",
    ),
    (lambda api: ANY.MessagesApi(api.api_client.configuration), "api_client: give an ApiClient, such as"),
    (lambda api: ANY.MessagesApi(ApiClient), "api_client: give an ApiClient, such as"),
    (lambda api: ANY.ApiClient("http://127.0.0.1"), "configuration: give a Configuration, not str"),
    (lambda api: ANY.ApiClient(Configuration(), auth=BasicAuth), "auth: give a "),
    (
        lambda api: FAMILY.MessageMediaMessagesClient("a", "b", configuration="x"),
        "configuration: give a Configuration",
    ),
    (
        lambda api: FAMILY.MessageMediaMessagesClient("a", "b", hmac_algorithm="x"),
        "hmac_algorithm: give one of",
    ),
    (lambda api: ANY.segments.count(None), "text: give a string, not NoneType"),
    (lambda api: ANY.segments.count(b"abc"), "text: give a string, not bytes"),
    (lambda api: ANY.segments.explain(["a", "b"]), "text: give a string, not list"),
    (
        lambda api: FAMILY.verify_signature("GET", "/", None, b"", "s"),
        "headers: give the headers of the request",
    ),
    (
        lambda api: FAMILY.verify_signature("GET", "/", {}, b"", "s", at=datetime(2026, 1, 1)),
        "at: a datetime needs a time",
    ),
]


@pytest.mark.parametrize(("mistake", "said"), WRONG)
def test_the_argument_is_named(
    mistake: Callable[[MessagesApi], Any], said: str, api: MessagesApi, server: ScriptedServer
) -> None:
    with pytest.raises(ValueError, match=said):
        mistake(api)
    assert server.requests == []


def test_a_pair_is_credentials_for_a_whole_client_too(server: ScriptedServer) -> None:
    pair: Any = ("user", "secret")
    with ApiClient(Configuration(host=server.url), auth=pair) as client:
        MessagesApi(client).create_message(ACCOUNT, MESSAGE)
    assert server.requests[0].headers["authorization"].startswith("Basic ")


def test_a_drain_says_at_the_call_what_is_wrong() -> None:
    with MessageMediaMessagesClient("k", "s", base_uri="http://127.0.0.1:9") as client:
        options: Any = {"timeout": 1}
        for drain in (client.replies.drain, client.delivery_reports.drain):
            with pytest.raises(TypeError, match=r"has no argument 'timeout'"):
                drain(**options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"ssl_ca_cert": "/nope.pem"}, "ssl_ca_cert: FileNotFoundError"),
        ({"ssl_ca_cert": __file__}, "ssl_ca_cert: SSLError"),
        ({"ca_cert_data": "junk"}, "ca_cert_data: "),
        ({"cert_file": "/nope.pem"}, "cert_file or key_file: FileNotFoundError"),
    ],
)
def test_a_certificate_that_cannot_be_read_is_named_and_tried_once(
    options: dict[str, Any], said: str, api_for: ApiFor, clock: FakeClock
) -> None:
    api = api_for("https://127.0.0.1:9", clock=clock, username="u", password="p", **options)
    with pytest.raises(ConnectException, match=said) as refused:
        api.create_message(ACCOUNT, MESSAGE)
    assert (refused.value.accepted, clock.slept) == (False, [])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"socket_options": [5]}, "socket_options: give tuples"),
        ({"socket_options": 5}, "socket_options: give tuples"),
        ({"proxy_headers": [1]}, "proxy_headers: give a dict"),
        ({"proxy_headers": {"a": 1}}, "proxy_headers: give a dict"),
    ],
)
def test_an_option_of_the_wrong_kind_is_named(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Configuration(**options)


def test_half_an_emoji_in_a_callback_is_written_as_it_came() -> None:
    body = '{"type":"message-received","to":"+1","message":{"id":"a","text":"\\ud83d cut"}}'
    (event,) = parse_callback(body)
    assert '"\\ud83d cut"' in event.to_json()
    assert parse_callback(event.to_json())[0].to_json() == event.to_json()


def test_what_a_server_says_is_shown_on_a_line_and_without_control_characters(api_for: ApiFor) -> None:
    said = {"type": "x", "description": "\x1b[2J" + "line\n" * 500}
    with ScriptedServer(answer(400, said)) as server, pytest.raises(ApiException) as refused:
        api_for(server.url, username="u", password="p").create_message(ACCOUNT, MESSAGE)
    assert "\x1b" not in str(refused.value)
    assert len(str(refused.value).splitlines()) == 2
    assert len(str(refused.value)) < 400


def test_an_answer_that_is_forgotten_gives_its_place_in_the_pool_back(api_for: ApiFor) -> None:
    with ScriptedServer(answer(200, {"messages": []})) as server:
        api = api_for(server.url, username="u", password="p", connection_pool_maxsize=1, total_timeout=20)
        for _ in range(3):
            api.list_messages_without_preload_content(ACCOUNT)
            gc.collect()
        assert api.list_messages(ACCOUNT).messages == []


@pytest.mark.parametrize("name", ["classic", "messagemedia", "rest"])
def test_parts_are_reached_by_their_names(name: str) -> None:
    code = f"import bandwidth_messaging; print(bandwidth_messaging.{name}.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"bandwidth_messaging.{name}"


def test_an_unpickled_configuration_serves_a_family_with_credentials_of_its_own() -> None:
    unpickled = pickle.loads(pickle.dumps(Configuration(client_id="i", client_secret="s", read_timeout=7.0)))
    with MessageMediaMessagesClient("k", "s", configuration=unpickled) as client:
        assert client.api_client.configuration.read_timeout == 7.0
    assert copy.copy(unpickled).client_id is None


def test_a_walk_that_is_interrupted_ends_the_process_at_once(tmp_path: Path) -> None:
    reached = tmp_path / "reached"

    def hang(exchange: Exchange) -> None:
        reached.touch()
        exchange.hang()

    with ScriptedServer(hang) as server:
        code = (
            "import bandwidth_messaging as b\n"
            f"api = b.MessagesApi(b.ApiClient(b.Configuration({server.url!r}, username='u', password='p')))\n"
            "for item in api.iter_messages('9900000'):\n    pass\n"
        )
        process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
        while not reached.exists():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert errors.rstrip().endswith("KeyboardInterrupt")
