"""The filters of the classic `list_messages`: their names on the wire, and how a value is written. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from .._call.parameters import Parameter, text
from .._models.field_names import near_match
from ..exceptions import InvalidRequestException

__all__ = ["FILTERS"]

LARGEST_PAGE = 1000
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}(:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?)?)?")


def _time(name: str, value: Any) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidRequestException((name, "a datetime needs a time zone, such as datetime.now(timezone.utc)"))
        try:
            return value.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
        except OverflowError:
            raise InvalidRequestException((name, "in UTC the time is before the year 1 or after 9999")) from None
    plain = text(name, value)
    if not _TIME.fullmatch(plain):
        raise InvalidRequestException((name, "give a datetime, or a time in UTC such as 2017-02-01 21:10:32"))
    return plain


def _one_of(*values: str) -> Callable[[str, Any], str]:
    def encode(name: str, value: Any) -> str:
        if value not in values:
            raise InvalidRequestException((name, f"give one of {', '.join(values)}{near_match(str(value), values)}"))
        return text(name, value)

    return encode


def _size(name: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST_PAGE:
        raise InvalidRequestException((name, f"give a page size from 1 to {LARGEST_PAGE}"))
    return str(value)


FILTERS: Mapping[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        Parameter("from_", "from", text),
        Parameter("to", "to", text),
        Parameter("from_date_time", "fromDateTime", _time),
        Parameter("to_date_time", "toDateTime", _time),
        Parameter("direction", "direction", _one_of("in", "out")),
        Parameter("state", "state", _one_of("received", "queued", "sending", "sent", "error")),
        Parameter("delivery_state", "deliveryState", _one_of("waiting", "delivered", "not-delivered")),
        Parameter("sort_order", "sortOrder", _one_of("asc", "desc")),
        Parameter("size", "size", _size),
    )
}
