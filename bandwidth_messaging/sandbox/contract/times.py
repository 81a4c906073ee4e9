"""Points in time, as the wire writes them and as the store keeps them: milliseconds since 1970, UTC."""

import re
from datetime import datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DATE = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_CLOCK = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
_OFFSET = r"(?P<offset>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
_ISO_8601 = re.compile(f"{_DATE}(?:[Tt ]{_CLOCK}{_OFFSET})?")
_RFC_3339 = re.compile(r"[0-9-]{10}[Tt ][0-9:]{8}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})")


def parse_iso(text: str) -> int | None:
    """Milliseconds since 1970 of an ISO 8601 date or date-time, in UTC if it names no offset; None if it is none."""
    match = _ISO_8601.fullmatch(text)
    if match is None:
        return None
    part = match.groupdict()
    microsecond = int((part["fraction"] or "0").ljust(6, "0")[:6])
    year, month, day = int(part["year"]), int(part["month"]), int(part["day"])
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    try:
        moment = datetime(year, month, day, hour, minute, second, microsecond, _zone(part["offset"]))
    except (ValueError, OverflowError):
        return None
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def parse_rfc3339(text: str) -> int | None:
    """Milliseconds since 1970 of an RFC 3339 date-time, which has seconds and an offset; None if it is none."""
    return parse_iso(text) if _RFC_3339.fullmatch(text) else None


def format_ms(milliseconds: int) -> str:
    """Write a time as the vendor does, for example `2022-09-14T18:20:16.000Z`."""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _zone(offset: str | None) -> timezone:
    if offset is None or offset in "Zz":
        return timezone.utc
    minutes = int(offset[1:3]) * 60 + int(offset[3:].lstrip(":") or 0)
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
