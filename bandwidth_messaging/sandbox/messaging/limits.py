"""The vendor's rate limits, which an account has if it is told to: list requests, and the queue of messages to send."""

from collections import defaultdict, deque
from dataclasses import dataclass, field

from ..web.problems import Problem

LIST_REQUESTS = 3500
LIST_SECONDS = 300
QUEUE_SECONDS = 900


@dataclass
class Limits:
    """How fast an account may list and send.

    Attributes:
        list_requests: How many list requests one address may make in 5 minutes; None for any number.
        segments_per_second: How fast the queue of messages is worked off, in segments; it holds 15 minutes of them.
            None for a queue that is never full.
    """

    list_requests: int | None = None
    segments_per_second: float | None = None
    _listed: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _queued: float = 0.0
    _queued_at: float = 0.0

    def list_from(self, address: str, now: float) -> None:
        """Count a list request.

        Args:
            address: Where it comes from.
            now: Seconds since 1970.

        Raises:
            Problem: 429 with Retry-After if there were too many.
        """
        if self.list_requests is None:
            return
        listed = self._listed[address]
        while listed and listed[0] <= now - LIST_SECONDS:
            listed.popleft()
        if len(listed) >= self.list_requests:
            wait = max(int(listed[0] + LIST_SECONDS - now), 1)
            said = f"More than {self.list_requests} requests in 5 minutes; wait for as long as Retry-After says"
            raise Problem(429, "rate_limit_exceeded", said, headers={"Retry-After": str(wait)})
        listed.append(now)

    def queue(self, segments: int, now: float) -> None:
        """Put a message into the queue.

        Args:
            segments: How many segments it takes, those of all recipients together.
            now: Seconds since 1970.

        Raises:
            Problem: 429 if the queue is full; the message is not accepted.
        """
        if self.segments_per_second is None:
            return
        worked_off = max(now - self._queued_at, 0.0) * self.segments_per_second
        waiting = max(self._queued - worked_off, 0.0)
        if waiting + segments > self.segments_per_second * QUEUE_SECONDS:
            raise queue_full(self.segments_per_second)
        self._queued, self._queued_at = waiting + segments, now


def queue_full(segments_per_second: float = 1.0) -> Problem:
    """Make the refusal of a message for which the queue has no room.

    Args:
        segments_per_second: The rate of the account.

    Returns:
        The error, in the vendor's words for its kind.
    """
    a_minute = segments_per_second * 60
    said = (
        f"The message queue is full: it is worked off at {a_minute:g} segments a minute and holds "
        f"{segments_per_second * QUEUE_SECONDS:g}"
    )
    return Problem(429, "max-message-queue-size-exceeded", said)
