"""What `look_up_outcome` says of lost sends whose fate is known: `python tests/benchmarks/lost_sends.py [runs]`.

Each run has an account of its own: a send whose answer is lost, taken or not, among 0 to 5 other messages of the same
pair, with clocks up to 5 minutes apart. In every tenth run all of it really happens, without a settle time; in the
others the attempt lies up to half an hour back, and what the service would list by now is put into its store.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

import urllib3

from bandwidth_messaging import ApiClient, Clock, Configuration, MessagesApi, Outcome, OutcomeUnknownException, segments
from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.sandbox import SandboxAccount

SENDER = "+15557654321"
PEOPLE = ("+15552345678", "+15552345679", "+15552345680")
TEXTS = ("Your table is ready.", "Your table is ready!!", "Hello", "x" * 200)
AGES = (5.0, 120.0, 700.0, 900.0, 1300.0, 1800.0)  # seconds since the attempt
SETTLE_TIME = 600


@dataclass
class Run:
    """One lost send, and what was said of it."""

    outcome: Outcome
    taken_id: str | None
    is_listed: bool
    is_known: bool

    @property
    def kind(self) -> str:
        """The outcome, and whether it is true."""
        state = self.outcome.state
        if state == "unclear":
            return "unclear"
        is_true = self.outcome.message_id == self.taken_id if state == "found" else self.taken_id is None
        return state if is_true else f"FALSE {state}"


@dataclass
class Scene:
    """The sandbox account of one run, and the client whose clock is wrong."""

    account: SandboxAccount
    api: MessagesApi
    chance: random.Random
    skew: timedelta
    known: list[str] = field(default_factory=list)

    def request(self, people: tuple[str, ...], text: str) -> dict[str, Any]:
        return {"to": list(people), "from": SENDER, "text": text, "application_id": self.account.application_id}

    def lose(self, request: dict[str, Any], *, taken: bool) -> OutcomeUnknownException:
        """Send, and lose the answer."""
        self.account.fail_next(reset=True, after=taken, operation="send")
        try:
            self.api.create_message(self.account.account_id, request)
        except OutcomeUnknownException as lost:
            return lost
        raise AssertionError("the answer was not lost")

    def list_one(self, people: tuple[str, ...], text: str, received_at: datetime) -> str:
        """Let the service list a message; returns its id."""
        is_mms = len(people) > 1
        row: dict[str, Any] = {
            "source_tn": SENDER, "message_type": "mms" if is_mms else "sms", "receive_time": received_at,
            "segment_count": 1 if is_mms else segments.count(text), "message_length": len(text),
            "recipient_count": len(people),
        }  # fmt: skip
        first = None if is_mms else self.account.add(destination_tn="".join(people), **row)
        return first or self._import_group(people, {**row, "receive_time": received_at.isoformat()})

    def _import_group(self, people: tuple[str, ...], row: dict[str, Any]) -> str:
        message_id = f"group-{self.chance.getrandbits(64):x}"
        rows = [{**row, "message_id": message_id, "destination_tn": person} for person in people]
        url = f"{self.account.url}/sandbox/accounts/{self.account.account_id}/import"
        answer = urllib3.request("POST", url, json={"messages": rows})
        assert answer.status == 201, answer.data
        return message_id


def really(scene: Scene) -> Run:
    """Everything is sent to the sandbox, and looked up at once."""
    chance = scene.chance
    people, text = _people(chance), chance.choice(TEXTS)
    others = [(_people(chance, people), _text(chance, text)) for _ in range(chance.randint(0, 5))]
    place = chance.randint(0, len(others))
    for other in others[:place]:
        scene.known.append(_sent(scene, *other))
    taken = chance.random() < 0.6
    lost = scene.lose(scene.request(people, text), taken=taken)
    there = {message.message_id for message in scene.account.messages()}
    taken_id = next(iter(there - {*scene.known}), None)
    for other in others[place:]:
        scene.known.append(_sent(scene, *other))
    known_ids = scene.known if chance.random() < 0.8 else None
    outcome = scene.api.look_up_outcome(lost, known_ids, settle_time=0)
    return Run(outcome, taken_id, is_listed=True, is_known=known_ids is not None)


def staged(scene: Scene) -> Run:
    """The attempt is some time ago; listed is what a service that lists late would list by now."""
    chance = scene.chance
    age, duration = chance.choice(AGES), chance.uniform(0.01, 4.0)
    people, text = _people(chance), chance.choice(TEXTS)
    lost = scene.lose(scene.request(people, text), taken=False)
    now = datetime.now(timezone.utc)
    began_at = now - timedelta(seconds=age)
    lost.time, lost.elapsed = began_at + scene.skew, duration
    delay = chance.choice((0.0, 0.0, chance.uniform(1, SETTLE_TIME - 10)))
    taken, is_listed = chance.random() < 0.6, delay < age
    taken_id = None
    if taken:
        taken_id = "not listed yet"
        if is_listed:
            taken_id = scene.list_one(people, text, began_at + timedelta(seconds=chance.uniform(0, duration)))
    for apart in _apart(chance, duration):
        if began_at + apart < now:
            scene.known.append(scene.list_one(_people(chance, people), _text(chance, text), began_at + apart))
    if chance.random() < 0.5 and age > 60:
        scene.account.add(source_tn=SENDER, destination_tn="+15559990000", receive_time=now - timedelta(seconds=30))
    known_ids = scene.known if chance.random() < 0.8 else None
    outcome = scene.api.look_up_outcome(lost, known_ids, SETTLE_TIME)
    return Run(outcome, taken_id, is_listed, known_ids is not None)


def _people(chance: random.Random, same: tuple[str, ...] | None = None) -> tuple[str, ...]:
    if same is not None and chance.random() < 0.7:
        return same
    return PEOPLE[:1] if chance.random() < 0.7 else PEOPLE[: chance.randint(2, 3)]


def _text(chance: random.Random, same: str) -> str:
    return same if chance.random() < 0.6 else chance.choice(TEXTS)


def _apart(chance: random.Random, duration: float) -> Iterator[timedelta]:
    """When the others were received, from the begin of the attempt on: before, during or after it."""
    for _ in range(chance.randint(0, 5)):
        before, during, after = chance.uniform(-80_000, 0), chance.uniform(0, duration), chance.uniform(duration, 1500)
        yield timedelta(seconds=chance.choice((before, chance.uniform(-30, 0), during, after)))


def _sent(scene: Scene, people: tuple[str, ...], text: str) -> str:
    return str(scene.api.create_message(scene.account.account_id, scene.request(people, text)).id)


def _now(skew: timedelta) -> datetime:
    """The time by a clock that differs from the service's."""
    return datetime.now(timezone.utc) + skew


def runs(count: int, first_seed: int = 0) -> Iterator[Run]:
    """The runs with these seeds, each the same every time but for the hour of day."""
    with Sandbox(pace="real") as sandbox:
        for seed in range(first_seed, first_seed + count):
            chance = random.Random(seed)
            skew = timedelta(seconds=chance.uniform(-300, 300))
            clock = Clock()
            clock.now = partial(_now, skew)
            account = sandbox.new_account()
            configuration = Configuration(sandbox.url, username=account.username, password=account.password, retries=0)
            with ApiClient(configuration, clock=clock) as client:
                scene = Scene(account, MessagesApi(client), chance, skew)
                yield really(scene) if seed % 10 == 0 else staged(scene)


def main() -> None:
    """Print how often what was said."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    kinds: Counter[str] = Counter()
    findable: Counter[str] = Counter()
    for run in runs(count):
        kinds[run.kind] += 1
        if run.taken_id and run.is_listed and run.is_known:
            findable[run.kind] += 1
    print(f"{count} runs:", ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items())))
    for kind in ("FALSE found", "FALSE absent"):
        print(f"{kind}: {kinds[kind]}")
    share = findable["found"] / max(sum(findable.values()), 1)
    print(f"taken, listed and everything else known: {sum(findable.values())}, of them found {share:.1%}")


if __name__ == "__main__":
    main()
