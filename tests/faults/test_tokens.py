"""OAuth2: one fetch at a time, renewed ahead, thrown away at a 401, and no nonsense taken for a token."""

from __future__ import annotations

import base64
import threading
from itertools import count
from typing import Any

import pytest
from scripted_server import Exchange, Received, answer

from bandwidth_messaging import TokenException
from faults.lab import ACCEPTED, ANY, CLIENT_SECRET, PAGE, READ, SEND, TOKEN, TOKENS, Lab, case
from faults.test_connecting import refusing
from faults.together import in_threads, wait_for


def token(number: int = 1, **fields: Any) -> bytes:
    said = {"access_token": f"{TOKEN}-{number}", "token_type": "Bearer", "expires_in": 3600, **fields}
    return answer(200, {name: value for name, value in said.items() if value is not ...})


class Service:
    """A token endpoint and the API behind it, which takes the tokens that have not been revoked."""

    def __init__(self, lab: Lab, **fields: Any) -> None:
        self.fields, self.revoked = fields, set[str]()
        self._numbers = count(1)
        self.server = lab.serve(self._answer)

    def _answer(self, exchange: Exchange) -> bytes:
        if exchange.request.target == "/token":
            return token(next(self._numbers), **self.fields)
        if exchange.request.headers["authorization"] in self.revoked:
            return answer(401)
        return ACCEPTED if exchange.request.method == "POST" else PAGE

    @property
    def fetches(self) -> int:
        return len(self.server.requests) - len(self.sends)

    @property
    def sends(self) -> list[Received]:
        return [request for request in list(self.server.requests) if request.target != "/token"]


@case(36, SEND, "50 threads' first call", "the message; one token fetch", 50)
def test_the_first_call_of_many_threads_fetches_one_token(lab: Lab) -> None:
    service = Service(lab)
    api = lab.oauth_client()
    in_threads(50, lambda: lab.send(api))
    assert service.fetches == 1


@case("36a", SEND, "1,000 threads' call with an expired token", "the message; one token fetch", 1001)
def test_a_thousand_threads_with_an_expired_token_fetch_one(lab: Lab) -> None:
    service = Service(lab)
    api = lab.oauth_client(total_timeout=600)
    lab.send(api)
    lab.clock.time += 3601
    results = in_threads(1000, lambda: lab.send(api))
    assert {result.id for result in results} == {"m-1"}
    assert service.fetches == 2


@case(37, SEND, "401 to a cached token", "the message; one fetch more", 3)
def test_a_revoked_token_is_fetched_anew_and_the_call_repeated_once(lab: Lab) -> None:
    service = Service(lab)
    api = lab.oauth_client(retries=0)
    lab.send(api)
    service.revoked.add(f"Bearer {TOKEN}-1")
    lab.send(api)
    assert service.fetches == 2
    assert service.sends[-1].headers["authorization"] == f"Bearer {TOKEN}-2"


@case("37a", SEND, "401 to every token", "UnauthorizedException, accepted False; two fetches", 2)
def test_a_service_that_takes_no_token_is_asked_twice(lab: Lab) -> None:
    service = Service(lab)
    service.revoked |= {f"Bearer {TOKEN}-{number}" for number in range(9)}
    lab.send(lab.oauth_client())
    assert service.fetches == 2


@case(
    "37b", SEND, "revokes the token that 50 threads use", "the message; at most one 401 a thread", "50 to 100, and 50"
)
def test_a_token_revoked_mid_run_costs_each_thread_one_request_at_most(lab: Lab) -> None:
    service = Service(lab)
    api = lab.oauth_client()
    in_threads(50, lambda: lab.send(api))
    service.revoked.add(f"Bearer {TOKEN}-1")
    results = in_threads(50, lambda: lab.send(api))
    assert {result.id for result in results} == {"m-1"}
    assert service.fetches == 2
    assert 100 < len(service.sends) <= 150


@case("37c", SEND, "401 to Basic credentials", "UnauthorizedException, accepted False", 1)
def test_a_password_that_was_refused_is_not_tried_again(lab: Lab) -> None:
    lab.serve(answer(401), ACCEPTED)
    lab.send()


@case(38, TOKENS, "401, or `invalid_client`", "UnauthorizedException, accepted False; names the endpoint", 0)
@pytest.mark.parametrize("reply", [answer(401), answer(400, {"error": "invalid_client"})])
def test_rejected_client_credentials_are_told_from_a_failing_endpoint(reply: bytes, lab: Lab) -> None:
    server = lab.serve(reply)
    assert "/token" in str(lab.send(lab.oauth_client()))
    assert len(server.requests) == 1


@case("38a", TOKENS, "500 each time", "TokenException, accepted False; names the endpoint", 0)
def test_a_failing_token_endpoint_is_asked_again_and_named(lab: Lab) -> None:
    server = lab.serve(answer(500))
    error = lab.send(lab.oauth_client())
    assert (error.status, len(server.requests)) == (500, 3)
    assert f"{server.url}/token" in str(error)


@case("38b", TOKENS, "HTML, nothing, a list, half a JSON, no token", "TokenException, accepted False", 0)
@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b'{"access', b"{}", b"[" * 200_000, b"\xff"])
def test_an_answer_that_is_no_token_is_refused(body: bytes, lab: Lab) -> None:
    server = lab.serve(answer(200, body))
    lab.send(lab.oauth_client())
    assert len(server.requests) == 1


@case("38c", TOKENS, "echoes the client's secrets in its error", "TokenException, accepted False; without them", 0)
def test_an_endpoint_that_echoes_secrets_is_not_quoted(lab: Lab) -> None:
    def echo(exchange: Exchange) -> bytes:
        said = f"bad secret {CLIENT_SECRET} in {exchange.request.headers['authorization']}"
        return answer(400, {"error": "invalid_request", "error_description": said})

    lab.serve(echo)
    error = lab.send(lab.oauth_client())
    assert "invalid_request: bad secret *** in Basic ***" in str(error)


@case("38d", TOKENS, "refuses the connection", "TokenException, accepted False; names the endpoint", 0)
def test_a_token_endpoint_that_is_down_is_named(lab: Lab) -> None:
    url = lab.use(refusing())
    lab.serve(ACCEPTED)
    error = lab.send(lab.client(client_id="client-1", client_secret=CLIENT_SECRET, access_token_url=f"{url}/token"))
    assert url in str(error)


@case("38e", TOKENS, "500 to 50 threads at once", "TokenException, accepted False; shared by those who waited", 0)
def test_a_failure_is_shared_by_those_who_waited_for_it(lab: Lab) -> None:
    begun = threading.Semaphore(0)

    def fail_late(exchange: Exchange) -> bytes:
        for _ in range(50 if len(server.requests) == 1 else 0):
            assert begun.acquire(timeout=10)
        threading.Event().wait(0.1)  # for those who have begun to get as far as waiting
        return answer(500)

    def send() -> Any:
        begun.release()
        return lab.send(api)

    server = lab.serve(fail_late)
    api = lab.oauth_client(retries=0)
    results = in_threads(50, send)
    assert {type(result) for result in results} == {TokenException}
    # Who was late all the same asks anew; those are few.
    assert len(server.requests) < 25


@case(39, TOKENS, "expires_in missing, null, '3600', -5, 1e12, NaN, a list", "the message", 1)
@pytest.mark.parametrize("expires_in", [..., None, "3600", -5, 1e12, float("nan"), [], "soon", True])
def test_a_token_with_an_odd_lifetime_is_used(expires_in: Any, lab: Lab) -> None:
    Service(lab, expires_in=expires_in)
    lab.send(lab.oauth_client())


@case("39a", TOKENS, "expires_in 1e12; a day passes", "the message; fetched anew", 2)
def test_no_token_is_kept_for_longer_than_a_day(lab: Lab) -> None:
    service = Service(lab, expires_in=1e12)
    api = lab.oauth_client()
    lab.send(api)
    lab.clock.time += 86_401
    lab.send(api)
    assert service.fetches == 2


@case("39b", TOKENS, "expires_in -5; two sends", "the message; a fetch for each", 2)
def test_a_token_that_is_born_dead_is_not_kept(lab: Lab) -> None:
    service = Service(lab, expires_in=-5)
    api = lab.oauth_client()
    lab.send(api)
    lab.send(api)
    assert service.fetches == 2


@case(40, TOKENS, "expires_in 30", "the message; one fetch", 1)
def test_a_short_lived_token_is_fetched_once(lab: Lab) -> None:
    service = Service(lab, expires_in=30)
    lab.send(lab.oauth_client())
    assert service.fetches == 1


@case(41, TOKENS, "token_type mac, null, or a number", "TokenException, accepted False", 0)
@pytest.mark.parametrize("token_type", ["mac", None, 7])
def test_a_token_of_another_type_is_refused(token_type: Any, lab: Lab) -> None:
    lab.serve(token(token_type=token_type))
    lab.send(lab.oauth_client())


@case(42, TOKENS, "a token with CR LF, a space, non-ASCII; a number", "TokenException, accepted False; not echoed", 0)
@pytest.mark.parametrize("value", [f"{TOKEN}\r\nX: 1", f"{TOKEN} x", f"{TOKEN}é", "", 7, None])
def test_a_token_that_cannot_be_a_header_is_refused(value: Any, lab: Lab) -> None:
    lab.serve(token(access_token=value))
    assert TOKEN not in str(lab.send(lab.oauth_client()))


@case(43, TOKENS, "redirects elsewhere", "TokenException, accepted False; nothing follows", 0)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_token_redirect_is_not_followed(status: int, lab: Lab) -> None:
    elsewhere = lab.serve(token())
    lab.serve(answer(status, headers={"Location": f"{elsewhere.url}/token"}))
    assert lab.send(lab.oauth_client()).status == status
    assert elsewhere.connections == 0


@case(45, TOKENS, "is slow when the token is nearly over; 50 threads", "the message; one fetch, the rest go on", 51)
def test_a_token_is_renewed_ahead_by_one_thread_while_the_others_use_the_old_one(lab: Lab) -> None:
    others_done = threading.Event()

    def slowly(exchange: Exchange) -> bytes:
        assert others_done.wait(10)
        return token(2)

    api_server = lab.serve(ACCEPTED)
    tokens = lab.serve(token(1), slowly)
    api = lab.oauth_client()
    lab.send(api)
    lab.clock.time += 3600 - 30
    renewing = threading.Thread(target=lab.send, args=[api])
    renewing.start()
    wait_for(lambda: len(tokens.requests) == 2)
    in_threads(49, lambda: lab.send(api))
    others_done.set()
    renewing.join()
    used = [request.headers["authorization"] for request in api_server.requests]
    assert used == [f"Bearer {TOKEN}-1"] * 50 + [f"Bearer {TOKEN}-2"]


@case("45a", TOKENS, "fails when the token is nearly over", "the message; with the old token", 2)
def test_a_failed_renewal_does_not_cost_a_token_that_still_works(lab: Lab) -> None:
    lab.serve(ACCEPTED)
    tokens = lab.serve(token(1), answer(500))
    api = lab.oauth_client()
    lab.send(api)
    lab.clock.time += 3600 - 30
    lab.send(api)
    assert len(tokens.requests) == 2


@case("45b", TOKENS, "fails to renew a token that the service refuses meanwhile", "the message; one 401 a thread", 5)
def test_a_refused_token_does_not_come_back_when_its_renewal_fails(lab: Lab) -> None:
    refused = threading.Event()

    def fail_late(exchange: Exchange) -> bytes:
        assert refused.wait(10)
        threading.Event().wait(0.1)  # so that the 401 is dealt with by then; were it not, nothing would be tested
        return answer(500)

    def refuse(exchange: Exchange) -> bytes:
        if exchange.request.headers["authorization"] == f"Bearer {TOKEN}-2":
            return ACCEPTED
        refused.set()
        return answer(401)

    api_server = lab.serve(ACCEPTED, refuse)
    tokens = lab.serve(token(1), fail_late, token(2))
    api = lab.oauth_client(retries=0)
    lab.send(api)
    lab.clock.time += 3600 - 30
    renewing = threading.Thread(target=lab.send, args=[api])
    renewing.start()
    wait_for(lambda: len(tokens.requests) == 2)
    assert lab.send(api).id == "m-1"
    renewing.join()
    used = [request.headers["authorization"].removeprefix(f"Bearer {TOKEN}-") for request in api_server.requests]
    assert sorted(used) == ["1", "1", "1", "2", "2"]


@case("28a", TOKENS, "the wall clock jumps by years", "the message; no fetch more", 2)
def test_a_token_lives_by_the_monotonic_clock(lab: Lab) -> None:
    service = Service(lab)
    api = lab.oauth_client()
    lab.send(api)
    lab.jump_wall_clock()
    lab.send(api)
    assert service.fetches == 1


@case(46, ANY, "a password with non-Latin-1 letters", "the message; as UTF-8", 1)
def test_credentials_go_as_utf_8(lab: Lab) -> None:
    server = lab.serve(ACCEPTED)
    lab.send(username="user", password="пароль")
    sent = server.requests[0].headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent).decode() == "user:пароль"


@case("46a", ANY, "a user name with a colon", "ConfigurationException; before any I/O", 0)
def test_a_user_name_with_a_colon_is_refused(lab: Lab) -> None:
    server = lab.serve(ACCEPTED)
    assert "username" in str(lab.send(username="us:er", password="x"))
    assert server.connections == 0


@case("87", READ, "a callable gives the token; 401 to the first", "the page", 2)
def test_a_callable_is_asked_again_after_a_401(lab: Lab) -> None:
    server = lab.serve(answer(401), PAGE)
    numbers = count(1)
    lab.read(access_token=lambda: f"{TOKEN}-{next(numbers)}")
    assert [r.headers["authorization"] for r in server.requests] == [f"Bearer {TOKEN}-1", f"Bearer {TOKEN}-2"]


def test_the_token_request_is_the_one_of_rfc_6749(lab: Lab) -> None:
    service = Service(lab)
    lab.send(lab.oauth_client())
    request = service.server.requests[0]
    assert (request.method, request.body) == ("POST", b"grant_type=client_credentials")
    assert request.headers["authorization"].startswith("Basic ")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
