"""Several processes with one outbox, a child after a fork, and a process that is stopped at the wrong moment."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripted_server import Exchange, ScriptedServer, answer
from sqlalchemy import Engine, event

from bandwidth_messaging import ApiClient, Configuration, MessagesApi
from bandwidth_messaging.outbox import Outbox

from .conftest import Account

REQUEST = {"applicationId": "app-1", "to": ["+15552345678"], "from": "+15557654321", "text": "Hello"}
KEYS = 60
KNOWN = {"accepted", "in_flight", "claimed"}


def login_of(account: Account) -> dict[str, Any]:
    return {"host": account.sandbox.url, "username": account.sandbox.username, "password": account.sandbox.password}


def in_child(work: Callable[[], None]) -> int:
    """Run it in a fork; returns the child's process id."""
    child = os.fork()
    if child:
        return child
    status = 1
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(60)  # ends a child that waits for a lock which nobody holds any more
    try:
        work()
        status = 0
    except BaseException:  # noqa: BLE001 - the parent sees the exit status
        traceback.print_exc()
    finally:
        os._exit(status)


def ended_well(child: int) -> bool:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def send_all(url: str, login: dict[str, Any], account_id: str, requests: list[Any], results: Any) -> None:
    """Two threads that send every key; what each call returned is counted."""
    states: Counter[str] = Counter()

    def send(outbox: Outbox, api: MessagesApi) -> None:
        for number, request in enumerate(requests):
            states[outbox.send(api, account_id, request, key=f"k{number}").state] += 1

    with Outbox(url) as outbox, ApiClient(Configuration(**login)) as client:
        threads = [threading.Thread(target=send, args=(outbox, MessagesApi(client))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    results.put(dict(states))


def test_processes_and_threads_that_send_the_same_keys_send_each_once(url: str, account: Account) -> None:
    requests = [account.request(number) for number in range(KEYS)]
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    arguments = (url, login_of(account), account.id, requests, results)
    processes = [context.Process(target=send_all, args=arguments) for _ in range(2)]
    for process in processes:
        process.start()
    states: Counter[str] = Counter()
    for _ in processes:
        states.update(results.get(timeout=60))
    for process in processes:
        process.join()
    assert len(account.ids()) == len({message.to for message in account.sandbox.messages()}) == KEYS
    assert sum(states.values()) == 4 * KEYS
    assert set(states) <= KNOWN


def test_a_child_after_a_fork_uses_what_its_parent_opened(outbox: Outbox, api: MessagesApi, account: Account) -> None:
    outbox.send(api, account.id, account.request(0), key="parent before")
    child = in_child(lambda: assert_accepted(outbox.send(api, account.id, account.request(1), key="child")))
    outbox.send(api, account.id, account.request(2), key="parent meanwhile")
    assert ended_well(child)
    assert [entry.state for entry in outbox.entries()] == ["accepted"] * 3
    assert len(account.ids()) == 3


def assert_accepted(entry: Any) -> None:
    assert entry.state == "accepted"


def test_forks_while_threads_send_leave_no_held_lock(outbox: Outbox, api: MessagesApi, account: Account) -> None:
    # A process's first call loads models under a lock; forks come after it, as docs/reliability.md says.
    assert_accepted(outbox.send(api, account.id, account.request(99), key="first"))
    outbox.add_many(account.id, ((f"k{number}", account.request(number)) for number in range(30)))
    runner = threading.Thread(target=lambda: outbox.run(api, threads=4))
    runner.start()
    children = []
    for number in range(3):
        request = account.request(100 + number)
        children.append(in_child(lambda: assert_accepted(outbox.send(api, account.id, request, key=f"c{number}"))))  # noqa: B023 - used at once
    assert [ended_well(child) for child in children] == [True] * 3
    runner.join()
    assert [entry.state for entry in outbox.entries()] == ["accepted"] * 34
    assert len(account.ids()) == 34


def stop_after_the_mark() -> None:
    """Let this process be stopped when its mark is on disk, and before the first byte."""

    class Connection(sqlite3.Connection):
        def commit(self) -> None:
            super().commit()
            if self.execute("SELECT count(*) FROM entries WHERE state = 'in_flight'").fetchone() == (1,):
                os.kill(os.getpid(), signal.SIGSTOP)

    @event.listens_for(Engine, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
        return sqlite3.connect(*arguments, **{**options, "factory": Connection})


def send_and_be_stopped(url: str, server_url: str) -> None:
    stop_after_the_mark()
    with Outbox(url, lease=0.6) as outbox, ApiClient(Configuration(host=server_url, username="u", password="p")) as api:
        outbox.send(MessagesApi(api), "9900000", REQUEST, key="k")


def test_a_process_that_is_stopped_after_its_mark_sends_nothing_when_it_goes_on(
    open_outbox: Callable[..., Outbox], url: str, tmp_path: Path
) -> None:
    outbox = open_outbox(lease=0.6)
    with ScriptedServer(answer(202, {"id": "1"})) as server:
        child = in_child(lambda: send_and_be_stopped(url, server.url))
        _, status = os.waitpid(child, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        time.sleep(0.7)
        os.kill(child, signal.SIGCONT)
        assert ended_well(child)
        assert server.requests == []
    entry = outbox.get("k")
    assert entry is not None
    assert (entry.state, entry.attempts) == ("planned", 1)


def test_a_worker_that_was_thought_dead_cannot_overwrite_and_its_answer_still_counts(
    open_outbox: Callable[..., Outbox], api_for: Callable[..., MessagesApi]
) -> None:
    slow, other = open_outbox(lease=0.3), open_outbox(lease=0.3)
    arrived, go_on = threading.Event(), threading.Event()

    def late(exchange: Exchange) -> bytes:
        arrived.set()
        go_on.wait(10)
        return answer(202, {"id": "m-1"})

    with ScriptedServer(late) as server:
        api = api_for(server.url)
        worker = threading.Thread(target=lambda: slow.send(api, "9900000", REQUEST, key="k"))
        worker.start()
        arrived.wait(10)
        time.sleep(0.4)
        states = [other.send(api, "9900000", REQUEST, key="k").state]
        go_on.set()
        worker.join()
        states.append(other.send(api, "9900000", REQUEST, key="k").state)
        assert len(server.requests) == 1
    assert states == ["unknown", "accepted"]
