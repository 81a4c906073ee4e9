"""`look_up_outcome`: what may be said of a message whose answer was lost, and what may not."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from benchmarks.lost_sends import runs
from scripted_server import Exchange, ScriptedServer, answer
from support import ACCOUNT, MESSAGE, FakeClock

from bandwidth_messaging import ApiException, InvalidRequestException, MessagesApi, Outcome, UnauthorizedException
from bandwidth_messaging.sandbox.sandbox import SandboxAccount

ApiFor = Callable[..., MessagesApi]
BEGAN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)  # by the client's clock
AHEAD = timedelta(minutes=5)  # of the service's clock


def lost(exchange: Exchange) -> None:
    exchange.reset()


def row(seconds: float, message_id: str = "m-1", **changes: Any) -> dict[str, Any]:
    """What is listed of the message, received so many seconds after the attempt began, by the service's clock."""
    received_at = BEGAN + AHEAD + timedelta(seconds=seconds)
    return {
        "messageId": message_id, "sourceTn": MESSAGE["var_from"], "destinationTn": MESSAGE["to"][0],
        "messageType": "sms", "segmentCount": 1, "messageLength": len(MESSAGE["text"]), "recipientCount": 1,
        "receiveTime": received_at.isoformat(), **changes,
    }  # fmt: skip


class Looked:
    """A send that was lost, and a look-up some time later."""

    def __init__(self, api_for: ApiFor) -> None:
        self.clock = FakeClock()
        self.api_for = api_for
        self.asked: list[dict[str, list[str]]] = []

    def __call__(
        self,
        *rows: dict[str, Any],
        waited: float = 700,
        newest: float | None = None,
        dated: bool = True,
        first: Any = lost,
        message: dict[str, Any] = MESSAGE,
        **options: Any,
    ) -> Outcome:
        """What is said `waited` seconds after; `newest` is the time of the newest message of the account."""
        self.clock.time = 1000.0  # at which it says BEGAN
        newest_rows = [] if newest is None else [row(newest, "other", destinationTn="+15550001111")]

        def listed(exchange: Exchange) -> bytes:
            self.asked.append(parse_qs(urlsplit(exchange.request.target).query))
            found = newest_rows if "limit" in self.asked[-1] and self.asked[-1]["limit"] == ["1"] else list(rows)
            now = self.clock.now() + AHEAD
            headers = {"Date": format_datetime(now.replace(microsecond=0), usegmt=True)} if dated else {}
            return answer(200, {"totalCount": len(found), "messages": found}, headers)

        with ScriptedServer(first, listed) as server:
            api = self.api_for(server.url, clock=self.clock, retries=0)
            with pytest.raises(ApiException) as caught:
                api.create_message(ACCOUNT, message)
            self.clock.time += waited
            return api.look_up_outcome(caught.value, **options)


@pytest.fixture
def look_up(api_for: ApiFor) -> Looked:
    return Looked(api_for)


def test_an_older_message_to_the_same_number_is_not_taken_for_the_lost_one(
    sandbox: SandboxAccount, api_for: ApiFor
) -> None:
    account = sandbox
    account.set_pace("real")
    api = api_for(sandbox.url, username=account.username, password=account.password)
    request = {**MESSAGE, "application_id": account.application_id}
    first = api.create_message(account.account_id, {**request, "text": "first"}).id or ""
    account.fail_next(reset=True, operation="send")
    with pytest.raises(ApiException) as caught:
        api.create_message(account.account_id, {**request, "text": "other"})
    for known_ids in ([first], None):
        assert api.look_up_outcome(caught.value, known_ids).state == "unclear"
    assert api.look_up_outcome(caught.value, [first], settle_time=0).state == "absent"


def test_the_one_message_that_nothing_else_explains_is_found_though_the_clocks_differ(look_up: Looked) -> None:
    outcome = look_up(row(-3600, "older"), row(0.2, "lost"), waited=3, known_ids=["older"])
    assert (outcome.state, outcome.message_id, outcome.candidates) == ("found", "lost", ())


def test_a_message_at_the_time_of_the_clients_own_clock_is_not_the_lost_one(look_up: Looked) -> None:
    outcome = look_up(row(-AHEAD.total_seconds()), waited=3, known_ids=[])
    assert (outcome.state, outcome.candidates) == ("unclear", ())


@pytest.mark.parametrize("known_ids", [None, ["other"]])
def test_nothing_is_found_by_who_does_not_know_what_else_was_sent(look_up: Looked, known_ids: Any) -> None:
    rows = [row(0.1, "other")] if known_ids else []
    outcome = look_up(row(0.2, "lost"), *rows, known_ids=known_ids)
    if known_ids:
        assert outcome.message_id == "lost"
    else:
        assert (outcome.state, [found.message_id for found in outcome.candidates]) == ("unclear", ["lost"])


@pytest.mark.parametrize(
    "change",
    [
        {"messageType": "mms"},
        {"segmentCount": 2},
        {"messageLength": 6},
        {"recipientCount": 2},
        {"destinationTn": "+15552345679"},
    ],
)
def test_a_message_of_another_kind_is_neither_found_nor_a_candidate_nor_forgotten(
    look_up: Looked, change: dict[str, Any]
) -> None:
    outcome = look_up(row(0.2, **change), waited=5000, newest=800, known_ids=[])
    assert (outcome.state, outcome.candidates) == ("unclear", ())


@pytest.mark.parametrize("missing", ["messageType", "segmentCount", "messageLength", "receiveTime", "messageId"])
def test_what_is_listed_without_what_would_tell_is_a_candidate(look_up: Looked, missing: str) -> None:
    outcome = look_up({**row(0.2), missing: None}, known_ids=[])
    assert (outcome.state, len(outcome.candidates)) == ("unclear", 1)


def test_two_that_fit_are_candidates(look_up: Looked) -> None:
    outcome = look_up(row(0.1, "m-1"), row(0.2, "m-2"), known_ids=[])
    assert (outcome.state, {found.message_id for found in outcome.candidates}) == ("unclear", {"m-1", "m-2"})


def test_a_group_is_one_message_however_many_rows_it_has(look_up: Looked) -> None:
    people = ["+15552345678", "+15552345679"]
    rows = [row(0.1, destinationTn=person, messageType="mms", recipientCount=2) for person in people]
    group = {**MESSAGE, "to": people}
    assert look_up(*rows, message=group, known_ids=[]).message_id == "m-1"
    assert look_up(rows[0], message=group, known_ids=[]).state == "unclear"
    assert look_up.asked[-1]["destinationTn"] == [",".join(people)]


@pytest.mark.parametrize(
    ("waited", "newest", "state"),
    [
        (500, 400, "unclear"),  # the settle time is not over
        (700, 650, "absent"),  # and the list has something that came after the attempt
        (700, -10, "unclear"),  # nothing that came after it is listed
        (700, None, "unclear"),
        (1300, None, "absent"),  # twice the settle time
    ],
)
def test_absence_takes_time_and_a_list_that_has_gone_on(
    look_up: Looked, waited: float, newest: float | None, state: str
) -> None:
    assert look_up(waited=waited, newest=newest, known_ids=[]).state == state


@pytest.mark.parametrize("seconds", [-80_000, -60, 60, 80_000])
def test_nothing_is_absent_while_something_of_this_pair_is_unexplained(look_up: Looked, seconds: float) -> None:
    assert look_up(row(seconds), waited=90_000, newest=89_000, known_ids=[]).state == "unclear"
    assert look_up(row(seconds), waited=90_000, newest=89_000, known_ids=["m-1"]).state == "absent"


def test_without_the_services_time_nothing_is_said(look_up: Looked) -> None:
    assert look_up(row(0.2), dated=False, known_ids=[]).state == "unclear"
    assert look_up(dated=False, waited=5000, known_ids=[]).state == "unclear"


def test_what_is_older_than_the_list_reaches_is_unclear_without_a_request(look_up: Looked) -> None:
    assert look_up(waited=15 * 86_400, known_ids=[]).state == "unclear"
    assert look_up.asked == []


def test_what_the_service_refused_is_absent_and_what_it_took_never_is(look_up: Looked) -> None:
    assert look_up(first=answer(400, {})).state == "absent"
    assert look_up.asked == []
    taken = answer(202, b"<html>")
    assert look_up(first=taken, waited=5000, newest=4000, known_ids=[]).state == "unclear"
    assert look_up(row(0.2), first=taken, known_ids=[]).state == "found"


def test_a_status_that_leaves_it_open_is_looked_up_as_well(look_up: Looked) -> None:
    assert look_up(row(0.2), first=answer(502, b"<html>"), known_ids=[]).message_id == "m-1"


def test_the_failure_may_come_out_of_a_pickle(api_for: ApiFor) -> None:
    with ScriptedServer(lost, answer(200, {"messages": []})) as server:
        api = api_for(server.url, retries=0)
        with pytest.raises(ApiException) as caught:
            api.create_message(ACCOUNT, MESSAGE)
        assert api.look_up_outcome(pickle.loads(pickle.dumps(caught.value))).state == "unclear"


def test_a_send_whose_process_died_is_looked_up_by_what_was_written_down(api_for: ApiFor, clock: FakeClock) -> None:
    now = format_datetime(BEGAN + timedelta(seconds=2), usegmt=True)
    listed = answer(200, {"messages": [row(-AHEAD.total_seconds())]}, {"Date": now})
    with ScriptedServer(listed) as server:
        api = api_for(server.url, clock=clock)
        clock.time += 2
        failure = api.interrupted_send(ACCOUNT, MESSAGE, BEGAN)
        assert (failure.accepted, failure.time) == (None, BEGAN)
        assert api.look_up_outcome(failure, []).message_id == "m-1"


@pytest.mark.parametrize("time", [None, "2026-01-02", datetime(2026, 1, 2)])
def test_the_time_of_an_interrupted_send_has_a_zone(time: Any, api_for: ApiFor) -> None:
    with pytest.raises(InvalidRequestException, match="time: give a datetime with a time zone"):
        api_for("http://127.0.0.1:9").interrupted_send(ACCOUNT, MESSAGE, time)


def test_a_list_that_cannot_be_had_is_raised(look_up: Looked, api_for: ApiFor) -> None:
    with ScriptedServer(lost, answer(401, {})) as server:
        api = api_for(server.url, retries=0)
        with pytest.raises(ApiException) as caught:
            api.create_message(ACCOUNT, MESSAGE)
        with pytest.raises(UnauthorizedException):
            api.look_up_outcome(caught.value)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({}, "failure"),
        ({"known_ids": "m-1"}, "known_ids"),
        ({"settle_time": -1}, "settle_time"),
        ({"settle_time": float("nan")}, "settle_time"),
    ],
)
def test_an_argument_that_makes_no_sense_is_named(arguments: dict[str, Any], name: str, api_for: ApiFor) -> None:
    with pytest.raises(InvalidRequestException) as caught:
        api_for("http://127.0.0.1:9").look_up_outcome(ApiException(), **arguments)
    assert caught.value.errors[0][0] == name


def test_no_outcome_is_false_whatever_happened_around_the_send() -> None:
    seen = [run.kind for run in runs(60)]
    assert {kind for kind in seen if kind.startswith("FALSE")} == set()
    assert {"found", "absent", "unclear"} <= {*seen}
    findable = [run for run in runs(30, first_seed=5000) if run.taken_id and run.is_listed and run.is_known]
    assert sum(run.kind == "found" for run in findable) >= 0.9 * len(findable)
