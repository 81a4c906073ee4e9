"""`ApiClient.auth`: what `_request_auth` can wrap to act right before a request is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scripted_server import ScriptedServer, answer
from support import ACCOUNT, MESSAGE

from bandwidth_messaging import ApiClient, Configuration, MessagesApi


class Noting:
    """Credentials of another, and what had reached the server when they were asked for."""

    def __init__(self, inner: Any, server: ScriptedServer) -> None:
        self._inner, self._server = inner, server
        self.seen: list[list[str]] = []

    def headers(self, request: Any, send: Any, deadline: Any) -> Mapping[str, str]:
        headers: Mapping[str, str] = self._inner.headers(request, send, deadline)
        self.seen.append([received.target for received in self._server.requests])
        return headers

    def discard(self, headers: Mapping[str, str]) -> bool:
        return bool(self._inner.discard(headers))


def test_a_wrapped_auth_is_asked_when_the_token_is_there_and_before_the_message_is_written(
    api_for: Callable[..., MessagesApi],
) -> None:
    token = answer(200, {"access_token": "t", "expires_in": 60})
    with ScriptedServer(token, answer(202, {"id": "m-1"})) as server:
        options = {"client_id": "c", "client_secret": "s", "access_token_url": f"{server.url}/token"}
        api = api_for(server.url, **options)
        noting = Noting(api.api_client.auth, server)
        assert api.create_message(ACCOUNT, MESSAGE, _request_auth=noting).id == "m-1"
    assert noting.seen == [["/token"]]


def test_a_client_without_credentials_has_no_auth() -> None:
    with ApiClient(Configuration(host="http://127.0.0.1:9")) as client:
        assert client.auth is None
