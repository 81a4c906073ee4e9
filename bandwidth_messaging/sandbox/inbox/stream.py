"""The live stream of the page: server-sent events, bunched, and never more than a page can take."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse

from ..messaging.accounts import Account
from ..messaging.changes import Event, Feed

MOST_WAITING = 500
_BUNCH_SECONDS = 0.05
_KEEP_ALIVE_SECONDS = 15.0
_RELOAD = '[{"kind": "reload"}]'


class Inlet:
    """What one page has still to be told. Any thread may put events in; the server's loop takes them out."""

    def __init__(self, account_ids: tuple[str, ...]) -> None:
        """Start empty; events of other accounts are left out."""
        self._account_ids = account_ids
        self._loop = asyncio.get_running_loop()
        self._filled = asyncio.Event()
        self._lock = threading.Lock()
        # A dict keeps the order and drops what is there already.
        self._waiting: dict[Event, None] = {}
        self._lost = False

    def put(self, event: Event) -> None:
        """Take an event of the feed. Beyond 500 that wait, events are lost, and the page is told to read all again."""
        if event.kind not in ("pruned", "closing") and event.account_id not in self._account_ids:
            return
        with self._lock:
            if len(self._waiting) < MOST_WAITING:
                self._waiting[event] = None
            else:
                self._lost = True
        # A loop that is closed has nobody left to tell.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._filled.set)

    async def wait(self, seconds: float) -> None:
        """Return when there is something, or after so many seconds."""
        try:
            await asyncio.wait_for(self._filled.wait(), seconds)
        except asyncio.TimeoutError:
            return

    def take(self) -> str | None:
        """Take everything out, as a JSON array of events; None if there is nothing."""
        self._filled.clear()
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            lost, self._lost = self._lost, False
        if lost:
            return _RELOAD
        events = [{"kind": event.kind, "message_id": event.message_id} for event in waiting if event.kind != "closing"]
        return json.dumps(events) if events else None


def respond(feed: Feed, account: Account, database: str) -> StreamingResponse:
    """Answer with the events of an account, from now on until the page goes or the sandbox stops.

    Each event is a JSON array of `{kind, message_id}`; the kind `reload` says that events were lost. The first one,
    `ready`, has instead the name of the database, without which numbers of conversations and messages mean nothing,
    and how often messages were forgotten.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(feed, account, database), 200, headers, "text/event-stream")


async def _events(feed: Feed, account: Account, database: str) -> AsyncIterator[str]:
    inlet = Inlet(account.ids)
    with feed.listening(inlet.put):
        # Whoever has read this line misses nothing that happens from now on.
        yield f'retry: 1000\nevent: ready\ndata: ["{database}", {feed.forgotten}]\n\n'
        while not feed.closed:
            await inlet.wait(_KEEP_ALIVE_SECONDS)
            events = inlet.take()
            yield f"data: {events}\n\n" if events else ": still here\n\n"
            if not feed.closed:
                await asyncio.sleep(_BUNCH_SECONDS)
