"""The messages that the sandbox holds, in SQLite: one store for all families.

`messages` has each message as it was accepted, `deliveries` one row for each of its recipients, which is what a list
shows and a life cycle changes. Whatever is filtered or sorted by stands in `deliveries`, so that a list reads one
table. `conversations` groups the deliveries between one number of the account and one phone. `callbacks` are the
requests owed to the application, `notices` what the MessageMedia family keeps until it is confirmed, `exchanges` the
requests that made the latest messages, as they came and were answered.

A change is committed before the call that made it returns. With a file, commits go to a write-ahead log under
`synchronous = NORMAL`: the log has reached the operating system when a commit returns, so killing this process loses
nothing. Only a power cut could take the last commits with it, which a test double need not survive.
"""

import json
import secrets
import sqlite3
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .pruning import prune
from .schema import IN_MEMORY, opened, prepare
from .totals import Totals

Row = dict[str, Any]

_JSON_COLUMNS = ("recipients", "media", "extra", "history", "plan", "headers", "attempts", "request", "answer")
_ANY = "*"  # stands for every column
_OF_ACCOUNTS = ("deliveries", "messages", "conversations", "callbacks", "notices", "opt_outs")


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


@dataclass
class Batch:
    """What is written together: all of it, or none.

    Attributes:
        messages: The columns of `messages`; lists and dicts are kept as JSON.
        deliveries: The columns of `deliveries`.
        callbacks: The columns of `callbacks`.
        notices: The columns of `notices`.
        exchanges: The columns of `exchanges`.
        updates: Changes to rows that exist.
    """

    messages: list[Row] = field(default_factory=list)
    deliveries: list[Row] = field(default_factory=list)
    callbacks: list[Row] = field(default_factory=list)
    notices: list[Row] = field(default_factory=list)
    exchanges: list[Row] = field(default_factory=list)
    updates: list["Update"] = field(default_factory=list)


@dataclass(frozen=True)
class Update:
    """New values for some columns of one row.

    Attributes:
        table: `deliveries`, `callbacks` or `notices`.
        key: The primary key of the row.
        columns: The new values; lists and dicts are kept as JSON.
    """

    table: str
    key: int
    columns: Mapping[str, Any]


class Store:
    """Messages in SQLite. Any thread may use it; calls are served one at a time.

    With a file, `page` and `count` have a connection of their own, so that a search that takes long, in another thread
    than the server's, holds nothing else up.
    """

    def __init__(self, path: str | None = None, keep: int | None = None) -> None:
        """Open the store.

        Args:
            path: The database file, made if it does not exist. None, or `:memory:`, keeps everything in memory.
            keep: How many of the newest deliveries `prune` leaves; None for all.

        Raises:
            ValueError: If the file cannot be opened, or was written by another program or version.
        """
        path = None if path == IN_MEMORY else path
        if path == "":
            raise ValueError("The database file has no name")
        self._lock = threading.Lock()
        self._connection = opened(path or IN_MEMORY)
        self._search_lock, self._searches = self._lock, self._connection
        self._keep = keep
        # How many deliveries were added since the last pruning; what another run left in the file counts as added.
        self._unpruned = keep or 1
        self._changes: Counter[str] = Counter()
        self._totals = Totals(partial(self._count_up_to, -1))
        try:
            prepare(self._connection, path)
            if path is not None:
                self._search_lock, self._searches = threading.Lock(), opened(path)
        except sqlite3.Error as error:
            self._connection.close()
            raise ValueError(f"{path}: {error}") from None
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the database."""
        with self._search_lock:
            self._searches.close()
        with self._lock:
            self._connection.close()

    def add(self, message: Mapping[str, Any], deliveries: Sequence[Mapping[str, Any]]) -> None:
        """Keep a message. It is on disk when this returns.

        Args:
            message: The columns of `messages`; lists and dicts are kept as JSON.
            deliveries: The columns of `deliveries`, one mapping for each recipient.

        Raises:
            ValueError: If the id is taken.
        """
        self.write(Batch(messages=[dict(message)], deliveries=[dict(each) for each in deliveries]))

    def write(self, batch: Batch) -> None:
        """Write everything in a batch, in one transaction. It is on disk when this returns.

        Args:
            batch: What to write.

        Raises:
            ValueError: If the id of a message is taken; nothing is written then.
        """
        with self._lock, self._connection:
            try:
                for message in batch.messages:
                    self._insert("messages", message)
                for delivery in batch.deliveries:
                    self._insert_delivery(delivery)
                for table in ("callbacks", "notices", "exchanges"):
                    for row in getattr(batch, table):
                        self._insert(table, row)
            except sqlite3.IntegrityError as error:
                ids = ", ".join(repr(message["message_id"]) for message in batch.messages)
                raise ValueError(f"A message id is taken ({ids}), or a column is missing: {error}") from error
            for update in batch.updates:
                self._update(update)
            self._unpruned += len(batch.deliveries)
        # Only now: a total that is being counted must not be taken for one that knows of these changes.
        for update in batch.updates:
            if update.table == "deliveries":
                self._changes.update(dict.fromkeys(update.columns, 1))

    def message(self, message_id: str) -> Row | None:
        """Read a message.

        Args:
            message_id: Its id.

        Returns:
            The columns of `messages`, or None if there is no such message.
        """
        rows = self.select("SELECT * FROM messages WHERE message_id = ?", (message_id,))
        return unpacked(rows[0]) if rows else None

    def has_messages_of(self, account_id: str) -> bool:
        """Tell whether an account has messages.

        Args:
            account_id: The account in its family.

        Returns:
            True if there is at least one.
        """
        return bool(self.select("SELECT 1 FROM deliveries WHERE account_id = ? LIMIT 1", (account_id,)))

    def latest(self, account_ids: Sequence[str]) -> int:
        """Tell when the newest message of an account was received.

        Args:
            account_ids: The account.

        Returns:
            Milliseconds since 1970; 0 if there is none.
        """
        sql = "SELECT max(receive_time) AS latest FROM deliveries WHERE account_id = ?"
        return max(self.select(sql, (account_id,))[0]["latest"] or 0 for account_id in account_ids)

    def deliveries(self, account_id: str, message_id: str) -> list[Row]:
        """Read the deliveries of a message.

        Args:
            account_id: The account that it belongs to.
            message_id: Its id.

        Returns:
            The columns of each delivery, in the order of the recipients.
        """
        sql = "SELECT * FROM deliveries WHERE account_id = ? AND message_id = ? ORDER BY position"
        return [unpacked(row) for row in self.select(sql, (account_id, message_id))]

    def due(self, table: str, column: str, account_ids: Sequence[str], now: int, most: int) -> list[Row]:
        """Read the rows of accounts whose time has come.

        Args:
            table: `deliveries` or `callbacks`.
            column: The column that says when: `next_due` or `due`.
            account_ids: Whose rows.
            now: Milliseconds since 1970.
            most: How many at most.

        Returns:
            The columns of each row, the earliest first.
        """
        found: list[Row] = []
        for account_id in account_ids:
            sql = f"SELECT * FROM {table} WHERE account_id = ? AND {column} <= ? ORDER BY {column}, rowid LIMIT ?"  # noqa: S608
            found += self.select(sql, (account_id, now, most))
        return [unpacked(row) for row in sorted(found, key=lambda row: int(row[column]))[:most]]

    def clear(self, account_ids: Sequence[str]) -> None:
        """Forget everything about accounts.

        Args:
            account_ids: Whose messages, callbacks and notices are deleted.
        """
        marks = ", ".join("?" * len(account_ids))
        with self._lock, self._connection:
            inner = f"SELECT message_id FROM messages WHERE account_id IN ({marks})"  # noqa: S608
            self._connection.execute(f"DELETE FROM exchanges WHERE message_id IN ({inner})", account_ids)  # noqa: S608
            for table in _OF_ACCOUNTS:
                self._connection.execute(f"DELETE FROM {table} WHERE account_id IN ({marks})", account_ids)  # noqa: S608
        self._changes[_ANY] += 1

    def prune(self) -> int:
        """Forget the oldest messages beyond those that are kept: whole, with their callbacks and exchanges.

        Returns:
            How many deliveries were forgotten. There may be more to forget: nobody should have to wait long.
        """
        # SQLite counts from the newest to find the cut: a hundredth more than is kept saves it from doing so each time.
        if self._keep is None or self._unpruned <= self._keep // 100:
            return 0
        with self._lock, self._connection:
            forgotten = prune(self._connection, self._keep)
        if not forgotten:
            self._unpruned = 0
        self._changes[_ANY] += 1
        return forgotten

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Change rows by a statement of the caller's own.

        Args:
            sql: The statement, with `?` for each value.
            values: The values.

        Returns:
            How many rows were changed.
        """
        with self._lock, self._connection:
            changed = self._connection.execute(sql, values).rowcount
        self._changes[_ANY] += "deliveries" in sql
        return changed

    def select(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Read rows by a query of the caller's own.

        Args:
            sql: The query, with `?` for each value.
            values: The values.

        Returns:
            The rows; JSON columns as text (see `unpacked`).
        """
        with self._lock:
            return [dict(row) for row in self._connection.execute(sql, values)]

    def count(self, query: Query, most: int | None = None) -> int:
        """Count the deliveries that a query wants.

        Args:
            query: Which deliveries.
            most: Stop counting there; None counts all.

        Returns:
            The exact number, or `most` if there are more.
        """
        if most is not None:
            return self._count_up_to(most, query.conditions, query.values)
        filtered = " ".join(query.conditions)
        version = [(name, n) for name, n in sorted(self._changes.items()) if name == _ANY or name in filtered]
        (latest,) = self._search("SELECT coalesce(max(position), 0) AS position FROM deliveries", ())
        return self._totals.total(query.conditions, query.values, version, latest["position"])

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
        return self._search(f"{sql} ORDER BY {query.key} {way}, position {way} LIMIT ?", (*values, limit))

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

    def _count_up_to(self, most: int, conditions: Sequence[str], values: Sequence[Any]) -> int:
        inner = f"SELECT 1 FROM deliveries WHERE {' AND '.join(conditions)} LIMIT ?"  # noqa: S608 - they are our own
        (row,) = self._search(f"SELECT count(*) AS n FROM ({inner})", (*values, most))  # noqa: S608
        return int(row["n"])

    def _search(self, sql: str, values: Sequence[Any]) -> list[Row]:
        with self._search_lock:
            return [dict(row) for row in self._searches.execute(sql, values)]

    def _insert_delivery(self, delivery: Mapping[str, Any]) -> None:
        position = self._insert("deliveries", delivery)
        owner, phone = delivery["source_tn"], delivery["destination_tn"]
        if delivery["message_direction"] == "INBOUND":
            owner, phone = phone, owner
        row = self._connection.execute(
            "INSERT INTO conversations (account_id, owner, phone, last_position, total) VALUES (?, ?, ?, ?, 1) "
            "ON CONFLICT DO UPDATE SET last_position = excluded.last_position, total = total + 1 "
            "RETURNING conversation",
            (delivery["account_id"], owner, phone, position),
        ).fetchone()
        self._connection.execute("UPDATE deliveries SET conversation = ? WHERE position = ?", (row[0], position))

    def _insert(self, table: str, columns: Mapping[str, Any]) -> int:
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        cursor = self._connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - names are our own, values bound
            tuple(_packed(value) for value in columns.values()),
        )
        return cursor.lastrowid or 0

    def _update(self, update: Update) -> None:
        names = ", ".join(f"{name} = ?" for name in update.columns)
        values = (*(_packed(value) for value in update.columns.values()), update.key)
        self._connection.execute(f"UPDATE {update.table} SET {names} WHERE rowid = ?", values)  # noqa: S608


def unpacked(row: Row) -> Row:
    """Decode the JSON columns of a row.

    Args:
        row: A row as SQLite gives it.

    Returns:
        The same row; what was a list or a dict is one again.
    """
    for name in _JSON_COLUMNS:
        if row.get(name) is not None:
            row[name] = json.loads(row[name])
    return row


def _packed(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, tuple, dict)) else value
