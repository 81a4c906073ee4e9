"""Receive the service's callbacks with Django: who sent them, what they say, each event once.

    BW_CALLBACK_USERNAME=... BW_CALLBACK_PASSWORD=... PORT=8000 python callbacks_django.py

The credentials are those that the application's callbacks were given; its callback URLs end in /callbacks. It is a
project in one file; in one of yours the view, the queue and the line of `urlpatterns` are what to take over.
"""

import logging
import os
import queue
import sys
import threading

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bandwidth_messaging.callbacks import (
    Callback,
    InboundCallback,
    StatusCallback,
    parse_callback,
    verify_basic_auth,
)

USERNAME = os.environ.get("BW_CALLBACK_USERNAME", "")
PASSWORD = os.environ.get("BW_CALLBACK_PASSWORD", "")

# A database belongs here: a model of events whose unique field is the idempotency key, saved before the 2xx. It
# outlives a restart and is shared by all processes; this set and this queue do not and are not.
seen: set[str] = set()
seen_lock = threading.Lock()
work: queue.SimpleQueue[Callback] = queue.SimpleQueue()


def callbacks(request: HttpRequest) -> HttpResponse:
    """Acknowledge at once: what takes longer than 10 seconds is posted again. The work waits in the queue."""
    if not verify_basic_auth(request.headers, USERNAME, PASSWORD):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="callbacks"'})
    try:
        events = parse_callback(request.body)
    except ValueError as error:
        return HttpResponse(f"{error}\n", status=400, content_type="text/plain")
    for event in events:
        if is_new(event.idempotency_key):
            work.put(event)
    return HttpResponse(status=200)


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


# The service has no CSRF token; its credentials say that it may post.
urlpatterns = [path("callbacks", csrf_exempt(require_POST(callbacks)))]

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],
    MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
)
application = get_wsgi_application()
threading.Thread(target=work_off_the_queue, daemon=True).start()

if __name__ == "__main__":
    if USERNAME and PASSWORD:
        execute_from_command_line([sys.argv[0], "runserver", "--noreload", os.environ.get("PORT", "8000")])
    else:
        print("Set BW_CALLBACK_USERNAME and BW_CALLBACK_PASSWORD to the credentials of the application's callbacks")
