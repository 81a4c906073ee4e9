"""SQLite behind a lock: rows in, records out."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from typing import Any

from .queries import marks
from .records import Delivery, Update
from .schema import IN_MEMORY, Record, check, decoded, encoded, locked, opened, prepare

EVERY_COLUMN = "*"
_CONVERSATION = (
    "INSERT INTO conversations (account_id, owner, phone, last_position, total) VALUES (?, ?, ?, ?, 1) "
    "ON CONFLICT DO UPDATE SET last_position = excluded.last_position, total = total + 1 RETURNING conversation"
)


class Database:
    """A database. Any thread may use it; calls are served one at a time.

    With a file, `search` has a connection of its own, so that a search that takes long, in another thread than the
    server's, holds nothing else up.

    Attributes:
        changes: How often each column of a delivery has changed; `EVERY_COLUMN` counts what may be any of them.
    """

    def __init__(self, path: str | None = None) -> None:
        """Open the file; None keeps everything in memory. ValueError if it cannot be used."""
        path = None if path == IN_MEMORY else path
        if path == "":
            raise ValueError("The database file has no name")
        self._lock = threading.Lock()
        self._connection = opened(path or IN_MEMORY)
        self._search_lock, self._searches = self._lock, self._connection
        self._file_lock: sqlite3.Connection | None = None
        self.changes: Counter[str] = Counter()
        try:
            # A file that is none of ours gets no lock beside it.
            check(self._connection, path)
            self._file_lock = locked(path) if path is not None else None
            prepare(self._connection, path)
            if path is not None:
                self._search_lock, self._searches = threading.Lock(), opened(path)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the database."""
        with self._search_lock:
            self._searches.close()
        with self._lock:
            self._connection.close()
        if self._file_lock is not None:
            self._file_lock.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Change rows; committed at the end of the `with` statement, or nothing is changed."""
        with self._lock, self._connection:
            yield self._connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Change rows, and tell how many."""
        with self.transaction() as connection:
            changed = connection.execute(sql, values).rowcount
        self.changes[EVERY_COLUMN] += "deliveries" in sql
        return changed

    def select(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Read rows as SQLite has them."""
        with self._lock:
            return [dict(row) for row in self._connection.execute(sql, values)]

    def read(self, record: type[Record], sql: str, values: Sequence[Any] = ()) -> list[Record]:
        """Read records."""
        with self._lock:
            rows = self._connection.execute(sql, values).fetchall()
        return [decoded(record, row) for row in rows]

    def search(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Read rows without holding anything else up."""
        with self._search_lock:
            return self._searches.execute(sql, values).fetchall()


def insert(connection: sqlite3.Connection, record: Any) -> int:
    """Insert a record, and tell the number of its row."""
    kind: Any = type(record)
    names, sql = _insertion(kind)
    return connection.execute(sql, [encoded(getattr(record, name)) for name in names]).lastrowid or 0


def insert_delivery(connection: sqlite3.Connection, delivery: Delivery) -> None:
    """Insert a delivery and count it in its conversation."""
    position = insert(connection, delivery)
    owner, phone = delivery.source_tn, delivery.destination_tn
    if delivery.message_direction == "INBOUND":
        owner, phone = phone, owner
    row = connection.execute(_CONVERSATION, (delivery.account_id, owner, phone, position)).fetchone()
    connection.execute("UPDATE deliveries SET conversation = ? WHERE position = ?", (row[0], position))


def update(connection: sqlite3.Connection, change: Update) -> None:
    """Change a row."""
    record = change.record
    key = record.position if isinstance(record, Delivery) else record.callback_id
    names = ", ".join(f"{name} = ?" for name in change.columns)
    values = [encoded(getattr(record, name)) for name in change.columns]
    connection.execute(f"UPDATE {record.table} SET {names} WHERE rowid = ?", (*values, key))  # noqa: S608


@cache
def _insertion(record: Any) -> tuple[tuple[str, ...], str]:
    names = tuple(field.name for field in fields(record))
    return names, f"INSERT INTO {record.table} ({', '.join(names)}) VALUES ({marks(names)})"  # noqa: S608
