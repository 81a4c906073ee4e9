"""What a person or a test wants to know of a message: one view for all families."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ..store.messages import FILTERS
from ..store.records import ShownDelivery
from ..store.store import Store
from .accounts import FAMILIES
from .one_time_codes import one_time_code

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_CHOICES = {"direction": ("outbound", "inbound"), "family": FAMILIES}


@dataclass(frozen=True)
class SandboxCallback:
    """A request that the application was, or is still to be, sent.

    Attributes:
        type: What it tells, for example `message-delivered`.
        url: Where it goes.
        state: `waiting`, `delivered`, `dropped` (given up after a day) or `refused` (the address is not allowed).
        body: The decoded body.
        attempts: One entry for each attempt, with `time` (milliseconds since 1970), `milliseconds`, and either
            `status` and `answer` or `error`.
    """

    type: str
    url: str
    state: str
    body: Any
    attempts: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class SandboxMessage:
    """A message as one phone, or one number of the account, got it. A group message has one for each recipient.

    Attributes:
        message_id: Its id, as the API gave it.
        family: `v2`, `classic` or `messagemedia`.
        direction: `OUTBOUND` if the account sent it, `INBOUND` if a phone did.
        from_: Who sent it.
        to: Who got it.
        recipients: Everybody that it went to.
        text: The text; None if there is none.
        media: Addresses of pictures.
        tag: The application's own tag; None if there is none.
        status: Where it is, in the words of its family, for example `DELIVERED`.
        error_code: The error code that it failed with; 0 for none.
        segments: How many segments it takes.
        time: When it was received.
        history: Every status that it has had, with the time: pairs of a datetime and the status.
        code: The one-time code in the text; None if there is none.
        callbacks: What the application was told about it and this recipient.
    """

    message_id: str
    family: str
    direction: str
    from_: str
    to: str
    recipients: tuple[str, ...]
    text: str | None
    media: tuple[str, ...]
    tag: str | None
    status: str
    error_code: int
    segments: int
    time: datetime
    history: tuple[tuple[datetime, str], ...]
    code: str | None
    callbacks: tuple[SandboxCallback, ...]


def find(store: Store, account_ids: Sequence[str], filters: Mapping[str, str], most: int) -> list[SandboxMessage]:
    """The newest messages that match all filters, the oldest of them first.

    TypeError if there is no such filter, ValueError if one cannot have that value.
    """
    for name, value in filters.items():
        if name not in FILTERS:
            raise TypeError(f"There is no filter {name!r}; there are {', '.join(FILTERS)}")
        if not isinstance(value, str):
            raise ValueError(f"{name}: give a text, not {value!r}")
        if value.lower() not in _CHOICES.get(name, (value.lower(),)):
            raise ValueError(f"{name}: {value!r} is none of {', '.join(_CHOICES[name])}")
    return [_view(store, delivery) for delivery in reversed(store.messages.find(account_ids, filters, most))]


def moment(milliseconds: int) -> datetime:
    """A time of the store as a datetime in UTC."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _callbacks(store: Store, delivery: ShownDelivery) -> tuple[SandboxCallback, ...]:
    """What the application was told about a delivery."""
    return tuple(
        SandboxCallback(each.type, each.url, each.state, json.loads(each.body), tuple(each.attempts))
        for each in store.callbacks.of_delivery(delivery.message_id, delivery.destination_tn)
    )


def _view(store: Store, delivery: ShownDelivery) -> SandboxMessage:
    return SandboxMessage(
        message_id=delivery.message_id,
        family=delivery.family,
        direction=delivery.message_direction,
        from_=delivery.source_tn,
        to=delivery.destination_tn,
        recipients=tuple(delivery.recipients),
        text=delivery.text,
        media=tuple(delivery.media or ()),
        tag=delivery.tag,
        status=delivery.message_status,
        error_code=delivery.error_code,
        segments=delivery.segment_count,
        time=moment(delivery.receive_time),
        history=tuple((moment(time), status) for time, status, _ in delivery.history or ()),
        code=one_time_code(delivery.text),
        callbacks=_callbacks(store, delivery),
    )
