"""Statements about evidence: answers that come late, what the list shows, what is sent again, what is forgotten."""

import json
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, exists, func, or_, select, update
from sqlalchemy import insert as plain_insert

from .attempt import Outcome
from .boot_clock import boot_time
from .entry import ABSENT, ACCEPTED, BY_LIST, CLAIMED, PLANNED, UNFINISHED, UNKNOWN
from .schema import attempts, entries

__all__ = ["RESENT", "SENT_TWICE"]

RESENT = "an earlier attempt was accepted when it was being sent again: it may be out twice"
SENT_TWICE = "sent twice: two attempts were accepted"

_other = entries.alias("other")
_OLD_ATTEMPT = select(attempts).where(attempts.c.token == bindparam("token_"), attempts.c.entry_id == bindparam("id_"))


def record_late(connection: Connection, entry_id: int, token: str, outcome: Outcome) -> None:
    """Keep a definite answer to an attempt that is not the entry's current one, or whose entry has moved on."""
    row = connection.execute(select(entries).where(entries.c.id == entry_id)).one_or_none()
    if row is None or (row.message_id == outcome.message_id and row.state == outcome.state):
        return
    current = row.token == token
    if not current and connection.execute(_OLD_ATTEMPT, {"token_": token, "id_": entry_id}).one_or_none() is None:
        return
    changes: dict[str, Any] = {}
    if row.state in {PLANNED, CLAIMED} and not current:
        # The resend is withdrawn.
        changes = {"state": outcome.state, "message_id": outcome.message_id, "evidence": outcome.evidence}
        changes |= {"error": outcome.error, "lease_end": None}
    elif outcome.state == ACCEPTED and row.state == ACCEPTED:
        changes = {"message_id": row.message_id or outcome.message_id}
        if row.message_id not in {None, outcome.message_id} and (not current or row.error == RESENT):
            changes["error"] = SENT_TWICE
    elif outcome.state == ACCEPTED:
        changes = {"state": ACCEPTED, "message_id": outcome.message_id, "evidence": outcome.evidence, "error": RESENT}
    if changes:
        same = and_(entries.c.id == entry_id, entries.c.state == row.state, entries.c.fence == row.fence)
        connection.execute(update(entries).where(same).values(updated_at=time.time(), **changes))


_UNRESOLVED = or_(entries.c.state == UNKNOWN, and_(entries.c.state == ACCEPTED, entries.c.message_id.is_(None)))


def unresolved(connection: Connection) -> list[Row[Any]]:
    """Entries that are unknown, or accepted without an id; grouped by account, sender and recipient."""
    order = (entries.c.account_id, entries.c.sender, entries.c.recipient, entries.c.marked_at, entries.c.id)
    return list(connection.execute(select(entries).where(_UNRESOLVED).order_by(*order)))


def ids_held(connection: Connection, message_ids: Sequence[str]) -> set[str]:
    """Which of these messages belong to an entry."""
    held = select(entries.c.message_id).where(entries.c.message_id.in_(message_ids))
    return set(connection.execute(held).scalars())


def settle_found(connection: Connection, row: Row[Any], message_id: str, status: str | None, error: str | None) -> bool:
    """An entry is accepted by the list; unless it has changed since, or another entry holds the message."""
    taken = select(_other.c.id).where(_other.c.message_id == message_id, _other.c.id != row.id)
    changes: dict[str, Any] = {"state": ACCEPTED, "message_id": message_id, "updated_at": time.time()}
    if row.state != ACCEPTED:
        changes |= {"evidence": BY_LIST, "error": error}
    if status is not None:
        statuses = dict.fromkeys(row.recipient.split(","), status) if row.recipient else {}
        changes |= {"status": status, "statuses": json.dumps(statuses)}
    done = connection.execute(update(entries).where(*_unchanged(row), ~exists(taken)).values(changes))
    return done.rowcount == 1


def settle_state(connection: Connection, row: Row[Any], state: str, error: str | None) -> bool:
    """An unknown entry is absent or undecided, unless it has changed since."""
    changes = {"state": state, "error": error, "updated_at": time.time()}
    return connection.execute(update(entries).where(*_unchanged(row)).values(changes)).rowcount == 1


def _unchanged(row: Row[Any]) -> tuple[Any, ...]:
    return entries.c.id == row.id, entries.c.state == row.state, entries.c.fence == row.fence


def resend_absent(connection: Connection) -> int:
    """Plan absent entries again. The tokens of their attempts are kept: an answer may still come."""
    absent = select(entries.c.token, entries.c.id).where(entries.c.state == ABSENT, entries.c.token.is_not(None))
    connection.execute(plain_insert(attempts).from_select(["token", "entry_id"], absent))
    changes = {"state": PLANNED, "not_before": 0.0, "token": None, "error": None, "updated_at": time.time()}
    again = and_(entries.c.state == ABSENT, entries.c.request.is_not(None))
    return connection.execute(update(entries).where(again).values(fence=entries.c.fence + 1, **changes)).rowcount


def distrust(connection: Connection, before: float) -> int:
    """After a backup was restored: what was due until then may be out."""
    now, boot_now = time.time(), boot_time()
    since = connection.execute(select(func.max(entries.c.updated_at))).scalar() or now
    changes: dict[str, Any] = {
        "state": UNKNOWN,
        "fence": entries.c.fence + 1,
        "lease_end": None,
        "marked_at": func.coalesce(entries.c.marked_at, since),
        "marked_boot": boot_now - (now - func.coalesce(entries.c.marked_at, since)),
        "call_end": before,
        "error": "due while the lost database was in use",
        "updated_at": now,
    }
    due = and_(entries.c.state.in_(UNFINISHED), entries.c.created_at <= before, entries.c.not_before <= before)
    return connection.execute(update(entries).where(due).values(changes)).rowcount
