"""A program that is killed anywhere sends nothing twice and loses nothing; the sandbox's record is the judge."""

from __future__ import annotations

from pathlib import Path

import pytest

from bandwidth_messaging.sandbox import Sandbox

from .killing import Suite, cases, summary

SEED = 20261121


@pytest.mark.parametrize("power_cut", [False, True], ids=["kill", "power-cut"])
def test_a_program_that_is_killed_sends_nothing_twice_and_loses_nothing(
    server: Sandbox, tmp_path: Path, power_cut: bool
) -> None:
    verdicts = Suite(server, tmp_path).run(list(cases(10, SEED, power_cut=power_cut)))
    assert sum(verdict.died for verdict in verdicts) >= 6
    assert not any(verdict.faults for verdict in verdicts), summary(verdicts)
