"""What became of a message whose answer was lost, by what the service lists."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

from .. import segments
from ..api_response import ApiResponse
from ..exceptions import ApiException, InvalidRequestException, parse_http_date
from ..models.list_message_item import ListMessageItem
from ..models.messages_list import MessagesList
from .message_pages import each_page, rows_of

__all__ = ["Outcome", "look_up"]

OutcomeState = Literal["found", "absent", "unclear"]
List = Callable[..., ApiResponse[MessagesList]]

_OPERATION = "MessagesApi.create_message"
_MOST_RECIPIENTS = 10  # the contract: numbers in one filter
_DAY = timedelta(days=1)
_REACH = timedelta(days=14)  # the contract: how far back a list goes
_TOO_OLD = "the attempt is older than the list reaches back"
_MINUTE = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)
_SLACK = 2 * _SECOND  # for a clock that drifts, or is set a little, between the attempt and the look-up


@dataclass(frozen=True)
class Outcome:
    """What the list says of a message whose answer was lost.

    Attributes:
        state: "found": the service has it, under `message_id`. "absent": it does not have it, so that it may be sent
            again. "unclear": nothing is proven; ask again later, or let a person decide by the candidates.
        message_id: The id of the message that was found; else None.
        candidates: For "unclear", the messages that it can be, a row for each. There may be none.
        reason: Why so, in a sentence.
    """

    state: OutcomeState
    message_id: str | None = None
    candidates: tuple[ListMessageItem, ...] = ()
    reason: str = ""


class _Attempt(NamedTuple):
    """What is known of the send that failed. Its times are of the client's clock."""

    account_id: str
    sender: str
    recipients: tuple[str, ...]
    text: str
    is_mms: bool
    began_at: datetime
    ended_at: datetime
    accepted: bool | None

    @classmethod
    def of(cls, failure: ApiException, longest: timedelta, now: datetime) -> "_Attempt":
        request, began_at = failure.request, failure.time
        if (
            failure.operation != _OPERATION
            or request is None
            or not isinstance(request.body, bytes)
            or began_at is None
        ):
            raise InvalidRequestException(("failure", f"give an exception that {_OPERATION} raised"))
        message = json.loads(request.body)
        elapsed = longest if failure.elapsed is None else timedelta(seconds=failure.elapsed)
        # Whoever asks has no call under way any more.
        ended_at = max(began_at, min(began_at + elapsed, now))
        return cls(
            account_id=unquote(request.path.split("/")[2]),
            sender=message["from"],
            recipients=tuple(message["to"]),
            text=message.get("text", ""),
            is_mms=bool(message.get("media")) or len(message["to"]) > 1,
            began_at=began_at,
            ended_at=ended_at,
            accepted=failure.accepted,
        )

    @property
    def asked_for(self) -> tuple[str, ...]:
        return self.recipients[:_MOST_RECIPIENTS]


class _ServerClock:
    """By how much the service's clock is ahead of ours: at least `least`, at most `most`."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.least = timedelta.min
        self.most = timedelta.max

    def observe(self, call: Callable[[], ApiResponse[MessagesList]]) -> ApiResponse[MessagesList]:
        """Make a call, and compare the `Date` of its answer, which leaves out the fraction, with our clock."""
        asked_at = self._now()
        answer = call()
        date = parse_http_date(answer.headers.get("date", ""))
        if date is not None:
            # A second more on each side: the service's machines need not agree to the second.
            self.least = max(self.least, date - _SECOND - self._now())
            self.most = min(self.most, date + 2 * _SECOND - asked_at)
        return answer

    @property
    def is_known(self) -> bool:
        return timedelta.min < self.least <= self.most


def look_up(
    list_messages: List,
    now: Callable[[], datetime],
    failure: ApiException,
    known_ids: Collection[str] | None,
    settle_time: timedelta,
    longest_call: timedelta,
) -> Outcome:
    """The outcome of the send that raised `failure`; see `MessagesApi.look_up_outcome`."""
    attempt = _Attempt.of(failure, longest_call, now())
    if attempt.accepted is False:
        return Outcome("absent", reason="the service did not take the message")
    if now() - attempt.began_at > _REACH:
        return Outcome("unclear", reason=_TOO_OLD)
    return _by_the_list(list_messages, now, attempt, known_ids, settle_time)


def _by_the_list(
    list_messages: List,
    now: Callable[[], datetime],
    attempt: _Attempt,
    known_ids: Collection[str] | None,
    settle_time: timedelta,
) -> Outcome:
    clock = _ServerClock(now)
    newest = clock.observe(
        lambda: list_messages(attempt.account_id, message_direction="OUTBOUND", sort="receiveTime:desc", limit=1)
    ).data.messages
    unexplained = _unexplained(_messages_of_the_pair(list_messages, clock, attempt, now()), known_ids or ())
    if not clock.is_known:
        return _unclear(attempt, unexplained, "the answers have no Date that tells the service's time")
    narrow = [group for group in unexplained if _in_the_window(group[0], attempt, clock)]
    if known_ids is not None and len(narrow) == 1 and _is_the_message(narrow[0], attempt):
        return Outcome("found", message_id=narrow[0][0].message_id, reason="one message fits, and no other is there")
    if attempt.accepted:
        return _unclear(attempt, narrow, "the service took the message, and no single message fits")
    if unexplained:
        return _unclear(attempt, narrow, "there are messages of this pair that are not accounted for")
    return _when_nothing_is_there(attempt, clock, newest or [], now(), settle_time)


def _when_nothing_is_there(
    attempt: _Attempt, clock: _ServerClock, newest: list[ListMessageItem], now: datetime, settle_time: timedelta
) -> Outcome:
    """Whether what is not listed can be believed not to be there: a list may be late."""
    waited = now - attempt.ended_at
    if waited < settle_time:
        return Outcome("unclear", reason="the settle time is not over: what was accepted may not be listed yet")
    if now - attempt.began_at > _REACH - _DAY:
        return Outcome("unclear", reason=_TOO_OLD)
    is_listed_later = any(_is_after(message, attempt.began_at + clock.most) for message in newest)
    if not is_listed_later and waited < 2 * settle_time:
        reason = "nothing is listed that came after the attempt; that is believed after twice the settle time"
        return Outcome("unclear", reason=reason)
    return Outcome("absent", reason="the settle time is over, and nothing unaccounted for is listed")


def _unclear(attempt: _Attempt, groups: Iterable[list[ListMessageItem]], reason: str) -> Outcome:
    candidates = tuple(group[0] for group in groups if _may_be_the_message(group, attempt))
    return Outcome("unclear", candidates=candidates, reason=reason)


def _messages_of_the_pair(
    list_messages: List, clock: _ServerClock, attempt: _Attempt, now: datetime
) -> list[ListMessageItem]:
    """What is listed of sender and recipients, a day each way."""
    ahead = clock.least if clock.is_known else timedelta(0)
    filters = {
        "source_tn": attempt.sender,
        "destination_tn": ",".join(attempt.asked_for),
        "message_direction": "OUTBOUND",
        "from_date_time": max(attempt.began_at - _DAY, now - _REACH + _MINUTE) + ahead,
        "to_date_time": attempt.began_at + _DAY + ahead,
    }

    def fetch(**page: Any) -> MessagesList:
        return clock.observe(lambda: list_messages(attempt.account_id, **page)).data

    pages = each_page(fetch, filters, now)
    return [message for page in pages for message in rows_of(page)]


def _unexplained(messages: Iterable[ListMessageItem], known_ids: Collection[str]) -> list[list[ListMessageItem]]:
    """The messages that are not known, each with its rows: a group message has one for each recipient."""
    groups: dict[Any, list[ListMessageItem]] = {}
    for row in messages:
        identifier: Any = getattr(row, "message_id", None)
        # Without an id a row stands for itself.
        groups.setdefault(identifier if isinstance(identifier, str) else id(row), []).append(row)
    known = frozenset(known_ids)
    return [rows for identifier, rows in groups.items() if identifier not in known]


def _in_the_window(row: ListMessageItem, attempt: _Attempt, clock: _ServerClock) -> bool:
    """Whether the service received it during the attempt. A time that cannot be read may be any."""
    received_at: Any = getattr(row, "receive_time", None)
    if not isinstance(received_at, datetime):
        return True
    return attempt.began_at + clock.least - _SLACK <= received_at <= attempt.ended_at + clock.most + _SLACK


def _is_after(row: ListMessageItem, moment: datetime) -> bool:
    received_at: Any = getattr(row, "receive_time", None)
    return isinstance(received_at, datetime) and received_at > moment


def _is_the_message(group: list[ListMessageItem], attempt: _Attempt) -> bool:
    """Whether everything that is listed of a message agrees with the attempt, and enough is listed."""
    first = group[0]
    needed = ("message_id", "message_type", "segment_count", "message_length")
    is_complete = all(getattr(first, name, None) is not None for name in needed)
    reached = [getattr(row, "destination_tn", None) for row in group]
    is_whole = (
        is_complete and isinstance(first.receive_time, datetime) and all(to in reached for to in attempt.asked_for)
    )
    return is_whole and _may_be_the_message(group, attempt)


def _may_be_the_message(group: list[ListMessageItem], attempt: _Attempt) -> bool:
    """Whether nothing that is listed of a message contradicts the attempt; what is not listed contradicts nothing."""
    expected: Mapping[str, tuple[Any, ...]] = {
        "message_type": ("mms" if attempt.is_mms else "sms",),
        "segment_count": (1 if attempt.is_mms else segments.count(attempt.text),),
        # In characters: whether one outside the basic plane counts once or twice is not published.
        "message_length": (len(attempt.text), len(attempt.text.encode("utf-16-le")) // 2),
        "recipient_count": (len(attempt.recipients),),
        "source_tn": (attempt.sender,),
        "destination_tn": attempt.recipients,
    }
    return all(
        getattr(row, name, None) is None or getattr(row, name) in allowed
        for row in group
        for name, allowed in expected.items()
    )
