"""Statements that look: entries as users see them, and what is left to do."""

import json
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import Connection, Row, func, select

from .compiled import Compiled, given
from .entry import PLANNED, UNFINISHED, Entry
from .schema import entries

__all__ = ["ENTRY"]

_PAGE = 500
_select: Any = select  # its types are for ten columns at most
ENTRY: tuple[Any, ...] = (
    entries.c.key, entries.c.state, entries.c.message_id, entries.c.status, entries.c.statuses, entries.c.evidence,
    entries.c.request, entries.c.error, entries.c.account_id, entries.c.attempt, entries.c.created_at,
    entries.c.updated_at,
)  # fmt: skip
_BY_ID = Compiled(_select(*ENTRY).where(entries.c.id == given("id_")))
_BY_KEY = Compiled(_select(*ENTRY, entries.c.id, entries.c.request_hash).where(entries.c.key == given("key_")))


def find(connection: Connection, key: str) -> Any:
    """The entry's columns, and its id and hash; None if there is no such key."""
    return _BY_KEY.row(connection, {"key_": key})


def read_one(connection: Connection, entry_id: int) -> Entry:
    """An entry by its id."""
    return to_entry(_BY_ID.row(connection, {"id_": entry_id}))


def hashes(connection: Connection, keys: Sequence[str]) -> dict[str, tuple[bytes, str, str | None]]:
    """Hash, account and request of the entries with these keys."""
    columns = (entries.c.key, entries.c.request_hash, entries.c.account_id, entries.c.request)
    rows = connection.execute(select(*columns).where(entries.c.key.in_(keys)))
    return {row.key: (row.request_hash, row.account_id, row.request) for row in rows}


def to_entry(row: Any) -> Entry:
    """What a user sees of a row."""
    return Entry(
        key=row.key,
        state=row.state,
        message_id=row.message_id,
        status=row.status,
        statuses=json.loads(row.statuses) if row.statuses else {},
        evidence=row.evidence,
        request=None if row.request is None else json.loads(row.request),
        error=row.error,
        account_id=row.account_id,
        attempts=row.attempt,
        created_at=datetime.fromtimestamp(row.created_at, timezone.utc),
        updated_at=datetime.fromtimestamp(row.updated_at, timezone.utc),
    )


def page_of_entries(connection: Connection, state: str | None, after: int) -> list[Row[Any]]:
    """The next entries with an id above `after`."""
    statement = _select(entries.c.id, *ENTRY).where(entries.c.id > after).order_by(entries.c.id).limit(_PAGE)
    if state is not None:
        statement = statement.where(entries.c.state == state)
    return list(connection.execute(statement))


def unfinished(connection: Connection) -> tuple[int, float | None]:
    """How many entries are planned, claimed or in flight, and in how many seconds the next planned one is due."""
    left = connection.execute(select(func.count()).where(entries.c.state.in_(UNFINISHED))).scalar_one()
    due = connection.execute(select(func.min(entries.c.not_before)).where(entries.c.state == PLANNED)).scalar()
    return int(left), None if due is None else max(0.0, due - time.time())


def any_account(connection: Connection) -> str | None:
    """An account that something is still to be sent for."""
    return connection.execute(select(entries.c.account_id).where(entries.c.state == PLANNED).limit(1)).scalar()


def text_of(row: Row[Any]) -> str:
    """The text of an entry's message; empty for none."""
    return json.loads(row.request).get("text") or ""
