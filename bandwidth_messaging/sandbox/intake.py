"""What comes before any route: every request is read whole, within a bound, and recorded."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1024 * 1024
_REMEMBERED = 1000


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

    def __init__(self, app: ASGIApp, unrecorded: str) -> None:
        """Wrap an application.

        Args:
            app: What answers the requests.
            unrecorded: The path whose requests are not recorded.
        """
        self._app = app
        self._unrecorded = unrecorded
        self.received: deque[Received] = deque(maxlen=_REMEMBERED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        Args:
            scope: The ASGI scope.
            receive: Gives the body.
            send: Takes the answer.
        """
        try:
            body = await _read(receive)
        except ClientDisconnect:
            return
        if body is None:
            error = {"type": "content-too-large", "description": f"The body must be at most {MOST_BYTES} bytes"}
            await JSONResponse(error, 413, {"Connection": "close"})(scope, receive, send)
            return
        if scope["path"] != self._unrecorded:
            self.received.append(_record(scope, body))
        parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return parts.pop() if parts else await receive()

        await self._app(scope, replay, send)


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
