"""Classic clients for the sandbox, over v1 and over the bridge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import bandwidth_messaging
from bandwidth_messaging.classic import BridgeClient, MessagingClient
from bandwidth_messaging.sandbox import Sandbox


@pytest.fixture
def own_sandbox() -> Iterator[Sandbox]:
    """A sandbox of the test's own, whose time stands still."""
    with Sandbox(pace="stepped") as running:
        yield running


@pytest.fixture
def classic(own_sandbox: Sandbox) -> Iterator[MessagingClient]:
    credentials = own_sandbox.classic
    with bandwidth_messaging.client(
        "messaging",
        credentials.user_id,
        credentials.api_token,
        credentials.api_secret,
        api_endpoint=own_sandbox.url,
    ) as client:
        yield client


@pytest.fixture
def bridge(own_sandbox: Sandbox) -> Iterator[BridgeClient]:
    with bandwidth_messaging.client(
        "messaging-v2",
        own_sandbox.account_id,
        own_sandbox.client_id,
        own_sandbox.client_secret,
        application_id=own_sandbox.application_id,
        api_endpoint=own_sandbox.url,
        access_token_url=own_sandbox.access_token_url,
    ) as client:
        yield client


@pytest.fixture(params=["v1", "bridge"])
def messaging_api(request: pytest.FixtureRequest) -> MessagingClient | BridgeClient:
    """The same four calls, over both."""
    client: MessagingClient | BridgeClient = request.getfixturevalue(
        {"v1": "classic", "bridge": "bridge"}[request.param]
    )
    return client
