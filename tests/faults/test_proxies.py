"""Proxies: a forward, a tunnel and SOCKS; refused before the tunnel is not sent; the environment is read with care."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from scripted_server import Exchange, answer

from bandwidth_messaging._transport.proxies import proxy_for
from faults.certificates import Authority
from faults.lab import ACCEPTED, ANY, PAGE, PROXY_PASSWORD, READ, SEND, TOKEN, Lab, case
from faults.test_connecting import refusing
from faults.test_deadlines import TickingClock, dripping

HOST = "messaging.test"  # never looked up: the proxy answers for it
CREDENTIALS = "Basic " + base64.b64encode(f"me:{PROXY_PASSWORD}".encode()).decode()
VARIABLES = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def tunnel_to(port: int) -> Callable[[Exchange], None]:
    """A step that joins what it is asked for by CONNECT to a port of this machine."""

    def step(exchange: Exchange) -> None:
        with socket.create_connection(("127.0.0.1", port)) as inner:
            exchange.send(b"HTTP/1.1 200 Joined\r\n\r\n")
            back = threading.Thread(target=copy_bytes, args=[inner, exchange.sock])
            back.start()
            copy_bytes(exchange.sock, inner)
            back.join()

    return step


def copy_bytes(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for sock in (source, target):
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def with_password(url: str) -> str:
    return url.replace("://", f"://me:{PROXY_PASSWORD}@")


@case("60a", SEND, "is behind a forward proxy", "the message; the proxy got the whole URL and its password", 1)
def test_a_plain_request_is_forwarded(lab: Lab) -> None:
    proxy = lab.serve(ACCEPTED)
    lab.send(host=f"http://{HOST}/v2", proxy=with_password(proxy.url))
    request = proxy.requests[0]
    assert request.target == f"http://{HOST}/v2/users/9900000/messages"
    assert request.headers["proxy-authorization"] == CREDENTIALS
    assert request.headers["host"] == HOST


@case("60b", SEND, "is behind a tunnel", "the message; the proxy saw no credential and no text", 1)
def test_a_tls_request_goes_through_a_tunnel(lab: Lab, authority: Authority) -> None:
    server = lab.serve(ACCEPTED, tls=authority.server(HOST))
    proxy = lab.serve(tunnel_to(server.port))
    lab.send(host=f"https://{HOST}", proxy=with_password(proxy.url), ssl_ca_cert=str(authority.file))
    request = proxy.requests[0]
    assert (request.method, request.target) == ("CONNECT", f"{HOST}:443")
    assert request.headers["proxy-authorization"] == CREDENTIALS
    assert "authorization" not in request.headers
    assert "proxy-authorization" not in server.requests[0].headers


@case("60c", SEND, "resets in the tunnel, after the request", "OutcomeUnknownException, accepted None", 1)
def test_a_reset_within_the_tunnel_leaves_the_outcome_unknown(lab: Lab, authority: Authority) -> None:
    server = lab.serve(lambda exchange: exchange.reset(), tls=authority.server(HOST))
    proxy = lab.serve(tunnel_to(server.port))
    lab.send(host=f"https://{HOST}", proxy=proxy.url, ssl_ca_cert=str(authority.file))


@case(78, SEND, "the proxy refuses the tunnel: 403, 407, 502, a cut head", "ConnectException, accepted False", 0)
@pytest.mark.parametrize("reply", [answer(403), answer(407), answer(502), answer(302), b"HTTP/1.1", b"SSH-2.0\r\n"])
def test_a_proxy_that_refuses_the_tunnel_is_named_without_its_password(reply: bytes, lab: Lab) -> None:
    def refuse(exchange: Exchange) -> None:
        exchange.send(reply)
        exchange.close()

    proxy = lab.serve(refuse)
    error = lab.send(host=f"https://{HOST}", proxy=with_password(proxy.url))
    assert f"{HOST} by way of the proxy 127.0.0.1:{proxy.port}: " in str(error)
    assert PROXY_PASSWORD not in str(error)
    assert proxy.connections == 3


@case("78a", SEND, "nobody listens at the proxy's address", "ConnectException, accepted False; names the proxy", 0)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_down_is_not_sent(scheme: str, lab: Lab) -> None:
    url = lab.use(refusing())
    assert url.removeprefix("http://") in str(lab.send(host=f"{scheme}://{HOST}", proxy=url))


@case("78b", SEND, "the proxy says nothing to CONNECT", "ConnectException, accepted False; at the time-out", 0)
def test_a_proxy_that_hangs_is_not_sent(lab: Lab) -> None:
    proxy = lab.serve(lambda exchange: exchange.hang())
    lab.send(host=f"https://{HOST}", proxy=proxy.url, connect_timeout=0.05, retries=0)


@case("78g", SEND, "the proxy drips its answer to CONNECT", "ConnectException, accepted False; at the time-out", 0)
def test_a_proxy_that_drips_is_cut_off_at_the_connect_time_out(lab: Lab) -> None:
    proxy = lab.serve(dripping(b"HTTP/1.1 200 Joined\r\nX-Long: ", b"x"))
    clock = TickingClock()
    lab.send(host=f"https://{HOST}", proxy=proxy.url, clock=clock, connect_timeout=5, total_timeout=60, retries=0)
    assert clock.time < 1000 + 20


@case("78c", SEND, "the forward proxy answers 502", "ServiceException, accepted None", 1)
def test_a_forward_proxys_error_may_come_after_the_message(lab: Lab) -> None:
    lab.serve(answer(502), ACCEPTED)
    lab.send(host=f"http://{HOST}", proxy=lab.servers[0].url)


@case("44a", SEND, "and the token endpoint are behind a proxy", "the message; the token too by way of it", 1)
def test_the_token_is_fetched_by_way_of_the_proxy(lab: Lab) -> None:
    token = answer(200, {"access_token": TOKEN, "token_type": "bearer", "expires_in": 3600})
    proxy = lab.serve(token, ACCEPTED)
    urls: dict[str, Any] = {"host": f"http://{HOST}", "access_token_url": "http://tokens.test/token"}
    lab.send(client_id="client-1", client_secret="cl1ent-s3cret", proxy=proxy.url, **urls)
    assert proxy.requests[0].target == "http://tokens.test/token"


@case("78d", ANY, "a proxy header with CR LF or non-ASCII", "ConfigurationException; names it, does not show it", 0)
@pytest.mark.parametrize("value", ["s3cret\r\nX: y", "s3cret-é"])
def test_a_proxy_header_cannot_inject(value: str, lab: Lab) -> None:
    proxy = lab.serve(ACCEPTED)
    error = lab.send(host=f"http://{HOST}", proxy=proxy.url, proxy_headers={"X-Key": value})
    assert "X-Key" in str(error)
    assert "s3cret" not in str(error)


@case("78e", SEND, "a proxy password with non-Latin letters", "the message; as UTF-8", 1)
def test_a_proxy_password_goes_as_utf_8(lab: Lab) -> None:
    proxy = lab.serve(ACCEPTED)
    lab.send(host=f"http://{HOST}", proxy=proxy.url.replace("://", "://me:%D0%BF%40@"))
    sent = proxy.requests[0].headers["proxy-authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent).decode() == "me:п@"


@case(60, READ, "HTTP_PROXY, ALL_PROXY, or http_proxy without a scheme", "the page; by way of the proxy", 1)
@pytest.mark.parametrize("form", ["http_proxy={}", "HTTP_PROXY={}", "ALL_PROXY= {}\n", "http_proxy={bare}"])
def test_the_environments_proxy_is_used(form: str, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = lab.serve(PAGE)
    name, _, value = form.partition("=")
    monkeypatch.setenv(name, value.format(proxy.url, bare=proxy.url.removeprefix("http://")))
    lab.read(host=f"http://{HOST}")


@case("60d", READ, "HTTP_PROXY is set, and the server is on this machine", "the page; directly", 1)
def test_this_machine_is_never_reached_by_way_of_a_proxy(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    server = lab.serve(PAGE)
    monkeypatch.setenv("HTTP_PROXY", lab.use(refusing()))
    lab.read(host=server.url)


@case("60e", READ, "HTTP_PROXY is set, and a proxy was given", "the page; by way of the given one", 1)
def test_a_given_proxy_wins(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = lab.serve(PAGE)
    monkeypatch.setenv("HTTP_PROXY", lab.use(refusing()))
    lab.read(host=f"http://{HOST}", proxy=proxy.url)


EXEMPT = [
    "*", HOST, f".{HOST}", "test", ".test", "*.test", f"other, {HOST}", f"other {HOST}", f"other\n{HOST}\n",
    f" {HOST.upper()} ,", f"{HOST}:80",
]  # fmt: skip


@pytest.mark.parametrize("no_proxy", EXEMPT)
def test_each_form_of_no_proxy_exempts_a_name(no_proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.test:3128")
    monkeypatch.setenv("no_proxy", no_proxy)
    assert proxy_for("http", HOST, 80) is None


@pytest.mark.parametrize("no_proxy", ["", "other", "essaging.test", f"x{HOST}", f"{HOST}:81", "10.0.0.0/8", "[", ","])
def test_what_no_proxy_does_not_name_is_not_exempt(no_proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.test:3128")
    monkeypatch.setenv("no_proxy", no_proxy)
    assert proxy_for("http", HOST, 80) == "http://proxy.test:3128"


@pytest.mark.parametrize(
    ("address", "no_proxy"),
    [("10.1.2.3", "10.0.0.0/8"), ("10.1.2.3", "10.1.2.3"), ("fd00::1", "fd00::/8"), ("fd00::1", "[fd00::1]"),
     ("fd00::1:2", "fd00::1:2"),
     ("10.1.2.3", "192.168.0.0/16,10.1.0.0/16")],
)  # fmt: skip
def test_no_proxy_exempts_addresses_and_networks(address: str, no_proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.test:3128")
    monkeypatch.setenv("no_proxy", no_proxy)
    assert proxy_for("http", address, None) is None
    assert proxy_for("http", "172.16.0.1", None) == "http://proxy.test:3128"


def test_under_cgi_the_proxy_header_of_a_client_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUEST_METHOD", "GET")
    monkeypatch.setenv("HTTP_PROXY", "http://intruder.test:3128")
    assert proxy_for("http", HOST, 80) is None


def socks5(sock: socket.socket, asked: list[bytes]) -> None:
    """Take a SOCKS5 greeting and request (RFC 1928); what follows is served by this server itself."""
    greeting = sock.recv(257)
    if b"\x02" in greeting[2:]:
        sock.sendall(b"\x05\x02")
        asked.append(sock.recv(513))
        sock.sendall(b"\x01\x00")
    else:
        sock.sendall(b"\x05\x00")
    asked.append(sock.recv(262))
    sock.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50")


@case("60f", SEND, "is behind SOCKS5; the proxy resolves the name", "the message", 1)
def test_a_socks_proxy_is_used(lab: Lab) -> None:
    asked: list[bytes] = []
    proxy = lab.serve(ACCEPTED, on_accept=lambda sock: socks5(sock, asked))
    lab.send(host=f"http://{HOST}", proxy=with_password(f"socks5h://127.0.0.1:{proxy.port}"))
    assert asked[0] == b"\x01\x02me" + bytes([len(PROXY_PASSWORD)]) + PROXY_PASSWORD.encode()
    assert HOST.encode() in asked[1]
    assert proxy.requests[0].target == "/users/9900000/messages"


@case("60g", SEND, "is behind SOCKS5, with TLS", "the message", 1)
def test_tls_goes_through_a_socks_proxy(lab: Lab, authority: Authority) -> None:
    asked: list[bytes] = []
    proxy = lab.serve(ACCEPTED, tls=authority.server(HOST), on_accept=lambda sock: socks5(sock, asked))
    options: dict[str, Any] = {"proxy": f"socks5h://127.0.0.1:{proxy.port}", "ssl_ca_cert": str(authority.file)}
    lab.send(host=f"https://{HOST}", **options)


@case("78f", SEND, "the SOCKS proxy refuses, hangs or is down", "ConnectException, accepted False; names the proxy", 0)
@pytest.mark.parametrize("reply", [b"\x05\xff", b"\x05\x00\x05\x05\x00\x01\0\0\0\0\0\0", b"no socks", b""])
def test_a_socks_proxy_that_refuses_is_not_sent(reply: bytes, lab: Lab) -> None:
    proxy = lab.serve(ACCEPTED, on_accept=lambda sock: sock.sendall(reply))
    error = lab.send(host=f"http://{HOST}", proxy=f"socks5h://127.0.0.1:{proxy.port}", connect_timeout=0.1, retries=0)
    assert f"by way of the proxy 127.0.0.1:{proxy.port}" in str(error)
