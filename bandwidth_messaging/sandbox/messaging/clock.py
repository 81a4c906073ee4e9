"""The time that an account lives in: as it passes, faster, or only when told."""

import math
from collections.abc import Callable
from typing import Literal, cast, get_args

Pace = Literal["real", "fast", "stepped"]
_FAST = 0.01
# 9001-01-01: what is planned from then on, such as the last attempt of a callback, still has a date in Python.
_LATEST = 221_876_928_000


class AccountClock:
    """Tells the time of one account.

    Attributes:
        pace: `real`: time passes, and messages take the seconds that their life cycle says. `fast`: time passes,
            and messages take a hundredth of that. `stepped`: time stands still but for `advance`.
    """

    def __init__(self, source: Callable[[], float], pace: Pace) -> None:
        """Start at the time of the source, which gives seconds since 1970. ValueError if there is no such pace."""
        self.pace: Pace = pace_of(pace)
        self._source = source
        self._began = source()
        self._advanced = 0.0

    def __call__(self) -> float:
        """The time, in seconds since 1970."""
        return (self._began if self.pace == "stepped" else self._source()) + self._advanced

    def now(self) -> int:
        """The time as the store keeps it, in milliseconds since 1970."""
        return int(self() * 1000)

    def delay(self, seconds: float) -> int:
        """How many milliseconds something takes at this pace that takes so many seconds at the real one."""
        return int(seconds * 1000 * (_FAST if self.pace == "fast" else 1))

    def set_pace(self, pace: Pace) -> None:
        """Change how time passes from now on; it never goes back. ValueError if there is no such pace."""
        if pace_of(pace) == "stepped" != self.pace:
            self._began = self._source()
        self.pace = pace

    @property
    def advanced(self) -> int:
        """By how many milliseconds the time was moved forward so far."""
        return math.ceil(self._advanced * 1000)

    def advance(self, seconds: float) -> None:
        """Move the time forward by 0 or more seconds. ValueError if that is past the year 9000."""
        if self() + seconds > _LATEST:
            raise ValueError("seconds: the time of an account ends with the year 9000")
        self._advanced += seconds

    def restore(self, advanced: int) -> None:
        """Go on where the time was moved to by so many milliseconds, before a restart."""
        self._advanced = max(self._advanced, advanced / 1000)


def pace_of(name: str) -> Pace:
    """The pace with this name. ValueError if there is none."""
    for pace in get_args(Pace):
        if pace == name:
            return cast("Pace", pace)
    raise ValueError(f"pace must be one of {', '.join(get_args(Pace))}, not {name!r}")
