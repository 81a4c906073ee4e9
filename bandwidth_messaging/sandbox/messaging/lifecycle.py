"""The life of a message after it was accepted: each delivery follows its plan, step by step, on its account's clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..store.records import Batch, Delivery, Transition, changed
from ..store.store import Store
from .accounts import Account
from .changes import Event, Feed
from .clock import AccountClock
from .family import Family

_AT_ONCE = 500


@dataclass(frozen=True)
class Step:
    """One step of a plan: how many seconds after the step before, and status and error code from then on."""

    seconds: float
    status: str
    error_code: int = 0


@dataclass(frozen=True)
class Plan:
    """The status of a new delivery, what it has been through, and what is still to come; None for nothing at all."""

    status: str
    history: list[Transition]
    transitions: list[Transition] | None

    @property
    def next_due(self) -> int | None:
        """When the next transition is due."""
        return int(self.transitions[0][0]) if self.transitions else None


def planned(clock: AccountClock, start: int, status: str, steps: Iterable[Step]) -> Plan:
    """Plan the steps from a time on, at the pace of the account's clock."""
    transitions: list[Transition] = []
    due = start
    for step in steps:
        due += clock.delay(step.seconds)
        transitions.append((due, step.status, step.error_code))
    return Plan(status, [(clock.now(), status, 0)], transitions)


class Lifecycle:
    """Carries plans out."""

    def __init__(self, store: Store, families: Mapping[str, Family], feed: Feed) -> None:
        """Take the store, the families by the name that their messages are kept under, and who is told of changes."""
        self._store = store
        self._families = families
        self._feed = feed

    def run_due(self, account: Account) -> int:
        """Carry out every step of an account whose time has come, and tell how many that were."""
        done = 0
        while deliveries := self._store.messages.due(account.ids, account.clock.now(), _AT_ONCE):
            self._take_steps(account, deliveries)
            done += len(deliveries)
        return done

    def _take_steps(self, account: Account, deliveries: Sequence[Delivery]) -> None:
        batch = Batch()
        for delivery in deliveries:
            self._take_step(account, delivery, batch)
        self._store.write(batch)
        for delivery in deliveries:
            self._feed.publish(Event("status", delivery.account_id, delivery.message_id))

    def _take_step(self, account: Account, delivery: Delivery, batch: Batch) -> None:
        (time, status, error_code), *rest = delivery.plan or []
        batch.updates.append(
            changed(
                delivery,
                message_status=status,
                error_code=error_code,
                history=[*(delivery.history or ()), (time, status, error_code)],
                plan=rest,
                next_due=rest[0][0] if rest else None,
            )
        )
        message = self._store.messages.get(delivery.message_id)
        if message is not None:
            batch.add(self._families[message.family].changed(account, message, delivery, time))
