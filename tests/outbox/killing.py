"""Kill a program that sends through an outbox, run it again, settle, and let the sandbox's record judge.

The program is a process of its own. It is killed at a *point*: before or after its n-th commit, which it does to itself
inside the driver's `commit`; or when its n-th request has arrived but is not passed on, when the service has answered
and nothing of it is passed back, when half of the answer is, and when all of it is: the proxy between them does that.

With a power cut in place of the kill, the files go back to what they were when the last commit returned.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripted_server import Exchange, ScriptedServer
from sqlalchemy import Engine, event

from bandwidth_messaging import ApiClient, Configuration, MessagesApi
from bandwidth_messaging.outbox import Outbox
from bandwidth_messaging.sandbox import Sandbox, SandboxAccount

LEASE = 0.3
TOTAL = 1.0
MESSAGES = 5
STAGES = ("request arrived", "answered", "half of the answer passed", "answer passed")


@dataclass(frozen=True)
class Case:
    """One run: what program, where it is killed."""

    number: int
    seed: int
    mode: str
    """`send` or `run`."""
    threads: int
    at: str
    """`commit` or `request`."""
    point: int
    power_cut: bool = False

    def __str__(self) -> str:
        if self.at == "commit":
            where = f"{('before', 'after')[self.point % 2]} commit {self.point // 2 + 1}"
        else:
            where = f"{STAGES[self.point % 4]}, request {self.point // 4 + 1}"
        how = "power cut" if self.power_cut else "kill"
        return f"run {self.number}, seed {self.seed}: {self.mode}, {self.threads} threads, {how} {where}"


@dataclass
class Verdict:
    """What was wrong, and what was counted."""

    case: Case
    died: bool = False
    unknown: int = 0
    absent: int = 0
    faults: dict[str, int] = field(default_factory=dict)

    def fault(self, name: str, count: int) -> None:
        if count:
            self.faults[name] = self.faults.get(name, 0) + count


def cases(runs: int, seed: int, *, power_cut: bool = False) -> Iterator[Case]:
    """Every point of both programs with one thread in turn, and every third run with four threads at a random one."""
    points = [("send", "commit", point) for point in range(32)]
    points += [("run", "commit", point) for point in range(20)]
    points += [("send", "request", point) for point in range(4 * MESSAGES)]
    points += [("run", "request", point) for point in range(4 * MESSAGES)]
    chance = random.Random(seed)
    chance.shuffle(points)
    for number in range(runs):
        mode, at, point = points[number % len(points)]
        threads = 4 if number % 3 == 2 else 1
        yield Case(number, seed, mode, threads, at, point, power_cut)


# --- the program


def request(application: str, number: int) -> dict[str, Any]:
    return {
        "applicationId": application, "to": [f"+1555234{number:04d}"], "from": "+15557654321", "text": f"text {number}",
    }  # fmt: skip


def program(outbox: Outbox, api: MessagesApi, account: str, application: str, case: Case) -> None:
    """What a user would write: it is run, and run again after a crash."""
    if case.mode == "run":
        outbox.add_many(account, ((f"key {n}", request(application, n)) for n in range(MESSAGES)))
        outbox.run(api, threads=case.threads)
        return

    def send(numbers: range) -> None:
        for number in numbers:
            outbox.send(api, account, request(application, number), key=f"key {number}")

    senders = [
        threading.Thread(target=send, args=(range(first, MESSAGES, case.threads),)) for first in range(case.threads)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    outbox.run(api, threads=case.threads)


def api_of(url: str, account: Any) -> ApiClient:
    return ApiClient(
        Configuration(host=url, username=account.username, password=account.password, retries=None, total_timeout=TOTAL)
    )


@dataclass
class Login:
    """What the child needs of a sandbox account."""

    account_id: str
    application_id: str
    username: str
    password: str


def die_in_commit(case: Case, cuts: Path | None) -> None:
    """Let the driver's connection count its commits, and end the process at the one that is wanted."""
    passed = [0]
    lock = threading.Lock()

    def boundary() -> None:
        with lock:
            if case.at == "commit" and passed[0] == case.point:
                os.kill(os.getpid(), signal.SIGKILL)
            passed[0] += 1

    class Connection(sqlite3.Connection):
        def commit(self) -> None:
            boundary()
            super().commit()
            if cuts is not None:
                snapshot(cuts, passed[0])
            boundary()

    @event.listens_for(Engine, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: Any, options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = sqlite3.connect(*arguments, **{**options, "factory": Connection})
        return connection


def snapshot(cuts: Path, number: int) -> None:
    """Keep the files as they are: a commit has just returned, so all of it is on disk."""
    draft = cuts / f"draft-{number}"
    draft.mkdir()
    for file in cuts.parent.glob("messages.db*"):
        if not file.name.endswith("-shm"):
            shutil.copyfile(file, draft / file.name)
    draft.rename(cuts / f"{number:06d}")


def cut_power(folder: Path, chance: random.Random) -> None:
    """Put the files back to what was on disk. The mark count is never synced: either may be there."""
    kept = sorted(path for path in (folder / "cuts").iterdir() if not path.name.startswith("draft"))
    for file in folder.glob("messages.db*"):
        if file.name.endswith("-shm"):
            file.unlink()
        elif not (file.name.endswith("-marks") and chance.random() < 0.5):
            source = kept[-1] / file.name if kept else None
            # Into the same file: it is not a copy that goes on.
            file.write_bytes(source.read_bytes() if source is not None and source.exists() else b"")


def child(folder: str, url: str, login: Login, case: Case) -> None:
    """The process that is killed."""
    cuts = Path(folder) / "cuts" if case.power_cut else None
    if cuts is not None:
        cuts.mkdir()
    die_in_commit(case, cuts)
    with Outbox(f"sqlite:///{folder}/messages.db", lease=LEASE) as outbox, api_of(url, login) as client:
        program(outbox, MessagesApi(client), login.account_id, login.application_id, case)


# --- the proxy


class Proxy:
    """Passes requests on to the sandbox, and kills the sender at its point."""

    def __init__(self, sandbox_url: str, case: Case) -> None:
        self._host, self._case = sandbox_url.removeprefix("http://"), case
        self._lock = threading.Lock()
        self._requests = 0
        self.kill: Callable[[], None] = lambda: None

    def __call__(self, exchange: Exchange) -> None:
        with self._lock:
            number = self._requests
            self._requests += 1
        if self._stops(number, 0):
            return
        answer = self._pass_on(exchange)
        if self._stops(number, 1):
            return
        half = len(answer) // 2
        exchange.send(answer[:half])
        if self._stops(number, 2):
            return
        exchange.send(answer[half:])
        self._stops(number, 3)

    def _stops(self, number: int, stage: int) -> bool:
        if self._case.at != "request" or self._case.point != 4 * number + stage:
            return False
        self.kill()
        return True

    def _pass_on(self, exchange: Exchange) -> bytes:
        received = exchange.request
        connection = http.client.HTTPConnection(self._host, timeout=10)
        headers = {name: value for name, value in received.headers.items() if name != "connection"}
        connection.request(received.method, received.target, received.body, headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        head = "".join(f"{name}: {value}\r\n" for name, value in answer.getheaders() if name.lower() != "connection")
        return f"HTTP/1.1 {answer.status} {answer.reason}\r\n{head}\r\n".encode() + body


# --- the judge


class Suite:
    """Runs cases: kill all, then run all again, then settle all, so that leases are waited for together."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._sandbox, self._folder = sandbox, folder
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["outbox.killing"])
        self._accounts: dict[int, SandboxAccount] = {}

    def run(self, chosen: list[Case]) -> list[Verdict]:
        verdicts = [self._kill(case) for case in chosen]
        for verdict in verdicts:
            self._run_again(verdict)
        time.sleep(LEASE + TOTAL)
        for verdict in verdicts:
            self._settle(verdict)
        return verdicts

    def _kill(self, case: Case) -> Verdict:
        account = self._accounts[case.number] = self._sandbox.new_account("real")
        folder = self._folder / str(case.number)
        folder.mkdir()
        login = Login(account.account_id, account.application_id, account.username, account.password)
        proxy = Proxy(self._sandbox.url, case)
        with ScriptedServer(proxy) as server:
            process = self._context.Process(target=child, args=(str(folder), server.url, login, case))
            process.start()
            pid = process.pid
            assert pid is not None
            proxy.kill = lambda: os.kill(pid, signal.SIGKILL)
            process.join(60)
        assert process.exitcode in {0, -signal.SIGKILL}, f"{case}: ended with {process.exitcode}"
        # One that ended before its point has closed its files, and synced them otherwise than by a commit.
        if case.power_cut and process.exitcode:
            cut_power(folder, random.Random(f"{case.seed} {case.number}"))
        return Verdict(case, died=process.exitcode != 0)

    def _open(self, case: Case) -> Outbox:
        return Outbox(f"sqlite:///{self._folder / str(case.number) / 'messages.db'}", lease=LEASE)

    def _run_again(self, verdict: Verdict) -> None:
        account = self._accounts[verdict.case.number]
        with self._open(verdict.case) as outbox, api_of(self._sandbox.url, account) as client:
            program(outbox, MessagesApi(client), account.account_id, account.application_id, verdict.case)
            states = [entry.state for entry in outbox.entries()]
        verdict.unknown = states.count("unknown")
        verdict.fault("left in_flight, claimed or planned", sum(map(states.count, ("in_flight", "claimed", "planned"))))
        verdict.fault("lost", MESSAGES - len(states))
        verdict.fault("more unknown than threads", max(0, verdict.unknown - verdict.case.threads))

    def _settle(self, verdict: Verdict) -> None:
        account = self._accounts[verdict.case.number]
        with self._open(verdict.case) as outbox, api_of(self._sandbox.url, account) as client:
            api = MessagesApi(client)
            give_up = time.monotonic() + 10
            while outbox.settle(api, settle_time=0).unknown and time.monotonic() < give_up:
                time.sleep(0.3)
            self._judge(verdict, outbox, account)
            outbox.resend(absent=True)
            outbox.run(api, threads=1)
            everyone = {message.to for message in account.messages()}
            verdict.fault("not sent at the end", MESSAGES - len(everyone))
            verdict.fault("taken twice", len(account.messages()) - len(everyone))

    def _judge(self, verdict: Verdict, outbox: Outbox, account: SandboxAccount) -> None:
        taken = {message.to: message.message_id for message in account.messages()}
        verdict.fault("taken twice", len(account.messages()) - len(taken))
        for entry in outbox.entries():
            assert entry.request is not None
            message_id = taken.get(entry.request["to"][0])
            if entry.state == "accepted":
                verdict.fault("accepted but not there", message_id is None or message_id != entry.message_id)
            elif entry.state in {"refused", "absent"}:
                verdict.absent += entry.state == "absent"
                verdict.fault("refused or absent but there", message_id is not None)
            else:
                verdict.fault(f"still {entry.state} after settling", 1)


def summary(verdicts: list[Verdict]) -> str:
    """What is printed: the counts, and each run that went wrong."""
    points = {(each.case.mode, each.case.at, each.case.point) for each in verdicts}
    lines = [
        f"seed {verdicts[0].case.seed}",
        f"runs {len(verdicts)}, points {len(points)}, died there {sum(each.died for each in verdicts)}",
        f"unknown after the second run {sum(each.unknown for each in verdicts)}, "
        f"of them absent {sum(each.absent for each in verdicts)}",
    ]
    for name in (
        "taken twice", "accepted but not there", "refused or absent but there", "left in_flight, claimed or planned",
        "more unknown than threads", "lost", "not sent at the end",
    ):  # fmt: skip
        lines.append(f"{name} {sum(each.faults.get(name, 0) for each in verdicts)}")
    lines += [f"{each.case}: {each.faults}" for each in verdicts if each.faults]
    return "\n".join(lines)
