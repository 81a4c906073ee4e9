"""Time as the SDK sees it: one clock that tests can replace."""

import random
import time
from collections.abc import Callable
from datetime import datetime, timezone
from functools import partial

__all__ = ["Clock"]


class Clock:
    """Everything that the SDK asks of time and chance, in one object.

    Waiting and expiry use `monotonic`, which no change of the wall clock moves; `now`, the wall clock's
    time in UTC, only labels what happened.
    Give `ApiClient(configuration, clock=...)` a subclass to test without waiting.
    """

    monotonic: Callable[[], float] = staticmethod(time.monotonic)
    sleep: Callable[[float], None] = staticmethod(time.sleep)
    random: Callable[[], float] = staticmethod(random.random)
    now: Callable[[], datetime] = staticmethod(partial(datetime.now, timezone.utc))
