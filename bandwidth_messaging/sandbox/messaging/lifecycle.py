"""The life of a message after it was accepted: each delivery follows its plan, step by step, on its account's clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..families.family import Family
from ..store.messages import Batch, Row, Store, Update
from .accounts import Account
from .changes import Event, Feed
from .clock import AccountClock

_AT_ONCE = 500


@dataclass(frozen=True)
class Step:
    """One step of a plan.

    Attributes:
        seconds: How long after the step before.
        status: The status that the delivery has from then on, in the words of its family.
        error_code: Its error code from then on.
    """

    seconds: float
    status: str
    error_code: int = 0


def planned(clock: AccountClock, start: int, status: str, steps: Iterable[Step]) -> dict[str, Any]:
    """Write a plan.

    Args:
        clock: The account's clock, whose pace decides how long the steps take.
        start: When the plan begins, in milliseconds since 1970.
        status: The status that the delivery has now.
        steps: What happens to it, in order.

    Returns:
        The columns of `deliveries` that hold status, history and plan.
    """
    plan: list[tuple[int, str, int]] = []
    due = start
    for step in steps:
        due += clock.delay(step.seconds)
        plan.append((due, step.status, step.error_code))
    return {
        "message_status": status,
        "history": [(clock.now(), status, 0)],
        "plan": plan,
        "next_due": plan[0][0] if plan else None,
    }


class Lifecycle:
    """Carries plans out."""

    def __init__(self, store: Store, families: Mapping[str, Family], feed: Feed) -> None:
        """Take what it works with.

        Args:
            store: Keeps the deliveries and their plans.
            families: The families by the name that their messages are kept under.
            feed: Is told of every change.
        """
        self._store = store
        self._families = families
        self._feed = feed

    def run_due(self, account: Account) -> int:
        """Carry out every step of an account whose time has come.

        Args:
            account: Whose messages.

        Returns:
            How many steps that were.
        """
        done = 0
        while rows := self._store.due("deliveries", "next_due", account.ids, account.clock.now(), _AT_ONCE):
            self._take_steps(account, rows)
            done += len(rows)
        return done

    def _take_steps(self, account: Account, rows: Sequence[Row]) -> None:
        batch = Batch()
        for row in rows:
            self._take_step(account, row, batch)
        self._store.write(batch)
        for row in rows:
            self._feed.publish(Event("status", row["account_id"], row["message_id"]))

    def _take_step(self, account: Account, row: Row, batch: Batch) -> None:
        (time, status, error_code), *rest = row["plan"]
        columns = {
            "message_status": status,
            "error_code": error_code,
            "history": [*row["history"], (time, status, error_code)],
            "plan": rest,
            "next_due": rest[0][0] if rest else None,
        }
        batch.updates.append(Update("deliveries", row["position"], columns))
        message = self._store.message(row["message_id"])
        if message is not None:
            follows = self._families[message["family"]].changed(account, message, {**row, **columns}, time)
            batch.updates += follows.updates
            batch.callbacks += follows.callbacks
            batch.notices += follows.notices
