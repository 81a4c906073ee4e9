"""The example applications, running: for tests of the examples, and for servers that post callbacks to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .receiver import Receiver


@pytest.fixture(scope="session", params=["flask", "django", "fastapi"])
def running(request: pytest.FixtureRequest) -> Iterator[Receiver]:
    """One example after the other; each is started once a run."""
    receiver = Receiver(f"callbacks_{request.param}.py")
    yield receiver
    receiver.close()


@pytest.fixture
def receiver(running: Receiver) -> Receiver:
    """The same, with nothing left to tell of earlier tests."""
    running.handled()
    return running
