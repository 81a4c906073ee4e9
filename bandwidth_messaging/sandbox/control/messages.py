"""The messages of an account over HTTP: found and waited for, sent by a phone, forgotten, exported and imported."""

import asyncio
import contextlib
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .. import views as messages
from ..families.services import Services
from ..messaging import inbound
from ..messaging.changes import Event
from ..store import transfer as seeding
from .requests import account_of, body_of, number_of, refused

LONGEST_WAIT = 60.0
_MOST_FOUND = 1000
_MOST_EXPORTED = 1000
_EXPORTED = 100


async def find(request: Request) -> Response:
    """Find messages; with `wait`, wait for the first one that matches."""
    services, account = account_of(request)
    filters = {("from_" if name == "from" else name): value for name, value in request.query_params.items()}
    wait = _wait(filters.pop("wait", "0"))
    # Listening begins before the first look, so that nothing comes in between.
    with _Changes(services) as changes:
        end = asyncio.get_running_loop().time() + wait
        while True:
            try:
                found = messages.find(services.store, account.ids, filters, _MOST_FOUND)
            except (TypeError, ValueError) as error:
                raise refused(str(error)) from None
            left = end - asyncio.get_running_loop().time()
            if found or left <= 0 or services.feed.closed:
                return JSONResponse({"messages": [_shown(each) for each in found]})
            await changes.next(left)


async def clear(request: Request) -> Response:
    """Forget every message, callback, report and reply of an account."""
    services, account = account_of(request)
    services.clear(account)
    return Response(status_code=204)


async def receive(request: Request) -> Response:
    """Let a phone send a message to an account."""
    services, account = account_of(request)
    body = await body_of(request, "inboundMessage")
    to = body.get("to", [])
    recipients = [to] if isinstance(to, str) else to
    try:
        message_id = inbound.receive(
            services, account, body["from"], body.get("text"), recipients, body.get("media") or [], body.get("family")
        )
    except ValueError as error:
        raise refused(str(error)) from None
    return JSONResponse({"message_id": message_id}, 201)


async def export(request: Request) -> Response:
    """Give messages of the V2 family in the form that `import_` takes."""
    services, account = account_of(request)
    after = number_of(request, "after", 0, 2**53)
    limit = number_of(request, "limit", _EXPORTED, _MOST_EXPORTED) or _EXPORTED
    entries, end = seeding.export(services.store, account.account_id, after, limit)
    return JSONResponse({"messages": entries, "next": end})


async def import_(request: Request) -> Response:
    """Put messages of the V2 family there to be found, all of them or none."""
    services, account = account_of(request)
    entries = (await body_of(request, "exported"))["messages"]
    try:
        ids = seeding.seed_all(services.store, account.account_id, account.clock.now(), entries)
    except ValueError as error:
        raise refused(str(error)) from None
    for message_id in dict.fromkeys(ids):
        services.feed.publish(Event("message", account.account_id, message_id))
    return JSONResponse({"message_ids": ids}, 201)


class _Changes:
    """Waits in the server's loop for what other threads, or this one, publish."""

    def __init__(self, services: Services) -> None:
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._listening = services.feed.listening(self._publish)

    def __enter__(self) -> "_Changes":
        self._listening.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._listening.__exit__(*exception)

    async def next(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except asyncio.TimeoutError:
            return
        self._changed.clear()

    def _publish(self, _: Event) -> None:
        # A loop that is closed has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._changed.set)


def _wait(text: str) -> float:
    try:
        wait = float(text)
    except ValueError:
        wait = -1.0
    if not 0 <= wait <= LONGEST_WAIT:
        raise refused(f"wait: give seconds from 0 to {LONGEST_WAIT:.0f}")
    return wait


def _shown(message: messages.SandboxMessage) -> dict[str, Any]:
    shown = asdict(message)
    shown["from"] = shown.pop("from_")
    shown["time"] = message.time.isoformat()
    shown["history"] = [{"time": time.isoformat(), "status": status} for time, status in message.history]
    return shown
