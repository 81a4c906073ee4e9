"""Every statement that the outbox makes, by name. Each change is conditional: on the state, and on fence or token."""

import json
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.sqlite import insert

from .boot_clock import boot_time
from .compiled import Compiled, given
from .entry import (
    ABSENT,
    ACCEPTED,
    BY_LIST,
    CLAIMED,
    FINAL,
    IN_FLIGHT,
    PLANNED,
    REFUSED,
    UNDECIDED,
    UNFINISHED,
    UNKNOWN,
    Entry,
)
from .freezing import Frozen
from .schema import attempts, entries, outbox

__all__ = ["Claim", "Outcome"]

_PAGE = 500
_ENTRY = (
    entries.c.key, entries.c.state, entries.c.message_id, entries.c.status, entries.c.statuses, entries.c.evidence,
    entries.c.request, entries.c.error, entries.c.account_id, entries.c.attempt, entries.c.created_at,
    entries.c.updated_at,
)  # fmt: skip


class Claim(NamedTuple):
    """An entry that this worker may send."""

    id: int
    fence: int
    key: str
    account_id: str
    request: str
    request_hash: bytes
    segments: int
    attempt: int


_CLAIM = tuple(entries.c[name] for name in Claim._fields)

# --- the outbox as a whole

_COUNT_MARK = Compiled(update(outbox).values(marks=outbox.c.marks + 1).returning(outbox.c.marks))
_SERVER_CLOCK = update(outbox).values(server_clock=bindparam("reading"))


def read_outbox(connection: Connection) -> Row[Any]:
    """The row of the outbox itself."""
    return connection.execute(select(outbox)).one()


def count_mark(connection: Connection) -> int:
    """Count a transaction that marks."""
    return int(_COUNT_MARK.scalar(connection))


def keep_server_clock(connection: Connection, readings: Sequence[float]) -> list[None]:
    """Keep the service's clock minus the boot clock, for other processes and for attempts before the first answer."""
    connection.execute(_SERVER_CLOCK, {"reading": readings[-1]})
    return [None] * len(readings)


def start_boot(connection: Connection, boot: str) -> None:
    """The machine was started anew: its clock began at 0, and whoever held a lease is gone."""
    connection.execute(update(outbox).values(boot_id=boot, server_clock=None))
    connection.execute(update(entries).where(entries.c.state.in_((CLAIMED, IN_FLIGHT))).values(lease_end=0.0))
    connection.execute(update(entries).where(entries.c.marked_boot.is_not(None)).values(marked_boot=None))


def adopt_file(connection: Connection, file: str, marks: int) -> None:
    """This file is the one that counts from now on."""
    connection.execute(update(outbox).values(file_id=file, marks=marks))


# --- adding

_ADD = insert(entries).on_conflict_do_nothing(index_elements=[entries.c.key])
_ADD_CLAIMED = _ADD.returning(entries.c.id)
_BY_ID: Select[Any] = select(*_ENTRY).where(entries.c.id == bindparam("id_"))
_BY_KEY: Select[Any] = select(*_ENTRY, entries.c.id, entries.c.request_hash).where(entries.c.key == bindparam("key_"))


def add(connection: Connection, frozen: Sequence[Frozen]) -> int:
    """Add entries as planned. Keys that are there stay as they are; returns how many were not."""
    now = time.time()
    rows = [_new(each, PLANNED, 0, None, now) for each in frozen]
    return connection.execute(_ADD, rows).rowcount


def add_claimed(connection: Connection, frozen: Frozen, lease: float) -> Claim | None:
    """Add an entry and claim it at once; None if the key is there."""
    row = _new(frozen, CLAIMED, 1, boot_time() + lease, time.time())
    found = connection.execute(_ADD_CLAIMED, row).scalar()
    if found is None:
        return None
    return Claim(found, 1, frozen.key, frozen.account_id, frozen.request, frozen.request_hash, frozen.segments, 0)


def _new(frozen: Frozen, state: str, fence: int, lease_end: float | None, now: float) -> dict[str, Any]:
    return {
        **frozen._asdict(), "state": state, "fence": fence, "lease_end": lease_end, "not_before": 0.0, "attempt": 0,
        "created_at": now, "updated_at": now,
    }  # fmt: skip


def find(connection: Connection, key: str) -> Row[Any] | None:
    """The entry's columns, and its id and hash; None if there is no such key."""
    return connection.execute(_BY_KEY, {"key_": key}).one_or_none()


def hashes(connection: Connection, keys: Sequence[str]) -> dict[str, tuple[bytes, str, str | None]]:
    """Hash, account and request of the entries with these keys."""
    columns = (entries.c.key, entries.c.request_hash, entries.c.account_id, entries.c.request)
    rows = connection.execute(select(*columns).where(entries.c.key.in_(keys)))
    return {row.key: (row.request_hash, row.account_id, row.request) for row in rows}


# --- claiming

_LEASE_OVER = case((entries.c.state == CLAIMED, PLANNED), else_=UNKNOWN)
_EXPIRE = (
    update(entries)
    .where(entries.c.state.in_((CLAIMED, IN_FLIGHT)), entries.c.lease_end < bindparam("boot_now"))
    .values(state=_LEASE_OVER, updated_at=bindparam("now"), lease_end=None, fence=entries.c.fence + 1)
)
_other = entries.alias("other")
_HELD_BACK = exists().where(
    # Written out: the partial index over pairs is used for a constant only.
    _other.c.state == literal_column("'unknown'"),
    _other.c.sender == entries.c.sender,
    _other.c.recipient == entries.c.recipient,
    _other.c.call_end > bindparam("settled_until"),
)
_CLAIM_VALUES: dict[Any, Any] = {
    "state": CLAIMED,
    "fence": entries.c.fence + 1,
    "lease_end": bindparam("lease_until"),
    "updated_at": bindparam("now"),
}
_DUE = (
    select(entries.c.id)
    .where(
        entries.c.state == PLANNED,
        entries.c.id > bindparam("after"),
        entries.c.not_before <= bindparam("now"),
        ~_HELD_BACK.correlate(entries),
    )
    .order_by(entries.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM_DUE = update(entries).where(entries.c.id.in_(_DUE)).values(_CLAIM_VALUES).returning(*_CLAIM)
_CLAIM_ONE = (
    update(entries)
    .where(entries.c.key == bindparam("key_"), entries.c.state == PLANNED)
    .values(_CLAIM_VALUES)
    .returning(*_CLAIM)
)
_RELEASE = Compiled(
    update(entries)
    .where(entries.c.id == given("id_"), entries.c.fence == given("fence_"), entries.c.state == CLAIMED)
    .values(state=PLANNED, lease_end=None)
)


def expire(connection: Connection, key: str | None = None) -> int:
    """Take entries back from workers whose lease is over: claimed ones are planned again, in_flight ones unknown."""
    statement = _EXPIRE if key is None else _EXPIRE.where(entries.c.key == key)
    return connection.execute(statement, {"boot_now": boot_time(), "now": time.time()}).rowcount


def claim_due(connection: Connection, after: int, most: int, lease: float, settle_time: float) -> list[Claim]:
    """Claim planned entries with an id above `after`, but for pairs of which an unknown one is being settled."""
    now = time.time()
    values = {
        "after": after, "most": most, "now": now, "lease_until": boot_time() + lease,
        "settled_until": now - settle_time,
    }  # fmt: skip
    return sorted(Claim(*row) for row in connection.execute(_CLAIM_DUE, values))


def claim_one(connection: Connection, key: str, lease: float) -> Claim | None:
    """Claim this entry; None unless it is planned."""
    values = {"key_": key, "now": time.time(), "lease_until": boot_time() + lease}
    row = connection.execute(_CLAIM_ONE, values).one_or_none()
    return None if row is None else Claim(*row)


def release(connection: Connection, claims: Sequence[Claim]) -> None:
    """Give claimed entries back."""
    if claims:
        _RELEASE.change(connection, [{"id_": claim.id, "fence_": claim.fence} for claim in claims])


# --- sending

_MARK = Compiled(
    update(entries)
    .where(
        entries.c.id == given("id_"),
        entries.c.fence == given("fence_"),
        or_(
            entries.c.state == CLAIMED,
            # The call's own repeat of an attempt that was provably not taken.
            and_(entries.c.state == IN_FLIGHT, entries.c.token == given("token_")),
        ),
    )
    .values(
        state=IN_FLIGHT,
        token=given("token_"),
        attempt=entries.c.attempt + 1,
        marked_at=given("now"),
        marked_boot=given("boot_now"),
        lease_end=given("lease_until"),
        call_end=given("ends"),
        clock_offset=given("offset_"),
        updated_at=given("now"),
    )
)
_IS_IN_FLIGHT = entries.c.state == IN_FLIGHT
# A worker that was thought dead brings the answer after all; the token shows that it is the one of this attempt.
_TAKES_ANSWER = (IN_FLIGHT, UNKNOWN, UNDECIDED, ABSENT)
_RECORD_VALUES: dict[Any, Any] = {
    "state": given("state_"),
    "message_id": given("message_id_"),
    "evidence": given("evidence_"),
    "error": given("error_"),
    "not_before": given("not_before_"),
    "lease_end": None,
    "updated_at": given("now"),
}
_RECORD = Compiled(
    update(entries)
    .where(
        entries.c.id == given("id_"),
        entries.c.token == given("token_"),
        entries.c.state.in_(_TAKES_ANSWER),
    )
    .values(_RECORD_VALUES)
)
# What says nothing about the message changes only an entry that is still this worker's.
_RECORD_OWN = Compiled(
    update(entries)
    .where(
        entries.c.id == given("id_"),
        entries.c.fence == given("fence_"),
        entries.c.state.in_((CLAIMED, IN_FLIGHT)),
    )
    # The call is over, so there is no need to wait for the end of the longest one that it might have been.
    .values({**_RECORD_VALUES, "call_end": given("now")})
)
_OLD_ATTEMPT = select(attempts).where(attempts.c.token == bindparam("token_"), attempts.c.entry_id == bindparam("id_"))

RESENT = "an earlier attempt was accepted when it was being sent again: it may be out twice"
SENT_TWICE = "sent twice: two attempts were accepted"


class Outcome(NamedTuple):
    """What became of an attempt."""

    state: str
    message_id: str | None = None
    evidence: str | None = None
    error: str | None = None
    not_before: float = 0.0


class Mark(NamedTuple):
    """An attempt that is about to begin."""

    claim: Claim
    token: str
    lease: float
    total: float
    """Seconds that the call may take."""
    offset: float | None
    """The service's clock minus ours."""


class Record(NamedTuple):
    """What became of an attempt."""

    claim: Claim
    token: str
    outcome: Outcome


def mark(connection: Connection, marks: Sequence[Mark]) -> list[bool]:
    """Mark entries as in_flight, or renew their marks; False for what is not this worker's any more."""
    now, boot_now = time.time(), boot_time()
    values = [
        {
            "id_": each.claim.id, "fence_": each.claim.fence, "token_": each.token, "now": now, "boot_now": boot_now,
            "lease_until": boot_now + each.lease, "ends": now + each.lease + each.total, "offset_": each.offset,
        }
        for each in marks
    ]  # fmt: skip
    if _MARK.change(connection, values) == len(values):
        return [True] * len(values)
    # Some are not ours: which, tell those that bear our tokens.
    tokens = [each.token for each in marks]
    ours = set(connection.execute(select(entries.c.token).where(entries.c.token.in_(tokens), _IS_IN_FLIGHT)).scalars())
    return [each.token in ours for each in marks]


def record(connection: Connection, records: Sequence[Record]) -> list[str]:
    """Keep what became of attempts; returns the state of each entry then."""
    definite = [each for each in records if each.outcome.state in {ACCEPTED, REFUSED}]
    done = _execute_all(connection, _RECORD, [_definite_values(each) for each in definite])
    others = [each for each in records if each.outcome.state not in {ACCEPTED, REFUSED}]
    done &= _execute_all(connection, _RECORD_OWN, [_own_values(each) for each in others])
    if done:
        return [each.outcome.state for each in records]
    for each in definite:
        record_late(connection, each.claim.id, each.token, each.outcome)
    ids = [each.claim.id for each in records]
    states = dict(connection.execute(select(entries.c.id, entries.c.state).where(entries.c.id.in_(ids))).tuples())
    return [states[each.claim.id] for each in records]


def _execute_all(connection: Connection, statement: Compiled, values: list[dict[str, Any]]) -> bool:
    """Whether each set of values changed a row."""
    return not values or statement.change(connection, values) == len(values)


def _definite_values(record: Record) -> dict[str, Any]:
    return {"token_": record.token, **_values_of(record)}


def _own_values(record: Record) -> dict[str, Any]:
    return {"fence_": record.claim.fence, **_values_of(record)}


def _values_of(record: Record) -> dict[str, Any]:
    state, message_id, evidence, error, not_before = record.outcome
    return {
        "id_": record.claim.id, "now": time.time(), "state_": state, "message_id_": message_id, "evidence_": evidence,
        "error_": error, "not_before_": not_before,
    }  # fmt: skip


def read_one(connection: Connection, entry_id: int) -> Entry:
    """An entry by its id."""
    return to_entry(connection.execute(_BY_ID, {"id_": entry_id}).one())


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


# --- settling

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


# --- looking, counting, forgetting


def to_entry(row: Row[Any]) -> Entry:
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
    statement = select(entries.c.id, *_ENTRY).where(entries.c.id > after).order_by(entries.c.id).limit(_PAGE)
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


def forget(connection: Connection, before: float, recipient: str | None) -> int:
    """Drop text and numbers of final entries; key, hash, id and state stay."""
    old = [entries.c.state.in_(FINAL), entries.c.updated_at < before, entries.c.request.is_not(None)]
    if recipient is not None:
        old.append((literal_column("','") + entries.c.recipient + literal_column("','")).contains(f",{recipient},"))
    dropped = dict.fromkeys(("request", "sender", "recipient", "statuses", "error"), None)
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    return connection.execute(update(entries).where(*old).values(dropped)).rowcount
