"""The pytest plugin: the fixture `bandwidth_sandbox`, a sandbox account of its own for each test.

pytest loads this module for everybody who has the package installed, so it imports nothing that is not loaded by then:
the sandbox is, and its server started, by the first test that asks for the fixture.
"""

import contextlib
from collections.abc import Generator, Iterator

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

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

    Where the test fails, the report says which messages, requests and callbacks the account had.

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
    """Add the account's messages, requests and callbacks to the report of a test that failed."""
    outcome = yield
    report = outcome.get_result()
    account = item.stash.get(_ACCOUNT, None)
    if account is not None and report.failed and call.when != "teardown":
        for name, lines_of in (("messages", _messages), ("requests", _requests), ("callbacks", _callbacks)):
            report.sections.append((f"{name} in bandwidth_sandbox", _shown(account, lines_of)))


def _shown(account: "SandboxAccount", lines_of: "Callable[[SandboxAccount], list[str]]") -> str:
    try:
        lines = lines_of(account)
    except Exception as error:  # noqa: BLE001 - an error in here would end the whole run, not one test
        return f"They could not be read: {error!r}"
    return "\n".join(lines[-_SHOWN:]) or "none"


def _messages(account: "SandboxAccount") -> list[str]:
    return [
        f"{each.time:%H:%M:%S} {each.family} {each.from_} -> {each.to} {each.status}{_code(each.error_code)}: "
        f"{each.text!r}"
        for each in account.messages()
    ]


def _code(error_code: int) -> str:
    return f" ({error_code})" if error_code else ""


def _requests(account: "SandboxAccount") -> list[str]:
    return [
        f"{each.method} {each.path}{each.query and '?'}{each.query} -> {each.status or 'no answer'} {each.refusal}"
        for each in account.requests
    ]


def _callbacks(account: "SandboxAccount") -> list[str]:
    return [
        f"{each.type} about {message.to} to {each.url}: {each.state}{_last(each.attempts)}"
        for message in account.messages()
        for each in message.callbacks
    ]


def _last(attempts: "tuple[dict[str, Any], ...]") -> str:
    if not attempts:
        return ", not sent yet"
    return f", attempt {len(attempts)}: {attempts[-1].get('status') or attempts[-1].get('error')}"
