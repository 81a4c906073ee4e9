"""Every statement that the outbox makes, by name. Each change is conditional: on the state, and on fence or token."""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    case,
    exists,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from . import evidence
from .attempt import Claim, Mark, Record
from .boot_clock import boot_time
from .compiled import Compiled, given
from .entry import (
    ABSENT,
    ACCEPTED,
    CLAIMED,
    FINAL,
    IN_FLIGHT,
    PLANNED,
    REFUSED,
    UNDECIDED,
    UNKNOWN,
)
from .freezing import Frozen
from .schema import entries, outbox

__all__: list[str] = []

_PAGE = 500


_CLAIM = tuple(entries.c[name] for name in Claim._fields)

# --- the outbox as a whole

_COUNT_MARK = Compiled(update(outbox).values(marks=outbox.c.marks + 1).returning(outbox.c.marks))
_SERVER_CLOCK = update(outbox).values(server_clock=bindparam("reading"))


def read_outbox(connection: Connection) -> Row[Any]:
    """The row of the outbox itself."""
    return connection.execute(select(outbox)).one()


def count_mark(connection: Connection) -> int:
    """Count a transaction that marks."""
    return int(_COUNT_MARK.row(connection, {}).marks)


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

_NEW = (*Frozen._fields, "state", "fence", "lease_end", "not_before", "attempt", "created_at", "updated_at")
_ADD = (
    insert(entries)
    .values({name: given(name) for name in _NEW})
    .on_conflict_do_nothing(index_elements=[entries.c.key])
    .returning(entries.c.id)
)
_ADD_ALL = insert(entries).on_conflict_do_nothing(index_elements=[entries.c.key])
_ADD_ONE = Compiled(_ADD)


def add(connection: Connection, frozen: Sequence[Frozen]) -> int:
    """Add entries as planned. Keys that are there stay as they are; returns how many were not."""
    now = time.time()
    rows = [_new(each, PLANNED, 0, None, now) for each in frozen]
    return connection.execute(_ADD_ALL, rows).rowcount


def add_claimed(connection: Connection, frozen: Frozen, lease: float) -> Claim | None:
    """Add an entry and claim it at once; None if the key is there."""
    row = _new(frozen, CLAIMED, 1, boot_time() + lease, time.time())
    added = _ADD_ONE.row(connection, row)
    if added is None:
        return None
    return Claim(added.id, 1, frozen.key, frozen.account_id, frozen.request, frozen.request_hash, frozen.segments, 0)


def _new(frozen: Frozen, state: str, fence: int, lease_end: float | None, now: float) -> dict[str, Any]:
    return {
        **frozen._asdict(), "state": state, "fence": fence, "lease_end": lease_end, "not_before": 0.0, "attempt": 0,
        "created_at": now, "updated_at": now,
    }  # fmt: skip


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
    # The call is over: to settle, nobody waits for the end of the longest one that it might have been.
    "call_end": given("now"),
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
    .values(_RECORD_VALUES)
)


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
        evidence.record_late(connection, each.claim.id, each.token, each.outcome)
    ids = [each.claim.id for each in records]
    rows = connection.execute(select(entries.c.id, entries.c.state).where(entries.c.id.in_(ids)))
    states = {row.id: row.state for row in rows}
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


# --- forgetting


def forget(connection: Connection, before: float, recipient: str | None) -> int:
    """Drop text and numbers of final entries; key, hash, id and state stay."""
    old = [entries.c.state.in_(FINAL), entries.c.updated_at < before, entries.c.request.is_not(None)]
    if recipient is not None:
        old.append((literal_column("','") + entries.c.recipient + literal_column("','")).contains(f",{recipient},"))
    dropped = dict.fromkeys(("request", "sender", "recipient", "statuses", "error"), None)
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    return connection.execute(update(entries).where(*old).values(dropped)).rowcount
