"""What somebody does wrong with a sandbox: the error names the argument, and nothing has changed."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from bandwidth_messaging.sandbox import Sandbox

from .calling import NOW, Caller

OURS, PHONE = "+15557654321", "+15552345678"
SURROGATE = "\ud83d"


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with Sandbox(clock=lambda: NOW, pace="stepped") as running:
        yield running


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (lambda box: box.add(media="http://x"), "media: 'http://x' is not of type 'array'"),
        (lambda box: box.add(destination_tn=None), "destination_tn: None is not of type 'string'"),
        (lambda box: box.add(message_status="bogus"), "message_status: 'bogus' is not one of"),
        (lambda box: box.add(segment_count="x"), "segment_count: 'x' is not of type 'integer'"),
        (lambda box: box.add(text=5), "text: 5 is not of type 'string'"),
        (lambda box: box.add(text=SURROGATE), "surrogate"),
        (lambda box: box.add(receive_time="soon"), "receive_time: 'soon' is not a datetime or ISO 8601"),
        (lambda box: box.add(recipients=PHONE), "recipients: '.*' is not of type 'array'"),
        (lambda box: box.receive(PHONE, media="http://a/b"), "media: 'http://a/b' is not of type 'array'"),
        (lambda box: box.receive(5, "x"), "from_: 5 is not of type 'string'"),
        (lambda box: box.receive(PHONE, 5), "text: 5 is not of type 'string'"),
        (lambda box: box.receive(PHONE, SURROGATE), "surrogate"),
        (lambda box: box.receive(PHONE, "x" * 2049), "text: .* is too long"),
        (lambda box: box.receive(PHONE, "x", to=5), "to: 5 is not valid"),
        (lambda box: box.receive(PHONE, "x", media=None), "media: None is not of type 'array'"),
        (lambda box: box.receive(PHONE, "x", family=1), "family: 1 is not of type 'string'"),
        (lambda box: box.wait_for(timeout="5"), "timeout must be a number of seconds from 0 up, not '5'"),
        (lambda box: box.wait_for(timeout=True), "timeout must be a number of seconds from 0 up, not True"),
        (lambda box: box.messages(to=5), "to: give a text, not 5"),
        (lambda box: box.messages(family="v3"), "family: 'v3' is none of v2, classic, messagemedia"),
        (lambda box: box.messages(direction="out"), "direction: 'out' is none of outbound, inbound"),
        (lambda box: box.fail_next(reset="no"), "reset: 'no' is not of type 'boolean'"),
        (lambda box: box.fail_next(status=500, after=1), "after: 1 is not of type 'boolean'"),
        (lambda box: box.clear_faults(1), "fault: give a rule that fail_next"),
        (lambda box: box.set_limits(list_requests="x"), "list_requests: 'x' is not of type 'integer'"),
        (lambda box: box.set_limits(list_requests=float("inf")), "list_requests: inf is "),
        (lambda box: box.set_callbacks(outbound_url=5), "outbound_url: 5 is not of type 'string'"),
        (lambda box: box.set_callbacks(inbound_url="http://127.0.0.1:99999/"), "inbound_url: callbacks go to this"),
        (lambda box: box.set_callbacks(inbound_url="http://127.0.0.1:0/"), "inbound_url: callbacks go to this"),
        (lambda box: box.set_callbacks(username=5, password="x"), "username: 5 is not of type 'string'"),
        (lambda box: box.set_callbacks(types=None), "types: None is not of type 'array'"),
        (lambda box: box.set_callbacks(types="message-sent"), "types: 'message-sent' is not of type 'array'"),
        (lambda box: box.set_pace("slow"), "pace must be one of real, fast, stepped, not 'slow'"),
    ],
)
def test_the_argument_is_named_and_nothing_has_changed(
    mistake: Callable[[Any], Any], said: str, shared: Sandbox
) -> None:
    with pytest.raises(ValueError, match=said):
        mistake(shared)
    assert shared.messages() == []
    assert shared.faults() == []
    settings = (shared.services.accounts.of(shared.account_id) or pytest.fail("no account")).callbacks
    assert (settings.outbound_url, settings.inbound_url, settings.username) == (None, None, None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"callback_origins": "https://example.com"}, "callback_origins must be a list of texts"),
        ({"callback_origins": ["example.com"]}, "callback_origins: 'example.com' is no origin such as"),
        ({"callback_origins": ["https://e.com:99999"]}, "callback_origins: 'https://e.com:99999' is no origin"),
        ({"callback_origins": ["https://e.com/path"]}, "callback_origins: 'https://e.com/path' is no origin"),
        ({"allow_hosts": "sandbox.example.com"}, "allow_hosts must be a list of texts"),
        ({"port": "8080"}, "port must be int, not '8080'"),
        ({"port": True}, "port must be int, not True"),
        ({"port": 99999}, "port must be from 0 to 65535, not 99999"),
        ({"keep": 1.5}, "keep must be int, not 1.5"),
        ({"keep": 0}, "keep must be 1 or more"),
        ({"token_lifetime": -5}, "token_lifetime must be 1 second or more, not -5"),
        ({"host": 5}, "host must be str, not 5"),
    ],
)
def test_a_sandbox_that_makes_no_sense_is_not_made(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Sandbox(**arguments)


def test_another_programs_database_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "django.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE auth_user (id INTEGER)")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(ValueError, match=r"django\.sqlite is the database of another program; choose another file"):
        Sandbox(db=str(file)).start()
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("db", "said"),
    [
        ("", "The database file has no name"),
        ("/nowhere/messages.sqlite", "/nowhere/messages.sqlite: unable to open database file"),
        (__file__, r"test_mistakes.py is damaged, or no database \(file is not a database\)"),
    ],
)
def test_a_database_that_cannot_be_is_named(db: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Sandbox(db=db).start()
    assert not Path(f"{db}-lock").exists()


def test_memory_by_its_name_is_memory(http: urllib3.PoolManager) -> None:
    with Sandbox(db=":memory:", clock=lambda: NOW) as sandbox:
        caller = Caller(sandbox, http)
        assert caller.create().status == 202
        assert caller.search(limit=1).json()["totalCount"] == 1
        http.clear()


def test_threads_that_open_accounts_get_one_each(shared: Sandbox) -> None:
    made: list[str] = []

    def work() -> None:
        made.extend(shared.new_account().account_id for _ in range(40))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == len(made) == 320


def test_who_waits_is_told_of_what_is_put_there(shared: Sandbox) -> None:
    account, feed = shared.new_account(), shared.services.feed
    found: list[str | None] = []

    def wait() -> None:
        found.append(account.wait_for(text="later", timeout=3600).text)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    while not feed._listeners:
        time.sleep(0.001)
    time.sleep(0.05)  # by now it has looked in vain; if not, it finds the message as well
    account.add(text="later")
    waiting.join(20)
    assert found == ["later"]


def test_a_proxys_headers_decide_nothing(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.set_limits(list_requests=1)
    forwarded = {"X-Forwarded-For": "10.1.2.3", "X-Forwarded-Proto": "https"}
    answers = [
        caller.send(
            "GET", f"{caller.path}?limit=1", headers={**caller.basic, **forwarded, "X-Forwarded-For": f"10.1.1.{n}"}
        )
        for n in range(2)
    ]
    assert [answer.status for answer in answers] == [200, 429]
    sandbox.fail_next(reset=True)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        caller.send("GET", f"{caller.path}?limit=1", headers={**caller.basic, **forwarded})


@pytest.mark.parametrize("path", ["accounts/9900000/faults", "callbacks"])
def test_a_number_that_nothing_has_is_not_found(path: str, shared: Sandbox, http: urllib3.PoolManager) -> None:
    for number in ("9" * 5000, "-1", "x"):
        method, end = ("POST", f"/{number}/replay") if path == "callbacks" else ("DELETE", f"/{number}")
        headers = {"Content-Type": "application/json"}
        assert http.request(method, f"{shared.url}/sandbox/{path}{end}", headers=headers).status == 404


def test_a_sandbox_that_listens_everywhere_is_reached_here(http: urllib3.PoolManager) -> None:
    with Sandbox(host="0.0.0.0", allow_remote=True) as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")
        assert http.request("GET", f"{sandbox.url}/?token={sandbox.token}", redirect=False).status == 303
        http.clear()


def test_the_time_goes_on_from_where_it_was_moved_to(tmp_path: Path, http: urllib3.PoolManager) -> None:
    file = str(tmp_path / "messages.sqlite")
    with Sandbox(db=file, clock=lambda: NOW, pace="stepped") as sandbox:
        sandbox.advance(24 * 3600)
        assert Caller(sandbox, http).create().status == 202
        http.clear()
    with Sandbox(db=file, clock=lambda: NOW + 60, pace="stepped") as sandbox:
        sandbox.advance(10)
        assert [message.status for message in sandbox.messages()] == ["DELIVERED"]
        assert Caller(sandbox, http).search(limit=1).json()["totalCount"] == 1
        http.clear()
