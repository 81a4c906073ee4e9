"""The service's clock, by the `Date` of its answers, held against the clock that no change of the wall clock moves."""

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from .boot_clock import boot_time

__all__ = ["ServerClock"]

# `Date` has whole seconds, and an answer takes some time: what moves less than this is no news.
_NEWS = 2.0


class ServerClock:
    """The service's clock minus ours."""

    def __init__(self, reading: float | None) -> None:
        """Begin with what another process read since the machine was started; None for nothing."""
        self._reading = reading

    def observe(self, headers: Mapping[str, str]) -> float | None:
        """Read the `Date` of an answer; returns what is to be kept for other processes, if that is news."""
        try:
            date = parsedate_to_datetime(headers.get("date", "")).timestamp()
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
        reading, before = date + 0.5 - boot_time(), self._reading
        if before is not None and abs(reading - before) < _NEWS:
            return None
        self._reading = reading
        return reading

    def offset(self) -> float | None:
        """The service's clock minus this machine's wall clock, in seconds; None before the first answer."""
        return None if self._reading is None else self._reading + boot_time() - time.time()

    def at_boot(self, boot: float) -> float | None:
        """The service's time when the boot clock showed this; None before the first answer."""
        return None if self._reading is None else self._reading + boot
