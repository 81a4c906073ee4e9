"""Listing messages in the V2 family: from a query string to a page.

A group message is listed once for each of its recipients, since each item has one `destinationTn` and one status.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...contract import contract
from ...messaging import times
from ...store.messages import Pin, Query, Row, Store
from ...web.problems import Problem
from . import filters
from .paging import DEEPEST, PageTokens, Place

_OPERATION = "/users/{accountId}/messages get"
_DEFAULT_LIMIT = 100


def read(raw_query: bytes) -> dict[str, Any]:
    """Read the parameters of a list.

    Args:
        raw_query: The query string as it was sent.

    Returns:
        The parameters by wire name.

    Raises:
        Problem: 400 if there are none, or one is wrong.
    """
    parameters = contract.read_query(raw_query, _OPERATION)
    if not parameters:
        raise Problem(400, "bad-request", "At least one query parameter must be given")
    return parameters


def page(
    account_id: str, parameters: dict[str, Any], store: Store, tokens: PageTokens, link: Callable[[str], str], now: int
) -> dict[str, Any]:
    """Make one page of a list.

    Args:
        account_id: The account whose messages are listed.
        parameters: The parameters, as `read` gives them.
        store: Where the messages are.
        tokens: What issues the page tokens.
        link: Makes the address of the page that a token stands for.
        now: Milliseconds since 1970.

    Returns:
        The 200 body, as the contract's `messagesList` has it.

    Raises:
        Problem: 400 for a value that the contract's schemas let pass and its prose does not.
    """
    query = filters.query(account_id, parameters, now)
    limit = parameters.get("limit", _DEFAULT_LIMIT)
    token = parameters.get("pageToken")
    place = tokens.read(token, account_id, parameters) if token is not None else None
    offset = _offset(place, limit)
    if limit + offset > DEEPEST:
        raise Problem(
            400, "bad-request", f"The sum of limit and after must not exceed {DEEPEST}, and after is {offset}"
        )
    rows, before, after = _turn(store, query, limit, place)
    info: dict[str, str] = {}
    if before:
        previous = Place(_pin(rows[0], backwards=True), offset)
        info |= _links("prev", tokens.issue(previous, account_id, parameters), link)
    if after:
        following = Place(_pin(rows[-1]), offset + len(rows))
        info |= _links("next", tokens.issue(following, account_id, parameters), link)
    most = DEEPEST if parameters.get("limitTotalCount") else None
    return {"totalCount": store.count(query, most), "pageInfo": info, "messages": [_item(row) for row in rows]}


def _offset(place: Place | None, limit: int) -> int:
    if place is None:
        return 0
    return max(0, place.offset - limit) if place.pin.backwards else place.offset


def _turn(store: Store, query: Query, limit: int, place: Place | None) -> tuple[list[Row], bool, bool]:
    """Read the rows of a page, and whether there are any before and after it."""
    pin = place.pin if place else None
    rows = store.page(query, limit + 1, pin)
    more = len(rows) > limit
    rows = rows[:limit]
    if pin is None or not rows:
        return rows, False, more
    if pin.backwards:
        rows.reverse()
        return rows, more, bool(store.page(query, 1, _pin(rows[-1])))
    return rows, bool(store.page(query, 1, _pin(rows[0], backwards=True))), more


def _pin(row: Row, backwards: bool = False) -> Pin:
    return replace(Pin(row["sort_key"], row["position"]), backwards=backwards)


def _links(side: str, token: str, link: Callable[[str], str]) -> dict[str, str]:
    return {f"{side}Page": link(token), f"{side}PageToken": token}


def _item(row: Row) -> dict[str, Any]:
    item = {name: row[filters.column(name)] for name in contract.item_fields()}
    item["receiveTime"] = times.format_ms(row["receive_time"])
    return item
