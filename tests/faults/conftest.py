"""The lab for each test, and the search for secrets in what each test leaves behind."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from faults.certificates import Authority
from faults.lab import Lab
from faults.secrecy import LeftBehind


@pytest.fixture(scope="package")
def listening() -> Iterator[LeftBehind]:
    """Hears every log record of the process, those of threads that outlive their test too."""
    root, left_behind = logging.getLogger(), LeftBehind()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(left_behind)
    yield left_behind
    root.removeHandler(left_behind)
    root.setLevel(level)
    left_behind.check()


@pytest.fixture(autouse=True)
def left_behind(listening: LeftBehind) -> Iterator[LeftBehind]:
    """Fails a test, in whichever process it runs, that leaves a secret in a log or in an exception."""
    yield listening
    listening.check()


@pytest.fixture
def lab(left_behind: LeftBehind) -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))
