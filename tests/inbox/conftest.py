"""A sandbox whose clock stands still, and what the page reads of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

from bandwidth_messaging.sandbox import Sandbox

NOW = 1663179616.0  # 2022-09-14T18:20:16Z


class Inbox:
    """Reads what the page reads, and sends as the application does, without the SDK."""

    def __init__(self, sandbox: Sandbox, http: urllib3.PoolManager) -> None:
        self.sandbox = sandbox
        self.http = http

    def get(self, path: str, **parameters: Any) -> urllib3.BaseHTTPResponse:
        query = f"?{urlencode(parameters)}" if parameters else ""
        return self.http.request("GET", f"{self.sandbox.url}/sandbox/inbox/{path}{query}")

    def read(self, path: str, **parameters: Any) -> Any:
        answer = self.get(f"accounts/{self.sandbox.account_id}/{path}", **parameters)
        assert answer.status == 200, answer.data
        return answer.json()

    def pages(self, path: str, **parameters: Any) -> Iterator[Any]:
        """Every page from the first on."""
        page = self.read(path, **parameters)
        yield page
        while page["next"] is not None:
            page = self.read(path, before=page["next"], **parameters)
            yield page

    def send(self, text: str = "Hello", to: str = "+15552345678", **fields: Any) -> str:
        body = {"applicationId": self.sandbox.application_id, "to": to.split(","), "from": "+15557654321", "text": text}
        headers = urllib3.make_headers(basic_auth=f"{self.sandbox.username}:{self.sandbox.password}")
        headers["content-type"] = "application/json"
        address = f"{self.sandbox.url}/users/{self.sandbox.account_id}/messages"
        answer = self.http.request("POST", address, body=json.dumps({**body, **fields}), headers=headers)
        assert answer.status == 202, answer.data
        return str(answer.json()["id"])

    def found(self, **parameters: Any) -> list[str | None]:
        """The texts that a search finds."""
        return [message["text"] for message in self.read("messages", **parameters)["messages"]]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=lambda: NOW, pace="stepped", callback_origins=["https://cdn.example.com"]) as running:
        yield running


@pytest.fixture
def inbox(sandbox: Sandbox) -> Iterator[Inbox]:
    http = urllib3.PoolManager(retries=False)
    yield Inbox(sandbox, http)
    http.clear()
