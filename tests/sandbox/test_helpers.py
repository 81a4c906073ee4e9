"""What tests of an application use: an account's requests, its configuration, failures, callbacks in this process."""

import json
import os
import re
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import urllib3

import bandwidth_messaging
from bandwidth_messaging.sandbox import Sandbox, SandboxAccount

from .calling import Caller

TO = "+15552345678"
MEDIA_TYPE = {"content-type": "application/json"}


@pytest.fixture
def caller(sandbox: SandboxAccount, http: urllib3.PoolManager) -> Caller:
    return Caller(sandbox, http)


def statuses(account: SandboxAccount) -> list[tuple[str, str, int | None]]:
    return [(each.method, each.path, each.status) for each in account.requests]


def test_an_account_has_its_own_requests_with_the_status_of_each_answer(
    still_server: Sandbox, sandbox: SandboxAccount, caller: Caller, http: urllib3.PoolManager
) -> None:
    other = Caller(still_server.new_account(), http)
    caller.create()
    other.create()
    caller.create(to=[])
    caller.post("{}", content_type="text/plain")
    caller.send("POST", caller.path, "{}", {**MEDIA_TYPE, **urllib3.make_headers(basic_auth="x:y")})
    caller.send("GET", f"/users/{sandbox.account_id}/nothing", headers=caller.basic)
    caller.send("PATCH", caller.path, headers=caller.basic)
    caller.create(to=["+15550000429"])
    caller.post(b" " * (1024 * 1024 + 1))

    path = caller.path
    assert statuses(sandbox) == [
        ("POST", path, 202), ("POST", path, 400), ("POST", path, 415), ("POST", path, 401),
        ("GET", f"/users/{sandbox.account_id}/nothing", 404), ("PATCH", path, 405), ("POST", path, 429),
        ("POST", path, 413),
    ]  # fmt: skip
    assert sandbox.requests[1].json()["to"] == []  # type: ignore[index]  # it is an object
    assert "'to' must contain at least one telephone number" in sandbox.requests[1].refusal
    assert (sandbox.requests[0].refusal, sandbox.requests[0].account_id) == ("", sandbox.account_id)
    assert len(still_server.requests) >= 9


def test_a_caller_without_access_is_in_the_requests_of_its_account(own_sandbox: Sandbox) -> None:
    own = own_sandbox
    options = {"username": own.denied_username, "password": own.denied_password}
    with bandwidth_messaging.ApiClient(own.configuration(**options)) as client:
        api = bandwidth_messaging.MessagesApi(client)
        with pytest.raises(bandwidth_messaging.exceptions.ForbiddenException):
            api.list_messages(own.account_id, limit=1)
    assert [each.status for each in own.requests] == [403]


def test_a_request_whose_connection_was_torn_down_has_no_status(sandbox: SandboxAccount, caller: Caller) -> None:
    sandbox.fail_next(reset=True)
    with pytest.raises(urllib3.exceptions.HTTPError):
        caller.create()
    sandbox.fail_next(status=503)
    caller.create()
    assert [each.status for each in sandbox.requests] == [None, 503]


def test_clearing_an_account_forgets_its_requests(sandbox: SandboxAccount, caller: Caller) -> None:
    caller.create()
    sandbox.clear()
    assert sandbox.requests == []


def test_the_configuration_is_ready_to_send(sandbox: SandboxAccount) -> None:
    configuration = sandbox.configuration(total_timeout=7)
    with bandwidth_messaging.ApiClient(configuration) as client:
        message = {"application_id": sandbox.application_id, "to": [TO], "from": sandbox.number, "text": "Hello"}
        bandwidth_messaging.MessagesApi(client).create_message(sandbox.account_id, message)

    assert sandbox.messages()[0].from_ == sandbox.number
    assert configuration.total_timeout == 7
    with pytest.raises(TypeError):
        sandbox.configuration(totel_timeout=7)


def test_the_configuration_takes_other_credentials_in_place_of_the_client(sandbox: SandboxAccount) -> None:
    basic = sandbox.configuration(username=sandbox.username, password=sandbox.password)
    assert (basic.client_id, basic.username) == (None, sandbox.username)
    assert sandbox.configuration(access_token="t").client_id is None


def test_a_program_can_read_the_account_from_its_environment(
    sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in sandbox.environ.items():
        monkeypatch.setenv(name, value)
    with bandwidth_messaging.ApiClient(bandwidth_messaging.Configuration.from_env()) as client:
        application, number = os.environ["BW_MESSAGING_APPLICATION_ID"], os.environ["BW_NUMBER"]
        message = {"application_id": application, "to": [TO], "from": number, "text": "Hello"}
        bandwidth_messaging.MessagesApi(client).create_message(os.environ["BW_ACCOUNT_ID"], message)

    assert sandbox.messages()[0].to == TO
    assert sorted(sandbox.environ) == [
        "BW_ACCESS_TOKEN_URL", "BW_ACCOUNT_ID", "BW_CLIENT_ID", "BW_CLIENT_SECRET", "BW_HOST",
        "BW_MESSAGING_APPLICATION_ID", "BW_NUMBER",
    ]  # fmt: skip


@pytest.mark.parametrize("code", [4720, 4470, 5999])
def test_a_delivery_fails_with_its_code_in_lists_and_callbacks(
    sandbox: SandboxAccount, caller: Caller, code: int
) -> None:
    application = Application()
    sandbox.deliver_to(application.wsgi)
    sandbox.fail_delivery(TO, code)
    caller.create(to=[TO, "+15552345679"])
    sandbox.advance(10)

    rows = caller.search(limit=9).json()["messages"]
    assert {row["destinationTn"]: row["errorCode"] for row in rows} == {TO: code, "+15552345679": 0}
    (failed,) = [event for event in application.events if event["type"] == "message-failed"]
    assert (failed["to"], failed["errorCode"]) == (TO, code)


def test_messages_to_a_number_are_delivered_again(sandbox: SandboxAccount, caller: Caller) -> None:
    sandbox.fail_delivery(TO, 4720)
    sandbox.fail_delivery(TO, None)
    caller.create(to=[TO])
    sandbox.advance(10)
    assert sandbox.messages()[0].status == "DELIVERED"


def test_a_failure_must_make_sense(sandbox: SandboxAccount) -> None:
    with pytest.raises(ValueError, match="error_code: 200 is not an error code from 4000 to 9999"):
        sandbox.fail_delivery(TO, 200)
    with pytest.raises(ValueError, match=r"error_code: '4720' is not of type 'integer'"):
        sandbox.fail_delivery(TO, "4720")  # type: ignore[arg-type]  # on purpose
    with pytest.raises(ValueError, match=r"to: '5552345678' is not a number in E\.164 format"):
        sandbox.fail_delivery("5552345678", 4720)


def test_deliveries_fail_over_http_too(sandbox: SandboxAccount, caller: Caller) -> None:
    path = f"/sandbox/accounts/{sandbox.account_id}/failures"
    assert caller.send("PUT", path, json.dumps({"to": TO, "error_code": 4720}), MEDIA_TYPE).status == 204
    assert caller.send("GET", path).json() == {"failures": [{"to": TO, "error_code": 4720}]}
    assert caller.send("PUT", path, json.dumps({"to": TO}), MEDIA_TYPE).status == 400
    caller.create(to=[TO])
    sandbox.advance(10)
    assert sandbox.messages()[0].error_code == 4720


class Application:
    """A WSGI and ASGI application that takes note of what it gets."""

    def __init__(self, status: int = 204) -> None:
        self.status = status
        self.events: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.threads: list[threading.Thread] = []
        self.authorizations: list[str | None] = []

    def take(self, path: str, authorization: str | None, body: bytes) -> None:
        self.paths.append(path)
        self.threads.append(threading.current_thread())
        self.authorizations.append(authorization)
        decoded = json.loads(body)
        self.events += decoded if isinstance(decoded, list) else [decoded]

    def wsgi(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.take(environ["PATH_INFO"], environ.get("HTTP_AUTHORIZATION"), body)
        start_response(f"{self.status} X", [])
        return [b""]

    async def asgi(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        body = (await receive())["body"]
        self.take(scope["path"], headers.get(b"authorization", b"").decode() or None, body)
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_callbacks_are_delivered_to_an_application_in_this_process(
    sandbox: SandboxAccount, caller: Caller, kind: str
) -> None:
    application = Application()
    sandbox.deliver_to(getattr(application, kind), path="/hooks", username="u", password="p")
    caller.create(to=[TO])
    sandbox.receive(TO, "Hello", to="+15557654321")
    sandbox.advance(10)

    assert sorted(event["type"] for event in application.events) == [
        "message-delivered", "message-received", "message-sent",
    ]  # fmt: skip
    assert set(application.paths) == {"/hooks"}
    assert set(application.authorizations) == {"Basic dTpw"}
    assert [each.state for message in sandbox.messages() for each in message.callbacks] == ["delivered"] * 3


def test_a_wsgi_application_is_called_in_the_thread_that_advances(sandbox: SandboxAccount, caller: Caller) -> None:
    application = Application()
    sandbox.deliver_to(application.wsgi)
    for _ in range(5):
        caller.create(to=[TO])
    sandbox.advance(10)
    assert len(application.events) == 10
    assert set(application.threads) == {threading.current_thread()}


def test_an_application_gets_callbacks_without_advance_too(server: Sandbox, http: urllib3.PoolManager) -> None:
    application = Application()
    account = server.new_account("fast")
    account.deliver_to(application.wsgi)
    Caller(account, http).create(to=[TO])
    account.wait_for(status="DELIVERED")
    account.set_pace("stepped")
    account.advance(0)
    assert [event["type"] for event in application.events] == ["message-sent", "message-delivered"]


def test_an_address_of_a_request_is_delivered_to_the_application_with_its_path(
    sandbox: SandboxAccount, http: urllib3.PoolManager
) -> None:
    application = Application()
    sandbox.deliver_to(application.wsgi)
    classic = sandbox.classic
    http.request(
        "POST", f"{sandbox.url}/v1/users/{classic.user_id}/messages",
        json={"from": "+15557654321", "to": TO, "text": "x", "callbackUrl": "https://example.com/classic",
              "receiptRequested": "all"},
        headers=urllib3.make_headers(basic_auth=f"{classic.api_token}:{classic.api_secret}"),
    )  # fmt: skip
    sandbox.advance(10)
    assert set(application.paths) == {"/classic"}


def test_an_application_that_fails_is_called_again(sandbox: SandboxAccount, caller: Caller) -> None:
    def broken(*_: object) -> list[bytes]:
        raise RuntimeError("no database")

    sandbox.deliver_to(broken)
    sandbox.receive(TO, "Hello", to="+15557654321")
    sandbox.advance(0)
    (callback,) = sandbox.messages()[0].callbacks
    assert (callback.state, callback.attempts[0]["error"]) == ("waiting", "RuntimeError: no database")

    application = Application()
    sandbox.deliver_to(application.wsgi)
    sandbox.advance(10)
    assert [event["type"] for event in application.events] == ["message-received"]


def test_none_ends_the_delivery_to_an_application(sandbox: SandboxAccount) -> None:
    application = Application()
    sandbox.deliver_to(application.wsgi)
    sandbox.deliver_to(None)
    sandbox.receive(TO, "Hello", to="+15557654321")
    sandbox.advance(0)
    assert application.events == []


def test_what_is_no_application_or_path_is_refused(sandbox: SandboxAccount) -> None:
    with pytest.raises(ValueError, match="app must be a WSGI or an ASGI application, not 'app'"):
        sandbox.deliver_to("app")
    with pytest.raises(ValueError, match="path must begin with a slash"):
        sandbox.deliver_to(Application().wsgi, path="hooks")


def test_advance_says_which_callbacks_were_not_answered_in_time(sandbox: SandboxAccount, caller: Caller) -> None:
    let_go = threading.Event()

    class Hanging:
        async def __call__(self, *_: object) -> None:
            let_go.wait(10)

    sandbox.deliver_to(Hanging())
    sandbox.receive(TO, "Hello", to="+15557654321")
    expected = (
        r"Callbacks were not answered within 0\.2 seconds: message-received about \+15557654321 to http://localhost/"
    )
    try:
        with pytest.raises(TimeoutError, match=expected):
            sandbox.advance(0, timeout=0.2)
        path = f"/sandbox/accounts/{sandbox.account_id}/clock"
        answer = caller.send("POST", path, '{"advance": 0, "timeout": 1}', MEDIA_TYPE)
        assert (answer.status, answer.json()["type"]) == (504, "callbacks-unanswered")
        assert re.match(expected.replace(r"0\.2", "1"), answer.json()["description"])
    finally:
        let_go.set()


@pytest.mark.parametrize("timeout", [-1, 0, float("inf"), "5"])
def test_the_timeout_of_advance_must_be_a_number(sandbox: SandboxAccount, timeout: Any) -> None:
    with pytest.raises(ValueError, match="timeout must be a number of seconds above 0"):
        sandbox.advance(0, timeout=timeout)
