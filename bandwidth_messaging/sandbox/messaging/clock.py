"""The time that an account lives in: as it passes, faster, or only when told."""

import math
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
        """Start at the time of the source.

        Args:
            source: Gives the seconds since 1970.
            pace: How time passes.

        Raises:
            ValueError: If there is no such pace.
        """
        self.pace: Pace = _checked(pace)
        self._source = source
        self._began = source()
        self._advanced = 0.0

    def __call__(self) -> float:
        """Tell the time.

        Returns:
            Seconds since 1970.
        """
        return (self._began if self.pace == "stepped" else self._source()) + self._advanced

    def now(self) -> int:
        """Tell the time as the store keeps it.

        Returns:
            Milliseconds since 1970.
        """
        return int(self() * 1000)

    def delay(self, seconds: float) -> int:
        """Tell how long something takes at this pace.

        Args:
            seconds: How long it takes at the real one.

        Returns:
            Milliseconds.
        """
        return int(seconds * 1000 * (_FAST if self.pace == "fast" else 1))

    def set_pace(self, pace: Pace) -> None:
        """Change how time passes. It never goes back.

        Args:
            pace: How time passes from now on.

        Raises:
            ValueError: If there is no such pace.
        """
        if _checked(pace) == "stepped" != self.pace:
            self._began = self._source()
        self.pace = pace

    def advance(self, seconds: float) -> None:
        """Move the time forward.

        Args:
            seconds: By how much; 0 or more.

        Raises:
            ValueError: If it is negative or no finite number.
        """
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError(f"seconds must be a number from 0 up, not {seconds!r}")
        self._advanced += seconds


def _checked(pace: Pace) -> Pace:
    if pace not in get_args(Pace):
        raise ValueError(f"pace must be one of {', '.join(get_args(Pace))}, not {pace!r}")
    return pace
