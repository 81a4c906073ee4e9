"""What each parameter of a list means, as SQL over the store's deliveries."""

import re
from collections.abc import Mapping
from typing import Any

from ...contract import contract
from ...messaging import times
from ...store.messages import Query
from ...web.problems import Problem

_WINDOW_MS = 14 * 24 * 60 * 60 * 1000
_COMPLETE = re.compile(r"\+1[0-9]{10}")
PAGING = {"pageToken", "limit", "limitTotalCount", "sort"}
_NEVER_NULL = {
    "message_id", "account_id", "source_tn", "destination_tn", "message_status", "message_direction", "message_type",
    "segment_count", "error_code", "receive_time", "message_length",
}  # fmt: skip
_NUMERIC = {"message_size", "attachment_count", "recipient_count", "bw_latency", "carrier_latency"}
_COMPARISONS = {
    "fromBwLatency": "bw_latency >= ?",
    "fromCarrierLatency": "carrier_latency >= ?",
    "fromSegmentCount": "segment_count >= ?",
    "toSegmentCount": "segment_count <= ?",
    "fromMessageSize": "message_size >= ?",
    "toMessageSize": "message_size <= ?",
}


def column(wire_name: str) -> str:
    """Name the column of a field.

    Args:
        wire_name: For example `callingNumberCountryA3`.

    Returns:
        For example `calling_number_country_a3`.
    """
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", wire_name).lower()


def query(account_id: str, parameters: Mapping[str, Any], now: int) -> Query:
    """Turn the parameters of a list into a query.

    Only the last 14 days can be searched, so that an older span gives an empty page.

    Args:
        account_id: The account whose messages are listed.
        parameters: The parameters by wire name, each of the type that the contract gives it.
        now: Milliseconds since 1970.

    Returns:
        The query.

    Raises:
        Problem: 400 for a malformed number, time or sort.
    """
    oldest = now - _WINDOW_MS
    if "fromDateTime" in parameters:
        # One lower bound: SQLite would read the index from the first one, and filter by the other.
        oldest = max(oldest, _moment("fromDateTime", parameters["fromDateTime"]))
    conditions, values = ["account_id = ?", "receive_time >= ?"], [account_id, oldest]
    for name, value in parameters.items():
        if name not in PAGING and name != "fromDateTime":
            filtering, bound = condition(name, value)
            conditions.append(filtering)
            values += bound
    key, descending = _order(parameters.get("sort", "receiveTime:desc"))
    return Query(tuple(conditions), tuple(values), key, descending)


def condition(name: str, value: Any) -> tuple[str, list[Any]]:
    """Turn one filter into SQL.

    Args:
        name: The wire name of the filter.
        value: Its value, of the type that the contract gives it.

    Returns:
        A condition over the columns of `deliveries`, and the values of its `?`.

    Raises:
        Problem: 400 for a malformed time.
    """
    if name in ("sourceTn", "destinationTn"):
        return _numbers(name, value)
    if name in ("fromDateTime", "toDateTime"):
        return f"receive_time {'>=' if name == 'fromDateTime' else '<='} ?", [_moment(name, value)]
    return _COMPARISONS.get(name, f"{column(name)} = ?"), [value]


def _numbers(name: str, value: str) -> tuple[str, list[Any]]:
    """Read one full number, a list of full numbers, or the beginning of a number."""
    listed = value.split(",")
    if len(listed) > 1:
        return f"{column(name)} IN ({', '.join('?' * len(listed))})", list(listed)
    if _COMPLETE.fullmatch(value):
        return f"{column(name)} = ?", [value]
    # A range, unlike LIKE, is read from the index; no character sorts behind the last one.
    return f"({column(name)} >= ? AND {column(name)} < ?)", [value, value + "\U0010ffff"]


def _moment(name: str, value: str) -> int:
    moment = times.parse_iso(value)
    if moment is None:
        raise _bad_request(f"'{name}' must be a date and time in ISO 8601 format, such as 2022-09-14T18:20:16.000Z")
    return moment


def _order(sort: str) -> tuple[str, bool]:
    field, _, way = sort.partition(":")
    if field not in contract.item_fields():
        raise _bad_request(f"'sort' must name one of {', '.join(contract.item_fields())}")
    name = column(field)
    if name not in _NEVER_NULL:
        name = f"coalesce({name}, -1)" if name in _NUMERIC else f"coalesce({name}, '')"
    return name, way == "desc"


def _bad_request(description: str) -> Problem:
    return Problem(400, "bad-request", description)
