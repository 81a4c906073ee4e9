"""What each parameter of a list means, as conditions on the store's deliveries."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from ...contract import contract, times
from ...store.queries import Condition, Order, Query, at_least, at_most, equals, in_list, starts_with
from ..problems import bad_request

_WINDOW_MS = 14 * 24 * 60 * 60 * 1000
_IN_MILLISECONDS = re.compile(r":[0-9]{2}\.[0-9]{3}(?![0-9])")
_COMPLETE = re.compile(r"\+1[0-9]{10}")
PAGING = {"pageToken", "limit", "limitTotalCount", "sort"}
_NEVER_NULL = {
    "message_id", "account_id", "source_tn", "destination_tn", "message_status", "message_direction", "message_type",
    "segment_count", "error_code", "receive_time", "message_length",
}  # fmt: skip
_NUMERIC = {"message_size", "attachment_count", "recipient_count", "bw_latency", "carrier_latency"}
_COMPARISONS: dict[str, tuple[Callable[[str, Any], Condition], str]] = {
    "fromBwLatency": (at_least, "bw_latency"),
    "fromCarrierLatency": (at_least, "carrier_latency"),
    "fromSegmentCount": (at_least, "segment_count"),
    "toSegmentCount": (at_most, "segment_count"),
    "fromMessageSize": (at_least, "message_size"),
    "toMessageSize": (at_most, "message_size"),
    "fromDateTime": (at_least, "receive_time"),
    "toDateTime": (at_most, "receive_time"),
}


@cache
def column(wire_name: str) -> str:
    """The column of a field: `calling_number_country_a3` of `callingNumberCountryA3`."""
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", wire_name).lower()


def query(account_id: str, parameters: Mapping[str, Any], now: int) -> Query:
    """Turn the parameters of a list into a query; a Problem for a malformed number, time or sort.

    Only the last 14 days can be searched, so that an older span gives an empty page.
    """
    _refuse_other_fractions(parameters)
    oldest = now - _WINDOW_MS
    if "fromDateTime" in parameters:
        # One lower bound: SQLite would read the index from the first one, and filter by the other.
        oldest = max(oldest, _moment("fromDateTime", parameters["fromDateTime"]))
    conditions = [equals("account_id", account_id), at_least("receive_time", oldest)]
    others = (name for name in parameters if name not in PAGING and name != "fromDateTime")
    conditions += [condition(name, parameters[name]) for name in others]
    return Query(tuple(conditions), _order(parameters.get("sort", "receiveTime:desc")))


def condition(name: str, value: Any) -> Condition:
    """Turn one filter into a condition; a Problem for a malformed time."""
    if name in ("sourceTn", "destinationTn"):
        return _numbers(column(name), value)
    if name in ("fromDateTime", "toDateTime"):
        value = _moment(name, value)
    compare, compared = _COMPARISONS.get(name, (equals, column(name)))
    return compare(compared, value)


def _numbers(name: str, value: str) -> Condition:
    """Read one full number, a list of full numbers, or the beginning of a number."""
    listed = value.split(",")
    if len(listed) > 1:
        return in_list(name, listed)
    return equals(name, value) if _COMPLETE.fullmatch(value) else starts_with(name, value)


def _refuse_other_fractions(parameters: Mapping[str, Any]) -> None:
    """A Problem for a time that is not in milliseconds: the vendor's own tool says that the service wants them.

    What the service does with a date alone is not known; here it is the beginning of that day.
    """
    for name in {"fromDateTime", "toDateTime"} & set(parameters):
        _moment(name, parameters[name])
        if ":" in parameters[name] and not _IN_MILLISECONDS.search(parameters[name]):
            raise bad_request(f"'{name}' must have a fraction of exactly three digits, as in 2022-09-14T18:20:16.000Z")


def _moment(name: str, value: str) -> int:
    moment = times.parse_iso(value)
    if moment is None:
        raise bad_request(f"'{name}' must be a date and time in ISO 8601 format, such as 2022-09-14T18:20:16.000Z")
    return moment


def _order(sort: str) -> Order:
    field, _, way = sort.partition(":")
    if field not in contract.item_fields():
        raise bad_request(f"'sort' must name one of {', '.join(contract.item_fields())}")
    name = column(field)
    null = None if name in _NEVER_NULL else -1 if name in _NUMERIC else ""
    return Order(name, null, way == "desc")
