"""Callbacks on their way to an application that takes them, refuses them, hangs or is away."""

from __future__ import annotations

import base64
import contextlib
import inspect
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import urllib3
from scripted_server import Exchange, ScriptedServer, answer

from bandwidth_messaging.sandbox import Sandbox, SandboxAccount, SandboxCallback

from .calling import NOW, Caller

OURS, PHONE, OTHER = "+15553332222", "+15554443333", "+15552345678"
TAKEN, BROKEN = answer(204), answer(503, b"out of order")
GONE = "http://127.0.0.1:9/"  # nobody listens there


def events(server: ScriptedServer) -> list[dict[str, Any]]:
    """The events that an application was posted, which come as arrays of one."""
    bodies = [request.json for request in server.requests]
    assert all(isinstance(body, list) and len(body) == 1 for body in bodies)
    return [body[0] for body in bodies]


def callback(sandbox: Sandbox | SandboxAccount) -> SandboxCallback:
    """The first callback of the latest message."""
    return sandbox.messages()[-1].callbacks[0]


def attempts(sandbox: Sandbox | SandboxAccount) -> list[tuple[float, int | str]]:
    """When that callback was tried, in seconds after the beginning, and what came of it."""
    return [
        (each["time"] / 1000 - NOW, each["status"] if "status" in each else each["error"])
        for each in callback(sandbox).attempts
    ]


def test_the_application_is_told_in_the_vendors_form(sandbox: SandboxAccount, caller: Caller) -> None:
    with ScriptedServer(TAKEN) as server:
        sandbox.set_callbacks(outbound_url=f"{server.url}/callbacks?key=1")
        identifier = caller.create(tag="t").json()["id"]
        sandbox.advance(10)

        sent, delivered = events(server)
        request = server.requests[0]
    assert (request.method, request.target) == ("POST", "/callbacks?key=1")
    assert request.headers["user-agent"] == "BandwidthAPI/v2"
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert "authorization" not in request.headers
    assert sent == {
        "time": "2022-09-14T18:20:17.500Z",
        "type": "message-sent",
        "to": PHONE,
        "description": "Message sent to carrier",
        "message": {
            "id": identifier, "owner": OURS, "applicationId": sandbox.application_id,
            "time": "2022-09-14T18:20:16.000Z", "segmentCount": 1, "direction": "out", "to": [PHONE], "from": OURS,
            "text": "", "tag": "t", "priority": "default",
        },
    }  # fmt: skip
    assert (delivered["type"], delivered["time"]) == ("message-delivered", "2022-09-14T18:20:18.500Z")


def test_a_failure_is_told_with_its_code(sandbox: SandboxAccount, caller: Caller) -> None:
    with ScriptedServer(TAKEN) as server:
        sandbox.set_callbacks(outbound_url=server.url)
        caller.create(to=["+15550004770"])
        sandbox.advance(10)

        failed = events(server)[-1]
    assert (failed["type"], failed["errorCode"]) == ("message-failed", 4770)
    assert failed["description"] == "destination-spam-detected"


def test_a_picture_for_a_group_is_told_of_once_for_each_of_them(sandbox: SandboxAccount, caller: Caller) -> None:
    with ScriptedServer(TAKEN) as server:
        sandbox.set_callbacks(outbound_url=server.url)
        caller.create(to=[PHONE, OTHER, "+15550004720"], media=["https://example.com/cat.png"])
        sandbox.advance(10)

        told = events(server)
    assert all(event["message"]["to"] == [PHONE, OTHER, "+15550004720"] for event in told)
    for phone, end in ((PHONE, "delivered"), (OTHER, "delivered"), ("+15550004720", "failed")):
        types = [event["type"] for event in told if event["to"] == phone]
        assert types == ["message-sending", "message-sent", f"message-{end}"]


def test_only_the_types_that_were_asked_for_come(sandbox: SandboxAccount, caller: Caller) -> None:
    with ScriptedServer(TAKEN) as server:
        sandbox.set_callbacks(outbound_url=server.url, types=["message-delivered"])
        caller.create()
        sandbox.receive(PHONE, "no inbound address is set")
        sandbox.advance(10)

        assert [event["type"] for event in events(server)] == ["message-delivered"]


def test_a_phones_message_is_told_and_accepted_by_the_answer(sandbox: SandboxAccount, caller: Caller) -> None:
    with ScriptedServer(BROKEN, TAKEN) as server:
        sandbox.set_callbacks(inbound_url=server.url, username="us\u00e9r", password="p\u00e4ss")
        identifier = sandbox.receive(PHONE, "Hello 👋", to=[OURS, OTHER])
        sandbox.advance(0)
        assert sandbox.messages()[0].status == "RECEIVED"
        sandbox.advance(1)

        (event,) = events(server)[1:]
        basic = server.requests[0].headers["authorization"]
    assert base64.b64decode(basic.removeprefix("Basic ")).decode() == "usér:päss"
    assert (event["type"], event["to"], event["message"]["id"]) == ("message-received", OURS, identifier)
    assert (event["message"]["text"], event["message"]["to"]) == ("Hello 👋", [OURS, OTHER])
    assert event["message"]["direction"] == "in"
    (message,) = sandbox.messages()
    assert [(time.timestamp() - NOW, status) for time, status in message.history] == [(0, "RECEIVED"), (1, "ACCEPTED")]


@pytest.mark.parametrize(
    "taken",
    [
        answer(200, b"ok", {"Content-Type": "text/plain; charset=hex"}),
        answer(200, b"ok", {"Content-Type": "text/plain; charset=idna"}),
        answer(200, b"\\ud800", {"Content-Type": "text/plain; charset=unicode_escape"}),
        answer(200, b"no gzip", {"Content-Encoding": "gzip"}),
        answer(200, b"\xff\x00\x01", {"Content-Type": "application/octet-stream"}),
    ],
    ids=["hex", "idna", "surrogate", "gzip", "bytes"],
)
def test_an_answer_that_cannot_be_read_is_an_answer(taken: bytes, sandbox: SandboxAccount) -> None:
    with ScriptedServer(taken) as server:
        sandbox.set_callbacks(inbound_url=server.url)
        sandbox.receive(PHONE, "x", to=OURS)
        sandbox.advance(100)
        assert len(server.requests) == 1
    assert [what for _, what in attempts(sandbox)] == [200]


def test_no_more_of_an_answer_is_read_than_is_kept(sandbox: SandboxAccount) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                exchange.send(b"400\r\n" + b"x" * 1024 + b"\r\n")

    with ScriptedServer(endless) as server:
        sandbox.set_callbacks(inbound_url=server.url)
        sandbox.receive(PHONE, "x", to=OURS)
        sandbox.advance(0)
    (attempt,) = callback(sandbox).attempts
    assert (attempt["status"], attempt["answer"]) == (200, "x" * 2000)


def test_whatever_goes_wrong_is_an_attempt_that_comes_again_after_a_pause(
    still_server: Sandbox, sandbox: SandboxAccount
) -> None:
    sandbox.set_callbacks(inbound_url=GONE)
    sandbox.receive(PHONE, "x", to=OURS)
    # Nothing can be sent in there, which nobody could have foreseen.
    still_server.store.execute(
        "UPDATE callbacks SET headers = ? WHERE account_id = ?", ('{"Number": 5}', sandbox.account_id)
    )
    sandbox.advance(3)
    assert [when for when, _ in attempts(sandbox)] == [0, 1, 3]


def test_what_is_not_taken_comes_again_with_growing_pauses_until_it_is(sandbox: SandboxAccount) -> None:
    with ScriptedServer(BROKEN, answer(404), answer(302, headers={"Location": "/"}), Exchange.reset, TAKEN) as server:
        sandbox.set_callbacks(inbound_url=server.url)
        sandbox.receive(PHONE, "x", to=OURS)
        sandbox.advance(14)
        assert [(when, what) for when, what in attempts(sandbox) if isinstance(what, int)] == [
            (0, 503), (1, 404), (3, 302)
        ]  # fmt: skip
        assert [when for when, _ in attempts(sandbox)] == [0, 1, 3, 7]
        sandbox.advance(1)
        sandbox.advance(24 * 3600)

        assert attempts(sandbox)[4:] == [(15, 204)]
        assert callback(sandbox).state == "delivered"
        assert callback(sandbox).attempts[0]["answer"] == "out of order"
        assert len({request.body for request in server.requests}) == 1


def test_after_a_day_it_is_given_up(sandbox: SandboxAccount) -> None:
    sandbox.set_callbacks(inbound_url=GONE)
    sandbox.receive(PHONE, "x", to=OURS)
    sandbox.advance(23 * 3600)
    assert callback(sandbox).state == "waiting"
    sandbox.advance(24 * 3600)

    assert callback(sandbox).state == "dropped"
    when = [time for time, _ in attempts(sandbox)]
    assert when[:13] == [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095]
    assert {later - earlier for earlier, later in pairwise(when[12:])} == {3600}
    assert when[-1] <= 24 * 3600 < when[-1] + 3600


def _impatient() -> Sandbox:
    return Sandbox(clock=lambda: NOW, pace="stepped", callback_timeout=0.5)


def test_an_application_that_does_not_answer_in_time_is_told_again_later() -> None:
    with ScriptedServer(Exchange.hang, TAKEN) as server, _impatient() as sandbox:
        sandbox.set_callbacks(inbound_url=server.url)
        sandbox.receive(PHONE, "x", to=OURS)
        sandbox.advance(0)
        (attempt,) = callback(sandbox).attempts
        assert (attempt["error"], attempt["milliseconds"] >= 500) == ("No answer within 0.5 seconds", True)
        sandbox.advance(1.25)
        assert len(server.requests) == 1
        sandbox.advance(0.25)

        assert attempts(sandbox) == [(0, "No answer within 0.5 seconds"), (1.5, 204)]


def test_an_application_has_ten_seconds_as_with_the_vendor_and_no_more() -> None:
    assert inspect.signature(Sandbox).parameters["callback_timeout"].default == 10
    with pytest.raises(ValueError, match="callback_timeout"):
        Sandbox(callback_timeout=11)


def test_an_application_that_hangs_holds_up_no_other_account(still_server: Sandbox, sandbox: SandboxAccount) -> None:
    reached = threading.Semaphore(0)

    def hang(exchange: Exchange) -> None:
        reached.release()
        exchange.hang()

    with ScriptedServer(hang) as hanging, ScriptedServer(TAKEN) as server:
        sandbox.set_callbacks(inbound_url=hanging.url)
        for number in range(40):
            sandbox.receive(f"+1555444{number:04d}", "x", to=OURS)
        for _ in range(32):
            assert reached.acquire(timeout=60)
        other = still_server.new_account()
        other.set_callbacks(inbound_url=server.url)
        other.receive(PHONE, "y", to=OURS)
        other.advance(0)

        assert callback(other).state == "delivered"


def test_what_is_under_way_when_everything_is_forgotten_counts_for_no_later_message(sandbox: SandboxAccount) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def slow(exchange: Exchange) -> bytes:
        reached.set()
        assert go_on.wait(60)
        return TAKEN

    with ScriptedServer(slow, BROKEN) as server:
        sandbox.set_callbacks(inbound_url=server.url)
        sandbox.receive(PHONE, "first", to=OURS)
        assert reached.wait(60)
        sandbox.clear()
        sandbox.receive(PHONE, "second", to=OURS)
        go_on.set()
        sandbox.advance(0)

        (message,) = sandbox.messages()
        assert (message.text, message.status) == ("second", "RECEIVED")
        assert (callback(sandbox).state, attempts(sandbox)) == ("waiting", [(0, 503)])


def test_of_one_message_what_came_first_is_told_first(sandbox: SandboxAccount, caller: Caller) -> None:
    taken: list[tuple[str, str]] = []

    def note(exchange: Exchange) -> bytes:
        (event,) = exchange.request.json
        if event["type"] == "message-sent":
            exchange.stopping.wait(0.02)  # the other one would overtake it
        taken.append((event["message"]["id"], event["type"]))
        return TAKEN

    with ScriptedServer(note) as server:
        sandbox.set_callbacks(outbound_url=server.url)
        for _ in range(20):
            caller.create()
        sandbox.advance(10)

    assert len(taken) == 40
    for identifier in {each for each, _ in taken}:
        assert [kind for each, kind in taken if each == identifier] == ["message-sent", "message-delivered"]


def test_an_address_elsewhere_that_a_message_names_is_never_called(
    sandbox: SandboxAccount, http: urllib3.PoolManager
) -> None:
    message = {
        "content": "x", "destination_number": PHONE, "callback_url": "https://example.com/", "delivery_report": True,
    }  # fmt: skip
    secret = f"{sandbox.messagemedia.api_key}:{sandbox.messagemedia.api_secret}"
    headers = urllib3.make_headers(basic_auth=secret)
    answered = http.request("POST", f"{sandbox.url}/v1/messages", json={"messages": [message]}, headers=headers)
    assert answered.status == 202
    sandbox.advance(3600)

    (kept,) = sandbox.messages()
    assert {each.state for each in kept.callbacks} == {"refused"}
    assert [each["error"] for each in kept.callbacks[0].attempts] == ["The address is not among those that are allowed"]


ELSEWHERE = (
    "https://example.com/", "http://192.168.0.1/", "ftp://127.0.0.1/", "//127.0.0.1/", "http://127.0.0.1@example.com/",
    "http://127.0.0.1.example.com/", "http://[::1", "x", "",
)  # fmt: skip


@pytest.mark.parametrize("url", ELSEWHERE)
def test_an_address_elsewhere_is_refused_when_it_is_set(sandbox: SandboxAccount, url: str) -> None:
    with pytest.raises(ValueError, match="outbound_url: callbacks go to this machine only"):
        sandbox.set_callbacks(outbound_url=url)


def test_a_type_that_there_is_not_is_named(sandbox: SandboxAccount) -> None:
    with pytest.raises(ValueError, match=r"types\.0: 'delivered' is not one of"):
        sandbox.set_callbacks(outbound_url=GONE, types=["delivered"])


def test_what_was_not_taken_before_a_restart_comes_after_it(tmp_path: Path) -> None:
    file = str(tmp_path / "messages.sqlite")
    with Sandbox(db=file, pace="fast") as sandbox, ScriptedServer(BROKEN) as broken:
        sandbox.set_callbacks(inbound_url=broken.url)
        sandbox.receive(PHONE, "x", to=OURS)
        wait_until(sandbox, lambda: len(callback(sandbox).attempts) >= 2)
        url = broken.url
    with Sandbox(db=file, pace="fast") as sandbox, ScriptedServer(TAKEN) as working:
        sandbox.store.execute("UPDATE callbacks SET url = ? WHERE url = ?", (working.url, url))
        sandbox.wait_for(status="ACCEPTED", timeout=60)

        assert callback(sandbox).state == "delivered"
        assert callback(sandbox).attempts[-1]["status"] == 204


def wait_until(server: Sandbox, true: Callable[[], bool]) -> None:
    """Wait for what no status tells."""
    changed = threading.Event()
    with server.services.feed.listening(lambda _: changed.set()):
        while not true():
            assert changed.wait(60)
            changed.clear()
