"""A client for each kind of server that the tests talk to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bandwidth_messaging import Clock, Configuration
from bandwidth_messaging.messagemedia import MessageMediaMessagesClient
from bandwidth_messaging.sandbox import Sandbox

ClientFor = Callable[..., MessageMediaMessagesClient]


@pytest.fixture
def client_for() -> Iterator[ClientFor]:
    """Makes a client for a URL: `client_for(url, hmac=True, retries=0)`."""
    clients: list[MessageMediaMessagesClient] = []

    def make(
        url: str, hmac: bool = False, algorithm: str = "hmac-sha256", clock: Clock | None = None, **options: Any
    ) -> MessageMediaMessagesClient:
        client = MessageMediaMessagesClient(
            "hkey", "hsecret", hmac, hmac_algorithm=algorithm, base_uri=url, clock=clock,
            configuration=Configuration(**options),
        )  # fmt: skip
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(pace="stepped") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """A sandbox that knows nothing yet; only its clock may have been moved."""
    running.clear()
    return running


@pytest.fixture(params=[False, True], ids=["basic", "hmac"])
def client(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[MessageMediaMessagesClient]:
    """A client of the sandbox, by Basic and by HMAC."""
    keys = sandbox.messagemedia
    with MessageMediaMessagesClient(keys.api_key, keys.api_secret, request.param, base_uri=sandbox.url) as client:
        yield client
