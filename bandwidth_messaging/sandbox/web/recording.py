"""What comes before any route: every request is read whole, within a bound, and recorded.

A request that made messages is kept with them, together with its answer.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..families.family import Family
from ..messaging.accounts import Account, Accounts
from ..messaging.request_log import Received, RequestLog
from ..store.records import Batch, Exchange
from ..store.store import Store

MOST_BYTES = 1024 * 1024
MOST_BYTES_OF_MEDIA = 3_500_000
_MEDIA = re.compile("(/api/v2)?/users/[^/]+/media/")
# Of each account, the requests that made its messages.
_KEPT_EXCHANGES = 10_000
_KEPT_MILLISECONDS = 14 * 24 * 60 * 60 * 1000
_KEPT_OF_BODY = 64 * 1024


class Intake:
    """An ASGI application around another one."""

    def __init__(
        self,
        app: ASGIApp,
        store: Store,
        families: Mapping[str, Family],
        accounts: Accounts,
        log: RequestLog,
        unrecorded: Sequence[str],
    ) -> None:
        """Wrap an application; requests to paths with a beginning in `unrecorded` are not put into the log.

        The application names the messages that a request has made in the request's state, as `message_ids`.
        """
        self._app = app
        self._store = store
        self._families = families
        self._accounts = accounts
        self._log = log
        self._unrecorded = tuple(unrecorded)
        self._kept: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_media = _MEDIA.match(scope["path"]) is not None
        most = MOST_BYTES_OF_MEDIA if is_media else MOST_BYTES
        try:
            body = await _read(receive, most)
        except ClientDisconnect:
            return
        account = self._account(scope)
        # A file is kept by the store, if at all.
        record = _record(scope, b"" if is_media else body or b"", account)
        if not scope["path"].startswith(self._unrecorded):
            self._log.add(record)
        if body is None:
            error = {"type": "content-too-large", "description": f"The body must be at most {most} bytes"}
            await JSONResponse(error, 413, {"Connection": "close"})(scope, receive, _noted(record, send))
            return
        await self._serve(scope, record, body, receive, _noted(record, send))

    async def _serve(self, scope: Scope, record: Received, body: bytes, receive: Receive, send: Send) -> None:
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
            account = self._accounts.of(record.account_id or "")
            if account is not None and state.get("message_ids") and answer:
                self._keep(state["message_ids"], record, account, answer)

    def _account(self, scope: Scope) -> Account | None:
        family = next(each for each in self._families.values() if each.has_path(scope["path"]))
        return family.caller(scope, self._accounts)

    def _keep(self, message_ids: Sequence[str], request: Received, account: Account, answer: Sequence[Message]) -> None:
        asked = {
            "method": request.method, "path": request.path, "query": request.query, "headers": dict(request.headers),
            "body": request.body[:_KEPT_OF_BODY].decode("utf-8", "replace"),
        }  # fmt: skip
        answered = {
            "status": answer[0]["status"],
            "headers": {name.decode("latin-1"): value.decode("latin-1") for name, value in answer[0]["headers"]},
            "body": b"".join(part.get("body", b"") for part in answer[1:])[:_KEPT_OF_BODY].decode("utf-8", "replace"),
        }
        name, now = account.account_id, account.clock.now()
        exchanges = [
            Exchange(account_id=name, message_id=each, time=now, request=asked, answer=answered) for each in message_ids
        ]
        self._store.write(Batch(exchanges=exchanges))
        self._kept[name] += len(exchanges)
        if self._kept[name] >= _KEPT_EXCHANGES // 10:
            del self._kept[name]
            self._store.requests.keep_latest(name, _KEPT_EXCHANGES, now - _KEPT_MILLISECONDS)


async def _read(receive: Receive, most: int) -> bytes | None:
    """Read a body; None if it is over the bound. A body that was cut off is no request at all."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > most:
            return None
        if not message.get("more_body"):
            return bytes(body)


def _noted(record: Received, send: Send) -> Send:
    """Note the status of the answer to a request, and why it was refused if it was."""

    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            record.status = message["status"]
        elif (record.status or 0) >= 400:
            record.refuse(message.get("body", b""))
        await send(message)

    return noting


def _record(scope: Scope, body: bytes, account: Account | None) -> Received:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if "authorization" in headers:
        headers["authorization"] = headers["authorization"].partition(" ")[0] + " (not kept)"
    path = scope["raw_path"].decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    return Received(scope["method"], path, query, headers, body, account.account_id if account else None)
