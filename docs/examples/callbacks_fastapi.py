"""Receive the service's callbacks with FastAPI: who sent them, what they say, each event once.

    BW_CALLBACK_USERNAME=... BW_CALLBACK_PASSWORD=... PORT=8000 python callbacks_fastapi.py

The credentials are those that the application's callbacks were given; its callback URLs end in /callbacks.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Request, Response

from bandwidth_messaging.callbacks import (
    Callback,
    InboundCallback,
    StatusCallback,
    parse_callback,
    verify_basic_auth,
)

USERNAME = os.environ.get("BW_CALLBACK_USERNAME", "")
PASSWORD = os.environ.get("BW_CALLBACK_PASSWORD", "")

# A database belongs here: a table of events whose unique key is the idempotency key, filled before the 2xx. It outlives
# a restart and is shared by all processes; this set and this queue do not and are not.
seen: set[str] = set()
work: asyncio.Queue[Callback] = asyncio.Queue()


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Work off the queue for as long as the server runs."""
    worker = asyncio.create_task(work_off_the_queue())
    yield
    worker.cancel()


app = FastAPI(lifespan=lifespan)


@app.post("/callbacks")
async def callbacks(request: Request) -> Response:
    """Acknowledge at once: what takes longer than 10 seconds is posted again. The work waits in the queue.

    Not as a background task, which would keep the connection, and the callback that comes next on it, waiting.
    """
    if not verify_basic_auth(request.headers, USERNAME, PASSWORD):
        return Response(status_code=401, headers={"WWW-Authenticate": 'Basic realm="callbacks"'})
    try:
        events = parse_callback(await request.body())
    except ValueError as error:
        return Response(f"{error}\n", status_code=400, media_type="text/plain")
    for event in events:
        if is_new(event.idempotency_key):
            work.put_nowait(event)
    return Response(status_code=200)


def is_new(key: str) -> bool:
    """Tell whether the event comes for the first time, and remember it."""
    if key in seen:
        return False
    seen.add(key)
    return True


def handle(event: Callback) -> None:
    """Do the work. It may block: it runs in a thread of its own."""
    match event:
        case InboundCallback():
            print("received", event.message_id, flush=True)
        case StatusCallback(type="message-failed"):
            print("failed", event.message_id, event.error_code, flush=True)
        case StatusCallback():
            print("status", event.message_id, event.type, flush=True)
        case _:
            print("unknown", event.message_id, event.type, flush=True)


async def work_off_the_queue() -> None:
    """Handle one event after the other; one that fails does not keep the others waiting."""
    while True:
        event = await work.get()
        try:
            await asyncio.to_thread(handle, event)
        except Exception:
            logging.exception("The event %s was not handled", event.idempotency_key)


if __name__ == "__main__":
    if USERNAME and PASSWORD:
        uvicorn.run(app, port=int(os.environ.get("PORT", "8000")), access_log=False)
    else:
        print("Set BW_CALLBACK_USERNAME and BW_CALLBACK_PASSWORD to the credentials of the application's callbacks")
