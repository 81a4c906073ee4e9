"""A rate in segments per second without a burst: nothing is saved up while nothing is sent (GCRA with no tolerance)."""

import time
from threading import Lock

from ..exceptions import ConfigurationException

__all__ = ["Rate"]


class Rate:
    """When each message may start.

    Args:
        per_second: Segments per second; None for as fast as it goes.

    Raises:
        ConfigurationException: The rate is not a number above 0.
    """

    def __init__(self, per_second: float | None) -> None:
        is_number = isinstance(per_second, int | float) and not isinstance(per_second, bool)
        if per_second is not None and not (is_number and 0 < per_second < float("inf")):
            raise ConfigurationException("rate: give the segments per second, a number above 0, or None for no limit")
        self.per_second = per_second
        self._lock = Lock()
        self._free_at = 0.0

    def reserve(self, segments: int) -> float:
        """Reserve the time of a message of so many segments; returns the seconds until it may start."""
        now = time.monotonic()
        with self._lock:
            start = max(self._free_at, now)
            if self.per_second is not None:
                self._free_at = start + segments / self.per_second
        return start - now

    def is_free(self) -> bool:
        """Whether a message may start now without a reservation."""
        return self.per_second is None and self._free_at <= time.monotonic()

    def hold(self, seconds: float) -> None:
        """Let nothing start for so long: the service asked for it."""
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic() + seconds)
