import base64
from typing import Any

import pytest

from bandwidth_messaging.sandbox import Sandbox

from .calling import Caller


def page(caller: Caller, **parameters: Any) -> tuple[list[str], dict[str, str]]:
    answer = caller.search(**parameters)
    assert answer.status == 200, answer.data
    return [item["messageId"] for item in answer.json()["messages"]], answer.json()["pageInfo"]


@pytest.fixture
def ids(caller: Caller) -> list[str]:
    """Five messages, newest first as a list has them; all arrived in the same millisecond."""
    return [caller.sandbox.add() for _ in range(5)][::-1]


def test_pages_lead_forwards_and_back_again(caller: Caller, ids: list[str]) -> None:
    first, info = page(caller, messageType="sms", limit=2)
    assert (first, set(info)) == (ids[:2], {"nextPage", "nextPageToken"})
    second, info = page(caller, messageType="sms", limit=2, pageToken=info["nextPageToken"])
    assert (second, len(info)) == (ids[2:4], 4)
    third, last = page(caller, messageType="sms", limit=2, pageToken=info["nextPageToken"])
    assert (third, set(last)) == (ids[4:], {"prevPage", "prevPageToken"})
    again, info = page(caller, messageType="sms", limit=2, pageToken=last["prevPageToken"])
    assert again == second
    again, info = page(caller, messageType="sms", limit=2, pageToken=info["prevPageToken"])
    assert (again, set(info)) == (first, {"nextPage", "nextPageToken"})


def test_a_page_link_can_be_followed_as_it_is(caller: Caller, ids: list[str]) -> None:
    _, info = page(caller, sourceTn="+15553332222", limit=3)

    answer = caller.http.request("GET", info["nextPage"], headers=caller.basic)

    assert [item["messageId"] for item in answer.json()["messages"]] == ids[3:]


def test_messages_that_arrive_between_two_pages_move_nothing(caller: Caller, ids: list[str]) -> None:
    _, info = page(caller, messageType="sms", limit=2)
    newer = [caller.sandbox.add() for _ in range(3)]

    second, info = page(caller, messageType="sms", limit=2, pageToken=info["nextPageToken"])
    first, info = page(caller, messageType="sms", limit=2, pageToken=info["prevPageToken"])
    newest, _ = page(caller, messageType="sms", limit=3, pageToken=info["prevPageToken"])

    assert (second, first, newest) == (ids[2:4], ids[:2], newer[::-1])


def test_the_limit_may_change_from_page_to_page(caller: Caller, ids: list[str]) -> None:
    _, info = page(caller, messageType="sms", limit=1)

    assert page(caller, messageType="sms", limit=4, pageToken=info["nextPageToken"])[0] == ids[1:]


def test_a_token_is_base64(caller: Caller, ids: list[str]) -> None:
    assert base64.urlsafe_b64decode(page(caller, limit=2)[1]["nextPageToken"])


@pytest.mark.parametrize("token", ["gdEewhcJLQRB5", "AAAA", "", "é", "a" * 5000])
def test_a_token_that_was_never_issued_is_refused(shared: Caller, token: str) -> None:
    assert shared.search(pageToken=token).status == 400


def test_a_token_that_was_tampered_with_is_refused(caller: Caller, ids: list[str]) -> None:
    token = page(caller, limit=2)[1]["nextPageToken"]
    raw = bytearray(base64.urlsafe_b64decode(token))
    raw[-2] ^= 1

    assert caller.search(pageToken=base64.urlsafe_b64encode(raw).decode()).status == 400


@pytest.mark.parametrize("changed", [{"messageType": "mms"}, {"sort": "sourceTn:asc"}, {"errorCode": 0}])
def test_a_token_of_another_list_is_refused(caller: Caller, ids: list[str], changed: dict[str, Any]) -> None:
    token = page(caller, messageType="sms", limit=2)[1]["nextPageToken"]

    assert caller.search(**{"messageType": "sms", **changed}, pageToken=token).status == 400


@pytest.fixture
def crowd(own_sandbox: Sandbox, own_caller: Caller) -> Caller:
    """A caller of a sandbox that holds one message more than can be reached."""
    own_sandbox.add(message_id="first")
    columns = ", ".join(_columns(own_sandbox))
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
    connection = own_sandbox.store._connection
    with connection:
        connection.execute(f"INSERT INTO deliveries ({columns}) {numbers} SELECT {columns} FROM deliveries, n")
    return own_caller


def _columns(sandbox: Sandbox) -> list[str]:
    rows = sandbox.store._connection.execute("PRAGMA table_info(deliveries)")
    return [row["name"] for row in rows if row["name"] != "position"]


def test_the_total_is_exact_unless_it_may_be_capped(crowd: Caller) -> None:
    assert crowd.search(limit=1).json()["totalCount"] == 10_001
    assert crowd.search(limit=1, limitTotalCount="false").json()["totalCount"] == 10_001
    assert crowd.search(limit=1, limitTotalCount="true").json()["totalCount"] == 10_000


def test_nothing_beyond_the_10000th_result_can_be_reached(crowd: Caller) -> None:
    found, info = page(crowd, limit=10_000)
    assert len(found) == 10_000

    answer = crowd.search(limit=1, pageToken=info["nextPageToken"])

    assert answer.status == 400
    assert answer.json()["description"] == "The sum of limit and after must not exceed 10000, and after is 10000"
