import base64
from collections.abc import Callable

import pytest
import urllib3

from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.families.credentials import Credential, Gate
from bandwidth_messaging.sandbox.messaging.accounts import Accounts
from bandwidth_messaging.sandbox.messaging.clock import AccountClock
from bandwidth_messaging.sandbox.messaging.tokens import Caller as Owner
from bandwidth_messaging.sandbox.messaging.tokens import Tokens

from .calling import NOW, Caller


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_a_client_gets_a_token_and_calls_with_it(caller: Caller) -> None:
    answer = caller.token()

    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["token_type"] == "bearer"
    assert answer.json()["expires_in"] == 3600
    called = caller.send("GET", caller.path + "?limit=1", headers=bearer(answer.json()["access_token"]))
    assert called.status == 200


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("grant_type=password", "unsupported_grant_type"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("", "invalid_request"),
        ("%ff", "invalid_request"),
        ("a=1&" * 30, "invalid_request"),
    ],
)
def test_a_token_request_with_another_form_is_refused_as_rfc_6749_has_it(shared: Caller, body: str, error: str) -> None:
    answer = shared.token(body)

    assert (answer.status, answer.json()["error"]) == (400, error)


def test_a_token_request_that_is_no_form_is_refused(shared: Caller) -> None:
    assert shared.token(content_type="application/json").json()["error"] == "invalid_request"


def test_a_token_request_with_a_wrong_secret_is_refused(shared: Caller) -> None:
    answer = shared.token(credential=f"{shared.sandbox.client_id}:wrong")

    assert (answer.status, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_a_users_password_gets_no_token(shared: Caller) -> None:
    assert shared.token(credential=f"{shared.sandbox.username}:{shared.sandbox.password}").status == 401


def test_token_requests_are_counted_and_kept_apart_from_the_others(own_sandbox: Sandbox, own_caller: Caller) -> None:
    own_caller.token()
    own_caller.token("")

    assert own_sandbox.token_requests == 2
    assert not own_sandbox.requests


def test_a_token_expires(http: urllib3.PoolManager) -> None:
    now = [1000.0]
    with Sandbox(token_lifetime=60, clock=lambda: now[0]) as sandbox:
        caller = Caller(sandbox, http)
        token = caller.token().json()["access_token"]
        now[0] += 59
        assert caller.send("GET", caller.path + "?limit=1", headers=bearer(token)).status == 200
        now[0] += 1
        assert caller.send("GET", caller.path + "?limit=1", headers=bearer(token)).status == 401
        assert caller.token().json()["access_token"] != token
        http.clear()


def test_tokens_can_be_revoked(caller: Caller) -> None:
    token = caller.token().json()["access_token"]

    caller.sandbox.revoke_tokens()

    assert caller.send("GET", caller.path + "?limit=1", headers=bearer(token)).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Basic"},
        {"authorization": "Basic !"},
        {"authorization": "Bearer no-such-token"},
        {"authorization": "Digest x"},
        urllib3.make_headers(basic_auth="sandbox-user:wrong"),
        urllib3.make_headers(basic_auth="wrong:sandbox-password"),
    ],
)
def test_a_missing_or_wrong_credential_is_401_in_the_words_of_the_operation(
    shared: Caller, headers: dict[str, str]
) -> None:
    posted = shared.send("POST", shared.path, b"{}", headers)
    listed = shared.send("GET", shared.path + "?limit=1", headers=headers)

    assert (posted.status, listed.status) == (401, 401)
    assert posted.json() == {"type": "unauthorized", "description": "Authentication Failed"}
    assert listed.json() == {"type": "unauthorized", "description": "Your request could not be authenticated"}


def test_the_account_of_somebody_else_is_401(shared: Caller) -> None:
    assert shared.send("GET", "/users/9900001/messages?limit=1", headers=shared.basic).status == 401


def _denied_basic(caller: Caller) -> dict[str, str]:
    return urllib3.make_headers(basic_auth=f"{Sandbox.denied_username}:{Sandbox.denied_password}")


def _denied_bearer(caller: Caller) -> dict[str, str]:
    credential = f"{Sandbox.denied_client_id}:{Sandbox.denied_client_secret}"
    return bearer(caller.token(credential=credential).json()["access_token"])


@pytest.mark.parametrize("headers", [_denied_basic, _denied_bearer])
def test_a_user_without_access_to_messaging_is_403(shared: Caller, headers: Callable[[Caller], dict[str, str]]) -> None:
    answer = shared.send("GET", f"/users/{Sandbox.account_id}/messages?limit=1", headers=headers(shared))

    assert (answer.status, answer.json()) == (403, {"type": "forbidden", "description": "Access Denied"})


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_a_credential_beyond_ascii_is_right_in_both_charsets(charset: str) -> None:
    gate, owner = Gate(Tokens(60)), Owner(Accounts().new(AccountClock(lambda: NOW, "real")))
    gate.admit(Credential("u", "pé", owner), Credential("c", "s", owner))

    assert gate.caller("Basic " + base64.b64encode("u:pé".encode(charset)).decode()) is owner
    assert gate.caller("Basic " + base64.b64encode(b"u:pe").decode()) is None


def test_the_scheme_is_read_in_any_case(shared: Caller) -> None:
    value = base64.b64encode(f"{shared.sandbox.username}:{shared.sandbox.password}".encode()).decode()

    assert shared.send("GET", shared.path + "?limit=1", headers={"authorization": f"bAsIc {value}"}).status == 200


@pytest.mark.parametrize(
    "path", ["/nothing", "/users/9900000", "/users/9900000/messages/", "/users//messages", "/%00", "/v1/x"]
)
def test_an_unknown_path_is_404(shared: Caller, path: str) -> None:
    answer = shared.send("GET", path)

    assert answer.status == 404
    assert answer.json() == {"type": "not-found", "description": "There is nothing at this path"}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_another_method_is_405_and_names_the_right_ones(shared: Caller, method: str) -> None:
    answer = shared.send(method, shared.path)

    assert (answer.status, answer.json()["type"]) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD, POST"
