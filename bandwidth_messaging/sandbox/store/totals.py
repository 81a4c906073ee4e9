"""Exact totals of long lists: counted once, and then kept up to date by what has come and what has grown too old.

To count a million rows takes some 50 ms even from an index, and the contract wants the total with every page.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

# What is shorter is counted as fast as it is brought up to date.
_WORTH_KEEPING = 1000
_MOST_KEPT = 100
_BEGINNING = ("account_id = ?", "receive_time >= ?")

Count = Callable[[Sequence[str], Sequence[Any]], int]


@dataclass(frozen=True)
class _Total:
    version: object
    oldest: int
    last: int
    total: int


class Totals:
    """Remembers the totals of queries. Any thread may use it."""

    def __init__(self, count: Count) -> None:
        """Take what counts the deliveries for which all conditions hold, given the conditions and their values."""
        self._count = count
        self._lock = threading.Lock()
        self._kept: dict[tuple[Any, ...], _Total] = {}

    def total(self, conditions: Sequence[str], values: Sequence[Any], version: object, last: int) -> int:
        """How many deliveries up to the position `last` a query finds.

        Where the first two conditions are the account and the oldest time, the total is remembered for all queries
        that differ in nothing but that time. `version`, read before `last`, differs if a delivery that counts now did
        not count before, or the other way round, for another reason than that it is new or too old.
        """
        if tuple(conditions[:2]) != _BEGINNING:
            return self._count([*conditions, "position <= ?"], [*values, last])
        account_id, oldest, *rest = values
        key = (*conditions, account_id, *rest)
        with self._lock:
            known = self._kept.pop(key, None)
        if known is None or known.version != version or known.oldest > oldest or known.last > last:
            total = self._count([*conditions, "position <= ?"], [*values, last])
        else:
            gone = [account_id, known.oldest, *rest, oldest, known.last]
            come = [*values, known.last, last]
            total = known.total - self._count([*conditions, "receive_time < ?", "position <= ?"], gone)
            # The plus keeps SQLite from the indices: the few latest rows are found by their position.
            total += self._count([f"+{conditions[0]}", *conditions[1:], "position > ?", "position <= ?"], come)
        if total >= _WORTH_KEEPING:
            with self._lock:
                self._kept[key] = _Total(version, oldest, last, total)
                if len(self._kept) > _MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
        return total
