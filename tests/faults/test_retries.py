"""How often, how long, and what ends it: Retry-After, the budget, the quota, the hook."""

from __future__ import annotations

import pytest
from scripted_server import Exchange, answer

from bandwidth_messaging import ApiException, RetryPolicy
from bandwidth_messaging.retry import Repeat
from faults.lab import ACCEPTED, PAGE, READ, SEND, Lab, case
from faults.test_connecting import refusing

DATE = "Sat, 21 Nov 2026 10:00:00 GMT"


def limited(retry_after: str, status: int = 429) -> bytes:
    return answer(status, headers={"Retry-After": retry_after, "Date": DATE})


@case(24, READ, "429, Retry-After: 3600", "TooManyRequestsException; at once, with retry_after 3600", 1)
def test_a_wait_beyond_the_budget_is_not_begun(lab: Lab) -> None:
    lab.serve(limited("3600"), PAGE)
    assert lab.read().retry_after == 3600.0
    assert lab.clock.slept == []


@case("24a", SEND, "503, Retry-After: 3600", "ServiceException, accepted False; at once, with retry_after 3600", 1)
def test_a_send_does_not_wait_beyond_the_budget_either(lab: Lab) -> None:
    lab.serve(limited("3600", 503), ACCEPTED)
    assert lab.send().retry_after == 3600.0


@case(25, READ, "429, Retry-After: soon, -1, 0, 1e3, empty", "the page; after the client's own pause", 2)
@pytest.mark.parametrize("value", ["soon", "-1", "0", "1e3", "", "1.2.3", "+5"])
def test_a_nonsense_retry_after_leaves_the_clients_own_pause(value: str, lab: Lab) -> None:
    lab.serve(limited(value), PAGE)
    lab.read()
    assert 0 < lab.clock.slept[0] < 0.5


@case("25a", READ, "429, Retry-After: 1.5", "the page; after 1.5 s", 2)
def test_a_fraction_is_honoured(lab: Lab) -> None:
    lab.serve(limited("1.5"), PAGE)
    lab.read()
    assert lab.clock.slept == [1.5]


@case(26, READ, "429, Retry-After of 5,000 digits", "TooManyRequestsException; at once", 1)
def test_a_number_beyond_all_measure_is_beyond_the_budget(lab: Lab) -> None:
    lab.serve(limited("9" * 5000), PAGE)
    assert lab.read().retry_after == float("inf")


@case(27, READ, "429, Retry-After 3 s after its own Date", "the page; after 3 s, whatever the local clock", 2)
def test_a_date_counts_from_the_answers_own_date(lab: Lab) -> None:
    lab.serve(limited("Sat, 21 Nov 2026 10:00:03 GMT"), PAGE)
    lab.read()
    assert lab.clock.slept == [3.0]


@case("27a", READ, "429, Retry-After before its own Date", "the page; after the client's own pause", 2)
def test_a_date_that_has_passed_leaves_the_clients_own_pause(lab: Lab) -> None:
    lab.serve(limited("Sat, 21 Nov 2026 09:59:00 GMT"), PAGE)
    lab.read()
    assert 0 < lab.clock.slept[0] < 0.5


@case("27b", READ, "429, Retry-After an hour after its own Date", "TooManyRequestsException; at once", 1)
def test_a_date_beyond_the_budget_is_not_waited_for(lab: Lab) -> None:
    lab.serve(limited("Sat, 21 Nov 2026 11:00:00 GMT"), PAGE)
    assert lab.read().retry_after == 3600.0


@case(28, READ, "429, Retry-After: 1; the wall clock jumps by years", "the page; after 1 s", 2)
def test_the_wall_clock_does_not_matter(lab: Lab) -> None:
    def jump(exchange: Exchange) -> bytes:
        lab.jump_wall_clock()
        return limited("1")

    lab.serve(jump, PAGE)
    lab.read()
    assert lab.clock.slept == [1.0]


@case(29, READ, "500 to 1,000 calls", "InternalServerErrorException; 100 repeats for them all", 1100)
def test_the_quota_bounds_what_an_outage_costs(lab: Lab) -> None:
    lab.serve(answer(500))
    api = lab.client()
    for _ in range(1000):
        lab.read(api)


@case("29a", READ, "500 four times, 5 answers, 500; a quota of 10", "InternalServerErrorException; 1 repeat again", 11)
def test_successes_refill_the_quota(lab: Lab) -> None:
    lab.serve(*[answer(500)] * 4, *[PAGE] * 5, answer(500))
    api = lab.client(retries=RetryPolicy(quota=10))
    for requests in (3, 4, 5, 6, 7, 8, 9, 11):
        lab.read(api)
        assert lab.requests == requests


@case(30, READ, "resets; retries=0 or None", "BrokenAnswerException", 1)
@pytest.mark.parametrize("retries", [0, None])
def test_no_retries_means_one_request(retries: int | None, lab: Lab) -> None:
    lab.serve(lambda exchange: exchange.reset(), PAGE)
    lab.read(retries=retries)


@case("30a", SEND, "refuses; retries=0", "ConnectException, accepted False", 0)
def test_no_retries_means_one_connection(lab: Lab) -> None:
    lab.send(host=lab.use(refusing()), retries=0)
    assert lab.clock.slept == []


@case("83", READ, "500 each time; a hook is told", "InternalServerErrorException", 3)
def test_the_hook_is_told_of_each_repeat(lab: Lab) -> None:
    told: list[Repeat] = []
    lab.serve(answer(500))
    lab.read(retries=RetryPolicy(on_repeat=told.append))
    assert [(repeat.operation, repeat.attempt) for repeat in told] == [
        ("MessagesApi.list_messages", 1),
        ("MessagesApi.list_messages", 2),
    ]
    assert [repeat.wait for repeat in told] == lab.clock.slept
    assert isinstance(told[0].cause, ApiException)


@case("84", READ, "429, Retry-After: 25, each time; a policy of 9 repeats", "TooManyRequestsException; within 60 s", 3)
def test_the_budget_ends_what_the_count_would_allow(lab: Lab) -> None:
    lab.serve(limited("25"))
    lab.read(retries=9, total_timeout=1000)
    assert lab.clock.slept == [25.0, 25.0]


@case("85", READ, "429, Retry-After: 25; the call's total is 20 s", "TooManyRequestsException; at once", 1)
def test_the_calls_total_ends_what_the_budget_would_allow(lab: Lab) -> None:
    lab.serve(limited("25"))
    lab.read(lab.client(), _request_timeout=20)


@case("86", SEND, "500; a policy with every status and failure on", "InternalServerErrorException, accepted None", 1)
def test_no_policy_makes_a_send_repeat_what_may_have_been_taken(lab: Lab) -> None:
    lab.serve(answer(500), ACCEPTED)
    lab.send(retries=RetryPolicy(retries=9, statuses=frozenset(range(100, 600)), quota=0))
