"""How long a call may take: its deadline, and what counts as a number of seconds."""

from collections.abc import Callable
from copy import copy
from typing import Protocol

from ..exceptions import ConfigurationException
from .clock import Clock

__all__ = ["Deadline", "TimeOuts", "seconds"]


class TimeOuts(Protocol):
    """The time-outs of a client, in seconds; a Configuration has them."""

    connect_timeout: float
    read_timeout: float
    total_timeout: float


class Deadline:
    """How long one call may still take: a connect and a read time-out within a bound on the total.

    The total covers everything that the call does: waiting for a pooled connection, the token fetch, each attempt
    and the pauses between them. All values are in seconds.

    An auth object may set `before_writing`: it is called when a connection is there, right before the first byte of the
    request is written. What it raises ends the call, and nothing was sent.
    """

    __slots__ = ("before_writing", "connect", "ends_at", "monotonic", "read", "started_at", "total")

    def __init__(self, clock: Clock, configuration: "TimeOuts", request_timeout: object = None) -> None:
        """The deadline of a call that begins now.

        Args:
            clock: Where the time comes from.
            configuration: The client's own time-outs.
            request_timeout: What the caller gave as `_request_timeout`: None for the client's time-outs, a number for
                the total, or a pair (connect, read) within the client's total. Seconds, more than 0.

        Raises:
            ConfigurationException: `request_timeout` is none of these.
        """
        self.connect: float = configuration.connect_timeout
        self.read: float = configuration.read_timeout
        self.total: float = configuration.total_timeout
        if request_timeout is not None:
            self._narrow(request_timeout)
        self.monotonic: Callable[[], float] = clock.monotonic
        self.before_writing: Callable[[], None] | None = None
        self.started_at: float = self.monotonic()
        self.ends_at: float = self.started_at + self.total

    def _narrow(self, request_timeout: object) -> None:
        if not isinstance(request_timeout, (tuple, list)):
            self.total = seconds("_request_timeout", request_timeout)
        elif len(request_timeout) == 2:
            self.connect = seconds("_request_timeout (connect)", request_timeout[0])
            self.read = seconds("_request_timeout (read)", request_timeout[1])
        else:
            raise ConfigurationException("_request_timeout: a pair is (connect, read), in seconds")

    def within(self, seconds: float) -> "Deadline":
        """The deadline of a part of the call that may take so many seconds, and no longer than the call."""
        part = copy(self)
        part.total = part.read = min(seconds, self.left())
        part.started_at = self.monotonic()
        part.ends_at = part.started_at + part.total
        return part

    def left(self) -> float:
        """Seconds until the call is over; 0 or less when it is."""
        return self.ends_at - self.monotonic()

    def elapsed(self) -> float:
        """Seconds since the call began."""
        return self.monotonic() - self.started_at


def seconds(name: str, value: object) -> float:
    """The value as a number of seconds that can be waited for.

    Raises:
        ConfigurationException: It is not a number, or not more than 0 and at most a year.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ConfigurationException(f"{name}: give a number of seconds, not {type(value).__name__}")
    # A year is beyond any use, and within what every platform's socket time-out can hold.
    if not 0 < value <= 31_536_000:
        raise ConfigurationException(f"{name}: give more than 0 and at most 31536000 seconds, not {value}")
    return float(value)
