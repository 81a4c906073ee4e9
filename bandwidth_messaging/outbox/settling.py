"""Settling: what became of messages whose answer was lost, by the list of messages."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from . import evidence, reading, statements
from .boot_clock import boot_time
from .database import Database
from .entry import ABSENT, ACCEPTED, UNDECIDED, UNKNOWN, Summary
from .server_clock import ServerClock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..api.messages_api import MessagesApi
    from ..models.list_message_item import ListMessageItem

__all__ = ["Settling"]

_DAY = 86_400.0
_LISTED_FOR = 14 * _DAY
# `Date` has whole seconds, and an answer takes some time to come.
_SLACK = 2.0
_SHARED = "other programs send from this number; one of these may be it: "
_SEVERAL = "as many messages as entries were expected, but there are these: "
_TOO_LATE = "no evidence within the 14 days that the list reaches back"


@dataclass(frozen=True)
class _Lost:
    """An unresolved entry, with its times by the service's clock; None where its offset is not known."""

    row: Row[Any]
    begins: float | None
    ends: float | None

    @property
    def is_mms(self) -> bool:
        return "," in self.row.recipient or '"media":["' in self.row.request

    @property
    def length(self) -> int:
        return len(reading.text_of(self.row))


@dataclass(frozen=True)
class _Listed:
    """A message of the list."""

    message_id: str
    time: float
    item: "ListMessageItem"

    def fits(self, lost: _Lost) -> bool:
        """Whether it can be this entry's message: its time, type, segments, length and recipients."""
        assert lost.begins is not None  # noqa: S101 - said for the type checker
        assert lost.ends is not None  # noqa: S101
        item, recipients = self.item, lost.row.recipient.count(",") + 1
        return (
            lost.begins - _SLACK <= self.time <= lost.ends + _SLACK
            and str(item.message_type).lower() == ("mms" if lost.is_mms else "sms")
            and item.segment_count in {None, lost.row.segments}
            and item.message_length in {None, lost.length}
            and item.recipient_count in {None, recipients}
        )


class Settling:
    """One call of `Outbox.settle`.

    Args:
        database: Where the entries are.
        api: What to list with.
        server_clock: What is known of the service's clock.
        settle_time: Seconds after the end of an attempt's call, from which a message that is not listed is not there.
        shared_sender: Whether others send from the same numbers.
    """

    def __init__(
        self,
        database: Database,
        api: "MessagesApi",
        server_clock: ServerClock,
        settle_time: float,
        shared_sender: bool,
    ) -> None:
        self._database, self._api, self._server_clock = database, api, server_clock
        self._settle_time, self._shared_sender = settle_time, shared_sender
        self._moved: Counter[str] = Counter()

    def run(self) -> Summary:
        """Look up every unresolved entry, pair by pair."""
        self._database.change(statements.expire)
        with self._database.reading() as connection:
            rows = evidence.unresolved(connection)
        for (account_id, sender, recipient), pair in groupby(
            rows, lambda row: (row.account_id, row.sender, row.recipient)
        ):
            if sender is not None and recipient is not None:
                self._settle_pair(account_id, sender, recipient, list(pair))
        return Summary(**{state: self._moved[state] for state in Summary.__dataclass_fields__})

    def _settle_pair(self, account_id: str, sender: str, recipient: str, rows: Sequence[Row[Any]]) -> None:
        latest = self._latest_outbound(account_id)
        lost = [self._timed(row) for row in rows]
        known = [each for each in lost if each.begins is not None and each.ends is not None]
        now = self._now()
        if len(known) < len(lost) or any(now < each.ends for each in known if each.ends is not None):
            self._leave(lost, now)
            return
        unexplained = self._unexplained(account_id, sender, recipient, known)
        narrow = [each for each in unexplained if any(_within(each, one) for one in known)]
        matched = _match(known, narrow)
        if matched is not None and not self._shared_sender:
            self._accept(matched)
        elif not unexplained and self._is_over(known, now, latest):
            self._decide(known, ABSENT, None)
        elif unexplained and self._is_over(known, now, latest):
            reason = _SHARED if self._shared_sender else _SEVERAL
            self._decide(known, UNDECIDED, reason + ", ".join(each.message_id for each in unexplained))
        else:
            self._leave(known, now)

    def _timed(self, row: Row[Any]) -> _Lost:
        if row.marked_at is None or row.call_end is None:
            return _Lost(row, None, None)
        duration = row.call_end - row.marked_at
        if row.clock_offset is not None:
            begins: float | None = row.marked_at + row.clock_offset
        else:
            begins = None if row.marked_boot is None else self._server_clock.at_boot(row.marked_boot)
        return _Lost(row, begins, None if begins is None else begins + duration)

    def _now(self) -> float:
        """The time by the service's clock."""
        now = self._server_clock.at_boot(boot_time())
        return time.time() if now is None else now

    def _latest_outbound(self, account_id: str) -> float:
        """When the service received the newest outbound message of any pair; this also reads its clock."""
        answer = self._api.list_messages_with_http_info(
            account_id, message_direction="OUTBOUND", limit=1, sort="receiveTime:desc"
        )
        self._server_clock.observe(answer.headers)
        times = [item.receive_time.timestamp() for item in answer.data.messages or () if item.receive_time is not None]
        return max(times, default=0.0)

    def _unexplained(self, account_id: str, sender: str, recipient: str, lost: Sequence[_Lost]) -> list[_Listed]:
        """The messages between these numbers, a day each way, that no entry holds."""
        items = self._api.iter_messages(
            account_id,
            source_tn=sender,
            destination_tn=recipient.split(",", maxsplit=1)[0],
            message_direction="OUTBOUND",
            from_date_time=_moment(min(each.begins or 0.0 for each in lost) - _DAY),
            to_date_time=_moment(max(each.ends or 0.0 for each in lost) + _DAY),
        )
        listed = list(_grouped(items))
        with self._database.reading() as connection:
            held = evidence.ids_held(connection, [each.message_id for each in listed])
        return [each for each in listed if each.message_id not in held]

    def _is_over(self, lost: Iterable[_Lost], now: float, latest: float) -> bool:
        """Whether what is not listed by now is not there."""
        end = max(each.ends or 0.0 for each in lost)
        # A later message in the list shows that the list has come as far.
        return now > end + self._settle_time * (1 if latest > end else 2)

    def _accept(self, matched: Sequence[tuple[_Lost, _Listed]]) -> None:
        for lost, listed in matched:
            status = None if listed.item.message_status is None else str(listed.item.message_status)
            apply = partial(
                evidence.settle_found, row=lost.row, message_id=listed.message_id, status=status, error=None
            )
            if self._database.change(apply):
                self._moved[ACCEPTED] += 1

    def _decide(self, lost: Iterable[_Lost], state: str, error: str | None) -> None:
        for each in lost:
            # What the service has accepted stays accepted, only its id is not known.
            if each.row.state != UNKNOWN:
                continue
            apply = partial(evidence.settle_state, row=each.row, state=state, error=error)
            if self._database.change(apply):
                self._moved[state] += 1

    def _leave(self, lost: Iterable[_Lost], now: float) -> None:
        """No evidence yet; after 14 days there will be none."""
        for each in lost:
            ended = each.ends or each.row.call_end or each.row.updated_at
            if now > ended + _LISTED_FOR:
                self._decide([each], UNDECIDED, _TOO_LATE)
            elif each.row.state == UNKNOWN:
                self._moved[UNKNOWN] += 1


def _within(listed: _Listed, lost: _Lost) -> bool:
    return (lost.begins or 0.0) - _SLACK <= listed.time <= (lost.ends or 0.0) + _SLACK


def _match(lost: Sequence[_Lost], listed: Sequence[_Listed]) -> list[tuple[_Lost, _Listed]] | None:
    """Each entry with its message, in the order of time; None unless there are as many, and all fit."""
    if len(lost) != len(listed):
        return None
    by_shape: defaultdict[tuple[bool, int, int], list[_Lost]] = defaultdict(list)
    for each in lost:
        by_shape[each.is_mms, each.row.segments, each.length].append(each)
    matched = []
    for message in sorted(listed, key=lambda each: each.time):
        queue = next((queue for queue in by_shape.values() if queue and message.fits(queue[0])), None)
        if queue is None:
            return None
        matched.append((queue.pop(0), message))
    return matched


def _grouped(items: Iterable["ListMessageItem"]) -> Iterable[_Listed]:
    """Messages by id: a group message has a row for each recipient."""
    seen: set[str] = set()
    for item in items:
        if item.message_id is not None and item.receive_time is not None and item.message_id not in seen:
            seen.add(item.message_id)
            yield _Listed(item.message_id, item.receive_time.timestamp(), item)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)
