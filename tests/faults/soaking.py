"""The soak: many sends through a proxy that breaks a tenth of the exchanges, judged by the server's own record."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any

from scripted_server import Exchange, ScriptedServer, answer
from support import ACCOUNT

from bandwidth_messaging import ApiClient, ApiException, Configuration, MessagesApi, RetryPolicy
from faults.breaking_proxy import BreakingProxy
from faults.lab import MESSAGE, PASSWORD

TOTAL = 10.0
# What the machine may take on top when 16 threads and a server share it; a call that hangs takes for ever.
SCHEDULING = 2.0


class RecordingServer:
    """Takes messages and keeps their tags. Some it refuses with 429 or 400, and some it takes and answers with 500."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self.taken: Counter[str] = Counter()

    def __call__(self, exchange: Exchange) -> bytes:
        tag = exchange.request.json["tag"]
        with self._lock:
            fate = self._random.random()
            if fate < 0.01:
                return answer(429)
            if fate < 0.02:
                return answer(400)
            self.taken[tag] += 1
        return answer(500) if fate < 0.03 else answer(202, {"id": tag, "tag": tag})


@dataclass
class Counts:
    """What the callers were told, held against what the server took."""

    calls: int = 0
    broken_exchanges: int = 0
    reported_sent: int = 0
    reported_accepted_but_unreadable: int = 0
    reported_failed: int = 0
    reported_unknown: int = 0
    unknown_and_taken: int = 0
    taken_twice: int = 0
    sent_but_absent: int = 0
    failed_but_taken: int = 0
    past_the_total: int = 0

    @property
    def wrong(self) -> int:
        return self.taken_twice + self.sent_but_absent + self.failed_but_taken + self.past_the_total

    def __str__(self) -> str:
        return "\n".join(f"{field.name.replace('_', ' '):34}{getattr(self, field.name):>8}" for field in fields(self))


def soak(calls: int, *, threads: int = 16, seed: int) -> Counts:
    """Send so many messages, and count."""
    record = RecordingServer(seed)
    with (
        ScriptedServer(record) as server,
        BreakingProxy(server.port, seed=seed, share=0.1) as proxy,
        ApiClient(
            Configuration(
                host=proxy.url,
                username="user",
                password=PASSWORD,
                read_timeout=0.5,
                total_timeout=TOTAL,
                retries=RetryPolicy(base=0.01),
            )
        ) as client,
    ):
        api = MessagesApi(client)
        with ThreadPoolExecutor(threads) as pool:
            outcomes = dict(
                pool.map(lambda tag: send(api, tag, {**MESSAGE, "tag": tag}), map("soak-{}".format, range(calls)))
            )
    return judged(outcomes, record.taken, sum(proxy.broken.values()))


def send(api: MessagesApi, tag: str, message: dict[str, Any]) -> tuple[str, tuple[Any, float]]:
    """The tag, what the caller was told (the message, or `accepted`), and how long it took."""
    began = time.monotonic()
    told: Any
    try:
        told = api.create_message(ACCOUNT, message)
    except ApiException as error:
        told = error.accepted
    return tag, (told, time.monotonic() - began)


def judged(outcomes: dict[str, tuple[Any, float]], taken: Counter[str], broken: int) -> Counts:
    counts = Counts(calls=len(outcomes), broken_exchanges=broken, taken_twice=sum(n > 1 for n in taken.values()))
    for tag, (told, elapsed) in outcomes.items():
        counts.past_the_total += elapsed > TOTAL + SCHEDULING
        if told is None:
            counts.reported_unknown += 1
            counts.unknown_and_taken += tag in taken
        elif told is False:
            counts.reported_failed += 1
            counts.failed_but_taken += tag in taken
        else:
            counts.reported_accepted_but_unreadable += told is True
            counts.reported_sent += told is not True
            counts.sent_but_absent += tag not in taken
    return counts
