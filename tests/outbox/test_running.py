"""What `run` does: everybody once, at a rate, and what stops it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from scripted_server import Exchange, ScriptedServer, answer

from bandwidth_messaging import ConfigurationException, MessagesApi, UnauthorizedException
from bandwidth_messaging.outbox import Outbox, Summary

from .conftest import Account

REQUEST = {"applicationId": "app-1", "to": ["+15552345678"], "from": "+15557654321", "text": "Hello"}


def add(outbox: Outbox, count: int, **fields: Any) -> None:
    requests = ((f"k{n}", {**REQUEST, "to": [f"+1555234{n:04d}"], **fields}) for n in range(count))
    outbox.add_many("9900000", requests)


def taken(server: ScriptedServer) -> list[str]:
    return sorted(request.json["to"][0] for request in server.requests if request.method == "POST")


def test_a_run_sends_everybody_once_and_another_run_nobody(outbox: Outbox, api: MessagesApi, account: Account) -> None:
    requests = [(f"k{number}", account.request(number)) for number in range(100)]
    assert outbox.add_many(account.id, requests) == 100
    assert outbox.add_many(account.id, requests) == 0
    assert outbox.run(api) == Summary(accepted=100)
    assert outbox.run(api) == Summary()
    assert len({message.to for message in account.sandbox.messages()}) == len(account.ids()) == 100


def test_adding_many_refuses_another_request_under_a_key(outbox: Outbox) -> None:
    add(outbox, 3)
    with pytest.raises(ValueError, match="differs in text"):
        add(outbox, 4, text="others")
    assert len(list(outbox.entries())) == 3


@pytest.mark.parametrize("options", [{"threads": 0}, {"threads": True}, {"rate": 0}, {"rate": float("inf")}])
def test_options_that_cannot_be_used_are_refused(outbox: Outbox, api: MessagesApi, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationException, match=next(iter(options))):
        outbox.run(api, **options)


def test_a_rate_is_one_of_segments_and_has_no_burst(outbox: Outbox, api_for: Callable[..., MessagesApi]) -> None:
    arrived: list[float] = []

    def note(exchange: Exchange) -> bytes:
        arrived.append(time.monotonic())
        return answer(202, {"id": exchange.request.json["to"][0]})

    add(outbox, 10, text="x" * 200)
    with ScriptedServer(note) as server:
        outbox.run(api_for(server.url), rate=50)
    # Ten messages of two segments each at 50 segments a second: the last starts 0.36 s after the first, not before.
    assert arrived[-1] - arrived[0] >= 0.33


def test_what_dooms_every_message_stops_the_run_and_refuses_none(
    outbox: Outbox, api_for: Callable[..., MessagesApi]
) -> None:
    add(outbox, 50)
    with ScriptedServer(answer(401)) as server:
        with pytest.raises(UnauthorizedException):
            outbox.run(api_for(server.url))
        assert len(server.requests) <= 8
    assert {entry.state for entry in outbox.entries()} == {"planned"}


def test_after_ten_unknown_ones_in_a_row_nothing_is_sent_until_a_read_succeeds(
    outbox: Outbox, api_for: Callable[..., MessagesApi]
) -> None:
    events: list[str] = []

    def serve(exchange: Exchange) -> bytes | None:
        events.append(exchange.request.method)
        if exchange.request.method == "GET":
            return answer(200, {"messages": []}) if events.count("GET") > 2 else answer(500)
        if "GET" not in events:
            exchange.reset()
            return None
        return answer(202, {"id": exchange.request.json["to"][0]})

    add(outbox, 20)
    with ScriptedServer(serve) as server:
        summary = outbox.run(api_for(server.url, retries=None), threads=1)
    assert (summary.unknown, summary.accepted) == (10, 10)
    assert events == ["POST"] * 10 + ["GET"] * 3 + ["POST"] * 10


def test_a_429_is_waited_for_and_everybody_is_sent(outbox: Outbox, api_for: Callable[..., MessagesApi]) -> None:
    add(outbox, 3)
    busy = answer(429, {}, {"Retry-After": "0.2"})
    with ScriptedServer(busy, busy, lambda exchange: answer(202, {"id": exchange.request.json["to"][0]})) as server:
        summary = outbox.run(api_for(server.url, retries=None), threads=1)
        assert len(taken(server)) == 5
    assert summary.accepted == 3


def test_an_interrupt_lets_those_under_way_end_and_the_next_run_goes_on(
    outbox: Outbox, api_for: Callable[..., MessagesApi]
) -> None:
    add(outbox, 40)
    under_way = threading.Semaphore(0)
    go_on = threading.Event()

    def serve(exchange: Exchange) -> bytes:
        under_way.release()
        go_on.wait(5)
        time.sleep(0.02)
        return answer(202, {"id": exchange.request.json["to"][0]})

    def interrupt() -> None:
        for _ in range(4):
            under_way.acquire()
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        go_on.set()

    with ScriptedServer(serve) as server:
        api = api_for(server.url)
        interrupter = threading.Thread(target=interrupt)
        interrupter.start()
        with pytest.raises(KeyboardInterrupt):
            outbox.run(api, threads=4)
        interrupter.join()
        states = {entry.state for entry in outbox.entries()}
        assert states == {"accepted", "planned"}
        outbox.run(api)
        assert taken(server) == [f"+1555234{number:04d}" for number in range(40)]


def test_many_threads_that_send_one_key_send_one_message(outbox: Outbox, api: MessagesApi, account: Account) -> None:
    states: list[str] = []
    barrier = threading.Barrier(8)

    def press() -> None:
        barrier.wait()
        states.append(outbox.send(api, account.id, account.request(), key="k").state)

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(account.ids()) == 1
    assert set(states) <= {"accepted", "in_flight", "claimed"}
