"""The example that sends to a CSV's recipients sends to each once, and does what is right about each failure."""

from __future__ import annotations

import os
import random
import runpy
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Exchange, ScriptedServer, answer
from support import ACCOUNT

from bandwidth_messaging import MessagesApi
from bandwidth_messaging.sandbox.sandbox import SandboxAccount

from .pages import DOCS

EXAMPLE = DOCS / "examples" / "send_csv.py"
NAMES = runpy.run_path(str(EXAMPLE))
ACCEPTED = answer(202, {"id": "m-1"})
EMPTY = answer(200, {"totalCount": 0, "messages": []})
REFUSED = answer(400, {"type": "request-validation", "description": "no"})
PEOPLE = [f"+1555234{number:04}" for number in range(40)]
SENDER = "+15557654321"
KILLS = int(os.environ.get("SEND_CSV_KILLS", "4"))  # 20 were tried; each takes a process
ApiFor = Callable[..., MessagesApi]


def lost(exchange: Exchange) -> None:
    exchange.reset()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Any]:
    with NAMES["Journal"](tmp_path / "people.csv.journal") as opened:
        yield opened


def states(api_for: ApiFor, journal: Any, *steps: Any, to: str = PEOPLE[0]) -> list[str]:
    """What becomes of three rows, the first of which meets the steps."""
    rows = NAMES["read_rows"](["to,text\n", *(f"{person},Hello\n" for person in (to, *PEOPLE[1:3]))])
    with ScriptedServer(*steps, ACCEPTED, ACCEPTED, EMPTY) as server:
        api = api_for(server.url, retries=0)
        NAMES["Sender"](api, ACCOUNT, "app-1", SENDER, journal).run(rows)
    return [journal.state(row) for row in rows]


@pytest.mark.parametrize(
    ("first", "state"),
    [
        (ACCEPTED, "sent"),
        (REFUSED, "refused"),
        (answer(409, {}), "refused"),
        (answer(202, b"<html>"), "sent"),
        (lost, "sending"),
        (answer(500), "sending"),
        (answer(502), "sending"),
    ],
)
def test_what_concerns_one_recipient_does_not_keep_the_others_waiting(
    first: Any, state: str, api_for: ApiFor, journal: Any
) -> None:
    assert states(api_for, journal, first) == [state, "sent", "sent"]


def test_a_wrong_number_goes_nowhere(api_for: ApiFor, journal: Any) -> None:
    assert states(api_for, journal, ACCEPTED, to="5552345678") == ["refused", "sent", "sent"]


@pytest.mark.parametrize("status", [401, 403, 404, 415, 429])
def test_what_concerns_all_that_follow_stops_the_run(status: int, api_for: ApiFor, journal: Any) -> None:
    assert states(api_for, journal, answer(status, {})) == ["open", "open", "open"]


def test_an_overloaded_service_is_left_alone(api_for: ApiFor, journal: Any) -> None:
    assert states(api_for, journal, answer(503, {}, {"Retry-After": "7"})) == ["open", "open", "open"]


def test_what_is_about_to_be_sent_is_on_disk_before_the_request(api_for: ApiFor, tmp_path: Path) -> None:
    path = tmp_path / "j"
    seen: list[str] = []

    def look(exchange: Exchange) -> bytes:
        seen.append(path.read_text("utf-8"))
        return ACCEPTED

    with NAMES["Journal"](path) as journal:
        states(api_for, journal, look)
    assert '"state": "sending"' in seen[0]
    assert not any(secret in path.read_text("utf-8") for secret in (PEOPLE[0], PEOPLE[1], "Hello"))


def test_half_a_line_of_the_journal_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "j"
    row = NAMES["Row"](PEOPLE[0], "Hello", "k")
    with NAMES["Journal"](path) as journal:
        journal.write(row, "sent", id="m-1")
    path.write_text(path.read_text("utf-8") + '{"key": "k", "sta', "utf-8")
    with NAMES["Journal"](path) as journal:
        assert journal.state(row) == "sent"
        journal.write(row, "refused")
    with NAMES["Journal"](path) as journal:
        assert journal.state(row) == "refused"


class Runs:
    """The script over a file of 40 people, as a process that can be killed."""

    def __init__(self, account: SandboxAccount, url: str, directory: Path) -> None:
        self.account = account
        path = directory / "people.csv"
        path.write_text("to,text\n" + "".join(f"{person},Hello\n" for person in PEOPLE), "utf-8")
        self.command: list[str] = [
            sys.executable, str(EXAMPLE), str(path), "--account", account.account_id, "--sender", SENDER,
            "--application", account.application_id, "--only-sender", "--settle-time", "0",
        ]  # fmt: skip
        names = {"BW_HOST": url, "BW_USERNAME": account.username, "BW_PASSWORD": account.password}
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("BW_")} | names

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def sent(self) -> Counter[str]:
        return Counter(message.to for message in self.account.messages())


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill", "Ctrl-C"])
def test_whoever_kills_it_at_any_point_and_runs_it_again_sends_to_each_once(
    how: signal.Signals, sandbox: SandboxAccount, tmp_path: Path
) -> None:
    chance = random.Random(20261121)
    account = sandbox
    account.set_pace("real")
    runs = Runs(account, sandbox.url, tmp_path)
    # Every other answer keeps its client waiting after the message was taken: there the kill does harm.
    account.fail_next(None, after=True, delay=0.05, percentage=50, operation="send")
    kills = 0
    for _ in range(KILLS):
        before = sum(runs.sent().values())
        process = runs.start()
        enough = before + chance.choice((0, 1, 1, 2))
        while process.poll() is None and sum(runs.sent().values()) <= enough:
            time.sleep(0.01)
        process.send_signal(how)
        process.communicate(timeout=30)
        kills += process.returncode != 0
    process = runs.start()
    printed, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert printed.endswith("40 of 40 sent\n")
    assert runs.sent() == Counter(PEOPLE)
    assert kills >= KILLS // 2


def test_two_runs_at_once_are_refused(tmp_path: Path, journal: Any) -> None:
    with pytest.raises(SystemExit, match="is in use by another run"):
        NAMES["Journal"](tmp_path / "people.csv.journal")
    assert journal.entries == {}
