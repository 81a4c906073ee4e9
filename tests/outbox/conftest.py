"""An outbox in a file of the test's own, and something to send with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bandwidth_messaging import ApiClient, Configuration, MessagesApi
from bandwidth_messaging.outbox import Outbox
from bandwidth_messaging.sandbox import SandboxAccount


class Account:
    """The test's account, and messages to send from it."""

    def __init__(self, sandbox: SandboxAccount) -> None:
        self.sandbox = sandbox
        self.id = self.sandbox.account_id

    def request(self, number: int = 0, **fields: Any) -> dict[str, Any]:
        return {
            "applicationId": self.sandbox.application_id,
            "to": [f"+1555234{number:04d}"],
            "from": "+15557654321",
            "text": "Hello",
            **fields,
        }

    def ids(self) -> list[str]:
        return [message.message_id for message in self.sandbox.messages()]


@pytest.fixture
def account(sandbox: SandboxAccount) -> Account:
    return Account(sandbox)


@pytest.fixture
def api(account: Account) -> Iterator[MessagesApi]:
    """Without repeats, so that a test sees what one attempt does."""
    configuration = Configuration(
        host=account.sandbox.url,
        username=account.sandbox.username,
        password=account.sandbox.password,
        retries=None,
        total_timeout=5,
    )
    with ApiClient(configuration) as client:
        yield MessagesApi(client)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'messages.db'}"


@pytest.fixture
def open_outbox(url: str) -> Iterator[Callable[..., Outbox]]:
    """Opens an outbox of the test's file, closed after the test."""
    opened: list[Outbox] = []

    def open_it(**options: Any) -> Outbox:
        outbox = Outbox(url, **{"lease": 5, **options})
        opened.append(outbox)
        return outbox

    yield open_it
    for outbox in opened:
        outbox.close()


@pytest.fixture
def outbox(open_outbox: Callable[..., Outbox]) -> Outbox:
    return open_outbox()
