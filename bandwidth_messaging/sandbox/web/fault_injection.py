"""Lets requests fail by the rules of `faults.py`, in the form of the family that they belong to."""

import asyncio
import json
import socket
import struct
import time
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..families.credentials import TOKEN_PATH
from ..families.family import Family
from ..messaging.accounts import Accounts
from ..messaging.changes import Feed
from ..messaging.faults import Fault, Faults
from .protocol import transport_of

_SLICE_SECONDS = 0.1
_DESCRIPTION = "A fault that the sandbox was told to have"
_GARBAGE = b"<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>"


class FaultyApp:
    """An ASGI application that fails by the rules, around one that does not."""

    def __init__(
        self, app: ASGIApp, families: Mapping[str, Family], accounts: Accounts, faults: Faults, feed: Feed
    ) -> None:
        """Wrap an application; the feed says when the sandbox stops."""
        self._app = app
        self._families = families
        self._accounts = accounts
        self._faults = faults
        self._feed = feed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, whose body comes in one piece."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        family = next(each for each in self._families.values() if each.has_path(scope["path"]))
        account = family.caller(scope, self._accounts)
        if account is None or scope["path"].startswith("/sandbox"):
            await self._app(scope, receive, send)
            return
        request = await receive()
        fault = self._faults.hit(account, _operation(scope), request.get("body", b"") + scope["query_string"])
        parts = [request]

        async def replay() -> Message:
            return parts.pop() if parts else await receive()

        if fault is None:
            await self._app(scope, replay, send)
        else:
            await self._fail(fault, family, scope, replay, receive, send)

    async def _fail(
        self, fault: Fault, family: Family, scope: Scope, receive: Receive, gone: Receive, send: Send
    ) -> None:
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        if fault.after:
            await self._app(scope, receive, keep)
        if fault.delay is not None:
            await self._pause(fault.delay, gone)
        if fault.reset:
            _reset(scope)
            await _until_gone(gone)
        elif fault.truncate:
            await _truncate(answer, scope, send)
            await _until_gone(gone)
        elif fault.status is not None:
            await _refuse(fault, fault.status, family.error_body(fault.status, _DESCRIPTION, _operation(scope)), send)
        elif fault.garbage:
            await _send_garbage(answer, send)
        elif fault.after:
            for message in answer:
                await send(message)
        else:
            await self._app(scope, receive, send)

    async def _pause(self, seconds: float, receive: Receive) -> None:
        """Wait, but no longer than the caller does, or the sandbox runs."""
        # The body has been read, so that the caller's going away is what comes next.
        gone = asyncio.ensure_future(receive())
        end = time.monotonic() + seconds
        while not (gone.done() or self._feed.closed) and time.monotonic() < end:
            await asyncio.wait((gone,), timeout=min(_SLICE_SECONDS, max(0.0, end - time.monotonic())))
        gone.cancel()


def _operation(scope: Scope) -> str:
    if scope["path"] == TOKEN_PATH:
        return "token"
    return "send" if scope["method"] in ("POST", "PUT") else "read"


async def _until_gone(gone: Receive) -> None:
    """Wait until the server knows that the connection is gone, or it would complain that there is no whole answer."""
    while (await gone())["type"] != "http.disconnect":
        pass


async def _refuse(fault: Fault, status: int, error: Mapping[str, object], send: Send) -> None:
    body = _GARBAGE if fault.garbage else json.dumps(error).encode()
    kind = b"text/html" if fault.garbage else b"application/json"
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    if fault.retry_after is not None:
        headers.append((b"retry-after", str(fault.retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _send_garbage(answer: list[Message], send: Send) -> None:
    start = answer[0]
    headers = [
        (name, value) for name, value in start["headers"] if name not in (b"content-length", b"content-encoding")
    ]
    await send({**start, "headers": [*headers, (b"content-length", str(len(_GARBAGE)).encode())]})
    await send({"type": "http.response.body", "body": _GARBAGE})


async def _truncate(answer: list[Message], scope: Scope, send: Send) -> None:
    start, *rest = answer
    body = b"".join(part.get("body", b"") for part in rest)
    await send(start)
    if len(body) > 1:
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    transport = transport_of(scope)
    if transport is not None:
        transport.abort()


def _reset(scope: Scope) -> None:
    transport = transport_of(scope)
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
