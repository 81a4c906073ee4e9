"""What the outbox costs: beside bare sqlite3, beside `create_message`, and over a million entries.

`python tests/benchmarks/outbox_cost.py` prints ratios, each measured within one run; `--entries 0` leaves the million
out. The server is `static_server.py` in a process of its own. It needs the package with its extra `[outbox]`.
"""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from bandwidth_messaging import ApiClient, Configuration, MessagesApi
from bandwidth_messaging.outbox import Outbox
from benchmarks.static_server import static_server

ACCOUNT = "9900000"
THREADS = 8


def request(number: int) -> dict[str, Any]:
    return {"applicationId": "app", "to": [f"+1555{number:07d}"], "from": "+15557654321", "text": "Hello"}


def each(work: Callable[[int], object], numbers: range) -> Callable[[], None]:
    """Do it for each number."""

    def do() -> None:
        for number in numbers:
            work(number)

    return do


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class Recorder:
    """Runs statements in bare sqlite3 as `send` made them: the same file settings, the same commits."""

    def __init__(self, folder: str) -> None:
        self._connection = sqlite3.connect(f"{folder}/bare.db", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")

    def copy_schema(self, folder: str) -> None:
        with sqlite3.connect(f"{folder}/messages.db") as source:
            for (statement,) in source.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"):
                self._connection.execute(statement)
            row = source.execute("SELECT * FROM outbox").fetchone()
        self._connection.execute(f"INSERT INTO outbox VALUES ({','.join('?' * len(row))})", row)

    def send(self, number: int) -> None:
        execute = self._connection.execute
        now, key = time.time(), f"key {number}"
        columns = (
            "key, state, account_id, request, request_hash, sender, recipient, segments, not_before, fence, lease_end, "
            "attempt, created_at, updated_at"
        )
        values = (
            key, "claimed", ACCOUNT, str(request(number)), b"0" * 16, "+15557654321", f"+1555{number:07d}", 1, 0.0, 1,
            now, 0, now, now,
        )  # fmt: skip
        execute("BEGIN IMMEDIATE")
        (row,) = execute(
            f"INSERT INTO entries ({columns}) VALUES ({','.join('?' * 14)}) ON CONFLICT DO NOTHING RETURNING id", values
        ).fetchone()
        execute("COMMIT")
        execute("BEGIN IMMEDIATE")
        execute(
            "UPDATE entries SET state = 'in_flight', token = ?, attempt = attempt + 1, marked_at = ?, marked_boot = ?, "
            "lease_end = ?, call_end = ?, updated_at = ? WHERE id = ? AND fence = 1 AND state = 'claimed'",
            ("t" * 22, now, now, now, now, now, row),
        )
        execute("UPDATE outbox SET marks = marks + 1 RETURNING marks").fetchall()
        execute("COMMIT")
        execute("BEGIN IMMEDIATE")
        execute(
            "UPDATE entries SET state = 'accepted', message_id = ?, evidence = 'answer', lease_end = NULL, "
            "call_end = ?, updated_at = ? WHERE id = ? AND token = ? AND state IN ('in_flight', 'unknown')",
            (f"m{number}", now, now, row, "t" * 22),
        )
        execute("COMMIT")
        execute("SELECT * FROM entries WHERE id = ?", (row,)).fetchall()


def cost_of_send(api: MessagesApi, outbox: Outbox, folder: str, sends: int, rounds: int) -> None:
    bare = Recorder(folder)
    bare.copy_schema(folder)
    ratios, ours, theirs = [], [], []
    for turn in range(rounds):
        numbers = range(turn * sends, (turn + 1) * sends)
        plain = seconds(each(lambda n: api.create_message(ACCOUNT, request(n)), numbers))
        kept = seconds(each(lambda n: outbox.send(api, ACCOUNT, request(n), key=f"key {n}"), numbers))
        statements = seconds(each(bare.send, numbers))
        ratios.append((kept - plain) / statements)
        ours.append((kept - plain) / sends * 1e6)
        theirs.append(statements / sends * 1e6)
    print(
        f"send - create_message {statistics.median(ours):.0f} µs, bare sqlite3 {statistics.median(theirs):.0f} µs, "
        f"ratio {statistics.median(ratios):.2f} (rounds: {', '.join(f'{ratio:.2f}' for ratio in sorted(ratios))})"
    )


def in_threads(work: Callable[[int], object], count: int) -> None:
    def share(first: int) -> None:
        for number in range(first, count, THREADS):
            work(number)

    threads = [threading.Thread(target=share, args=(first,)) for first in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def cost_of_run(api: MessagesApi, outbox: Outbox, sends: int, rounds: int, server: str) -> None:
    ratios, plains, runs = [], [], []
    for turn in range(rounds):
        outbox.add_many(ACCOUNT, _keyed(range(sends), f"{server} {turn}"))
        plain = seconds(lambda: in_threads(lambda n: api.create_message(ACCOUNT, request(n)), sends))
        run = seconds(lambda: outbox.run(api, threads=THREADS))
        ratios.append(run / plain)
        plains.append(plain / sends * 1e6)
        runs.append(run / sends * 1e6)
    print(
        f"{server}: run {statistics.median(runs):.0f} µs a message, create_message from {THREADS} threads "
        f"{statistics.median(plains):.0f} µs, ratio {statistics.median(ratios):.2f} "
        f"(rounds: {', '.join(f'{ratio:.2f}' for ratio in sorted(ratios))})"
    )


def a_million(api: MessagesApi, folder: str, entries: int) -> None:
    """Add so many and send them; the cost of each tenth, memory, and bytes on disk."""
    tenth = entries // 10
    with Outbox(f"sqlite:///{folder}/million.db") as outbox:
        outbox.add_many(ACCOUNT, ((f"first {n}", request(n)) for n in range(1000)))
        outbox.run(api, threads=THREADS)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        adding, sending = [], []
        for part in range(10):
            requests = _keyed(range(part * tenth, (part + 1) * tenth))
            adding.append(_cpu(partial(outbox.add_many, ACCOUNT, requests)) / tenth * 1e6)
            sending.append(_cpu(lambda: outbox.run(api, threads=THREADS)) / tenth * 1e6)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(file.stat().st_size for file in Path(folder).glob("million.db*"))
    print(f"{entries} entries: peak memory {after - before:.1f} MiB over the first thousand")
    print(f"CPU per entry, add: first tenth {adding[0]:.0f} µs, last {adding[-1]:.0f}, {adding[-1] / adding[0]:.2f}")
    print(
        f"CPU per entry, run: first tenth {sending[0]:.0f} µs, last {sending[-1]:.0f}, {sending[-1] / sending[0]:.2f}"
    )
    print(f"bytes on disk per entry {size / (entries + 1000):.0f}")


def _keyed(numbers: range, prefix: str = "key") -> Iterator[tuple[str, dict[str, Any]]]:
    return ((f"{prefix} {number}", request(number)) for number in numbers)


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    options = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    options.add_argument("--sends", type=int, default=300)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--entries", type=int, default=1_000_000)
    options.add_argument("--folder", help="where the databases are; a folder of the system's for temporary files")
    given = options.parse_args()
    load = os.getloadavg()[0]
    with (
        static_server() as url,
        tempfile.TemporaryDirectory(dir=given.folder) as folder,
        ApiClient(Configuration(host=url, username="u", password="p", connection_pool_maxsize=THREADS)) as client,
    ):
        print(f"load when it began {load:.1f}")
        api = MessagesApi(client)
        with Outbox(f"sqlite:///{folder}/messages.db") as outbox:
            api.create_message(ACCOUNT, request(0))
            outbox.send(api, ACCOUNT, request(0), key="warm")
            cost_of_send(api, outbox, folder, given.sends, given.rounds)
            cost_of_run(api, outbox, given.sends * 5, given.rounds, "a server that answers at once")
        if given.entries:
            a_million(api, folder, given.entries)


if __name__ == "__main__":
    main()
