"""The vendor's rate limits, where they are switched on."""

from __future__ import annotations

import pytest

from bandwidth_messaging.sandbox import Sandbox, SandboxAccount

from .calling import Caller


def test_the_list_is_refused_to_an_address_that_asks_too_often_until_time_has_passed(caller: Caller) -> None:
    caller.sandbox.set_limits(list_requests=3)
    assert [caller.search(limit=1).status for _ in range(4)] == [200, 200, 200, 429]
    refused = caller.search(limit=1)
    assert (refused.headers["retry-after"], refused.json()["type"]) == ("300", "rate_limit_exceeded")
    caller.sandbox.advance(300)
    assert caller.search(limit=1).status == 200


def test_a_queue_of_15_minutes_refuses_what_does_not_fit_and_is_worked_off(caller: Caller) -> None:
    caller.sandbox.set_limits(segments_per_second=0.01)  # nine segments
    long = "x" * 1000  # seven segments
    assert caller.create(text=long).status == 202
    refused = caller.create(text=long)
    assert (refused.status, refused.json()["type"]) == (429, "max-message-queue-size-exceeded")
    assert "retry-after" not in refused.headers
    assert caller.create().status == 202
    caller.sandbox.advance(800)
    assert caller.create(text=long).status == 202
    assert len(caller.ids(limit=10)) == 3


def test_without_limits_nobody_waits_and_another_account_has_its_own(still_server: Sandbox, caller: Caller) -> None:
    still_server.new_account().set_limits(list_requests=1, segments_per_second=0.001)
    assert {caller.search(limit=1).status for _ in range(5)} == {200}
    assert {caller.create().status for _ in range(5)} == {202}


def test_one_number_always_finds_the_queue_full(caller: Caller) -> None:
    assert caller.create(to=["+15550000429"]).status == 429
    assert caller.ids(limit=10) == []


def test_a_limit_is_above_0(sandbox: SandboxAccount) -> None:
    with pytest.raises(ValueError, match="list_requests: 0 is less than the minimum"):
        sandbox.set_limits(list_requests=0)
    with pytest.raises(ValueError, match="segments_per_second: -1 is less than or equal to"):
        sandbox.set_limits(segments_per_second=-1)
