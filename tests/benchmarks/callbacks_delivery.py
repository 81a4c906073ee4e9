"""10,000 callbacks of the sandbox to an application that fails, hangs and answers slowly: does each one arrive?

`python tests/benchmarks/callbacks_delivery.py` prints how many arrived, how many of them twice, and how many messages
were told of in another order than they lived; it exits with 1 if one is missing. It needs the package with its extra
`[sandbox]`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.families.v2.creation import accept

_EVENTS_OF_A_MESSAGE = 2  # sent, and delivered
_FAILS, _HANGS, _SLOW = 0.20, 0.001, 0.05
_HANG_SECONDS, _SLOW_SECONDS = 11.0, 0.05


class Application(ThreadingHTTPServer):
    """Takes callbacks, badly: it records what it has read, whatever it answers."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, seed: int, hangs: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.hangs = hangs
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.posted: Counter[tuple[str, str]] = Counter()
        self.order: list[tuple[str, str]] = []
        self.fates: Counter[str] = Counter()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def fate(self, body: bytes) -> str:
        """Record the event, and decide how to answer."""
        (event,) = json.loads(body)
        key = (event["message"]["id"], event["type"])
        with self.lock:
            chance = self.random.random()
            fate = "hang" if chance < self.hangs else "fail" if chance < self.hangs + _FAILS else "take"
            if fate == "take" and self.random.random() < _SLOW:
                fate = "slow"
            self.fates[fate] += 1
            self.posted[key] += 1
            self.order.append(key)
        return fate


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        assert isinstance(self.server, Application)
        fate = self.server.fate(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep({"hang": _HANG_SECONDS, "slow": _SLOW_SECONDS}.get(fate, 0.0))
        self.send_response(503 if fate == "fail" else 204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def deliver(events: int, seed: int, hangs: float = _HANGS) -> tuple[Application, Counter[str], int]:
    """Let messages with so many events live, and advance the time until nothing waits any more.

    `hangs` is the share of callbacks that the application leaves unanswered, each of which is waited for.

    Returns:
        The application; how many callbacks ended in which state; and how often the time was advanced.
    """
    application = Application(seed, hangs)
    threading.Thread(target=application.serve_forever, daemon=True).start()
    with Sandbox(pace="stepped") as sandbox:
        account = sandbox.new_account()
        account.set_callbacks(outbound_url=application.url)
        inner = sandbox.services.accounts.of(account.account_id)
        assert inner is not None
        request = {
            "applicationId": account.application_id, "to": ["+15552345678"], "from": "+15557654321", "text": "x",
        }  # fmt: skip
        for _ in range(events // _EVENTS_OF_A_MESSAGE):
            sandbox.services.keep(inner, accept(request, inner, sandbox.store)[1])
        advanced = 0
        account.advance(10)
        while sandbox.store.select("SELECT 1 FROM callbacks WHERE state = 'waiting' LIMIT 1"):
            account.advance(3600)
            advanced += 1
        states = Counter(row["state"] for row in sandbox.store.select("SELECT state FROM callbacks"))
    application.shutdown()
    application.server_close()
    return application, states, advanced


def out_of_order(order: list[tuple[str, str]]) -> int:
    """How many messages were told to be delivered before they were told to be sent, by the first telling of each."""
    first: dict[tuple[str, str], int] = {}
    for position, key in enumerate(order):
        first.setdefault(key, position)
    ids = {message_id for message_id, _ in order}
    return sum(first[each, "message-delivered"] < first[each, "message-sent"] for each in ids)


def main() -> None:
    """Run, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000, help="how many; default: 10000")
    parser.add_argument("--seed", type=int, default=20261121, help="decides who fails; default: 20261121")
    options = parser.parse_args()
    application, states, advanced = deliver(options.events, options.seed)
    arrived, wanted = len(application.posted), options.events // _EVENTS_OF_A_MESSAGE * _EVENTS_OF_A_MESSAGE
    print(f"callbacks {wanted}, arrived {arrived}, more than once {sum(n > 1 for n in application.posted.values())}")
    print(f"answers of the application: {dict(application.fates)}; states at the end: {dict(states)}")
    print(
        f"messages told of out of order: {out_of_order(application.order)}; the time was advanced {advanced + 1} times"
    )
    sys.exit(0 if arrived == wanted and states == {"delivered": wanted} else 1)


if __name__ == "__main__":
    main()
