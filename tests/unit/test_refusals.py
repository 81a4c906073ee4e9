"""What is refused before any I/O: by type, and without showing a value."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest
from scripted_server import ScriptedServer, answer
from support import ACCOUNT, MESSAGE

import bandwidth_messaging
from bandwidth_messaging import (
    ApiClient,
    BasicAuth,
    ClientException,
    Configuration,
    ConfigurationException,
    ConnectException,
    InvalidRequestException,
    MessageRequest,
    MessagesApi,
    NotFoundException,
    UnauthorizedException,
)
from bandwidth_messaging.classic.messaging import MessagingClient
from bandwidth_messaging.messagemedia import MessageMediaMessagesClient
from bandwidth_messaging.outbox import KeyConflictException

ApiFor = Callable[..., MessagesApi]
NUMBER = "555-0100"


def test_a_refused_message_says_each_field_and_its_rule() -> None:
    with pytest.raises(InvalidRequestException) as caught:
        MessageRequest.from_dict({"to": [NUMBER], "from": "+15557654321", "application_id": ""})
    assert caught.value.errors == (
        ("application_id", "String should have at least 1 character"),
        ("to[0]", "give phone numbers in E.164 form, such as +15551234567"),
    )
    assert str(caught.value).startswith("MessageRequest: application_id: String should")
    assert isinstance(caught.value, ValueError)


REFUSED: Any = [
    (lambda api: api.create_message(ACCOUNT, {**MESSAGE, "to": [NUMBER]}), "to[0]"),
    (lambda api: api.create_message(ACCOUNT, {**MESSAGE, "txt": NUMBER}), ""),
    (lambda api: api.create_message(ACCOUNT, NUMBER), "message_request"),
    (lambda api: api.create_message(NUMBER + "\n", MESSAGE), "account_id"),
    (lambda api: api.list_messages(ACCOUNT, message_status=NUMBER), "message_status"),
    (lambda api: api.list_messages(ACCOUNT, error_code=NUMBER), "error_code"),
    (lambda api: api.list_messages(ACCOUNT, error_code=-5550100), "error_code"),
    (lambda api: api.list_messages(ACCOUNT, bw_queued=NUMBER), "bw_queued"),
    (lambda api: api.list_messages(ACCOUNT, from_date_time=NUMBER), "from_date_time"),
    (lambda api: api.iter_messages(ACCOUNT, sort=NUMBER), "sort"),
    (lambda api: api.iter_messages(ACCOUNT, limit=-5550100), "limit"),
]


@pytest.mark.parametrize(("mistake", "field"), REFUSED)
def test_what_is_wrong_with_one_request_names_the_field_and_shows_no_value(
    mistake: Callable[[MessagesApi], Any], field: str, api_for: ApiFor
) -> None:
    with ScriptedServer(answer(200, {})) as server:
        with pytest.raises(InvalidRequestException) as caught:
            mistake(api_for(server.url))
        assert server.connections == 0
    ((named, rule),) = caught.value.errors
    assert named == field
    assert rule
    assert "555" not in f"{caught.value} {caught.value!r} {vars(caught.value)} {caught.value.args}".replace(
        "+15551234567", ""
    )


ANY: Any = bandwidth_messaging
UNUSABLE: Any = [
    (lambda api: api.create_message(ACCOUNT, MESSAGE, _request_timeout="x"), "_request_timeout"),
    (lambda api: api.create_message(ACCOUNT, MESSAGE, _headers={"a": "b\n"}), r"_headers\['a'\]"),
    (lambda api: api.create_message(ACCOUNT, MESSAGE, _request_auth="x"), "_request_auth"),
    (lambda api: BasicAuth("a:b", "c"), "username"),
    (lambda api: ANY.BearerAuth("a b"), "the access token"),
    (lambda api: ANY.ApiClient("http://127.0.0.1"), "configuration"),
    (lambda api: ANY.MessagesApi("http://127.0.0.1"), "api_client"),
    (lambda api: MessagingClient("u-1", "", "s"), "api_token is required"),
    (lambda api: MessageMediaMessagesClient("", "s"), "auth_user_name"),
    (lambda api: MessageMediaMessagesClient('a"', "s", use_hmac_authentication=True), "auth_user_name"),
    (lambda api: bandwidth_messaging.client("voice"), "there is no service"),
]


@pytest.mark.parametrize(("mistake", "said"), UNUSABLE)
def test_what_is_wrong_with_all_requests_has_a_type_of_its_own(
    mistake: Callable[[MessagesApi], Any], said: str, api_for: ApiFor
) -> None:
    with ScriptedServer(answer(200, {})) as server:
        with pytest.raises(ConfigurationException, match=said):
            mistake(api_for(server.url))
        assert server.connections == 0


def test_a_call_without_any_credentials_is_refused_by_type() -> None:
    client = ApiClient(Configuration("http://127.0.0.1:9"))
    with client, pytest.raises(ConfigurationException, match="no credentials"):
        MessagesApi(client).create_message(ACCOUNT, MESSAGE)


CREDENTIALS = ("BW_CLIENT_ID", "BW_CLIENT_SECRET", "BW_USERNAME", "BW_PASSWORD")


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CREDENTIALS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_credentials")
@pytest.mark.parametrize("make", [Configuration.from_env, ApiClient, MessagesApi])
def test_an_environment_without_credentials_is_refused_at_once(make: Callable[[], Any]) -> None:
    with pytest.raises(ConfigurationException, match="BW_CLIENT_ID and BW_CLIENT_SECRET"):
        make()


@pytest.mark.usefixtures("no_credentials")
def test_credentials_may_come_beside_the_environment() -> None:
    assert Configuration.from_env(access_token="t").access_token == "t"
    ApiClient(auth=BasicAuth("u", "p")).close()


@pytest.mark.parametrize(
    "options",
    [
        {"client_id": "c"},
        {"password": "p"},
        {"host": "x"},
        {"retries": -1},
        {"read_timeout": 0},
        {"max_response_size": "1"},
        {"proxy": "http://user:p4ss@w0rd:port"},
        {"proxy": "http://user:p4ss@[::1"},
        {"host": "http://user:p4ss@host"},
    ],
)
def test_an_option_that_cannot_be_used_is_named_and_no_secret_shown(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationException, match=next(iter(options))) as caught:
        Configuration(**options)
    assert "p4ss" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_refusal_survives_a_pickle() -> None:
    refused = InvalidRequestException(("to[0]", "is required"), ("text", "too long"), subject="MessageRequest")
    loaded = pickle.loads(pickle.dumps(refused))
    assert (str(loaded), loaded.errors) == (str(refused), refused.errors)
    assert str(loaded) == "MessageRequest: to[0] is required; text: too long"


def test_a_refusal_of_a_further_class_keeps_its_class() -> None:
    conflict = KeyConflictException(("text", "differs"), subject="key")
    assert type(pickle.loads(pickle.dumps(conflict))) is KeyConflictException
    assert repr(conflict).startswith("KeyConflictException(")


@pytest.mark.parametrize(
    ("failure", "doomed"),
    [
        (UnauthorizedException(400), True),
        (ClientException(402), True),
        (ClientException(407), True),
        (ClientException(413), False),
        (NotFoundException(404, causes_message=True), True),
        (NotFoundException(404), False),
        (ConnectException(permanent=True), True),
        (ConnectException(), False),
    ],
)
def test_who_sends_many_is_told_whether_the_next_would_fail_alike(
    failure: bandwidth_messaging.ApiException, doomed: bool
) -> None:
    assert failure.dooms_others is doomed
