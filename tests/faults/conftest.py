"""The lab for each test, and a record of everything that was logged while the tests of this folder ran."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.certificates import Authority
from faults.lab import Lab

_HERE = Path(__file__).parent
LOGGED: list[logging.LogRecord] = []


class _Recorder(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        LOGGED.append(record)


@pytest.fixture(scope="package", autouse=True)
def recorded() -> Iterator[list[logging.LogRecord]]:
    root, recorder = logging.getLogger(), _Recorder()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(recorder)
    yield LOGGED
    root.removeHandler(recorder)
    root.setLevel(level)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # What is searched for secrets is what all the others of this folder have left behind.
    ours = [item for item in items if item.path.parent == _HERE]
    ours.sort(key=lambda item: "everything_that_the_suite_left_behind" in item.name)
    places = [place for place, item in enumerate(items) if item.path.parent == _HERE]
    for place, item in zip(places, ours, strict=True):
        items[place] = item


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))
