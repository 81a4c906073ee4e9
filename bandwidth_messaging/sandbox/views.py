"""What a person or a test wants to know of a message: one view for all families."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from .store.messages import Row, Store, unpacked

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# What says that there is a code, in the languages that senders of codes use most.
_HINT = re.compile(
    r"\b(?:\w*codes?|c[oó]digos?|kode?|\w*passw\w+|pin|otp|tan|2fa|token|verif\w+|log[- ]?in|sign[- ]?in)\b"
    r"|\bsecurity number\b|\bкод\w*|验证码|認証コード",
    re.IGNORECASE,
)
# No part of an address, an amount or another number; a year after "in" is none either.
_CODE = re.compile(
    r"(?<![\w+./$€£-])(?<![0-9],)(?!(?<=\bin )(?:19|20)[0-9]{2}\b)"
    r"(?:[0-9]{4,8}|[0-9]{3}[ -][0-9]{3}|(?:[0-9] ){3,7}[0-9]|[A-Z0-9]{1,3}-[0-9]{4,8}"
    r"|(?:(?<=: )|(?<= is ))(?=[A-Z-]*[0-9])[A-Z0-9]{2,}(?:-[A-Z0-9]{2,})*)"
    r"(?![\w.-]*[0-9])"
)
_FILTERS = {
    "message_id": "d.message_id = ?",
    "from_": "d.source_tn = ?",
    "to": "d.destination_tn = ?",
    "status": "d.message_status = ?",
    "text": "instr(m.text, ?) > 0",
    "tag": "m.tag = ?",
    "direction": "d.message_direction = upper(?)",
    "family": "m.family = lower(?)",
}
_CHOICES = {"direction": ("outbound", "inbound"), "family": ("v2", "classic", "messagemedia")}


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


def one_time_code(text: str | None) -> str | None:
    """Pick a one-time code out of a text.

    Args:
        text: The text of a message.

    Returns:
        The code as it is to be typed in, without spaces or a hyphen between groups of digits; None if there is none.
    """
    hints = [hint.span() for hint in _HINT.finditer(text or "")]
    codes = list(_CODE.finditer(text or "")) if hints else []
    if not codes:
        return None
    # Of several numbers the code is the one closest to a word that speaks of it, rather behind it than before.
    nearest = min(codes, key=lambda code: min(_distance(code.span(), hint) for hint in hints))
    return re.sub(r"(?<=[0-9])[ -](?=[0-9])", "", nearest[0])


def _distance(code: tuple[int, int], hint: tuple[int, int]) -> int:
    return code[0] - hint[1] if code[0] >= hint[1] else hint[0] - code[1] + 2


def find(store: Store, account_ids: tuple[str, ...], filters: dict[str, str], most: int) -> list[SandboxMessage]:
    """Find messages.

    Args:
        store: Where they are.
        account_ids: Whose messages.
        filters: `message_id`, `from_`, `to`, `status`, `text` (a part of it), `tag`, `direction`, `family`.
        most: How many at most, the newest.

    Returns:
        The messages, the oldest first.

    Raises:
        TypeError: If there is no such filter.
        ValueError: If a filter cannot have that value.
    """
    conditions = [f"d.account_id IN ({', '.join('?' * len(account_ids))})"]
    values: list[Any] = [*account_ids]
    for name, value in filters.items():
        if name not in _FILTERS:
            raise TypeError(f"There is no filter {name!r}; there are {', '.join(_FILTERS)}")
        if not isinstance(value, str):
            raise ValueError(f"{name}: give a text, not {value!r}")
        if value.lower() not in _CHOICES.get(name, (value.lower(),)):
            raise ValueError(f"{name}: {value!r} is none of {', '.join(_CHOICES[name])}")
        conditions.append(_FILTERS[name])
        values.append(value)
    tables = "deliveries d JOIN messages m ON m.message_id = d.message_id"
    sql = f"SELECT d.*, m.family, m.recipients, m.text, m.media, m.tag FROM {tables} WHERE {' AND '.join(conditions)}"  # noqa: S608
    rows = store.select(f"{sql} ORDER BY d.position DESC LIMIT ?", (*values, most))
    return [_view(store, unpacked(row)) for row in reversed(rows)]


def callbacks_of(store: Store, message_id: str, recipient: str) -> tuple[SandboxCallback, ...]:
    """Read what the application was told about a message.

    Args:
        store: Where it is.
        message_id: The message.
        recipient: The number that it went to.

    Returns:
        The callbacks, the oldest first.
    """
    sql = "SELECT * FROM callbacks WHERE message_id = ? AND recipient = ? ORDER BY callback_id"
    rows = store.select(sql, (message_id, recipient))
    return tuple(
        SandboxCallback(row["type"], row["url"], row["state"], json.loads(row["body"]), tuple(row["attempts"]))
        for row in map(unpacked, rows)
    )


def moment(milliseconds: int) -> datetime:
    """Read a time of the store.

    Args:
        milliseconds: Milliseconds since 1970.

    Returns:
        The time in UTC.
    """
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _view(store: Store, row: Row) -> SandboxMessage:
    return SandboxMessage(
        message_id=row["message_id"],
        family=row["family"],
        direction=row["message_direction"],
        from_=row["source_tn"],
        to=row["destination_tn"],
        recipients=tuple(row["recipients"]),
        text=row["text"],
        media=tuple(row["media"] or ()),
        tag=row["tag"],
        status=row["message_status"],
        error_code=row["error_code"],
        segments=row["segment_count"],
        time=moment(row["receive_time"]),
        history=tuple((moment(time), status) for time, status, _ in row["history"] or ()),
        code=one_time_code(row["text"]),
        callbacks=callbacks_of(store, row["message_id"], row["destination_tn"]),
    )
