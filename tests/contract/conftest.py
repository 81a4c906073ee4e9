"""The first account of the sandbox: the vendor's pages name it, and its credentials are known beforehand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bandwidth_messaging.sandbox import Sandbox


@pytest.fixture
def sandbox(server: Sandbox) -> Iterator[Sandbox]:
    yield server
    server.clear()
