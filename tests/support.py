"""Values that many tests share, and a clock that only they move."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone

from bandwidth_messaging import Clock

ACCOUNT = "9900000"
NOW = 1663179616.0  # 2022-09-14T18:20:16Z, the time in the vendor's examples
MESSAGE = {"application_id": "app-1", "to": ["+15552345678"], "var_from": "+15557654321", "text": "Hello"}


class FakeClock(Clock):
    """A clock that only `sleep` and the test move, so that waiting takes no time and can be asserted."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []
        self.random = random.Random(20261121).random
        self.monotonic = self._monotonic
        self.sleep = self._sleep
        self.now = self._now

    def _monotonic(self) -> float:
        return self.time

    def _now(self) -> datetime:
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc) + timedelta(seconds=self.time - 1000.0)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
