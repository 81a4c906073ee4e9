"""Callbacks out of order on purpose: what "at least once, in any order" means for an application, within a test.

The vendor promises neither that a callback comes once, nor that one comes before the next, nor that the answer to a
request comes before its callbacks. Applications find out in production that they relied on it.
"""

from collections.abc import Sequence
from dataclasses import replace

from .accounts import Account
from .lifecycle import Step

LATE_SECONDS = 5.0


def late(account: Account, is_last: bool) -> int:
    """How many milliseconds a callback is held back, so that the end of a message is told before the steps to it."""
    return account.clock.delay(LATE_SECONDS) if "late" in account.callbacks.disorder and not is_last else 0


def early(account: Account, steps: Sequence[Step]) -> Sequence[Step]:
    """Take the steps up to the first that is told of at once, so that it is told before the request is answered."""
    if not answers_late(account):
        return steps
    told = next((n for n, step in enumerate(steps) if step.status in ("SENT", "FAILED")), len(steps) - 1)
    return [replace(step, seconds=0.0) if n <= told else step for n, step in enumerate(steps)]


def answers_late(account: Account) -> bool:
    """Whether a request to send is answered only after the first callback about its message was posted."""
    return "early" in account.callbacks.disorder


def comes_twice(account: Account) -> bool:
    """Whether a callback that the application has answered comes once more."""
    return "duplicate" in account.callbacks.disorder
