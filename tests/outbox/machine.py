"""An outbox beside a model of ours, driven by hypothesis: any order of calls, faults, waits and restarts.

The model knows, for each key, what was given first, whether the service took it, and what the outbox may say of it. The
service is ours too: it takes, refuses, is busy, and loses requests and answers as each step says.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing, nullcontext, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from scripted_server import Exchange, ScriptedServer, answer

from bandwidth_messaging import ApiClient, Configuration, MessagesApi, UnauthorizedException
from bandwidth_messaging.outbox import Entry, KeyConflictException, Outbox

ACCOUNT = "9900000"
KEYS = st.sampled_from([f"key {number}" for number in range(8)])
TEXTS = st.sampled_from(["one", "another"])
FAULTS = st.sampled_from(
    ["", "", "", "refused", "busy", "unauthorized", "gateway", "lost request", "lost answer", "cut answer"]
)
FREE = {"planned", "claimed", "in_flight"}


class Service:
    """Keeps what it took; the next sends fail as `faults` says."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.faults: list[str] = []

    def __call__(self, exchange: Exchange) -> bytes | None:
        if exchange.request.method == "GET":
            return self._list(exchange.request.target)
        fault = self.faults.pop(0) if self.faults else ""
        refusals = {"refused": 400, "busy": 429, "unauthorized": 401, "gateway": 502}
        if fault in refusals:
            return answer(refusals[fault], {}, self._date())
        if fault == "lost request":
            exchange.reset()
            return None
        request = exchange.request.json
        row = {**request, "id": f"m{len(self.taken)}", "time": datetime.now(timezone.utc)}
        self.taken.append(row)
        if fault == "lost answer":
            exchange.reset()
            return None
        whole = answer(202, {"id": row["id"]}, self._date())
        if fault == "cut answer":
            exchange.send(whole[:-3])
            exchange.close()
            return None
        return whole

    def _list(self, target: str) -> bytes:
        query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        rows = [row for row in self.taken if query.get("destinationTn") in {None, row["to"][0]}]
        begin, end = (query.get(name) for name in ("fromDateTime", "toDateTime"))
        items = [
            {
                "messageId": row["id"], "sourceTn": row["from"], "destinationTn": row["to"][0], "messageType": "sms",
                "messageStatus": "DELIVERED", "messageDirection": "OUTBOUND", "segmentCount": 1, "recipientCount": 1,
                "messageLength": len(row["text"]), "receiveTime": _iso(row["time"]),
            }
            for row in reversed(rows)
            if (begin is None or _iso(row["time"]) >= begin) and (end is None or _iso(row["time"]) <= end)
        ]  # fmt: skip
        items = items[: int(query.get("limit", "1000"))]
        return answer(200, {"totalCount": len(items), "pageInfo": {}, "messages": items}, self._date())

    def _date(self) -> dict[str, str]:
        return {"Date": datetime.now(timezone.utc).strftime("%a, %d %b %Y %H:%M:%S GMT")}


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class OutboxMachine(RuleBasedStateMachine):
    """Its rules are what users, the service and the world do."""

    steps = 0

    @initialize()
    def begin(self) -> None:
        memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
        self.folder = Path(tempfile.mkdtemp(dir=memory))
        self.service = Service()
        self.server = ScriptedServer(self.service).__enter__()
        configuration = Configuration(host=self.server.url, username="u", password="p", retries=None, total_timeout=5)
        self.client = ApiClient(configuration)
        self.api = MessagesApi(self.client)
        self.texts: dict[str, str] = {}
        self.final: dict[str, str] = {}
        self.outbox = self._open()

    def _open(self) -> Outbox:
        return Outbox(f"sqlite:///{self.folder}/messages.db", lease=5)

    def _request(self, key: str, text: str) -> dict[str, Any]:
        number = int(key.split()[1])
        return {"applicationId": "app", "to": [f"+1555234000{number}"], "from": "+15557654321", "text": text}

    @rule(key=KEYS, text=TEXTS)
    def add(self, key: str, text: str) -> None:
        with self._conflict(key, text):
            self.outbox.add(ACCOUNT, self._request(key, text), key=key)

    @rule(key=KEYS, text=TEXTS, fault=FAULTS)
    def send(self, key: str, text: str, fault: str) -> None:
        self.service.faults = [fault]
        with suppress(UnauthorizedException), self._conflict(key, text):
            self.outbox.send(self.api, ACCOUNT, self._request(key, text), key=key)
        self.service.faults = []

    @rule(faults=st.lists(FAULTS, max_size=4))
    def run(self, faults: list[str]) -> None:
        # An unknown entry holds others back for longer than a test waits; the settle time of those is over.
        self._edit("UPDATE entries SET call_end = call_end - 700 WHERE state = 'unknown' AND call_end IS NOT NULL")
        self._edit("UPDATE entries SET not_before = 0")
        self.service.faults = [fault for fault in faults if fault != "busy"]
        with suppress(UnauthorizedException):
            self.outbox.run(self.api, threads=2)
            assert not FREE & {entry.state for entry in self.outbox.entries()}
        self.service.faults = []

    @rule(faults=st.lists(FAULTS, max_size=2))
    def settle(self, faults: list[str]) -> None:
        self.outbox.settle(self.api, settle_time=0 if faults else 600)

    @rule()
    def wait(self) -> None:
        """The settle time passes for those that the service did not take; the others' times cannot move."""
        lost = [key for key in self.texts if not self._taken(key)]
        for key in lost:
            self._edit(
                "UPDATE entries SET marked_at = marked_at - 1300, call_end = call_end - 1300, "
                "marked_boot = marked_boot - 1300 WHERE key = ? AND marked_at IS NOT NULL",
                key,
            )

    @rule()
    def resend(self) -> None:
        for entry in self.outbox.entries("absent"):
            self.final.pop(entry.key, None)
        self.outbox.resend(absent=True)

    @rule()
    def restart(self) -> None:
        self.outbox.close()
        self.outbox = self._open()

    @rule()
    def die_in_flight(self) -> None:
        """A worker died before it could record anything: what it had claimed or marked has no lease any more."""
        self._edit("UPDATE entries SET lease_end = 0 WHERE state IN ('claimed', 'in_flight')")

    @rule(key=KEYS)
    def forget_the_outcome(self, key: str) -> None:
        """A worker died after its call, and before the commit that records it."""
        self._edit(
            "UPDATE entries SET state = 'in_flight', lease_end = 0, evidence = NULL, message_id = NULL, error = NULL "
            "WHERE key = ? AND state IN ('accepted', 'unknown') AND request IS NOT NULL",
            key,
        )
        self.final.pop(key, None)

    @invariant()
    def the_outbox_says_nothing_that_is_not_so(self) -> None:
        OutboxMachine.steps += 1
        entries = {entry.key: entry for entry in self.outbox.entries()} if hasattr(self, "outbox") else {}
        for key, entry in entries.items():
            taken = self._taken(key)
            assert len(taken) <= 1, f"{key} was taken twice"
            assert entry.request is not None
            assert entry.request["text"] == self.texts[key]
            self._check(entry, taken)
        if hasattr(self, "outbox"):
            assert set(entries) == set(self.texts)

    def _check(self, entry: Entry, taken: list[str]) -> None:
        if entry.state == "accepted":
            assert taken
            assert entry.message_id in {None, *taken}
        elif entry.state in {"refused", "absent", "planned"}:
            assert not taken
        if entry.state in {"accepted", "refused"}:
            assert self.final.setdefault(entry.key, entry.state) == entry.state

    def _taken(self, key: str) -> list[str]:
        number = self._request(key, "")["to"]
        return [row["id"] for row in self.service.taken if row["to"] == number]

    def _conflict(self, key: str, text: str) -> Any:
        first = self.texts.setdefault(key, text)
        return pytest.raises(KeyConflictException) if first != text else nullcontext()

    def _edit(self, change: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.folder / "messages.db")) as connection:
            connection.execute(change, values)
            connection.commit()

    def teardown(self) -> None:
        if hasattr(self, "outbox"):
            self.outbox.close()
            self.client.close()
            self.server.__exit__()
            shutil.rmtree(self.folder)
