"""TLS: verified, 1.2 at least, with the client's own authorities, certificate and names, for tokens too."""

from __future__ import annotations

import ssl
import threading
import warnings
from typing import Any

import pytest
from scripted_server import Exchange, answer, reset
from urllib3.exceptions import InsecureRequestWarning

from faults.certificates import Authority
from faults.lab import ACCEPTED, READ, SEND, TOKEN, Lab, case

TOKEN_ANSWER = answer(200, {"access_token": TOKEN, "token_type": "bearer", "expires_in": 3600})


@case(
    3, SEND, "has a self-signed, expired or wrong-name certificate", "ConnectException, accepted False; says which", 0
)
@pytest.mark.parametrize(
    ("names", "options", "why"),
    [
        (["127.0.0.1"], {"self_signed": True}, "self-signed certificate"),
        (["127.0.0.1"], {"days": -1}, "certificate has expired"),
        (["example.org"], {}, "IP address mismatch, certificate is not valid for '127.0.0.1'"),
    ],
    ids=["self-signed", "expired", "wrong name"],
)
def test_a_bad_certificate_costs_one_handshake(
    names: list[str], options: Any, why: str, lab: Lab, authority: Authority
) -> None:
    server = lab.serve(ACCEPTED, tls=authority.server(*names, **options))
    error = lab.send(ssl_ca_cert=str(authority.file))
    assert f"127.0.0.1:{server.port}: " in error.reason
    assert why in error.reason
    assert (server.connections, lab.clock.slept) == (1, [])


@case("3a", SEND, "has a certificate of an authority that nobody knows", "ConnectException, accepted False", 0)
def test_the_system_authorities_are_trusted_unless_told_otherwise(lab: Lab, authority: Authority) -> None:
    lab.serve(ACCEPTED, tls=authority.server())
    assert "unable to get local issuer certificate" in lab.send().reason


@case("3b", SEND, "has a certificate of the authority that was given", "the message", 1)
@pytest.mark.parametrize("form", ["file", "pem", "der"])
def test_an_authority_may_be_a_file_or_data(form: str, lab: Lab, authority: Authority) -> None:
    lab.serve(ACCEPTED, tls=authority.server())
    options: dict[str, Any] = {
        "file": {"ssl_ca_cert": str(authority.file)},
        "pem": {"ca_cert_data": authority.pem},
        "der": {"ca_cert_data": authority.der},
    }
    lab.send(**options[form])


@case("3c", SEND, "is self-signed; verify_ssl=False", "the message; with urllib3's warning", 1)
def test_verification_can_be_switched_off(lab: Lab, authority: Authority) -> None:
    lab.serve(ACCEPTED, tls=authority.server(self_signed=True))
    with pytest.warns(InsecureRequestWarning):
        lab.send(verify_ssl=False)


@case("3d", SEND, "is behind another name; tls_server_name", "the message; that name in the handshake", 1)
def test_another_name_can_be_sent_and_verified(lab: Lab, authority: Authority) -> None:
    context, asked = authority.server("api.example.org"), list[str | None]()
    context.sni_callback = lambda sock, name, context: asked.append(name)
    lab.serve(ACCEPTED, tls=context)
    lab.send(ssl_ca_cert=str(authority.file), tls_server_name="api.example.org")
    assert asked == ["api.example.org"]


@case("3e", SEND, "has a certificate for another name; assert_hostname", "the message", 1)
def test_the_name_to_verify_can_be_given(lab: Lab, authority: Authority) -> None:
    lab.serve(ACCEPTED, tls=authority.server("other.example.org"))
    lab.send(ssl_ca_cert=str(authority.file), assert_hostname="other.example.org")


@case("3f", SEND, "asks for a client certificate", "the message", 1)
def test_a_client_certificate_is_shown(lab: Lab, authority: Authority) -> None:
    lab.serve(ACCEPTED, tls=authority.server(client_certificate=True))
    certificate, key = authority.issue("client.example.org")
    lab.send(ssl_ca_cert=str(authority.file), cert_file=certificate, key_file=key)


@case("3g", SEND, "is fine; the file of the authority is missing", "ConnectException, accepted False; names it", 0)
def test_a_missing_authority_file_is_typed(lab: Lab, authority: Authority) -> None:
    lab.serve(ACCEPTED, tls=authority.server())
    assert "No such file" in lab.send(ssl_ca_cert="/no/such/file.pem").reason


@case(44, SEND, "and the token endpoint ask for a client certificate", "the message", 1)
def test_the_token_is_fetched_with_the_clients_own_tls(lab: Lab, authority: Authority) -> None:
    lab.serve(ACCEPTED, tls=authority.server(client_certificate=True))
    tokens = lab.serve(TOKEN_ANSWER, tls=authority.server(client_certificate=True))
    certificate, key = authority.issue("client.example.org")
    lab.send(lab.oauth_client(ssl_ca_cert=str(authority.file), cert_file=certificate, key_file=key))
    assert len(tokens.requests) == 1


@case(59, SEND, "speaks TLS 1.1 at most", "ConnectException, accepted False", 0)
def test_old_tls_is_refused(lab: Lab, authority: Authority) -> None:
    context = authority.server()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of what the server is here to do
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    lab.serve(ACCEPTED, tls=context)
    assert "version" in lab.send(ssl_ca_cert=str(authority.file), retries=0).reason.lower()


@case("59a", SEND, "speaks no TLS", "ConnectException, accepted False", 0)
def test_a_plain_server_is_not_spoken_to_in_tls(lab: Lab) -> None:
    server = lab.serve(b"", on_accept=lambda sock: sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    lab.send(host=f"https://127.0.0.1:{server.port}", retries=0)


@case("6a", SEND, "resets on accept, before the TLS handshake", "ConnectException, accepted False; 3 tries", 0)
def test_a_reset_before_the_handshake_is_not_sent(lab: Lab) -> None:
    server = lab.serve(ACCEPTED, on_accept=reset)
    lab.send(host=f"https://127.0.0.1:{server.port}")
    assert server.connections == 3


@case("59b", SEND, "accepts and never shakes hands", "ConnectException, accepted False; at the connect time-out", 0)
def test_a_handshake_that_hangs_is_a_connect_time_out(lab: Lab) -> None:
    over = threading.Event()
    server = lab.serve(ACCEPTED, on_accept=lambda sock: over.wait(10) or None)
    lab.send(host=f"https://127.0.0.1:{server.port}", connect_timeout=0.05, retries=0)
    over.set()


@case("4a", SEND, "reads the request over TLS, then resets", "OutcomeUnknownException, accepted None", 1)
def test_a_reset_after_a_request_over_tls_leaves_the_outcome_unknown(lab: Lab, authority: Authority) -> None:
    lab.serve(lambda exchange: exchange.reset(), tls=authority.server())
    lab.send(ssl_ca_cert=str(authority.file))


@case("16d", SEND, "closes each TLS connection after its answer; 30 sends", "the message; each time, no unknown", 30)
def test_a_tls_connection_that_the_server_has_closed_is_found_before_writing(lab: Lab, authority: Authority) -> None:
    closed = threading.Semaphore(0)

    def answer_and_close(exchange: Exchange) -> None:
        exchange.send(ACCEPTED)
        exchange.close()
        closed.release()

    server = lab.serve(answer_and_close, tls=authority.server())
    api = lab.client(ssl_ca_cert=str(authority.file), retries=0)
    for _ in range(30):
        assert lab.send(api).id == "m-1"
        assert closed.acquire(timeout=5)
    assert server.connections == 30


@case("48a", READ, "redirects from https to http", "RedirectException; nothing follows", 1)
def test_a_redirect_to_plain_http_is_not_followed(lab: Lab, authority: Authority) -> None:
    elsewhere = lab.serve(ACCEPTED)
    server = lab.serve(answer(302, headers={"Location": elsewhere.url}), tls=authority.server())
    lab.read(host=server.url, ssl_ca_cert=str(authority.file))
    assert elsewhere.connections == 0
