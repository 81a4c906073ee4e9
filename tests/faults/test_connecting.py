"""Before anything is written: the message was not sent, and the call may be repeated."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from scripted_server import Exchange, ScriptedServer
from support import ACCOUNT

from bandwidth_messaging import Clock, RetryPolicy
from bandwidth_messaging.retry import Repeat
from faults.lab import ACCEPTED, PAGE, READ, SEND, Lab, case


@contextmanager
def refusing() -> Iterator[str]:
    """The address of a port that nobody listens on, and that nobody else gets meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@case(1, SEND, "refuses the connection, 3 times", "ConnectException, accepted False; names the host", 0)
def test_a_refused_connection_is_repeated_and_then_not_sent(lab: Lab) -> None:
    url = lab.use(refusing())
    error = lab.send(host=url)
    assert error.status == 0
    assert f"{url.removeprefix('http://')}: ConnectionRefusedError" in str(error)
    assert str(error).endswith("the message was not accepted")
    assert len(lab.clock.slept) == 2


@case("1a", READ, "refuses the connection, 3 times", "ConnectException", 0)
def test_a_refused_read_is_repeated_too(lab: Lab) -> None:
    assert lab.read(host=lab.use(refusing())).accepted is None
    assert len(lab.clock.slept) == 2


@case("1b", SEND, "refuses once, then answers 202", "the message", 1)
def test_a_server_that_comes_back_gets_the_message(lab: Lab) -> None:
    with ScriptedServer(ACCEPTED) as gone:
        port = gone.port

    def come_back(_: Repeat) -> None:
        lab.serve(ACCEPTED, port=port)

    lab.send(host=f"http://127.0.0.1:{port}", retries=RetryPolicy(on_repeat=come_back))


@case(2, SEND, "has a name that does not resolve", "ConnectException, accepted False; names the host", 0)
@pytest.mark.parametrize("host", ["no-such-host.invalid", f"{'a' * 64}.invalid", "a..b"])
def test_a_name_that_does_not_resolve_is_not_sent(host: str, lab: Lab) -> None:
    error = lab.send(host=f"http://{host}")
    assert f"{host}: " in error.reason
    assert error.__cause__ is not None


@case(34, SEND, "its accept queue is full", "ConnectException, accepted False", 0)
def test_a_full_accept_queue_is_a_connect_time_out(lab: Lab) -> None:
    error = lab.send(host=lab.use(never_accepting()), connect_timeout=0.05, retries=0)
    assert "timed out" in error.reason


@case("34a", SEND, "no connection of the pool comes free", "ConnectException, accepted False", 1)
def test_a_full_pool_is_not_sent(lab: Lab) -> None:
    lab.serve(PAGE, ACCEPTED)
    api = lab.client(connection_pool_maxsize=1, retries=0)
    with api.list_messages_without_preload_content(ACCOUNT, limit=1):
        error = lab.send(api, _request_timeout=0.05)
    assert "no connection of the pool became free" in error.reason


@case("2a", SEND, "the first of the name's addresses refuses", "the message", 1)
def test_the_next_address_of_a_name_is_tried(lab: Lab) -> None:
    server = lab.serve(ACCEPTED)  # 127.0.0.1 only, where localhost is ::1 first
    lab.send(host=f"http://localhost:{server.port}")


NAME = "several-addresses.test"


def test_an_address_that_hangs_leaves_time_for_the_next(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    server = lab.serve(ACCEPTED)
    hanging = lab.use(never_accepting())
    resolve(monkeypatch, [hanging, server.url])
    message = lab.send(host=f"http://{NAME}", clock=Clock(), connect_timeout=0.5, retries=0)
    assert message.id == "m-1"


def test_all_addresses_of_a_name_share_the_connect_time_out(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, [lab.use(never_accepting()) for _ in range(5)])
    began = time.monotonic()
    error = lab.send(host=f"http://{NAME}", clock=Clock(), connect_timeout=0.2, retries=0)
    assert error.accepted is False
    # One after the other, each with the whole time-out, they would take 1 s.
    assert time.monotonic() - began < 0.8


@case(16, SEND, "closes each connection after its answer; 1,000 sends", "the message; each time, no unknown", 1000)
def test_a_connection_that_the_server_has_closed_is_found_before_writing(lab: Lab) -> None:
    closed = threading.Semaphore(0)

    def answer_and_close(exchange: Exchange) -> None:
        exchange.send(ACCEPTED)
        exchange.close()
        closed.release()

    server = lab.serve(answer_and_close)
    api = lab.client(retries=0)
    for _ in range(1000):
        assert lab.send(api).id == "m-1"
        assert closed.acquire(timeout=5)
    assert server.connections == 1000


@case("16a", SEND, "resets each idle connection; 30 sends", "the message; each time, no unknown", 30)
def test_a_connection_that_the_server_has_reset_is_found_before_writing(lab: Lab) -> None:
    idle, gone = threading.Semaphore(0), threading.Semaphore(0)

    def answer_and_reset(exchange: Exchange) -> None:
        exchange.send(ACCEPTED)
        assert idle.acquire(timeout=5)
        exchange.reset()
        gone.release()

    lab.serve(answer_and_reset)
    api = lab.client(retries=0)
    for _ in range(30):
        assert lab.send(api).id == "m-1"
        idle.release()
        assert gone.acquire(timeout=5)


@case("16b", SEND, "has been idle for `idle_timeout`", "the message; over a new connection", 2)
def test_a_connection_that_was_idle_for_long_is_not_used_again(lab: Lab) -> None:
    server = lab.serve(ACCEPTED)
    api = lab.client(idle_timeout=30)
    lab.send(api)
    lab.clock.time += 31
    lab.send(api)
    assert server.connections == 2


@case("16c", READ, "keeps the connection", "the page; over the same connection", 3)
def test_a_connection_that_lives_is_used_again(lab: Lab) -> None:
    server = lab.serve(PAGE)
    api = lab.client(idle_timeout=30)
    for _ in range(3):
        lab.read(api)
        lab.clock.time += 29
    assert server.connections == 1


@contextmanager
def never_accepting() -> Iterator[str]:
    """A server whose accept queue is full: further connections wait until they time out."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        held = [socket.socket() for _ in range(4)]
        for sock in held:
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            for sock in held:
                sock.close()


def resolve(monkeypatch: pytest.MonkeyPatch, urls: list[str]) -> None:
    """Let the machine's resolver know a name with these addresses, as a hosts file would; each has its own port."""
    known = socket.getaddrinfo

    def getaddrinfo(host: str | bytes | None, port: str | int | None, *args: int, **kwargs: int) -> list[Any]:
        if host not in (NAME, NAME.encode()):
            return known(host, port, *args, **kwargs)
        addresses = [(url.hostname, url.port) for url in map(urlsplit, urls)]
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_urllib3_future_in_place_of_urllib3_is_named(tmp_path: Path) -> None:
    replaced = tmp_path / "urllib3"
    replaced.mkdir()
    (replaced / "__init__.py").write_text("__version__ = '2.25.904'\nclass AsyncPoolManager: ...\n")
    script = [sys.executable, "-c", "import bandwidth_messaging; bandwidth_messaging.ApiClient"]
    ended = subprocess.run(
        script, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert "ImportError: urllib3-future is installed in place of urllib3" in ended.stderr
