"""The token request to the byte, and what becomes of the answers that a token endpoint can give."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from scripted_server import ScriptedServer, answer
from support import ACCOUNT, MESSAGE, FakeClock

from bandwidth_messaging import MessagesApi, TokenException, UnauthorizedException

ApiFor = Callable[..., MessagesApi]
TOKEN = {"access_token": "t1", "token_type": "Bearer", "expires_in": 3600}
ACCEPTED = answer(202, {"id": "m-1"})


def oauth(server: ScriptedServer) -> dict[str, str]:
    return {"client_id": "id", "client_secret": "s3cr3t", "access_token_url": f"{server.url}/oauth/token"}


def test_the_token_request_has_these_bytes(api_for: ApiFor) -> None:
    with ScriptedServer(answer(200, TOKEN), ACCEPTED) as server:
        api_for(server.url, **oauth(server)).create_message(ACCOUNT, MESSAGE)
        request, call = server.requests
    assert (request.method, request.target, request.body) == ("POST", "/oauth/token", b"grant_type=client_credentials")
    assert {name: value for name, value in request.headers.items() if name not in {"host", "user-agent"}} == {
        "accept": "application/json",
        "accept-encoding": "identity",
        "authorization": "Basic aWQ6czNjcjN0",
        "content-length": "29",
        "content-type": "application/x-www-form-urlencoded",
    }
    assert request.headers["user-agent"].startswith("bandwidth-messaging/")
    assert call.headers["authorization"] == "Bearer t1"


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (401, {}, UnauthorizedException, "401 Unauthorized from the token endpoint"),
        (400, {"error": "invalid_client"}, UnauthorizedException, "(invalid_client)"),
        (400, {"error": "unauthorized_client"}, UnauthorizedException, "(unauthorized_client)"),
        (400, {"error": "invalid_scope", "error_description": "no"}, TokenException, "(invalid_scope: no)"),
        (403, {"error_description": "the secret s3cr3t"}, TokenException, "(the secret ***)"),
        (200, {}, TokenException, "the access token is not a string that can be sent in a header"),
        (200, {"access_token": "a b"}, TokenException, "the access token is not a string"),
        (200, {"access_token": "é"}, TokenException, "the access token is not a string"),
        (200, {"access_token": ""}, TokenException, "the access token is not a string"),
        (200, {**TOKEN, "token_type": "mac"}, TokenException, "the token is not of type bearer"),
        (200, {**TOKEN, "token_type": 7}, TokenException, "the token is not of type bearer"),
    ],
)
def test_an_answer_without_a_usable_token_is_typed_and_names_the_endpoint(
    status: int, body: object, kind: type, said: str, api_for: ApiFor
) -> None:
    reasons = {401: "Unauthorized"}
    with ScriptedServer(answer(status, body, reason=reasons.get(status, ""))) as server:
        with pytest.raises((TokenException, UnauthorizedException)) as caught:
            api_for(server.url, retries=0, **oauth(server)).create_message(ACCOUNT, MESSAGE)
        assert len(server.requests) == 1
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.accepted) == (status, False)
    assert said in str(caught.value)
    assert f"the token endpoint {server.url}/oauth/token" in str(caught.value)
    assert "s3cr3t" not in f"{caught.value}{vars(caught.value)}"


@pytest.mark.parametrize(
    ("expires_in", "still_good", "renewed"),
    [
        (3600, 3539, 3541),
        ("3600", 3539, 3541),
        (100, 89, 91),
        (None, 269, 271),
        ("soon", 269, 271),
        ("nan", 269, 271),
        (1e12, 86_339, 86_341),
    ],
)
def test_a_token_is_kept_until_shortly_before_it_expires(
    expires_in: object, still_good: float, renewed: float, api_for: ApiFor, clock: FakeClock
) -> None:
    steps = (answer(200, {**TOKEN, "expires_in": expires_in}), ACCEPTED, ACCEPTED)
    with ScriptedServer(*steps, answer(200, {**TOKEN, "access_token": "t2"}), ACCEPTED) as server:
        api = api_for(server.url, clock=clock, **oauth(server))
        for at in (0.0, still_good, renewed):
            clock.time = 1000.0 + at
            api.create_message(ACCOUNT, MESSAGE)
        sent = [request.headers["authorization"] for request in server.requests if "oauth" not in request.target]
    assert sent == ["Bearer t1", "Bearer t1", "Bearer t2"]


@pytest.mark.parametrize("expires_in", [0, -5])
def test_a_token_that_is_dead_on_arrival_serves_one_call(expires_in: float, api_for: ApiFor, clock: FakeClock) -> None:
    steps = (answer(200, {**TOKEN, "expires_in": expires_in}), ACCEPTED) * 2
    with ScriptedServer(*steps) as server:
        api = api_for(server.url, clock=clock, **oauth(server))
        api.create_message(ACCOUNT, MESSAGE)
        api.create_message(ACCOUNT, MESSAGE)
        assert [request.target for request in server.requests].count("/oauth/token") == 2


def test_a_renewal_that_fails_leaves_the_endpoint_alone_while_the_old_token_works(
    api_for: ApiFor, clock: FakeClock
) -> None:
    steps = (answer(200, TOKEN), ACCEPTED, answer(500), ACCEPTED, ACCEPTED, answer(500), ACCEPTED)
    with ScriptedServer(*steps) as server:
        api = api_for(server.url, clock=clock, retries=0, **oauth(server))
        for at in (0.0, 3545.0, 3549.0, 3551.0):
            clock.time = 1000.0 + at
            api.create_message(ACCOUNT, MESSAGE)
        targets = [request.target for request in server.requests]
    assert [target == "/oauth/token" for target in targets] == [True, False, True, False, False, True, False]
