"""The messages of an account over HTTP: found and waited for, sent by a phone, forgotten, exported and imported."""

import asyncio
import contextlib
import re
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ..families.problems import bad_request
from ..messaging.changes import Event, Feed
from ..messaging.views import SandboxMessage
from .requests import body_of, mistakes_refused, number_of, operations_of

LONGEST_WAIT = 60.0
_MOST_FOUND = 1000
_MOST_EXPORTED = 1000
_EXPORTED = 100


async def find(request: Request) -> Response:
    """Find messages; with `wait`, wait for the first one that matches."""
    operations = operations_of(request)
    feed = operations.services.feed
    filters = _filters(request)
    wait = _wait(filters.pop("wait", "0"))
    # Listening begins before the first look, so that nothing comes in between.
    with _Changes(feed) as changes:
        end = asyncio.get_running_loop().time() + wait
        while True:
            try:
                found = operations.find(filters, _MOST_FOUND)
            except (TypeError, ValueError) as error:
                raise bad_request(str(error)) from None
            left = end - asyncio.get_running_loop().time()
            if found or left <= 0 or feed.closed:
                return JSONResponse({"messages": [_shown(each) for each in found]})
            await changes.next(left)


async def clear(request: Request) -> Response:
    """Forget every message, callback, report, reply and request of an account."""
    operations_of(request).clear()
    return Response(status_code=204)


async def receive(request: Request) -> Response:
    """Let a phone send a message to an account."""
    operations = operations_of(request)
    body = await body_of(request)
    with mistakes_refused():
        return JSONResponse({"message_id": operations.receive(body)}, 201)


async def export(request: Request) -> Response:
    """Give messages of the V2 family in the form that `import_` takes."""
    operations = operations_of(request)
    after = number_of(request, "after", 0, 2**53)
    limit = number_of(request, "limit", _EXPORTED, _MOST_EXPORTED) or _EXPORTED
    entries, end = operations.export(after, limit)
    return JSONResponse({"messages": entries, "next": end})


async def import_(request: Request) -> Response:
    """Put messages of the V2 family there to be found, all of them or none."""
    operations = operations_of(request)
    body = await body_of(request)
    with mistakes_refused():
        return JSONResponse({"message_ids": operations.import_(body)}, 201)


class _Changes:
    """Waits in the server's loop for what other threads, or this one, publish."""

    def __init__(self, feed: Feed) -> None:
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._listening = feed.listening(self._publish)

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


def _filters(request: Request) -> dict[str, str]:
    filters = dict(request.query_params)
    if "from" in filters:
        filters["from_"] = filters.pop("from")
    for name in {"from_", "to"} & set(filters):
        # A plus that was not escaped reads as a space; no number begins with one.
        filters[name] = re.sub("^ (?=[0-9])", "+", filters[name])
    return filters


def _wait(text: str) -> float:
    try:
        wait = float(text)
    except ValueError:
        wait = -1.0
    if not 0 <= wait <= LONGEST_WAIT:
        raise bad_request(f"wait: give seconds from 0 to {LONGEST_WAIT:.0f}")
    return wait


def _shown(message: SandboxMessage) -> dict[str, Any]:
    shown = asdict(message)
    shown["from"] = shown.pop("from_")
    shown["time"] = message.time.isoformat()
    shown["history"] = [{"time": time.isoformat(), "status": status} for time, status in message.history]
    return shown
