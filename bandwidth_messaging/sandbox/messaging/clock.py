"""The time that an account lives in: as it passes, faster, or only when told."""

from collections.abc import Callable
from typing import Literal, get_args

Pace = Literal["real", "fast", "stepped"]
_FAST = 0.01


class AccountClock:
    """Tells the time of one account.

    Attributes:
        pace: `real`: time passes, and messages take the seconds that their life cycle says. `fast`: time passes,
            and messages take a hundredth of that. `stepped`: time stands still but for `advance`.
    """

    def __init__(self, source: Callable[[], float], pace: Pace) -> None:
        """Start at the time of the source, which gives seconds since 1970. ValueError if there is no such pace."""
        self.pace: Pace = _checked(pace)
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
        if _checked(pace) == "stepped" != self.pace:
            self._began = self._source()
        self.pace = pace

    def advance(self, seconds: float) -> None:
        """Move the time forward by 0 or more seconds."""
        self._advanced += seconds


def _checked(pace: Pace) -> Pace:
    if pace not in get_args(Pace):
        raise ValueError(f"pace must be one of {', '.join(get_args(Pace))}, not {pace!r}")
    return pace
