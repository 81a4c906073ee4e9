"""What waits for something else, and is not forgotten by it: searches for events, callbacks for one another."""

from __future__ import annotations

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import urllib3

from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.control.messages import _Changes
from bandwidth_messaging.sandbox.messaging.changes import Event, Feed

PHONE = "+15552345678"
CHANGE = Event("message", "9900000", "m-1")


async def _turns_of_the_loop() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_what_changed_before_a_search_waits_ends_its_wait() -> None:
    async def work() -> None:
        feed = Feed()
        with _Changes(feed) as changes:
            feed.publish(CHANGE)
            await _turns_of_the_loop()
            waiting = asyncio.ensure_future(changes.next(60))
            await _turns_of_the_loop()
            assert waiting.done()

    asyncio.run(work())


def test_a_change_that_was_looked_at_does_not_end_the_next_wait() -> None:
    async def work() -> None:
        feed = Feed()
        with _Changes(feed) as changes:
            feed.publish(CHANGE)
            await changes.next(60)
            waiting = asyncio.ensure_future(changes.next(60))
            await _turns_of_the_loop()
            assert not waiting.done()
            feed.publish(CHANGE)
            await waiting

    asyncio.run(work())


class _Application(ThreadingHTTPServer):
    """Answers when it may, and notes what it was told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.started = threading.Semaphore(0)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, _Application)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.started.release()
        self.server.may_answer.wait(5)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_a_callback_behind_another_is_sent_although_the_time_stands_still(http: urllib3.PoolManager) -> None:
    application = _Application()
    serving = threading.Thread(target=application.serve_forever)
    serving.start()
    try:
        with Sandbox(pace="stepped") as sandbox:
            sandbox.set_callbacks(outbound_url=application.url)
            body = {"applicationId": sandbox.application_id, "to": [PHONE], "from": "+15557654321", "text": "x"}
            credential = urllib3.make_headers(basic_auth=f"{sandbox.username}:{sandbox.password}")
            messages = f"{sandbox.url}/users/{sandbox.account_id}/messages"
            assert http.request("POST", messages, json=body, headers=credential).status == 202
            sandbox.advance(10)
            assert [application.started.acquire(timeout=5) for _ in ("sent", "delivered")] == [True, True]

            application.may_answer.clear()
            ids = [each["callback_id"] for each in sandbox.store.select("SELECT callback_id FROM callbacks")]
            for callback_id in ids:
                answer = http.request("POST", f"{sandbox.url}/sandbox/callbacks/{callback_id}/replay")
                assert answer.status == 202
            assert application.started.acquire(timeout=5)
            application.may_answer.set()
            assert application.started.acquire(timeout=5)
    finally:
        application.shutdown()
        application.server_close()
        serving.join()
