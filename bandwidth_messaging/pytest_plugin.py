"""The pytest plugin: the fixture `bandwidth_sandbox`, a sandbox account of its own for each test.

pytest loads this module for everybody who has the package installed, so it imports nothing that is not loaded by then:
the sandbox is, and its server started, by the first test that asks for the fixture.
"""

import contextlib
from collections.abc import Generator, Iterator

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pluggy import Result as _Result

    from .sandbox import Sandbox, SandboxAccount

__all__ = ["bandwidth_sandbox", "bandwidth_sandbox_server"]

_PACE = "bandwidth_sandbox_pace"
_SHOWN = 20
_ACCOUNT: "pytest.StashKey[SandboxAccount]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one setting, `bandwidth_sandbox_pace`."""
    parser.addini(
        _PACE,
        "How messages of the fixture bandwidth_sandbox move: stepped (only by advance()), fast or real.",
        default="stepped",
    )


@pytest.fixture(scope="session")
def bandwidth_sandbox_server() -> "Iterator[Sandbox]":
    """The sandbox that all tests of this process share: one of each worker under pytest-xdist.

    Yields:
        The running sandbox.
    """
    from .sandbox import Sandbox

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def bandwidth_sandbox(
    request: pytest.FixtureRequest, bandwidth_sandbox_server: "Sandbox"
) -> "Iterator[SandboxAccount]":
    """An account of the sandbox that no other test has: with credentials, messages and a clock of its own.

    Where the test fails, the report says which messages the account had.

    Yields:
        The account. Its time stands still but for `advance()`, unless the setting `bandwidth_sandbox_pace` says more.
    """
    account = bandwidth_sandbox_server.new_account(request.config.getini(_PACE))
    # The report of a failure is made before the fixtures end: the messages are still there.
    request.node.stash[_ACCOUNT] = account
    yield account
    # A test that closes the sandbox leaves nothing to forget.
    with contextlib.suppress(RuntimeError):
        account.clear()


# The older form of a wrapper, since pytest loads this module for everybody: with any pluggy it must do no harm.
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> "Generator[None, _Result[pytest.TestReport], None]":
    """Add the account's messages to the report of a test that failed."""
    outcome = yield
    report = outcome.get_result()
    account = item.stash.get(_ACCOUNT, None)
    if account is not None and report.failed and call.when != "teardown":
        report.sections.append(("messages in bandwidth_sandbox", _shown(account)))


def _shown(account: "SandboxAccount") -> str:
    try:
        lines = [
            f"{each.time:%H:%M:%S} {each.family} {each.from_} -> {each.to} {each.status}: {each.text!r}"
            for each in account.messages()[-_SHOWN:]
        ]
    except Exception as error:  # noqa: BLE001 - an error in here would end the whole run, not one test
        return f"They could not be read: {error!r}"
    return "\n".join(lines) or "none"
