"""The database of the store: its tables, made of the records, and which files are let be one."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, get_type_hints

from .records import (
    Callback,
    Conversation,
    Delivery,
    Exchange,
    MediaFile,
    Message,
    Notice,
    OptOut,
    StoredAccount,
)

IN_MEMORY = ":memory:"
Record = TypeVar("Record")

_VERSION = 7
_TABLES = (Message, Delivery, Conversation, Callback, Notice, Exchange, OptOut, StoredAccount, MediaFile)
_TYPES = {"str": "TEXT", "int": "INTEGER", "bool": "INTEGER", "list": "TEXT", "dict": "TEXT", "bytes": "BLOB"}
# AUTOINCREMENT: a change that was under way when its row was cleared must not hit another row.
_KEYS = {
    "messages": {"message_id": "TEXT PRIMARY KEY"},
    "deliveries": {"position": "INTEGER PRIMARY KEY AUTOINCREMENT"},
    "conversations": {"conversation": "INTEGER PRIMARY KEY"},
    "callbacks": {"callback_id": "INTEGER PRIMARY KEY AUTOINCREMENT"},
    "notices": {"position": "INTEGER PRIMARY KEY", "notice_id": "TEXT NOT NULL UNIQUE"},
    "exchanges": {"exchange_id": "INTEGER PRIMARY KEY"},
    "accounts": {"account_id": "TEXT PRIMARY KEY"},
}
_CONSTRAINTS = {
    "conversations": ", UNIQUE (account_id, owner, phone)",
    "opt_outs": ", PRIMARY KEY (account_id, owner, phone)",
    "media": ", PRIMARY KEY (account_id, media_id)",
}
_WITHOUT_ROWID = ("messages", "opt_outs")
# Each index ends in the order of the default list, so that a page is read from it without sorting. Where several would
# do, SQLite takes the one that was made last: those that find the fewest stand last.
_INDICES = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE INDEX deliveries_by_time ON deliveries (account_id, receive_time, position);
CREATE INDEX deliveries_by_direction ON deliveries (account_id, message_direction, receive_time, position);
CREATE INDEX deliveries_by_error ON deliveries (account_id, error_code, receive_time, position);
CREATE INDEX deliveries_by_source ON deliveries (account_id, source_tn, receive_time, position);
CREATE INDEX deliveries_by_status ON deliveries (account_id, message_status, receive_time, position);
CREATE INDEX deliveries_by_destination ON deliveries (account_id, destination_tn, receive_time, position);
CREATE INDEX deliveries_by_message ON deliveries (account_id, message_id, receive_time, position);
CREATE INDEX deliveries_of_conversation ON deliveries (conversation, position);
CREATE INDEX deliveries_due ON deliveries (account_id, next_due) WHERE next_due IS NOT NULL;
CREATE INDEX conversations_by_last ON conversations (account_id, last_position);
CREATE INDEX callbacks_due ON callbacks (account_id, due) WHERE due IS NOT NULL;
CREATE INDEX callbacks_of_message ON callbacks (message_id);
CREATE INDEX notices_of_message ON notices (message_id);
CREATE INDEX notices_waiting ON notices (account_id, kind, position) WHERE confirmed = 0;
CREATE INDEX exchanges_of_account ON exchanges (account_id, exchange_id);
CREATE INDEX exchanges_of_message ON exchanges (message_id);
"""


@cache
def columns(record: type, prefix: str = "") -> str:
    """The columns of a record, as SELECT wants them."""
    dot = f"{prefix}." if prefix else ""
    return ", ".join(dot + field.name for field in fields(record))


def decoded(record: type[Record], row: sqlite3.Row) -> Record:
    """Make a record of a row."""
    values = dict(row)
    kind: Any = record
    for name, decode in _decoders(kind):
        if values[name] is not None:
            values[name] = decode(values[name])
    return record(**values)


def encoded(value: Any) -> Any:
    """Make a value that SQLite takes; lists and dicts are kept as JSON."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, tuple, dict)) else value


@cache
def _decoders(record: type) -> list[tuple[str, Callable[[Any], Any]]]:
    decode: dict[str, Callable[[Any], Any]] = {"list": json.loads, "dict": json.loads, "bool": bool}
    kinds = {name: _kind(hint)[0] for name, hint in get_type_hints(record).items()}
    return [(field.name, decode[kinds[field.name]]) for field in fields(record) if kinds[field.name] in decode]


def _kind(hint: Any) -> tuple[str, bool]:
    """The name of a type without its parameters, and whether it may be None."""
    text = hint.__name__ if isinstance(hint, type) and "[" not in str(hint) else str(hint)
    return text.partition("[")[0].partition(" ")[0], "None" in text


def _table(record: Any) -> str:
    """The statement that makes the table of a record."""
    hints, keys = get_type_hints(record), _KEYS.get(record.table, {})
    parts = []
    for field in fields(record):
        kind, nullable = _kind(hints[field.name])
        sql = keys.get(field.name) or _TYPES[kind] + ("" if nullable else " NOT NULL")
        parts.append(f"{field.name} {sql}")
    end = " WITHOUT ROWID" if record.table in _WITHOUT_ROWID else ""
    return f"CREATE TABLE {record.table} ({', '.join(parts)}{_CONSTRAINTS.get(record.table, '')}){end};"


def opened(path: str) -> sqlite3.Connection:
    """Open a database; any thread may use the connection, one at a time. ValueError if it cannot be opened."""
    try:
        connection = sqlite3.connect(path, check_same_thread=False)
    except sqlite3.Error as error:
        raise ValueError(f"{path}: {error}") from None
    connection.row_factory = sqlite3.Row
    # SQLite's own lower() knows no letters but those of English.
    connection.create_function("fold", 1, _folded, deterministic=True)
    return connection


def locked(path: str) -> sqlite3.Connection:
    """Keep every other process from a database for as long as this connection lives. ValueError if one has it."""
    # A database beside it, since the operating system releases SQLite's locks whichever way the process ends.
    lock = sqlite3.connect(f"{os.path.realpath(path)}-lock", timeout=0, check_same_thread=False, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        if "locked" not in str(error):
            raise ValueError(f"{path}: a file beside it, {path}-lock, cannot be written ({error})") from None
        raise ValueError(
            f"{path} is in use by another sandbox: close that one, or choose another file. "
            "Two on one file would post each callback twice"
        ) from None
    return lock


def check(connection: sqlite3.Connection, path: str | None) -> None:
    """Refuse what this sandbox cannot have written. ValueError if it is damaged, of another program or version."""
    with _named(path):
        version = _version(connection)
        if version == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise ValueError(f"{path} is the database of another program; choose another file")
        if version not in (0, _VERSION):
            raise ValueError(f"{path} was written by another version of the sandbox; choose another file")
        _read_all(connection)


def prepare(connection: sqlite3.Connection, path: str | None) -> None:
    """Make the tables, unless they are there. ValueError if the file cannot be written."""
    with _named(path):
        if path is not None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
        if _version(connection) == 0:
            tables = "".join(map(_table, _TABLES))
            connection.executescript(f"BEGIN;{tables}{_INDICES}PRAGMA user_version = {_VERSION};COMMIT;")


@contextmanager
def _named(path: str | None) -> Iterator[None]:
    """Name the file in SQLite's errors, and say what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise ValueError(f"{path}: {error}") from None
    except sqlite3.DatabaseError as error:
        raise ValueError(
            f"{path} is damaged, or no database ({error}): put a copy in its place, or move it away and start anew"
        ) from None


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _read_all(connection: sqlite3.Connection) -> None:
    """Read every page once. sqlite3.DatabaseError if what is there is not what SQLite wrote."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(" ".join(found.split()))


def _folded(text: str | None) -> str | None:
    return text.casefold() if text is not None else None
