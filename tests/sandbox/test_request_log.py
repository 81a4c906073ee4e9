"""What is remembered of requests is bounded: by their number and age for each account, and by memory for all."""

import urllib3

from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.messaging.request_log import (
    LONGEST_SECONDS,
    MOST_BYTES,
    MOST_OF_ACCOUNT,
    Received,
    RequestLog,
)

from .calling import Caller


def request(account_id: str | None, path: str = "/", body: bytes = b"", age: float = 0) -> Received:
    made = Received("POST", path, "", {}, body, account_id)
    made.arrived -= age
    return made


def test_of_each_account_the_newest_thousand_are_remembered() -> None:
    log = RequestLog()
    log.add(request("quiet", "/quiet"))
    for number in range(MOST_OF_ACCOUNT + 5):
        log.add(request("busy", f"/{number}"))

    assert [each.path for each in log.of("quiet")] == ["/quiet"]
    assert len(log.of("busy")) == MOST_OF_ACCOUNT
    assert (log.of("busy")[0].path, log.of("busy")[-1].path) == ("/5", f"/{MOST_OF_ACCOUNT + 4}")


def test_requests_are_forgotten_after_an_hour() -> None:
    log = RequestLog()
    log.add(request("a", "/old", age=LONGEST_SECONDS + 1))
    log.add(request("a", "/new", age=LONGEST_SECONDS - 60))
    assert [each.path for each in log.all()] == ["/new"]


def test_bodies_of_all_accounts_take_a_bounded_memory_and_the_oldest_go_first() -> None:
    log = RequestLog()
    mebibyte = bytes(1024 * 1024)
    for number in range(100):
        log.add(request(f"account {number}", f"/{number}", mebibyte))

    assert sum(len(each.body) for each in log.all()) <= MOST_BYTES
    assert [each.path for each in log.all()] == [f"/{number}" for number in range(85, 100)]


def test_refused_posts_of_a_mebibyte_take_a_bounded_memory(http: urllib3.PoolManager) -> None:
    with Sandbox() as sandbox:
        caller = Caller(sandbox, http)
        for _ in range(40):
            assert caller.post(b" " * 1024 * 1024).status == 400
        http.clear()

    assert sum(len(each.body) for each in sandbox.requests) <= MOST_BYTES
    assert all(each.status == 400 for each in sandbox.requests)


def test_what_is_forgotten_of_one_account_leaves_the_others() -> None:
    log = RequestLog()
    for name in ("a", "b", "a"):
        log.add(request(name))
    log.clear("a")
    assert [each.account_id for each in log.all()] == ["b"]
