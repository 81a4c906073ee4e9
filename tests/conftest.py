"""What tests of every kind use: a client for a server, and the sandbox."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from support import NOW, FakeClock

import bandwidth_messaging
from bandwidth_messaging import ApiClient, Clock, Configuration, MessagesApi
from bandwidth_messaging.sandbox import Sandbox, SandboxAccount


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """What `-n auto` stands for: a core can serve two processes, since each waits for servers much of the time."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def api_for() -> Iterator[Callable[..., MessagesApi]]:
    """A MessagesApi for a server's URL, with Basic credentials unless told otherwise; closed after the test."""
    clients: list[ApiClient] = []

    def make(url: str, *, clock: Clock | None = None, **options: object) -> MessagesApi:
        if not {"client_id", "access_token", "username"} & set(options):
            options |= {"username": "user", "password": "s3cret-passw0rd"}
        client = ApiClient(Configuration(host=url, **options), clock=clock)  # type: ignore[arg-type]  # any option
        clients.append(client)
        return MessagesApi(client)

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Sandbox]:
    """The sandbox of this process. A test has an account of it; what is about a whole server starts one of its own."""
    with Sandbox(pace="stepped") as running:
        yield running


@pytest.fixture(scope="session")
def still_server() -> Iterator[Sandbox]:
    """The same, but its time stands still."""
    with Sandbox(clock=lambda: NOW, pace="stepped") as running:
        yield running


@pytest.fixture
def sandbox(server: Sandbox) -> Iterator[SandboxAccount]:
    """An account that no other test has, whose messages move by `advance` only."""
    account = server.new_account()
    yield account
    account.clear()


@pytest.fixture
def sandbox_api(sandbox: SandboxAccount) -> Iterator[MessagesApi]:
    configuration = bandwidth_messaging.Configuration(
        host=sandbox.url,
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
        access_token_url=sandbox.access_token_url,
    )
    with ApiClient(configuration) as client:
        yield MessagesApi(client)
