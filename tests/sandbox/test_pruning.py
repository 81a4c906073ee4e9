"""A sandbox that keeps the newest messages only: what it forgets, it forgets whole."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from scripted_server import ScriptedServer, answer

from bandwidth_messaging.messagemedia import MessageMediaMessagesClient
from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.store.store import Store

from .calling import NOW, Caller

OURS, PHONE, OTHER, THIRD = "+15553332222", "+15554443333", "+15554443334", "+15554443335"
KEPT = 5


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=lambda: NOW, pace="stepped", keep=KEPT) as running:
        yield running


def tidy(sandbox: Sandbox) -> None:
    """Forget what there is to forget, as the server does from time to time."""
    while sandbox.store.prune():
        pass


def left(sandbox: Sandbox) -> list[str | None]:
    return [message.text for message in sandbox.messages()]


def test_the_newest_stay(sandbox: Sandbox, caller: Caller) -> None:
    for number in range(12):
        caller.create(text=f"{number}")
    tidy(sandbox)
    assert left(sandbox) == ["7", "8", "9", "10", "11"]
    assert caller.search(limit=1).json()["totalCount"] == KEPT


def test_a_message_to_several_counts_several_times_and_goes_whole(sandbox: Sandbox, caller: Caller) -> None:
    caller.create(text="group", to=[PHONE, OTHER, THIRD])
    for number in range(3):
        caller.create(text=f"{number}")
    tidy(sandbox)
    # One of its three would be enough to forget: rather all of them stay.
    assert left(sandbox) == ["group", "group", "group", "0", "1", "2"]
    caller.create(text="3")
    caller.create(text="4")
    tidy(sandbox)
    assert left(sandbox) == ["0", "1", "2", "3", "4"]


def test_nothing_of_a_forgotten_message_is_left(sandbox: Sandbox, caller: Caller) -> None:
    with ScriptedServer(answer(503)) as server:
        sandbox.set_callbacks(outbound_url=server.url)
        caller.create(text="forgotten", to=[THIRD])
        sandbox.advance(2)
    sandbox.set_callbacks()
    caller.create(text="forgotten too")
    http, path = caller.http, f"{sandbox.url}/sandbox/inbox/accounts/{sandbox.account_id}/conversations"
    assert len(http.request("GET", path).json()["conversations"]) == 2
    for number in range(KEPT):
        caller.create(text=f"{number}")
    tidy(sandbox)
    (conversation,) = http.request("GET", path).json()["conversations"]
    assert (conversation["phone"], conversation["total"]) == (PHONE, KEPT)
    assert len(sandbox.store.select("SELECT * FROM conversations")) == 1
    for table in ("messages", "callbacks", "exchanges"):
        rows = sandbox.store.select(f"SELECT message_id FROM {table}")
        assert {row["message_id"] for row in rows} <= {message.message_id for message in sandbox.messages()}
    sandbox.advance(3600)
    assert left(sandbox) == ["0", "1", "2", "3", "4"]


def test_reports_of_forgotten_messages_are_forgotten_and_others_wait_on(sandbox: Sandbox) -> None:
    keys = sandbox.messagemedia
    with MessageMediaMessagesClient(keys.api_key, keys.api_secret, base_uri=sandbox.url) as client:
        for number in range(12):
            entry = {"content": f"{number}", "destination_number": PHONE, "delivery_report": True}
            client.messages.send_messages({"messages": [entry]})
            sandbox.advance(10)
        tidy(sandbox)
        assert left(sandbox) == ["7", "8", "9", "10", "11"]
        told = {report.message_id for report in client.delivery_reports.drain()}
        assert told == {message.message_id for message in sandbox.messages()}
        rows = sandbox.store.select("SELECT DISTINCT message_id FROM notices")
        assert {row["message_id"] for row in rows} == told


def test_a_message_of_which_a_part_is_left_is_left(sandbox: Sandbox) -> None:
    parts = [{"message_id": name, "text": name, "destination_tn": phone} for name, phone in
             (("a", PHONE), ("b", PHONE), ("c", PHONE), ("d", PHONE), ("e", PHONE), ("a", OTHER))]  # fmt: skip
    path = f"{sandbox.url}/sandbox/accounts/{sandbox.account_id}/import"
    with urllib3.PoolManager(retries=False) as http:
        assert http.request("POST", path, json={"messages": parts}).status == 201
    tidy(sandbox)
    assert left(sandbox) == ["b", "c", "d", "e", "a"]
    for _ in range(5):
        sandbox.add()
    tidy(sandbox)
    assert sandbox.store.messages.get("a") is None


def test_it_happens_by_itself(caller: Caller, sandbox: Sandbox) -> None:
    for number in range(12):
        caller.create(text=f"{number}")
    last = time.monotonic() + 20
    while len(sandbox.messages()) > KEPT and time.monotonic() < last:
        time.sleep(0.02)
    assert left(sandbox)[-1] == "11"
    assert len(left(sandbox)) == KEPT


def test_a_file_with_more_is_brought_down_to_what_is_kept(tmp_path: Path, http: urllib3.PoolManager) -> None:
    db = str(tmp_path / "messages.sqlite")
    with Sandbox(db=db, pace="stepped") as before:
        for number in range(30):
            before.add(text=f"{number}")
    store = Store(db, KEPT)
    assert store.prune() == 30 - KEPT
    assert store.prune() == 0
    store.close()
    with Sandbox(db=db, pace="stepped") as after:
        assert left(after) == ["25", "26", "27", "28", "29"]
        assert Caller(after, http).search(limit=1).json()["totalCount"] == KEPT
        http.clear()


def test_all_are_kept_unless_somebody_says_otherwise(caller: Caller) -> None:
    with Sandbox(pace="stepped") as sandbox:
        for number in range(20):
            sandbox.add(text=f"{number}")
        assert sandbox.store.prune() == 0
        assert len(sandbox.messages()) == 20


@pytest.mark.parametrize("keep", [0, -1])
def test_to_keep_nothing_makes_no_sense(keep: Any) -> None:
    with pytest.raises(ValueError, match="keep must be 1 or more, or None to keep all, not "):
        Sandbox(keep=keep)
