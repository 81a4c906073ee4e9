from collections.abc import Iterator

import pytest
import urllib3

from bandwidth_messaging.sandbox import Sandbox

from .calling import NOW, Caller


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    pool = urllib3.PoolManager(retries=False)
    yield pool
    pool.clear()


@pytest.fixture(scope="module")
def shared_http() -> Iterator[urllib3.PoolManager]:
    pool = urllib3.PoolManager(retries=False)
    yield pool
    pool.clear()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of the test's own, whose clock stands still."""
    with Sandbox(clock=lambda: NOW) as running:
        yield running


@pytest.fixture
def caller(sandbox: Sandbox, http: urllib3.PoolManager) -> Caller:
    return Caller(sandbox, http)


@pytest.fixture(scope="module")
def shared(shared_http: urllib3.PoolManager) -> Iterator[Caller]:
    """A caller of a sandbox that the tests of a module share, since none of them looks at what others sent."""
    with Sandbox(clock=lambda: NOW) as running:
        yield Caller(running, shared_http)
