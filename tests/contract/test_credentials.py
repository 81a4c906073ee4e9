"""Both credentials against the sandbox: one token for many threads, renewed when it expires, and no secret shown."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from scripted_server import Exchange, ScriptedServer, answer
from support import ACCOUNT, MESSAGE, FakeClock

from bandwidth_messaging import ApiClient, Configuration, ForbiddenException, MessagesApi, UnauthorizedException
from bandwidth_messaging.sandbox import Sandbox

ApiFor = Callable[..., MessagesApi]


def oauth(sandbox: Sandbox) -> dict[str, str]:
    return {
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "access_token_url": sandbox.access_token_url,
    }


def test_basic_credentials_are_accepted(sandbox: Sandbox, api_for: ApiFor) -> None:
    api = api_for(sandbox.url, username=sandbox.username, password=sandbox.password)
    assert api.list_messages(ACCOUNT, limit=1).messages is not None


def test_fifty_threads_fetch_one_token_and_then_call_in_parallel(api_for: ApiFor) -> None:
    together = threading.Barrier(16)

    def step(exchange: Exchange) -> bytes:
        if exchange.request.target == "/token":
            return answer(200, {"access_token": "t", "expires_in": 3600, "token_type": "bearer"})
        # Passes only if 16 calls are on the wire at the same time.
        together.wait(30)
        return answer(202, {"id": "1"})

    with ScriptedServer(step) as server:
        api = api_for(
            server.url, client_id="c", client_secret="s", access_token_url=f"{server.url}/token",
            connection_pool_maxsize=16,
        )  # fmt: skip
        with ThreadPoolExecutor(48) as threads:
            messages = list(threads.map(lambda _: api.create_message(ACCOUNT, MESSAGE), range(48)))
        targets = [request.target for request in server.requests]
    assert len(messages) == 48
    assert targets.count("/token") == 1


def test_an_expired_token_is_renewed(api_for: ApiFor, clock: FakeClock) -> None:
    with Sandbox(token_lifetime=600) as sandbox:
        api = api_for(sandbox.url, clock=clock, **oauth(sandbox))
        api.list_messages(ACCOUNT, limit=1)
        clock.time += 500
        api.list_messages(ACCOUNT, limit=1)
        assert sandbox.token_requests == 1
        clock.time += 200
        api.list_messages(ACCOUNT, limit=1)
        assert sandbox.token_requests == 2


def test_a_revoked_token_is_renewed_and_the_call_repeated_without_the_caller_noticing(
    sandbox: Sandbox, api_for: ApiFor
) -> None:
    api = api_for(sandbox.url, retries=0, **oauth(sandbox))
    message = {**MESSAGE, "application_id": sandbox.application_id}
    api.create_message(ACCOUNT, message)
    before = sandbox.token_requests
    sandbox.revoke_tokens()
    assert api.create_message(ACCOUNT, message).id
    assert sandbox.token_requests == before + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "sandbox-client", "client_secret": "wr0ng-s3cret"},
        {"username": "sandbox-user", "password": "wr0ng-s3cret"},
        {"access_token": "wr0ng-s3cret"},
    ],
)
def test_wrong_credentials_raise_unauthorized_and_show_no_secret(
    wrong: dict[str, str], sandbox: Sandbox, api_for: ApiFor
) -> None:
    api = api_for(sandbox.url, access_token_url=sandbox.access_token_url, **wrong)
    with pytest.raises(UnauthorizedException) as caught:
        api.create_message(ACCOUNT, MESSAGE)
    assert caught.value.accepted is False
    shown = f"{caught.value} {caught.value!r} {vars(caught.value)}"
    assert "wr0ng-s3cret" not in shown


def test_the_wrong_account_is_unauthorized_and_a_user_without_messaging_forbidden(
    sandbox: Sandbox, api_for: ApiFor
) -> None:
    with pytest.raises(UnauthorizedException):
        api_for(sandbox.url, **oauth(sandbox)).create_message("9900001", MESSAGE)
    denied = api_for(sandbox.url, username=sandbox.denied_username, password=sandbox.denied_password)
    with pytest.raises(ForbiddenException, match="Access Denied"):
        denied.create_message(ACCOUNT, MESSAGE)


def test_a_callable_token_is_asked_for_each_call_and_again_after_a_401(api_for: ApiFor) -> None:
    tokens = iter(["old", "new", "new"])
    steps = [answer(401, {}), answer(202, {"id": "1"})]
    with ScriptedServer(*steps) as server:
        api = api_for(server.url, access_token=lambda: next(tokens))
        api.create_message(ACCOUNT, MESSAGE)
        api.create_message(ACCOUNT, MESSAGE)
        sent = [request.headers["authorization"] for request in server.requests]
    assert sent == ["Bearer old", "Bearer new", "Bearer new"]


def test_oauth_wins_over_a_token_and_a_token_over_basic(api_for: ApiFor) -> None:
    with ScriptedServer(answer(202, {"id": "1"})) as server:
        api_for(server.url, access_token="t", username="u", password="p").create_message(ACCOUNT, MESSAGE)
        assert server.requests[0].headers["authorization"] == "Bearer t"


def test_leaving_with_closes_every_connection(sandbox: Sandbox) -> None:
    def open_sockets() -> int:
        gc.collect()
        # By type: isinstance() would wake the lazy objects that web frameworks keep.
        found = [each for each in gc.get_objects() if issubclass(type(each), socket.socket)]
        return sum(_peer(each) == sandbox.url for each in found)

    with ApiClient(Configuration(host=sandbox.url, **oauth(sandbox))) as client:  # type: ignore[arg-type]  # all str
        MessagesApi(client).list_messages(ACCOUNT, limit=1)
        assert open_sockets() >= 1
    assert open_sockets() == 0


def _peer(sock: socket.socket) -> str:
    if sock.fileno() == -1 or sock.family != socket.AF_INET:
        return ""
    try:
        host, port = sock.getpeername()
    except OSError:
        return ""
    return f"http://{host}:{port}"
