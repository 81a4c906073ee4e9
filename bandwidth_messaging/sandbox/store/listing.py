"""Lists of deliveries, page by page, and searches among them. Nothing that they do holds a writer up."""

from collections.abc import Sequence
from functools import partial

from .database import EVERY_COLUMN, Database
from .queries import Condition, Pin, Query, before, bound, equals, not_before, where
from .records import Content, Delivery, ListedDelivery, PageRow, ShownDelivery
from .schema import columns, decoded
from .totals import Totals

SEARCHED_AT_ONCE = 20_000
_INDEX_OF = {"message_id": "message", "source_tn": "source", "destination_tn": "destination"}
_NEWEST = "ORDER BY receive_time DESC, position DESC"

Place = tuple[int, int]


class Listing:
    """Reads pages, and counts what is on all of them."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database
        self._totals = Totals(partial(self._count_up_to, -1))

    def count(self, query: Query, most: int | None = None) -> int:
        """How many deliveries a query finds; not more than `most` if that is given."""
        values = bound(query.conditions)
        conditions = [condition.sql for condition in query.conditions]
        if most is not None:
            return self._count_up_to(most, conditions, values)
        filtered = " ".join(conditions)
        changes = sorted(self._database.changes.items())
        version = [(name, n) for name, n in changes if name == EVERY_COLUMN or name in filtered]
        (latest,) = self._database.search("SELECT coalesce(max(position), 0) AS position FROM deliveries")
        return self._totals.total(conditions, values, version, latest["position"])

    def page(self, query: Query, limit: int, pin: Pin | None = None) -> list[PageRow]:
        """The deliveries that a query finds, nearest to the pin first; without one, from the beginning.

        A backwards pin reads towards the beginning.
        """
        key, conditions = query.order.key, list(query.conditions)
        descending = query.order.descending != (pin is not None and pin.backwards)
        if pin is not None:
            # First, because SQLite reads the index from the first bound that it meets.
            place = f"({key}, position) {'<' if descending else '>'} (?, ?)"
            conditions.insert(0, Condition(place, (pin.key, pin.position)))
        way = "DESC" if descending else "ASC"
        sql = (
            f"SELECT {columns(ListedDelivery)}, {key} AS sort_key FROM deliveries WHERE {where(conditions)} "  # noqa: S608
            f"ORDER BY {key} {way}, position {way} LIMIT ?"
        )
        return [decoded(PageRow, row) for row in self._database.search(sql, (*bound(conditions), limit))]

    def in_order_of_arrival(
        self, conditions: Sequence[Condition], newest_first: bool, limit: int
    ) -> list[ListedDelivery]:
        """The deliveries that meet all conditions."""
        way = "DESC" if newest_first else "ASC"
        source = f"FROM deliveries WHERE {where(conditions)} ORDER BY position {way} LIMIT ?"
        sql = f"SELECT {columns(ListedDelivery)} {source}"
        return self._database.read(ListedDelivery, sql, (*bound(conditions), limit))

    def newest(
        self, account_id: str, conditions: Sequence[Condition], start: Place, limit: int
    ) -> tuple[list[ShownDelivery], Place | None]:
        """Look through the next 20,000 deliveries before a place, the newest first.

        Returns what was found, and how far down that is complete; None for all the way.
        """
        index, first = _index(conditions)
        first = [equals("account_id", account_id), before(*start), *first]
        source = f"FROM deliveries INDEXED BY deliveries_by_{index} WHERE {where(first)}"
        sql = f"SELECT receive_time, position {source} {_NEWEST} LIMIT 1 OFFSET ?"
        last = self._database.select(sql, (*bound(first), SEARCHED_AT_ONCE - 1))
        edge = (last[0]["receive_time"], last[0]["position"]) if last else None
        every = [*first, *conditions, *([not_before(*edge)] if edge else [])]
        inner = f"SELECT * FROM deliveries INDEXED BY deliveries_by_{index} WHERE {where(every)} {_NEWEST} LIMIT ?"  # noqa: S608
        sql = (
            f"SELECT {columns(Delivery, 'd')}, {columns(Content, 'm')} "  # noqa: S608
            f"FROM ({inner}) d JOIN messages m ON m.message_id = d.message_id"
        )
        found = self._database.read(ShownDelivery, sql, (*bound(every), limit + 1))
        found.sort(key=place_of, reverse=True)
        return (found, place_of(found[limit - 1])) if len(found) > limit else (found, edge)

    def _count_up_to(self, most: int, conditions: Sequence[str], values: Sequence[object]) -> int:
        inner = f"SELECT 1 FROM deliveries WHERE {' AND '.join(conditions)} LIMIT ?"  # noqa: S608
        (row,) = self._database.search(f"SELECT count(*) AS n FROM ({inner})", (*values, most))  # noqa: S608
        return int(row["n"])


def place_of(delivery: ListedDelivery) -> Place:
    """Where a delivery stands in the order of time."""
    return delivery.receive_time, delivery.position or 0


def _index(conditions: Sequence[Condition]) -> tuple[str, list[Condition]]:
    """Choose the index to read by, and the one condition that goes with it; all of them end in the order of time."""
    for column, index in _INDEX_OF.items():
        for condition in conditions:
            if condition.equal_column == column:
                return index, [condition]
    return "time", []
