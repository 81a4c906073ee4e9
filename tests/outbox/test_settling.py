"""What `settle` makes of lost answers, by the list of messages."""

from __future__ import annotations

import http.client
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from scripted_server import Exchange, ScriptedServer, answer

from bandwidth_messaging import MessagesApi
from bandwidth_messaging.outbox import Outbox
from bandwidth_messaging.sandbox import Sandbox, SandboxAccount

from .conftest import Account


@pytest.fixture
def sandbox(server: Sandbox) -> Iterator[SandboxAccount]:
    """Its time goes on, as the `Date` of the answers does."""
    account = server.new_account("real")
    yield account
    account.clear()


def edit(path: Path, change: str, *values: Any) -> None:
    """Change the database by hand: time that has passed, and what a dead process would have left."""
    with closing(sqlite3.connect(path / "messages.db")) as connection:
        connection.execute(change, values)
        connection.commit()


def age(path: Path, seconds: float) -> None:
    """Let every attempt have been so long ago."""
    edit(path, "UPDATE entries SET marked_at = marked_at - ?, call_end = call_end - ?", seconds, seconds)
    edit(path, "UPDATE entries SET marked_boot = marked_boot - ?", seconds)


@pytest.fixture
def known_offset(outbox: Outbox, api: MessagesApi, account: Account) -> None:
    """The offset of the clocks is known from an answer."""
    outbox.send(api, account.id, account.request(9999), key="before")


def lose(account: Account, *, taken: bool) -> None:
    account.sandbox.fail_next(reset=True, after=taken, operation="send")


def test_a_lost_message_that_is_listed_is_accepted_with_its_id(
    outbox: Outbox, api: MessagesApi, account: Account
) -> None:
    lose(account, taken=True)
    outbox.send(api, account.id, account.request(), key="k")
    assert outbox.settle(api).accepted == 1
    entry = outbox.get("k")
    assert entry is not None
    assert (entry.state, entry.evidence, [entry.message_id]) == ("accepted", "list", account.ids())
    assert entry.status is not None
    assert entry.statuses == {account.request()["to"][0]: entry.status}


def test_an_older_message_of_another_entry_is_not_taken_for_the_lost_one(
    outbox: Outbox, api: MessagesApi, account: Account
) -> None:
    outbox.send(api, account.id, account.request(), key="first")
    lose(account, taken=False)
    outbox.send(api, account.id, account.request(), key="second")
    assert outbox.settle(api).unknown == 1


@pytest.mark.usefixtures("known_offset")
def test_what_is_not_listed_is_absent_only_after_the_settle_time(
    outbox: Outbox, api: MessagesApi, account: Account, tmp_path: Path
) -> None:
    lose(account, taken=False)
    outbox.send(api, account.id, account.request(), key="k")
    age(tmp_path, 500)
    assert outbox.settle(api).unknown == 1
    age(tmp_path, 200)
    assert outbox.settle(api).absent == 1


def test_without_a_later_message_in_the_list_the_settle_time_is_twice_as_long(
    outbox: Outbox, api: MessagesApi, account: Account, tmp_path: Path
) -> None:
    lose(account, taken=False)
    outbox.send(api, account.id, account.request(), key="k")
    age(tmp_path, 1000)
    assert outbox.settle(api).unknown == 1
    age(tmp_path, 300)
    assert outbox.settle(api).absent == 1


@pytest.mark.usefixtures("known_offset")
def test_an_absent_one_is_sent_again_only_on_an_explicit_word(
    outbox: Outbox, api: MessagesApi, account: Account, tmp_path: Path
) -> None:
    lose(account, taken=False)
    outbox.send(api, account.id, account.request(), key="k")
    age(tmp_path, 700)
    outbox.settle(api)
    assert outbox.run(api).accepted == 0
    assert outbox.send(api, account.id, account.request(), key="k").state == "absent"
    with pytest.raises(ValueError, match="absent: give True"):
        outbox.resend(absent=False)
    assert outbox.resend(absent=True) == 1
    assert outbox.run(api).accepted == 1
    assert len(account.ids()) == 2


def test_two_lost_ones_between_the_same_numbers_are_settled_together(
    outbox: Outbox, api: MessagesApi, account: Account, tmp_path: Path
) -> None:
    for key, text in (("a", "one"), ("b", "and two")):
        lose(account, taken=True)
        outbox.send(api, account.id, account.request(text=text), key=key)
    assert outbox.settle(api).accepted == 2
    by_text = {message.text: message.message_id for message in account.sandbox.messages()}
    assert {entry.key: entry.message_id for entry in outbox.entries()} == {"a": by_text["one"], "b": by_text["and two"]}


@pytest.mark.usefixtures("known_offset")
def test_one_message_for_two_lost_ones_is_undecided(
    outbox: Outbox, api: MessagesApi, account: Account, tmp_path: Path
) -> None:
    for key, taken in (("a", True), ("b", False)):
        lose(account, taken=taken)
        outbox.send(api, account.id, account.request(), key=key)
    assert outbox.settle(api).unknown == 2
    assert outbox.settle(api, settle_time=0).undecided in {0, 2}
    age(tmp_path, 700)
    outbox.settle(api)
    states = {entry.state for entry in outbox.entries("undecided")}
    assert states == {"undecided"}
    (candidate,) = [m.message_id for m in account.sandbox.messages() if m.to == account.request()["to"][0]]
    entry = outbox.get("a")
    assert entry is not None
    assert candidate in str(entry.error)


@pytest.mark.parametrize("others", [{"text": "a longer text"}, {"media": ["https://example.com/1.png"]}])
def test_a_message_of_another_shape_is_not_taken_for_the_lost_one(
    outbox: Outbox, api: MessagesApi, account: Account, others: dict[str, Any]
) -> None:
    lose(account, taken=False)
    outbox.send(api, account.id, account.request(), key="k")
    api.create_message(account.id, account.request(**others))
    assert outbox.settle(api).accepted == 0


def test_with_a_shared_sender_the_list_proves_nothing(
    open_outbox: Callable[..., Outbox], api: MessagesApi, account: Account, tmp_path: Path
) -> None:
    outbox = open_outbox(shared_sender=True)
    outbox.send(api, account.id, account.request(9999), key="before")
    lose(account, taken=True)
    outbox.send(api, account.id, account.request(), key="k")
    assert outbox.settle(api).unknown == 1
    age(tmp_path, 700)
    assert outbox.settle(api).undecided == 1
    entry = outbox.get("k")
    assert entry is not None
    assert "other programs send from this number" in str(entry.error)


def test_a_lost_group_message_is_found_by_its_rows(outbox: Outbox, api: MessagesApi, account: Account) -> None:
    lose(account, taken=True)
    group = account.request(to=["+15552340001", "+15552340002"])
    outbox.send(api, account.id, group, key="k")
    assert outbox.settle(api).accepted == 1


def test_accepted_without_an_id_gets_its_id_from_the_list_and_is_never_absent(
    outbox: Outbox, api: MessagesApi, account: Account, tmp_path: Path
) -> None:
    account.sandbox.fail_next(truncate=True, after=True)
    outbox.send(api, account.id, account.request(), key="k")
    outbox.settle(api)
    entry = outbox.get("k")
    assert entry is not None
    assert (entry.state, entry.evidence, [entry.message_id]) == ("accepted", "answer", account.ids())
    account.sandbox.fail_next(truncate=True, after=True)
    outbox.send(api, account.id, account.request(1), key="l")
    account.sandbox.clear()
    age(tmp_path, 5000)
    assert outbox.settle(api).absent == 0
    assert [entry.state for entry in outbox.entries()] == ["accepted", "accepted"]


def test_without_a_known_offset_nothing_is_decided_until_the_list_reaches_back_no_more(
    outbox: Outbox, api: MessagesApi, account: Account, tmp_path: Path
) -> None:
    lose(account, taken=False)
    outbox.send(api, account.id, account.request(), key="k")
    # As after a start of the machine: the clock that the attempt was timed by began anew.
    edit(tmp_path, "UPDATE entries SET marked_boot = NULL, clock_offset = NULL")
    age(tmp_path, 86_400)
    assert outbox.settle(api).unknown == 1
    age(tmp_path, 14 * 86_400)
    assert outbox.settle(api).undecided == 1


def test_an_unknown_entry_holds_back_others_between_the_same_numbers(
    outbox: Outbox, api: MessagesApi, account: Account, tmp_path: Path
) -> None:
    lose(account, taken=True)
    outbox.send(api, account.id, account.request(), key="lost")
    outbox.add(account.id, account.request(text="next"), key="held")
    outbox.add(account.id, account.request(1), key="other")
    # The held one is due, and not claimed: the run would wait for it.
    age(tmp_path, 599)
    outbox.settle(api, settle_time=0)
    age(tmp_path, 2)
    outbox.run(api)
    assert len(account.ids()) == 3


def shifted(moment: str, seconds: float) -> str:
    then = datetime.fromisoformat(moment.replace("Z", "+00:00")) + timedelta(seconds=seconds)
    return then.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class SkewedService:
    """The sandbox behind a proxy that makes its clock run ahead of ours."""

    def __init__(self, url: str, seconds: float) -> None:
        self._host, self._seconds = url.removeprefix("http://"), seconds

    def _later(self, moment: re.Match[bytes]) -> bytes:
        return shifted(moment[0].decode(), self._seconds).encode()

    def __call__(self, exchange: Exchange) -> bytes:
        received = exchange.request
        path, _, query = received.target.partition("?")
        query = re.sub(
            r"((?:from|to)DateTime=)([^&]*)",
            lambda found: found[1] + quote(shifted(unquote(found[2]), -self._seconds)),
            query,
        )
        connection = http.client.HTTPConnection(self._host, timeout=10)
        headers = {name: value for name, value in received.headers.items() if name != "accept-encoding"}
        connection.request(received.method, f"{path}?{query}" if query else path, received.body, headers)
        got = connection.getresponse()
        body = re.sub(rb'(?<="receiveTime":")[^"]*', self._later, got.read())
        connection.close()
        date = parsedate_to_datetime(str(got.headers["Date"])) + timedelta(seconds=self._seconds)
        return answer(got.status, body, {"Date": format_datetime(date, usegmt=True)})


@pytest.mark.parametrize("seconds", [300, -300])
def test_clocks_five_minutes_apart_change_nothing(
    outbox: Outbox, account: Account, api_for: Callable[..., MessagesApi], tmp_path: Path, seconds: float
) -> None:
    login = {"username": account.sandbox.username, "password": account.sandbox.password, "retries": None}
    with ScriptedServer(SkewedService(account.sandbox.url, seconds)) as service:
        api = api_for(service.url, **login)
        outbox.send(api, account.id, account.request(9999), key="before")
        lose(account, taken=True)
        outbox.send(api, account.id, account.request(), key="there")
        lose(account, taken=False)
        outbox.send(api, account.id, account.request(1), key="not there")
        outbox.settle(api)
        age(tmp_path, 700)
        outbox.settle(api)
    states = {entry.key: entry.state for entry in outbox.entries()}
    assert states == {"before": "accepted", "there": "accepted", "not there": "absent"}
