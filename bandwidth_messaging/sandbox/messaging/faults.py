"""Faults on purpose: rules by which requests fail, before a message is accepted or after it.

The one that makes clients send twice is the answer that is lost after the message was accepted: `reset=True,
after=True`. `web/fault_injection.py` carries the rules out; what values they may have stands in `sandbox_api.yaml`.
"""

import random
import re
import threading
from dataclasses import dataclass, field
from typing import Any

from .accounts import Account

OPERATIONS = ("send", "read", "token")


@dataclass
class Fault:
    """A rule by which requests of an account fail.

    Attributes:
        fault_id: Names the rule.
        count: How many requests it is good for; None for any number.
        percentage: How many of a hundred requests it hits, by chance; None for all.
        status: The status of the answer; None leaves it as it is.
        retry_after: The Retry-After header, in seconds; None for none.
        delay: How long the answer takes, in seconds; None for no longer than it does.
        reset: Whether the connection is torn down instead of an answer.
        truncate: Whether the answer is cut off in the middle of its body.
        garbage: Whether the answer's body is a page of a broken gateway instead of JSON.
        after: Whether the request is served first: a message is accepted, and its answer fails.
        operation: `send`, `read` or `token`; None for sending and reading.
        to: Only requests in which this number stands; None for all.
        hits: How many requests it has hit.
    """

    fault_id: int
    count: int | None = 1
    percentage: float | None = None
    status: int | None = None
    retry_after: int | None = None
    delay: float | None = None
    reset: bool = False
    truncate: bool = False
    garbage: bool = False
    after: bool = False
    operation: str | None = None
    to: str | None = None
    hits: int = 0

    def check(self) -> None:
        """Refuse what makes no sense together. ValueError names the argument and the rule."""
        if self.status is None and self.delay is None and not (self.reset or self.truncate or self.garbage):
            raise ValueError("give at least one of status, delay, reset, truncate and garbage")
        if sum((self.status is not None, self.reset, self.truncate)) > 1:
            raise ValueError("give one of status, reset and truncate, not several")
        if self.retry_after is not None and self.status is None:
            raise ValueError("retry_after: give it together with a status")
        if self.truncate and not self.after:
            raise ValueError("truncate: an answer can be cut off only where there is one: give after=True too")
        if self.garbage and (self.reset or self.truncate):
            raise ValueError("garbage: give it with a status or with after=True, not with reset or truncate")
        if self.garbage and self.status is None and not self.after:
            raise ValueError("garbage: there is no answer yet whose body it could be: give a status, or after=True")


@dataclass
class Faults:
    """The rules of all accounts. Any thread may use it."""

    _rules: list[tuple[Account, Fault]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    # Percentages hit the same requests in each run.
    _random: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - no secret
    _made: int = 0

    def add(self, account: Account, **rule: Any) -> Fault:
        """Make a rule of the attributes of a `Fault`. ValueError if it makes no sense."""
        with self._lock:
            fault = Fault(self._made + 1, **rule)
            fault.check()
            self._made += 1
            self._rules.append((account, fault))
        return fault

    def of(self, account: Account) -> list[Fault]:
        """The rules of an account that are still good for something, the oldest first."""
        with self._lock:
            return [fault for whose, fault in self._rules if whose is account]

    def remove(self, account: Account, fault_id: int | None = None) -> int:
        """Remove one rule of an account, or all of them, and tell how many there were."""
        with self._lock:
            kept = [
                (whose, fault)
                for whose, fault in self._rules
                if whose is not account or fault_id not in (None, fault.fault_id)
            ]
            removed = len(self._rules) - len(kept)
            self._rules = kept
        return removed

    def hit(self, account: Account, operation: str, body: bytes) -> Fault | None:
        """The oldest rule that hits a request, counted; a number may stand in its body and query, given as `body`."""
        with self._lock:
            for position, (whose, fault) in enumerate(self._rules):
                if whose is account and self._fits(fault, operation, body):
                    fault.hits += 1
                    if fault.count is not None and fault.hits >= fault.count:
                        del self._rules[position]
                    return fault
        return None

    def _fits(self, fault: Fault, operation: str, body: bytes) -> bool:
        if operation != fault.operation and not (fault.operation is None and operation != "token"):
            return False
        if fault.to is not None and not _stands_in(fault.to, body):
            return False
        return fault.percentage is None or self._random.random() * 100 < fault.percentage


def _stands_in(number: str, body: bytes) -> bool:
    digits = number.lstrip("+").encode()
    return re.search(rb"(?<![0-9])" + digits + rb"(?![0-9])", body) is not None
