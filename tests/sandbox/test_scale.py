"""Long lists: totals stay exact while messages come, change, grow old and go, and a long search holds nobody up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.store.records import Batch, Delivery, Message

from .calling import NOW, Caller

OURS, PHONE = "+15553332222", "+15554443333"
MANY, HOUR = 1500, 3_600_000


@pytest.fixture(params=["file", "memory"])
def sandbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox with 1,500 messages, half of them failed, one each minute up to now."""
    db = str(tmp_path / "messages.sqlite") if request.param == "file" else None
    with Sandbox(clock=lambda: NOW, pace="stepped", db=db) as running:
        fill(running)
        yield running


def fill(sandbox: Sandbox, start: int = 0, stop: int = MANY) -> None:
    batch = Batch()
    for number in range(start, stop):
        received = int(NOW * 1000) - (MANY - 1 - number) * 60_000
        kept: dict[str, Any] = {"message_id": f"m{number}", "account_id": sandbox.account_id, "receive_time": received}
        batch.messages.append(
            Message(**kept, family="v2", direction="OUTBOUND", sender=OURS, recipients=[PHONE], owner=OURS)
        )
        batch.deliveries.append(Delivery(
            **kept, source_tn=OURS, destination_tn=PHONE, message_direction="OUTBOUND", message_type="sms",
            message_status="FAILED" if number % 2 else "DELIVERED", error_code=4720 if number % 2 else 0,
            segment_count=1, message_length=1, history=[],
        ))  # fmt: skip
    sandbox.store.write(batch)


def total(caller: Caller, **parameters: Any) -> int:
    found: int = caller.search(**{"limit": 1, **parameters}).json()["totalCount"]
    return found


def test_what_comes_counts(sandbox: Sandbox, caller: Caller) -> None:
    assert (total(caller), total(caller, sourceTn=OURS)) == (MANY, MANY)
    caller.create()
    caller.create(**{"from": "+15550009001"})
    assert (total(caller), total(caller, sourceTn=OURS)) == (MANY + 2, MANY + 1)
    sandbox.add(receive_time="2022-09-10T00:00:00Z")
    assert total(caller) == MANY + 3


def test_what_changes_counts_where_it_belongs_now(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.store.execute("UPDATE deliveries SET message_status = 'DELIVERED' WHERE message_status = 'FAILED'")
    assert total(caller, messageStatus="DELIVERED") == MANY
    caller.create()
    assert (total(caller, messageStatus="DELIVERED"), total(caller)) == (MANY, MANY + 1)
    sandbox.advance(10)
    assert (total(caller, messageStatus="DELIVERED"), total(caller)) == (MANY + 1, MANY + 1)


def test_what_grows_too_old_counts_no_more(sandbox: Sandbox, caller: Caller) -> None:
    assert total(caller) == MANY
    sandbox.advance(14 * 24 * 3600)
    assert total(caller) == 1
    sandbox.advance(0.001)
    assert total(caller) == 0


def test_some_of_it_can_grow_too_old(sandbox: Sandbox, caller: Caller) -> None:
    assert total(caller) == MANY
    sandbox.advance(14 * 24 * 3600 - 1200 * 60)
    caller.create()
    assert (total(caller), total(caller)) == (1202, 1202)
    sandbox.advance(60)
    assert total(caller) == 1201


def test_a_span_of_time_has_a_total_of_its_own(sandbox: Sandbox, caller: Caller) -> None:
    day = {"fromDateTime": "2022-09-13T18:20:16.000Z"}
    assert (total(caller), total(caller, **day), total(caller)) == (MANY, 1441, MANY)
    assert total(caller, **day, toDateTime="2022-09-13T18:20:16.000Z") == 1


def test_what_is_forgotten_counts_no_more_and_an_account_counts_its_own(sandbox: Sandbox, caller: Caller) -> None:
    other = sandbox.new_account()
    basic = urllib3.make_headers(basic_auth=f"{other.username}:{other.password}")
    assert total(caller) == MANY
    path = f"/users/{other.account_id}/messages?limit=1"
    assert caller.send("GET", path, headers=basic).json()["totalCount"] == 0
    sandbox.clear()
    caller.create()
    assert total(caller) == 1
    fill(sandbox)
    assert total(caller) == MANY + 1


def test_what_is_pruned_counts_no_more(http: urllib3.PoolManager) -> None:
    with Sandbox(clock=lambda: NOW, pace="stepped", keep=1200) as sandbox:
        caller = Caller(sandbox, http)
        fill(sandbox, stop=1000)
        assert total(caller) == 1000
        fill(sandbox, start=1000)
        while sandbox.store.prune():
            pass
        caller.create()
        assert total(caller) == 1201
        http.clear()


def test_with_a_file_a_search_that_takes_long_holds_up_no_send(tmp_path: Path, http: urllib3.PoolManager) -> None:
    with Sandbox(clock=lambda: NOW, db=str(tmp_path / "messages.sqlite")) as sandbox:
        caller = Caller(sandbox, http)
        found: list[int] = []
        with urllib3.PoolManager(retries=False) as other:
            search = threading.Thread(target=lambda: found.append(total(Caller(sandbox, other))))
            with sandbox.store._search_lock:  # what a search holds while it runs
                search.start()
                while not any(request.method == "GET" for request in sandbox.requests):
                    assert caller.create().status == 202
                assert caller.create().status == 202
                sandbox.receive(PHONE, "x", to=OURS)
                assert found == []
            search.join()
        assert found == [len(sandbox.messages())]
        http.clear()
