"""drain() while items arrive and its process is killed: each is processed at least once, none confirmed unprocessed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bandwidth_messaging.messagemedia import MessageMediaMessagesClient
from bandwidth_messaging.sandbox import Sandbox

PHONE, NUMBER = "+61491570156", "+61491570157"
WORKER = Path(__file__).with_name("draining_worker.py")
KIND_OF_NOTICE = {"replies": "reply", "delivery_reports": "delivery_report"}
TOTAL, AT_FIRST = 250, 160


def notices(sandbox: Sandbox, kind: str, confirmed: bool) -> set[str]:
    sql = "SELECT notice_id FROM notices WHERE kind = ? AND confirmed = ?"
    return {row["notice_id"] for row in sandbox.store.select(sql, (KIND_OF_NOTICE[kind], confirmed))}


def arrive(sandbox: Sandbox, kind: str, number: int) -> None:
    if kind == "replies":
        for count in range(number):
            sandbox.receive(PHONE, f"reply {count}", to=NUMBER, family="messagemedia")
        return
    # One that stops at `enroute` and `submitted` gives two reports.
    message = {"content": "x", "destination_number": "+15550000000", "delivery_report": True}
    keys = sandbox.messagemedia
    with MessageMediaMessagesClient(keys.api_key, keys.api_secret, base_uri=sandbox.url) as client:
        client.messages.send_messages({"messages": [message] * (number // 2)})
    sandbox.advance(60)


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").split("\n")[:-1] if path.exists() else []


@pytest.mark.parametrize("kind", ["replies", "delivery_reports"])
def test_nothing_is_lost_and_nothing_confirmed_unprocessed_when_the_process_is_killed_twice(
    kind: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    processed = tmp_path / "processed"
    keys = sandbox.messagemedia
    command = [sys.executable, str(WORKER), sandbox.url, keys.api_key, keys.api_secret, kind, str(processed)]
    arrive(sandbox, kind, AT_FIRST)
    kills = []
    for _ in range(2):
        point = (str(chance.randrange(1, AT_FIRST // 2)), chance.choice(["before", "after"]))
        with subprocess.Popen([*command, *point]) as worker:
            arrive(sandbox, kind, (TOTAL - AT_FIRST) // 3)  # while it is at work
        assert worker.returncode == -signal.SIGKILL
        assert notices(sandbox, kind, confirmed=True) <= set(lines(processed))
        kills.append(" ".join(reversed(point)))
    arrive(sandbox, kind, (TOTAL - AT_FIRST) // 3)
    subprocess.run([*command, "0", ""], check=True)

    done, every = lines(processed), notices(sandbox, kind, confirmed=True)
    again, unprocessed = len(done) - len(set(done)), len(every - set(done))
    print(f"{kind}: seed {seed}; {len(every)} arrived; killed {kills[0]} and {kills[1]} items; {len(done)} processed,")
    print(f"{again} of them again; {len(every)} confirmed, {unprocessed} of them unprocessed")
    assert notices(sandbox, kind, confirmed=False) == set()
    assert len(every) == TOTAL
    assert set(done) == every
    # What came again are those of one batch for each kill, at most.
    assert len(done) - len(every) <= 2 * 20
