"""Receive the service's callbacks with Flask: who sent them, what they say, each event once.

    BW_CALLBACK_USERNAME=... BW_CALLBACK_PASSWORD=... PORT=8000 python callbacks_flask.py

The credentials are those that the application's callbacks were given; its callback URLs end in /callbacks.
"""

import logging
import os
import queue
import threading

from flask import Flask, Response, request

from bandwidth_messaging.callbacks import (
    Callback,
    InboundCallback,
    StatusCallback,
    parse_callback,
    verify_basic_auth,
)

USERNAME = os.environ.get("BW_CALLBACK_USERNAME", "")
PASSWORD = os.environ.get("BW_CALLBACK_PASSWORD", "")

app = Flask(__name__)

# A database belongs here: a table of events whose unique key is the idempotency key, filled before the 2xx. It outlives
# a restart and is shared by all processes; this set and this queue do not and are not.
seen: set[str] = set()
seen_lock = threading.Lock()
work: queue.SimpleQueue[Callback] = queue.SimpleQueue()


@app.post("/callbacks")
def callbacks() -> Response:
    """Acknowledge at once: what takes longer than 10 seconds is posted again. The work waits in the queue."""
    if not verify_basic_auth(request.headers, USERNAME, PASSWORD):
        return Response(status=401, headers={"WWW-Authenticate": 'Basic realm="callbacks"'})
    try:
        events = parse_callback(request.get_data())
    except ValueError as error:
        return Response(f"{error}\n", status=400, mimetype="text/plain")
    for event in events:
        if is_new(event.idempotency_key):
            work.put(event)
    return Response(status=200)


def is_new(key: str) -> bool:
    """Tell whether the event comes for the first time, and remember it."""
    with seen_lock:
        if key in seen:
            return False
        seen.add(key)
        return True


def handle(event: Callback) -> None:
    """Do the work."""
    match event:
        case InboundCallback():
            print("received", event.message_id, flush=True)
        case StatusCallback(type="message-failed"):
            print("failed", event.message_id, event.error_code, flush=True)
        case StatusCallback():
            print("status", event.message_id, event.type, flush=True)
        case _:
            print("unknown", event.message_id, event.type, flush=True)


def work_off_the_queue() -> None:
    """Handle one event after the other; one that fails does not keep the others waiting."""
    while True:
        event = work.get()
        try:
            handle(event)
        except Exception:
            logging.exception("The event %s was not handled", event.idempotency_key)


threading.Thread(target=work_off_the_queue, daemon=True).start()

if __name__ == "__main__":
    if USERNAME and PASSWORD:
        app.run(port=int(os.environ.get("PORT", "8000")))
    else:
        print("Set BW_CALLBACK_USERNAME and BW_CALLBACK_PASSWORD to the credentials of the application's callbacks")
