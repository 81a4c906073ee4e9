"""The vendor's rate limits, which an account has if it is told to: list requests, and the queue of messages to send."""

from collections import defaultdict, deque
from dataclasses import dataclass, field

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

    def count_list(self, address: str, now: float) -> int | None:
        """Count a list request from an address; where there were too many, tell how many seconds to wait."""
        if self.list_requests is None:
            return None
        listed = self._listed[address]
        while listed and listed[0] <= now - LIST_SECONDS:
            listed.popleft()
        if len(listed) >= self.list_requests:
            return max(int(listed[0] + LIST_SECONDS - now), 1)
        listed.append(now)
        return None

    def enqueue(self, segments: int, now: float) -> bool:
        """Put the segments of a message, those of all recipients together, into the queue; False if it is full."""
        if self.segments_per_second is None:
            return True
        worked_off = max(now - self._queued_at, 0.0) * self.segments_per_second
        waiting = max(self._queued - worked_off, 0.0)
        if waiting + segments > self.segments_per_second * QUEUE_SECONDS:
            return False
        self._queued, self._queued_at = waiting + segments, now
        return True
