"""Time as the SDK sees it: one clock that tests can replace, and the deadline of a call."""

import random
import time
from datetime import datetime, timezone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .configuration import Configuration

__all__ = ["Clock", "Deadline"]


class Clock:
    """Everything that the SDK asks of time and chance, in one object.

    Waiting and expiry use `monotonic`, which no change of the wall clock moves; `now` only labels what happened.
    Give `ApiClient(configuration, clock=...)` a subclass to test without waiting.
    """

    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)
    random = staticmethod(random.random)

    def now(self) -> datetime:
        """The wall clock's time, in UTC."""
        return datetime.now(timezone.utc)


class Deadline:
    """How long one call may still take: a connect and a read time-out within a bound on the total.

    The total covers everything that the call does: waiting for a pooled connection, the token fetch, each attempt
    and the pauses between them. All values are in seconds.
    """

    __slots__ = ("connect", "ends_at", "monotonic", "read", "started_at", "total")

    def __init__(self, clock: Clock, connect: float, read: float, total: float) -> None:
        self.monotonic = clock.monotonic
        self.connect = connect
        self.read = read
        self.total = total
        self.started_at = clock.monotonic()
        self.ends_at = self.started_at + total

    @classmethod
    def of_call(cls, clock: Clock, configuration: "Configuration", request_timeout: object) -> "Deadline":
        """The deadline of a call that begins now.

        Args:
            clock: Where the time comes from.
            configuration: The client's own time-outs.
            request_timeout: What the caller gave as `_request_timeout`: None for the client's time-outs, a number for
                the total, or a pair (connect, read) within the client's total. Seconds, more than 0.

        Raises:
            ValueError: `request_timeout` is none of these.
        """
        connect, read = configuration.connect_timeout, configuration.read_timeout
        total = configuration.total_timeout
        if isinstance(request_timeout, (tuple, list)) and len(request_timeout) == 2:
            connect = seconds("_request_timeout (connect)", request_timeout[0])
            read = seconds("_request_timeout (read)", request_timeout[1])
        elif isinstance(request_timeout, (tuple, list)):
            raise ValueError("_request_timeout: a pair is (connect, read), in seconds")
        elif request_timeout is not None:
            total = seconds("_request_timeout", request_timeout)
        return cls(clock, connect, read, total)

    def left(self) -> float:
        """Seconds until the call is over; 0 or less when it is."""
        return self.ends_at - self.monotonic()

    def elapsed(self) -> float:
        """Seconds since the call began."""
        return self.monotonic() - self.started_at


def seconds(name: str, value: object) -> float:
    """The value as a number of seconds that can be waited for.

    Raises:
        ValueError: It is not a number, or not more than 0 and at most a year.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name}: give a number of seconds, not {type(value).__name__}")
    # A year is beyond any use, and within what every platform's socket time-out can hold.
    if not 0 < value <= 31_536_000:
        raise ValueError(f"{name}: give more than 0 and at most 31536000 seconds, not {value}")
    return float(value)
