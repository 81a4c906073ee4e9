"""The lab for each test, and a record of everything that was logged while the suite ran."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from faults.certificates import Authority
from faults.lab import Lab

LOGGED: list[logging.LogRecord] = []


class _Recorder(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        LOGGED.append(record)


@pytest.fixture(scope="session", autouse=True)
def recorded() -> Iterator[list[logging.LogRecord]]:
    root, recorder = logging.getLogger(), _Recorder()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(recorder)
    yield LOGGED
    root.removeHandler(recorder)
    root.setLevel(level)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # What is searched for secrets is what all the others have left behind.
    items.sort(key=lambda item: "everything_that_the_suite_left_behind" in item.name)


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))
