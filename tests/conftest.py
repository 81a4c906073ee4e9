"""What tests of every kind use: a client for a server, and the sandbox."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import pytest

import bandwidth_messaging
from bandwidth_messaging import ApiClient, Clock, Configuration, MessagesApi
from bandwidth_messaging.sandbox import Sandbox

ACCOUNT = "9900000"
MESSAGE = {"application_id": "app-1", "to": ["+15552345678"], "var_from": "+15557654321", "text": "Hello"}


class FakeClock(Clock):
    """A clock that only `sleep` and the test move, so that waiting takes no time and can be asserted."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []
        self.random = random.Random(20261121).random  # type: ignore[method-assign]  # an instance has its own
        self.monotonic = lambda: self.time  # type: ignore[method-assign]
        self.sleep = self._sleep  # type: ignore[method-assign, assignment]
        started = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
        self.now = lambda: started + timedelta(seconds=self.time - 1000.0)  # type: ignore[method-assign, assignment]

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


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


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def sandbox_api(sandbox: Sandbox) -> Iterator[MessagesApi]:
    configuration = bandwidth_messaging.Configuration(
        host=sandbox.url,
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
        access_token_url=sandbox.access_token_url,
    )
    with ApiClient(configuration) as client:
        yield MessagesApi(client)
