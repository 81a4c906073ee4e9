"""RetryPolicy: which failures may be repeated and how long to wait. Pure data and arithmetic."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from .exceptions import (
    ApiException,
    BrokenAnswerException,
    ConfigurationException,
    ConnectException,
    TimeoutException,
    TokenException,
    TooManyRequestsException,
)

__all__ = ["Repeat", "RetryPolicy", "RetryQuota"]


class Repeat(NamedTuple):
    """What `RetryPolicy.on_repeat` is told before the client waits and repeats a call."""

    operation: str
    """The operation, such as "MessagesApi.list_messages"."""
    attempt: int
    """The number of the attempt that failed; the first is 1."""
    cause: ApiException
    """Why it failed."""
    wait: float
    """Seconds until the next attempt."""
    elapsed: float
    """Seconds since the call began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """When a call is repeated.

    A call that causes a message is repeated only where the server provably did not take it: no connection was made, or
    the answer was 429, or 503 with Retry-After. No setting widens that. Reading calls are repeated on the failures
    below.

    The wait before repeat number n is random between 0 and `min(cap, base * 2 ** (n - 1))` ("full jitter", so that
    clients that failed together do not come back together), and never less than Retry-After. A wait that does not fit
    what is left of `budget`, or of the call's total time-out, is not begun: the failure is raised at once.

    Attributes:
        retries: How often a call may be repeated; 0 is never.
        base: Seconds; the longest first wait.
        cap: Seconds; the longest wait that the client chooses by itself.
        budget: Seconds from the begin of the call within which the last repeat must begin.
        statuses: The statuses after which a reading call is repeated.
        on_connect_failure: Repeat when no connection was made.
        on_broken_answer: Repeat a reading call whose answer was cut off or timed out.
        quota: Tokens in the client's retry quota; see `RetryQuota`. 0 switches it off.
        on_repeat: Called before each wait. What it raises ends the call.
    """

    retries: int = 2
    base: float = 0.5
    cap: float = 8.0
    budget: float = 60.0
    statuses: frozenset[int] = frozenset({429, 500, 502, 503, 504})
    on_connect_failure: bool = True
    on_broken_answer: bool = True
    quota: int = 500
    on_repeat: Callable[[Repeat], None] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.retries, bool) or not isinstance(self.retries, int) or self.retries < 0:
            raise ConfigurationException(
                f"retries: give how often a call may be repeated, 0 or more, not {self.retries!r}"
            )
        if not isinstance(self.statuses, Iterable) or not all(_is_status(status) for status in self.statuses):
            raise ConfigurationException("RetryPolicy(statuses=...): give a set of statuses, each from 100 to 599")
        object.__setattr__(self, "statuses", frozenset(self.statuses))
        for name in ("on_connect_failure", "on_broken_answer"):
            if not isinstance(getattr(self, name), bool):
                raise ConfigurationException(f"RetryPolicy({name}=...): give True or False")
        if self.on_repeat is not None and not callable(self.on_repeat):
            raise ConfigurationException("RetryPolicy(on_repeat=...): give a function, or None")
        for name in ("base", "cap", "budget", "quota"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
                raise ConfigurationException(f"RetryPolicy({name}=...): give a number from 0 up, not {value!r}")

    @classmethod
    def of(cls, retries: "int | RetryPolicy | None") -> "RetryPolicy":
        """The policy that `Configuration(retries=...)` means: a number of repeats, a policy, or None for none."""
        return retries if isinstance(retries, RetryPolicy) else cls(retries=0 if retries is None else retries)

    def may_repeat(self, failure: ApiException, causes_message: bool) -> bool:
        """Whether this failure is of a kind after which the call may be made again."""
        if failure.permanent:
            return False
        if isinstance(failure, (ConnectException, TokenException)):
            return self.on_connect_failure and (failure.status == 0 or failure.status in self.statuses)
        if isinstance(failure, TooManyRequestsException):
            return failure.status in self.statuses
        if causes_message:
            return failure.status == 503 and failure.accepted is False and failure.status in self.statuses
        if isinstance(failure, (BrokenAnswerException, TimeoutException)):
            return self.on_broken_answer
        return failure.status in self.statuses

    def wait(self, attempt: int, failure: ApiException, chance: float) -> float:
        """Seconds to wait after this attempt.

        Args:
            attempt: The number of the attempt that failed; the first is 1.
            failure: Why it failed; its `retry_after` is the least wait.
            chance: A random number from 0 to 1.
        """
        # Beyond 2**64 the cap decides anyway, and the power would not fit a float.
        longest = min(self.cap, self.base * 2.0 ** min(attempt - 1, 64))
        return max(longest * chance, failure.retry_after or 0.0)


def _is_status(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599


class RetryQuota:
    """What keeps the clients of a failing service from making it worse: a budget of repeats that successes refill.

    A repeat costs 5 tokens, after a time-out 10; a call that succeeds gives one back. With the bucket empty, failures
    are raised without a repeat. (The numbers are those of the AWS SDKs' standard retry mode.)

    Attributes:
        spent: Whether there is something to refill.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._tokens = size
        self.spent: bool = False
        self._lock = Lock()

    def take(self, failure: ApiException) -> bool:
        """Pay for one repeat; False if that cannot be afforded."""
        cost = 10 if isinstance(failure, TimeoutException) else 5
        with self._lock:
            if self._size and self._tokens < cost:
                return False
            self._tokens = max(self._tokens - cost, 0)
            self.spent = self._tokens < self._size
            return True

    def refill(self) -> None:
        """A call succeeded."""
        with self._lock:
            self._tokens = min(self._tokens + 1, self._size)
            self.spent = self._tokens < self._size
