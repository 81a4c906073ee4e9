"""Kill the sandbox twenty times during a burst of sends: every message that was answered 202 must be there afterwards.

`python tests/benchmarks/kill.py` prints the counts and exits with 1 if a message is missing. It needs the package with
its extra `[sandbox]`.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from bandwidth_messaging.sandbox import Sandbox

_THREADS = 8


@dataclass
class Counts:
    """What the senders were told, and what was there at the end."""

    sent: int = 0
    killed: int = 0
    accepted: list[str] = field(default_factory=list)
    unanswered: int = 0
    absent: int = 0

    def __str__(self) -> str:
        return (
            f"sends {self.sent}, kills {self.killed}, answered 202 {len(self.accepted)}, without an answer "
            f"{self.unanswered}, answered 202 and absent {self.absent}"
        )


def burst(file: Path, sends: int, kills: int, seed: int) -> Counts:
    """Send so many messages to a sandbox that is killed and started again so many times, and count."""
    counts, chance = Counts(), random.Random(seed)
    for number in range(kills):
        share = sends // kills + (number < sends % kills)
        _one_life(file, share, chance.random(), counts)
    with Sandbox(db=str(file)) as sandbox:
        there = {row["message_id"] for row in sandbox.store.select("SELECT message_id FROM deliveries")}
    counts.absent = len(set(counts.accepted) - there)
    return counts


def _one_life(file: Path, sends: int, moment: float, counts: Counts) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bandwidth_messaging.sandbox", "--db", str(file), "--pace", "fast"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    url = next(line.partition('"')[2].rstrip('",\n') for line in process.stdout if "host=" in line)
    kill_at = max(int(moment * sends), 1)
    lock, begun = threading.Lock(), 0
    body = (
        f'{{"applicationId": "{Sandbox.application_id}", "to": ["+15552345678"], "from": "+15557654321", "text": "x"}}'
    )
    headers = urllib3.make_headers(basic_auth=f"{Sandbox.username}:{Sandbox.password}")
    headers["Content-Type"] = "application/json"

    def send(_: int) -> None:
        nonlocal begun
        with lock:
            begun += 1
            if begun == kill_at:
                process.kill()
        with suppress(urllib3.exceptions.HTTPError):
            answer = http.request("POST", f"{url}/users/{Sandbox.account_id}/messages", body=body, headers=headers)
            if answer.status == 202:
                with lock:
                    counts.accepted.append(answer.json()["id"])
                return
        with lock:
            counts.unanswered += 1

    with (
        urllib3.PoolManager(maxsize=_THREADS, retries=False, timeout=20) as http,
        ThreadPoolExecutor(_THREADS) as pool,
    ):
        list(pool.map(send, range(sends)))
    process.kill()
    process.communicate()
    counts.sent += sends
    counts.killed += 1


def main() -> None:
    """Run, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sends", type=int, default=5000, help="how many messages; default: 5000")
    parser.add_argument("--kills", type=int, default=20, help="how many kills; default: 20")
    parser.add_argument("--seed", type=int, default=20261121, help="when the kills strike; default: 20261121")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = burst(Path(folder) / "messages.sqlite", options.sends, options.kills, options.seed)
    print(counts)
    sys.exit(1 if counts.absent else 0)


if __name__ == "__main__":
    main()
