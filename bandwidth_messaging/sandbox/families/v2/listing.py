"""Listing messages in the V2 family: from a query string to a page.

A group message is listed once for each of its recipients, since each item has one `destinationTn` and one status.
"""

from collections.abc import Callable
from typing import Any

from ...contract import contract, times
from ...store.queries import Pin, Query
from ...store.records import PageRow
from ...store.store import Store
from ..problems import bad_request
from . import filters
from .paging import DEEPEST, PageTokens, Place

_OPERATION = "/users/{accountId}/messages get"
_DEFAULT_LIMIT = 100


def read(raw_query: bytes) -> dict[str, Any]:
    """Read the parameters of a list by wire name; a Problem if there are none, or one is wrong."""
    try:
        parameters = contract.read_query(raw_query, _OPERATION)
    except contract.QueryError as error:
        raise bad_request(str(error)) from None
    if not parameters:
        raise bad_request("At least one query parameter must be given")
    return parameters


def page(
    account_id: str, parameters: dict[str, Any], store: Store, tokens: PageTokens, link: Callable[[str], str], now: int
) -> dict[str, Any]:
    """Make one page of a list, as the contract's `messagesList` has it; `link` makes the address of a token's page.

    A Problem for a value that the contract's schemas let pass and its prose does not.
    """
    query = filters.query(account_id, parameters, now)
    limit = parameters.get("limit", _DEFAULT_LIMIT)
    token = parameters.get("pageToken")
    place = tokens.read(token, account_id, parameters) if token is not None else None
    offset = _offset(place, limit)
    if limit + offset > DEEPEST:
        raise bad_request(f"The sum of limit and after must not exceed {DEEPEST}, and after is {offset}")
    rows, before, after = _read_rows(store, query, limit, place)
    info: dict[str, str] = {}
    if before:
        previous = Place(_pin(rows[0], backwards=True), offset)
        info |= _links("prev", tokens.issue(previous, account_id, parameters), link)
    if after:
        following = Place(_pin(rows[-1]), offset + len(rows))
        info |= _links("next", tokens.issue(following, account_id, parameters), link)
    most = DEEPEST if parameters.get("limitTotalCount") else None
    return {"totalCount": store.listing.count(query, most), "pageInfo": info, "messages": [_item(row) for row in rows]}


def _offset(place: Place | None, limit: int) -> int:
    if place is None:
        return 0
    return max(0, place.offset - limit) if place.pin.backwards else place.offset


def _read_rows(store: Store, query: Query, limit: int, place: Place | None) -> tuple[list[PageRow], bool, bool]:
    """Read the rows of a page, and whether there are any before and after it."""
    pin = place.pin if place else None
    rows = store.listing.page(query, limit + 1, pin)
    more = len(rows) > limit
    rows = rows[:limit]
    if pin is None or not rows:
        return rows, False, more
    if pin.backwards:
        rows.reverse()
        return rows, more, bool(store.listing.page(query, 1, _pin(rows[-1])))
    return rows, bool(store.listing.page(query, 1, _pin(rows[0], backwards=True))), more


def _pin(row: PageRow, backwards: bool = False) -> Pin:
    return Pin(row.sort_key, row.position or 0, backwards)


def _links(side: str, token: str, link: Callable[[str], str]) -> dict[str, str]:
    return {f"{side}Page": link(token), f"{side}PageToken": token}


def _item(row: PageRow) -> dict[str, Any]:
    item = {name: getattr(row, filters.column(name)) for name in contract.item_fields()}
    item["receiveTime"] = times.format_ms(row.receive_time)
    return item
