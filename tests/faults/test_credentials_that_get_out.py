"""Credentials stay in: whatever a server echoes, a header is called, or a traceback shows."""

from __future__ import annotations

import base64
import pickle
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from scripted_server import Exchange, ScriptedServer, answer
from support import ACCOUNT, MESSAGE

from bandwidth_messaging import (
    ApiException,
    Configuration,
    ConfigurationException,
    MessagesApi,
    OutcomeUnknownException,
    TokenException,
)

ApiFor = Callable[..., MessagesApi]
SECRET = "s3cret/w0rd+that?is=long"
PAIR = f"c-1:{SECRET}"
TOKEN = {"access_token": "t0ken-of-the-day", "expires_in": 3600}


def in_base64(secret: str) -> str:
    return base64.b64encode(secret.encode()).decode()


SPELLINGS = {
    "as it is": SECRET,
    "percent-encoded": quote(SECRET, safe=""),
    "percent-encoded in lower case": quote(SECRET, safe="").lower(),
    "Base64": in_base64(SECRET),
    "Base64 without padding": in_base64(SECRET).rstrip("="),
    "URL-safe Base64": base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
    "percent-encoded Base64": quote(in_base64(PAIR), safe=""),
    "Basic credentials": in_base64(PAIR),
    "within longer Base64": in_base64(f"the client said {PAIR} to me"),
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("where", ["error", "reason", "header"])
def test_what_the_token_endpoint_echoes_is_not_repeated(spelling: str, where: str, api_for: ApiFor) -> None:
    reason = f"No {spelling}" if where == "reason" else "No"
    said = {"error": "invalid_request", "error_description": f"got {spelling}." if where == "error" else ""}
    header = {"X-Echo": f"got {spelling}"} if where == "header" else {}
    echo = answer(400, said, header).replace(b" 400 400\r\n", f" 400 {reason}\r\n".encode(), 1)
    with ScriptedServer(echo) as server:
        api = api_for(server.url, client_id="c-1", client_secret=SECRET, access_token_url=f"{server.url}/token")
        with pytest.raises(TokenException) as caught:
            api.create_message(ACCOUNT, MESSAGE)
    shown = f"{caught.value} {caught.value.args} {vars(caught.value)} {dict(caught.value.headers)}"
    assert spelling.lower().rstrip("=") not in shown.lower()
    assert SECRET not in shown
    assert "***" in shown


@pytest.mark.parametrize(
    "said", [{"error": {"code": 7}}, {"error": ["x"]}, [1], "text", None, 5, {"error_description": {}}]
)
def test_a_token_answer_of_any_shape_is_a_token_failure_and_repeated(said: Any, api_for: ApiFor, clock: Any) -> None:
    with ScriptedServer(answer(503, said), answer(200, TOKEN), answer(202, {"id": "m-1"})) as server:
        options = {"client_id": "c-1", "client_secret": SECRET, "access_token_url": f"{server.url}/token"}
        assert api_for(server.url, clock=clock, **options).create_message(ACCOUNT, MESSAGE).id == "m-1"
    with ScriptedServer(answer(400, said)) as server:
        api = api_for(server.url, clock=clock, **{**options, "access_token_url": f"{server.url}/token"})
        with pytest.raises(TokenException) as caught:
            api.create_message(ACCOUNT, MESSAGE)
    assert caught.value.accepted is False


SECRET_HEADERS = {"Cookie": "session=s3cret", "Proxy-Authorization": "Basic s3cret", "X-Api-Key": "s3cret"}


@pytest.mark.parametrize("name", [*SECRET_HEADERS, "x-auth-token", "X-Amz-Security-Token"])
def test_a_secret_header_is_sent_beside_the_credentials_and_kept_by_no_exception(name: str, api_for: ApiFor) -> None:
    headers = {name: "s3cret", "X-Trace": "1"}
    with ScriptedServer(answer(400, {})) as server, pytest.raises(ApiException) as caught:
        api_for(server.url, username="u", password="p").create_message(ACCOUNT, MESSAGE, _headers=headers)
    sent = server.requests[0].headers
    assert (sent[name.lower()], sent["x-trace"], sent["authorization"][:6]) == ("s3cret", "1", "Basic ")
    kept = caught.value.request
    assert kept is not None
    assert (name in kept.headers, kept.headers["X-Trace"]) == (False, "1")
    assert b"s3cret" not in pickle.dumps(caught.value)


def test_a_secret_header_goes_out_with_a_renewed_token_too(api_for: ApiFor) -> None:
    tokens = iter("ab")

    def serve(exchange: Exchange) -> bytes:
        if exchange.request.target == "/token":
            return answer(200, {"access_token": next(tokens)})
        return answer(202 if exchange.request.headers["authorization"] == "Bearer b" else 401, {"id": "m-1"})

    with ScriptedServer(serve) as server:
        api = api_for(server.url, client_id="c", client_secret="s", access_token_url=f"{server.url}/token")
        assert api.create_message(ACCOUNT, MESSAGE, _headers={"Cookie": "a=b"}).id == "m-1"
    assert [request.headers.get("cookie") for request in server.requests if request.target != "/token"] == ["a=b"] * 2


def hang_up(exchange: Exchange) -> None:
    exchange.reset()


def locals_of(error: BaseException | None) -> str:
    """The traceback as error trackers show it, of the exception and of what caused it."""
    assert error is not None
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join(shown.format())


@pytest.mark.parametrize(
    "options", [{"username": "u", "password": "s3cret-pw"}, {"access_token": "s3cret-pw"}], ids=["Basic", "bearer"]
)
def test_a_traceback_with_local_variables_holds_no_credential(options: dict[str, str], api_for: ApiFor) -> None:
    with ScriptedServer(hang_up) as server, pytest.raises(OutcomeUnknownException) as caught:
        api_for(server.url, retries=0, **options).create_message(ACCOUNT, MESSAGE)
    own = locals_of(caught.value).partition("The above exception")
    encoded = base64.b64encode(b"u:s3cret-pw").decode()
    for shown in own:
        assert encoded not in shown
        assert "Bearer s3cret-pw" not in shown


# By name: the frame of the test is part of the traceback.
TOKEN_STEPS = {
    "reset": hang_up,
    "error": answer(400, {"error": "x"}),
    "no token": answer(200, {"access_token": "a b"}),
    "token, then reset": answer(200, TOKEN),
}


@pytest.mark.parametrize("step", TOKEN_STEPS)
def test_a_traceback_of_a_token_failure_holds_no_credential(step: str, api_for: ApiFor) -> None:
    with ScriptedServer(TOKEN_STEPS[step], hang_up) as server:
        url = f"{server.url}/token"
        api = api_for(server.url, retries=0, client_id="c-1", client_secret=SECRET, access_token_url=url)
        with pytest.raises(ApiException) as caught:
            api.create_message(ACCOUNT, MESSAGE)
    shown = locals_of(caught.value)
    assert not [secret for secret in (in_base64(PAIR), TOKEN["access_token"], "a b") if str(secret) in shown]


@pytest.mark.parametrize("proxy", ["http://user:p4ss@w0rd:port", "http://user:p4/ss@host:1", "http://u:p4ss@[::1"])
def test_a_proxy_that_cannot_be_read_is_not_shown(proxy: str, api_for: ApiFor, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationException, match="proxy") as caught:
        Configuration(proxy=proxy)
    assert "p4" not in str(caught.value)
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(ConfigurationException, match="http_proxy") as caught:
        api_for("http://messaging.example", retries=0).create_message(ACCOUNT, MESSAGE)
    assert "p4" not in locals_of(caught.value).partition("Traceback")[0]
    assert "p4" not in str(caught.value)


@pytest.mark.parametrize("name", ["host", "access_token_url"])
def test_a_url_with_credentials_is_refused_later_too(name: str) -> None:
    configuration = Configuration("http://127.0.0.1:9")
    with pytest.raises(ConfigurationException, match=f"{name}: a URL must not hold credentials") as caught:
        setattr(configuration, name, "http://u:p4ss@h")
    assert "p4ss" not in f"{caught.value}{configuration!r}"
