"""The sandbox with 1,000 and with 1,000,000 stored messages: is it still quick, and how much memory does it take?

`python tests/benchmarks/scale.py` fills two database files (a minute), serves each by a process of its own, and prints
the median times of what people do, their ratio, and the memory of the servers. It needs the package with its extra
`[sandbox]`, and for `--chromium FILE`, which opens the page in that browser, playwright.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import urllib3

from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.store.records import Batch, Delivery, Message
from bandwidth_messaging.sandbox.store.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Page

_BATCH = 10_000
_PHONES = 2_000
_HOUR = 3_600_000
_SENDER = "+15557654321"


def fill(file: Path, count: int) -> None:
    """Write so many delivered messages to 2,000 phones, spread over the last 13 days."""
    store = Store(str(file))
    now = int(time.time() * 1000)
    for start in range(0, count, _BATCH):
        batch = Batch()
        for number in range(start, min(start + _BATCH, count)):
            received = now - 13 * 24 * _HOUR + number * 13 * 24 * _HOUR // count
            batch.messages.append(_message(number, received))
            batch.deliveries.append(_delivery(number, received))
        store.write(batch)
    store.close()


def _phone(number: int) -> str:
    return f"+1555{2000000 + number % _PHONES}"


def _message(number: int, received: int) -> Message:
    return Message(
        message_id=f"{received:013d}{number:016d}", family="v2", account_id=Sandbox.account_id,
        application_id=Sandbox.application_id, direction="OUTBOUND", owner=_SENDER, sender=_SENDER,
        recipients=[_phone(number)], text=f"Your code is {100000 + number % 900000}", receive_time=received,
    )  # fmt: skip


def _delivery(number: int, received: int) -> Delivery:
    return Delivery(
        message_id=f"{received:013d}{number:016d}", account_id=Sandbox.account_id, source_tn=_SENDER,
        destination_tn=_phone(number), message_status="DELIVERED", message_direction="OUTBOUND",
        message_type="sms", segment_count=1, error_code=0, receive_time=received, message_size=19,
        message_length=19, product="LOCAL_A2P",
        history=[(received, "RECEIVED", 0), (received + 2500, "DELIVERED", 0)],
    )  # fmt: skip


class Served:
    """A sandbox in a process of its own, and what is asked of it."""

    def __init__(self, file: Path) -> None:
        command = [sys.executable, "-m", "bandwidth_messaging.sandbox", "--db", str(file)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        url = next(line.partition('"')[2].rstrip('",\n') for line in self.process.stdout if "host=" in line)
        self._http = urllib3.PoolManager(retries=False)
        self._url = url
        self._headers = urllib3.make_headers(basic_auth=f"{Sandbox.username}:{Sandbox.password}")
        self._seconds = 0
        self._path = f"/users/{Sandbox.account_id}/messages"

    def get(self, path: str) -> None:
        answer = self._http.request("GET", self._url + path, headers=self._headers)
        assert answer.status == 200, answer.data

    def send(self) -> None:
        body = {"applicationId": Sandbox.application_id, "to": [_phone(7)], "from": _SENDER, "text": "x"}
        answer = self._http.request("POST", self._url + self._path, json=body, headers=self._headers)
        assert answer.status == 202, answer.data

    def first_total(self) -> None:
        """Ask for all messages, each time with a beginning that is older than those before: all have to be counted."""
        self._seconds += 1
        beginning = time.gmtime(time.time() - 13.5 * 86_400 - 2 * self._seconds)
        self.get(f"{self._path}?limit=50&fromDateTime={time.strftime('%Y-%m-%dT%H:%M:%S.000Z', beginning)}")

    def work(self) -> dict[str, Callable[[], None]]:
        """What is measured, by name."""
        inbox = f"/sandbox/inbox/accounts/{Sandbox.account_id}"
        to = _phone(7).replace("+", "%2B")
        return {
            "a send": self.send,
            "a list page by recipient": lambda: self.get(
                f"{self._path}?destinationTn={to}&limit=50&limitTotalCount=true"
            ),
            "a list page of the last hour": lambda: self.get(
                f"{self._path}?fromDateTime={time.strftime('%Y-%m-%dT%H:00:00.000Z', time.gmtime())}&limit=50"
            ),
            "a list page of all, total capped": lambda: self.get(f"{self._path}?limit=50&limitTotalCount=true"),
            "a list page of all, total exact": lambda: self.get(f"{self._path}?limit=50"),
            "the same with a filter of which no total is known yet": self.first_total,
            "the page's first conversations": lambda: self.get(f"{inbox}/conversations"),
            "the page itself": lambda: self.get("/"),
        }

    def seen(self, page: Page, times: int) -> dict[str, float]:
        """The median milliseconds from opening the page to its first paint, and to its conversations."""
        painted, listed = [], []
        for _ in range(times):
            page.goto(self._url)
            page.wait_for_selector("#items > li")
            listed.append(page.evaluate("performance.now()"))
            painted.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        return {"the page's first paint": median(painted), "the page until its conversations show": median(listed)}

    def memory(self) -> float:
        """MiB that the server has in memory (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024

    def close(self) -> None:
        self._http.clear()
        self.process.terminate()
        self.process.communicate()


def milliseconds(work: Callable[[], None], times: int) -> float:
    """The median of so many runs, after one that does not count."""
    work()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


@contextmanager
def opened(chromium: str) -> Iterator[Page]:
    """An empty page of a browser without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # The pages are our own; Chromium refuses to start as root with its sandbox.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1_000_000, help="how many; default: 1000000")
    parser.add_argument("--times", type=int, default=31, help="runs of each; default: 31")
    parser.add_argument("--chromium", metavar="FILE", help="also open the page in this browser, by playwright")
    options = parser.parse_args()
    columns: list[dict[str, float]] = []
    memory = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (1000, options.messages):
            file = Path(folder) / f"{count}.sqlite"
            fill(file, count)
            served = Served(file)
            columns.append({name: milliseconds(work, options.times) for name, work in served.work().items()})
            if options.chromium:
                with opened(options.chromium) as page:
                    columns[-1].update(served.seen(page, options.times))
            memory.append(served.memory())
            served.close()
    print(f"| milliseconds | at 1,000 | at {options.messages:,} | ratio |\n|---|---|---|---|")
    for name, few in columns[0].items():
        print(f"| {name} | {few:.2f} | {columns[1][name]:.2f} | {columns[1][name] / few:.2f} |")
    print(f"| memory of the server, MiB | {memory[0]:.0f} | {memory[1]:.0f} | {memory[1] / memory[0]:.2f} |")


if __name__ == "__main__":
    main()
