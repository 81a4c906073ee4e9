"""Who is let in: what a page of another site, or another machine, can try."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest

from bandwidth_messaging.sandbox import Sandbox


@pytest.fixture(scope="module")
def local() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def remote() -> Iterator[Sandbox]:
    with Sandbox(host="0.0.0.0", allow_remote=True) as sandbox:
        yield sandbox


def ask(sandbox: Sandbox, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    port = int(sandbox.url.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers={"Host": f"127.0.0.1:{port}", **named})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize("host", ["evil.example.com", "evil.example.com:8080", "192.0.2.1", "127.0.0.1.example.com"])
@pytest.mark.parametrize("path", ["/", "/sandbox/health", "/users/9900000/messages", "/api/v1/oauth2/token"])
def test_a_name_that_was_rebound_to_this_machine_gets_nothing(local: Sandbox, host: str, path: str) -> None:
    assert ask(local, path, Host=host).status == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:9", "127.8.8.8", "[::1]:80"])
def test_this_machine_may_be_called_by_its_names(local: Sandbox, host: str) -> None:
    assert ask(local, "/sandbox/health", Host=host).status == 200


@pytest.mark.parametrize("path", ["/sandbox/health", "/sandbox/openapi.yaml", "/sandbox/accounts/9900000/messages"])
def test_another_site_can_neither_read_nor_write(local: Sandbox, path: str) -> None:
    assert ask(local, path, Origin="https://evil.example.com").status == 403
    assert ask(local, path, Origin="null").status == 403
    assert ask(local, path, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors").status == 403
    assert ask(local, path, "DELETE", Sec_Fetch_Site="same-site").status == 403


def test_the_own_page_may(local: Sandbox) -> None:
    host = local.url.removeprefix("http://")
    assert ask(local, "/sandbox/health", Origin=local.url, Host=host, Sec_Fetch_Site="same-origin").status == 200


def test_a_form_of_another_site_is_no_json(local: Sandbox) -> None:
    answer = ask(local, "/sandbox/accounts", "POST", Content_Type="text/plain")
    assert answer.status == 415


def test_the_answers_say_what_a_browser_may_do_with_them(local: Sandbox) -> None:
    headers = ask(local, "/sandbox/health").headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers


def test_where_others_are_let_in_the_page_and_the_api_want_a_token(remote: Sandbox) -> None:
    token = remote.token
    assert token
    assert ask(remote, "/sandbox/health", Host="sandbox:8080").status == 401
    assert ask(remote, "/").status == 401
    assert ask(remote, "/?token=wrong").status == 401
    assert ask(remote, "/sandbox/health", Authorization="Bearer wrong").status == 401
    assert ask(remote, "/sandbox/health", Cookie="sandbox_token=wrong").status == 401
    assert ask(remote, "/sandbox/health", Authorization=f"Bearer {token}").status == 200
    entered = ask(remote, f"/?token={token}")
    assert (entered.status, entered.headers["location"]) == (303, "/")
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert ask(remote, "/sandbox/health", Cookie=cookie.partition(";")[0]).status == 200
    # The vendors' own paths have their own credentials.
    assert ask(remote, "/users/9900000/messages").headers["content-type"] == "application/json"


@pytest.mark.parametrize("host", ["evil.example.com", "192.0.2.1.example.com", ".", ""])
@pytest.mark.parametrize("path", ["/", "/sandbox/health", "/users/9900000/messages", "/v1/messages"])
def test_a_rebound_name_gets_nothing_where_others_are_let_in_either(remote: Sandbox, host: str, path: str) -> None:
    # The vendors' paths have credentials that everybody knows.
    assert ask(remote, path, Host=host, Authorization=f"Bearer {remote.token}").status == 421


@pytest.mark.parametrize(
    "host", ["sandbox", "sandbox:8080", "192.0.2.1:80", "[2001:db8::1]:80", "host.docker.internal"]
)
def test_addresses_and_names_that_nobody_else_can_own_are_let_in(remote: Sandbox, host: str) -> None:
    assert ask(remote, "/sandbox/health", Host=host, Authorization=f"Bearer {remote.token}").status == 200


def test_another_name_can_be_let_in() -> None:
    with Sandbox(allow_hosts=["Sandbox.Example.com"]) as sandbox:
        assert ask(sandbox, "/sandbox/health", Host="sandbox.example.com:8080").status == 200
        assert ask(sandbox, "/sandbox/health", Host="example.com").status == 421


@pytest.mark.parametrize(
    "path", ["/", "/sandbox/accounts", "/users/9900000/messages", "/v1/messages", "/v1/users/u-sandbox/messages"]
)
def test_no_other_site_is_told_that_it_may_ask(local: Sandbox, path: str) -> None:
    asking = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "authorization,content-type"}
    answer = ask(local, path, "OPTIONS", Origin="https://evil.example.com", **asking)
    assert answer.status >= 400
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("path", ["//sandbox/health", "/%2e%2e/sandbox/health", "/SANDBOX/health", "/sandbox%2fhealth"])
def test_no_spelling_of_a_path_goes_around_the_token(remote: Sandbox, path: str) -> None:
    assert ask(remote, path).status in (401, 404)


def test_another_site_cannot_listen_to_the_live_stream(local: Sandbox) -> None:
    path = "/sandbox/inbox/accounts/9900000/events"
    assert ask(local, path, Origin="https://evil.example.com", Sec_Fetch_Site="cross-site").status == 403
    assert ask(local, path, Host="evil.example.com").status == 421


def test_the_page_cannot_be_framed_and_loads_nothing_from_elsewhere(local: Sandbox) -> None:
    headers = ask(local, "/").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_a_link_from_another_site_may_open_the_page_but_not_embed_it(local: Sandbox) -> None:
    assert ask(local, "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate").status == 200
    assert ask(local, "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors").status == 403
    assert ask(local, "/sandbox/accounts", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate").status == 403


def test_on_this_machine_there_is_no_token(local: Sandbox) -> None:
    assert local.token is None
