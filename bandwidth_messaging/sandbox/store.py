"""The messages that the sandbox holds, in SQLite: one store for all families.

Two tables: `messages` has each message as it was accepted, `deliveries` one row for each of its recipients, which is
what a list shows and a life cycle changes. Whatever is filtered or sorted by stands in `deliveries`, so that a list
reads one table.

A change is committed before the call that made it returns. With a file, commits go to a write-ahead log under
`synchronous = NORMAL`: the log has reached the operating system when a commit returns, so killing this process loses
nothing. Only a power cut could take the last commits with it, which a test double need not survive.
"""

import json
import secrets
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]

_VERSION = 1
_SCHEMA = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE messages (
    message_id TEXT PRIMARY KEY, family TEXT NOT NULL, account_id TEXT NOT NULL, application_id TEXT,
    direction TEXT NOT NULL, owner TEXT, sender TEXT NOT NULL, recipients TEXT NOT NULL, text TEXT, media TEXT,
    tag TEXT, priority TEXT, expiration INTEGER, receive_time INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE deliveries (
    position INTEGER PRIMARY KEY, message_id TEXT NOT NULL, account_id TEXT NOT NULL, source_tn TEXT NOT NULL,
    destination_tn TEXT NOT NULL, message_status TEXT NOT NULL, message_direction TEXT NOT NULL,
    message_type TEXT NOT NULL, segment_count INTEGER NOT NULL, error_code INTEGER NOT NULL,
    receive_time INTEGER NOT NULL, carrier_name TEXT, message_size INTEGER, message_length INTEGER NOT NULL,
    attachment_count INTEGER, recipient_count INTEGER, campaign_class TEXT, campaign_id TEXT, bw_latency INTEGER,
    carrier_latency INTEGER, calling_number_country_a3 TEXT, called_number_country_a3 TEXT, product TEXT,
    location TEXT, bw_queued INTEGER NOT NULL, carrier_queued INTEGER NOT NULL
);
-- Each index ends in the order of the default list, so that a page is read from it without sorting.
CREATE INDEX deliveries_by_time ON deliveries (account_id, receive_time, position);
CREATE INDEX deliveries_by_source ON deliveries (account_id, source_tn, receive_time, position);
CREATE INDEX deliveries_by_destination ON deliveries (account_id, destination_tn, receive_time, position);
CREATE INDEX deliveries_by_message ON deliveries (account_id, message_id, receive_time, position);
"""


@dataclass(frozen=True)
class Query:
    """Which deliveries are wanted, and in which order.

    Attributes:
        conditions: SQL conditions with `?` for each value; all must hold.
        values: The values of the conditions, in their order.
        key: The SQL expression to sort by, never null. Deliveries with the same key are in the order of arrival.
        descending: Whether the order is reversed.
    """

    conditions: tuple[str, ...]
    values: tuple[Any, ...]
    key: str = "receive_time"
    descending: bool = True


@dataclass(frozen=True)
class Pin:
    """A place in the order of a query: just after the delivery with this key and position, or just before it."""

    key: Any
    position: int
    backwards: bool = False


class Store:
    """Messages in SQLite. Any thread may use it; calls are served one at a time."""

    def __init__(self, path: str | None = None) -> None:
        """Open the store.

        Args:
            path: The database file, made if it does not exist. None keeps everything in memory.

        Raises:
            ValueError: If the file was written by another version of the sandbox.
        """
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path or ":memory:", check_same_thread=False)
        try:
            self._prepare(path)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def add(self, message: Mapping[str, Any], deliveries: Sequence[Mapping[str, Any]]) -> None:
        """Keep a message. It is on disk when this returns.

        Args:
            message: The columns of `messages`; recipients and media as lists.
            deliveries: The columns of `deliveries`, one mapping for each recipient.

        Raises:
            ValueError: If the id is taken.
        """
        packed = {name: json.dumps(value) if isinstance(value, list) else value for name, value in message.items()}
        with self._lock, self._connection:
            try:
                self._insert("messages", packed)
            except sqlite3.IntegrityError as error:
                raise ValueError(
                    f"The message id {message['message_id']!r} is taken, or a column is missing"
                ) from error
            for delivery in deliveries:
                self._insert("deliveries", delivery)

    def count(self, query: Query, most: int | None = None) -> int:
        """Count the deliveries that a query wants.

        Args:
            query: Which deliveries.
            most: Stop counting there; None counts all.

        Returns:
            The exact number, or `most` if there are more.
        """
        where = " AND ".join(query.conditions)
        inner = f"SELECT 1 FROM deliveries WHERE {where} LIMIT ?"  # noqa: S608 - conditions are our own, values bound
        rows = self._select(f"SELECT count(*) AS n FROM ({inner})", (*query.values, -1 if most is None else most))  # noqa: S608
        return int(rows[0]["n"])

    def page(self, query: Query, limit: int, pin: Pin | None = None) -> list[Row]:
        """Read deliveries in order, from a pinned place on.

        Args:
            query: Which deliveries, in which order.
            limit: How many at most.
            pin: Where to start; None starts at the beginning. A backwards pin reads towards the beginning.

        Returns:
            The columns of each delivery and `sort_key`, its key; nearest to the pin first.
        """
        conditions, values = list(query.conditions), list(query.values)
        descending = query.descending != (pin is not None and pin.backwards)
        if pin is not None:
            # First, because SQLite reads the index from the first bound that it meets.
            conditions.insert(0, f"({query.key}, position) {'<' if descending else '>'} (?, ?)")
            values[:0] = [pin.key, pin.position]
        way = "DESC" if descending else "ASC"
        sql = f"SELECT *, {query.key} AS sort_key FROM deliveries WHERE {' AND '.join(conditions)}"  # noqa: S608
        return self._select(f"{sql} ORDER BY {query.key} {way}, position {way} LIMIT ?", (*values, limit))

    def secret(self, name: str) -> bytes:
        """Give a random secret that stays the same as long as the database lives.

        Args:
            name: What the secret is for.

        Returns:
            32 bytes.
        """
        with self._lock, self._connection:
            self._connection.execute(
                "INSERT OR IGNORE INTO settings (name, value) VALUES (?, ?)", (name, secrets.token_bytes(32))
            )
            found = self._connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return bytes(found["value"])

    def _prepare(self, path: str | None) -> None:
        self._connection.row_factory = sqlite3.Row
        if path is not None:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            self._connection.executescript(f"BEGIN;{_SCHEMA}PRAGMA user_version = {_VERSION};COMMIT;")
        elif version != _VERSION:
            raise ValueError(f"{path} was written by another version of the sandbox; choose another file")

    def _insert(self, table: str, columns: Mapping[str, Any]) -> None:
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(columns.values()))  # noqa: S608

    def _select(self, sql: str, values: Sequence[Any]) -> list[Row]:
        with self._lock:
            return [dict(row) for row in self._connection.execute(sql, values)]
