"""What comes before any route: every request is read whole, within a bound, and recorded.

A request that made messages is kept with them, together with its answer.
"""

import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..store.records import Batch, Exchange
from ..store.store import Store

MOST_BYTES = 1024 * 1024
_REMEMBERED = 1000
_KEPT_EXCHANGES = 10_000


@dataclass(frozen=True)
class Received:
    """A request as it arrived, for tests to look at.

    Attributes:
        method: For example `POST`.
        path: The path as it was sent, percent-encoded.
        query: The query string as it was sent, percent-encoded, without the question mark.
        headers: The headers by lower-case name. Of Authorization only the scheme is kept.
        body: The body as it was sent.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        """Decode the body.

        Returns:
            What its JSON stands for.
        """
        decoded: object = json.loads(self.body)
        return decoded


class Intake:
    """An ASGI application around another one.

    Attributes:
        received: The last 1000 requests but for those to the token endpoint, oldest first.
    """

    def __init__(self, app: ASGIApp, store: Store, unrecorded: Sequence[str]) -> None:
        """Wrap an application; requests to paths with a beginning in `unrecorded` are not recorded.

        The application names the messages that a request has made in the request's state, as `message_ids`.
        """
        self._app = app
        self._store = store
        self._unrecorded = tuple(unrecorded)
        self._kept = 0
        self.received: deque[Received] = deque(maxlen=_REMEMBERED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await _read(receive)
        except ClientDisconnect:
            return
        if body is None:
            error = {"type": "content-too-large", "description": f"The body must be at most {MOST_BYTES} bytes"}
            await JSONResponse(error, 413, {"Connection": "close"})(scope, receive, send)
            return
        record = _record(scope, body)
        if not scope["path"].startswith(self._unrecorded):
            self.received.append(record)
        parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return parts.pop() if parts else await receive()

        answer: list[Message] = []

        async def keep(message: Message) -> None:
            if state.get("message_ids"):
                answer.append(message)
            await send(message)

        state: dict[str, Any] = scope.setdefault("state", {})
        try:
            await self._app(scope, replay, keep)
        finally:
            self._keep(state.get("message_ids", ()), record, answer)

    def _keep(self, message_ids: Sequence[str], request: Received, answer: Sequence[Message]) -> None:
        if not message_ids or not answer:
            return
        asked = {
            "method": request.method, "path": request.path, "query": request.query, "headers": dict(request.headers),
            "body": request.body.decode("utf-8", "replace"),
        }  # fmt: skip
        answered = {
            "status": answer[0]["status"],
            "headers": {name.decode("latin-1"): value.decode("latin-1") for name, value in answer[0]["headers"]},
            "body": b"".join(part.get("body", b"") for part in answer[1:]).decode("utf-8", "replace"),
        }
        exchanges = [Exchange(message_id=each, request=asked, answer=answered) for each in message_ids]
        self._store.write(Batch(exchanges=exchanges))
        self._kept += len(exchanges)
        if self._kept >= _KEPT_EXCHANGES // 10:
            self._kept = 0
            self._store.requests.keep_latest(_KEPT_EXCHANGES)


async def _read(receive: Receive) -> bytes | None:
    """Read a body; None if it is over the bound. A body that was cut off is no request at all."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return bytes(body)


def _record(scope: Scope, body: bytes) -> Received:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if "authorization" in headers:
        headers["authorization"] = headers["authorization"].partition(" ")[0] + " (not kept)"
    path = scope["raw_path"].decode("latin-1")
    return Received(scope["method"], path, scope["query_string"].decode("latin-1"), headers, body)
