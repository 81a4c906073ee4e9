from collections.abc import Iterator

import pytest
import urllib3

from bandwidth_messaging.sandbox import Sandbox, SandboxAccount

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
def sandbox(still_server: Sandbox) -> Iterator[SandboxAccount]:
    """An account that no other test has, whose clock stands still."""
    account = still_server.new_account()
    yield account
    account.clear()


@pytest.fixture
def own_sandbox() -> Iterator[Sandbox]:
    """A whole sandbox of the test's own, whose clock stands still."""
    with Sandbox(clock=lambda: NOW) as running:
        yield running


@pytest.fixture
def caller(sandbox: Sandbox | SandboxAccount, http: urllib3.PoolManager) -> Caller:
    return Caller(sandbox, http)


@pytest.fixture
def own_caller(own_sandbox: Sandbox, http: urllib3.PoolManager) -> Caller:
    return Caller(own_sandbox, http)


@pytest.fixture(scope="module")
def shared(still_server: Sandbox, shared_http: urllib3.PoolManager) -> Caller:
    """A caller of an account that the tests of a module share, since none of them looks at what others sent."""
    return Caller(still_server.new_account(), shared_http)
