"""What becomes of a message after it was accepted, on a clock that stands still unless a test moves it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import urllib3

from bandwidth_messaging.sandbox import Sandbox, SandboxAccount
from bandwidth_messaging.sandbox.messaging.clock import Pace

from .calling import NOW, Caller

OURS, PHONE = "+15553332222", "+15554443333"
BEGINNING = datetime.fromtimestamp(NOW, timezone.utc)


def history(sandbox: Sandbox | SandboxAccount, to: str = PHONE) -> list[tuple[float, str]]:
    """Each status of the one message to a phone, with the seconds after which it came."""
    (message,) = sandbox.messages(to=to)
    return [((time - BEGINNING).total_seconds(), status) for time, status in message.history]


def in_seconds(seconds: float) -> str:
    return (BEGINNING + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_message_goes_its_way_step_by_step(sandbox: SandboxAccount, caller: Caller) -> None:
    identifier = caller.create().json()["id"]
    seen = []
    for _ in range(6):
        (item,) = caller.search(messageId=identifier).json()["messages"]
        seen.append(item["messageStatus"])
        sandbox.advance(0.5)

    assert seen == ["RECEIVED", "QUEUED", "SENDING", "SENT", "SENT", "DELIVERED"]


def test_one_long_step_leaves_the_same_history_as_many_short_ones(sandbox: SandboxAccount, caller: Caller) -> None:
    caller.create()
    sandbox.advance(3600)

    assert history(sandbox) == [(0, "RECEIVED"), (0.5, "QUEUED"), (1, "SENDING"), (1.5, "SENT"), (2.5, "DELIVERED")]


def test_nothing_moves_without_a_step(sandbox: SandboxAccount, caller: Caller) -> None:
    caller.create()
    sandbox.advance(0)
    sandbox.advance(0.499)

    assert history(sandbox) == [(0, "RECEIVED")]


@pytest.mark.parametrize(
    ("to", "code", "way"),
    [
        ("+15550004720", 4720, ["RECEIVED", "QUEUED", "SENDING", "SENT", "FAILED"]),  # unreachable: a carrier says so
        ("+15550004770", 4770, ["RECEIVED", "QUEUED", "SENDING", "SENT", "FAILED"]),  # spam, to the carrier
        ("+15550005620", 5620, ["RECEIVED", "QUEUED", "SENDING", "SENT", "FAILED"]),
        ("+15550004470", 4470, ["RECEIVED", "QUEUED", "FAILED"]),  # spam, to the vendor: never handed over
        ("+15550004404", 4404, ["RECEIVED", "QUEUED", "FAILED"]),
    ],
)
def test_a_magic_number_fails_with_its_code(
    sandbox: SandboxAccount, caller: Caller, to: str, code: int, way: list[str]
) -> None:
    identifier = caller.create(to=[to]).json()["id"]
    sandbox.advance(10)

    (item,) = caller.search(messageId=identifier).json()["messages"]
    assert (item["messageStatus"], item["errorCode"]) == ("FAILED", code)
    assert [status for _, status in history(sandbox, to)] == way


def test_a_number_next_to_the_magic_ones_gets_its_message(sandbox: SandboxAccount, caller: Caller) -> None:
    caller.create(to=["+15550001234"])
    sandbox.advance(10)

    assert sandbox.messages()[0].status == "DELIVERED"


def test_a_phone_that_is_never_heard_of_stays_at_sent(sandbox: SandboxAccount, caller: Caller) -> None:
    caller.create(to=["+15550000000"])
    sandbox.advance(365 * 24 * 3600)

    assert sandbox.messages()[0].status == "SENT"


def test_a_slow_phone_takes_ten_minutes(sandbox: SandboxAccount, caller: Caller) -> None:
    caller.create(to=["+15550000001"])
    sandbox.advance(600)
    assert sandbox.messages()[0].status == "SENT"
    sandbox.advance(1.5)
    assert sandbox.messages()[0].status == "DELIVERED"


def test_each_recipient_of_a_group_has_a_fate_of_its_own(sandbox: SandboxAccount, caller: Caller) -> None:
    caller.create(to=[PHONE, "+15550004720", "+15550000000"])
    sandbox.advance(10)

    assert {message.to: (message.status, message.error_code) for message in sandbox.messages()} == {
        PHONE: ("DELIVERED", 0),
        "+15550004720": ("FAILED", 4720),
        "+15550000000": ("SENT", 0),
    }


def test_what_expires_before_it_is_handed_over_fails(sandbox: SandboxAccount, caller: Caller) -> None:
    caller.create(expiration=in_seconds(1))
    caller.create(to=["+15552345678"], expiration=in_seconds(1.001))
    sandbox.advance(10)

    assert [(each.status, each.error_code) for each in sandbox.messages()] == [("FAILED", 4360), ("DELIVERED", 0)]
    assert [status for _, status in history(sandbox)] == ["RECEIVED", "QUEUED", "FAILED"]


def test_an_expiration_is_past_when_the_accounts_own_time_says_so(sandbox: SandboxAccount, caller: Caller) -> None:
    assert caller.create(expiration=in_seconds(60)).status == 202
    sandbox.advance(61)

    refused = caller.create(expiration=in_seconds(60))
    assert (refused.status, refused.json()["fieldErrors"][0]["fieldName"]) == (400, "expiration")


def test_a_list_ends_14_days_back_in_the_accounts_own_time(sandbox: SandboxAccount, caller: Caller) -> None:
    identifier = caller.create().json()["id"]
    sandbox.advance(14 * 24 * 3600)
    assert caller.ids(messageId=identifier) == [identifier]
    sandbox.advance(1)
    assert caller.ids(messageId=identifier) == []


def test_a_token_expires_in_the_accounts_own_time(sandbox: SandboxAccount, caller: Caller) -> None:
    token = caller.token().json()
    bearer = {"authorization": f"Bearer {token['access_token']}"}
    sandbox.advance(token["expires_in"] - 1)
    assert caller.send("GET", f"{caller.path}?limit=1", headers=bearer).status == 200
    sandbox.advance(1)
    assert caller.send("GET", f"{caller.path}?limit=1", headers=bearer).status == 401


@pytest.mark.parametrize("pace", ["real", "fast"])
def test_time_that_passes_carries_messages_on_by_itself(http: urllib3.PoolManager, pace: Pace) -> None:
    began = time.time()
    # Of its own twenty seconds one passes outside.
    with Sandbox(clock=lambda: NOW + 20 * (time.time() - began), pace=pace) as sandbox:
        Caller(sandbox, http).create()
        message = sandbox.wait_for(status="DELIVERED", timeout=60)
        http.clear()

    queued, *_, delivered = (when for when, _ in message.history[1:])
    # Times are kept in whole milliseconds.
    assert (delivered - queued).total_seconds() == pytest.approx({"real": 2.0, "fast": 0.02}[pace], abs=0.002)


def test_a_step_moves_an_account_whose_time_passes_by_itself_too(http: urllib3.PoolManager) -> None:
    with Sandbox(pace="real") as sandbox:
        Caller(sandbox, http).create(to=["+15550000001"])
        sandbox.advance(700)
        assert sandbox.messages()[0].status == "DELIVERED"
        http.clear()


def test_a_plan_is_carried_on_after_a_restart(
    tmp_path_factory: pytest.TempPathFactory, http: urllib3.PoolManager
) -> None:
    file = str(tmp_path_factory.mktemp("db") / "messages.sqlite")
    now = [NOW]
    with Sandbox(db=file, clock=lambda: now[0], pace="stepped") as sandbox:
        Caller(sandbox, http).create()
        sandbox.advance(1)
        http.clear()

    now[0] += 1
    with Sandbox(db=file, clock=lambda: now[0], pace="stepped") as sandbox:
        assert sandbox.messages()[0].status == "SENDING"
        sandbox.advance(2)
        assert [status for _, status in history(sandbox)] == ["RECEIVED", "QUEUED", "SENDING", "SENT", "DELIVERED"]


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e12, None, "1", True])
def test_time_goes_forward_only_and_by_a_year_at_most(
    still_server: Sandbox, sandbox: SandboxAccount, seconds: Any
) -> None:
    before = still_server.services.accounts.of(sandbox.account_id)
    assert before is not None
    now = before.clock()
    with pytest.raises(ValueError, match="seconds"):
        sandbox.advance(seconds)
    assert before.clock() == now


def test_there_is_no_other_pace(still_server: Sandbox) -> None:
    with pytest.raises(ValueError, match="pace must be one of real, fast, stepped, not 'slow'"):
        Sandbox(pace="slow")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="pace must be one of"):
        still_server.new_account("slow")  # type: ignore[arg-type]
