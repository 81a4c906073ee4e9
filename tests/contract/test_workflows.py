"""The workflows do what CONTRIBUTING says, with environments that tox has."""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"


def workflow(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((WORKFLOWS / name).read_text("utf-8"))
    return loaded


def environments() -> set[str]:
    """The environments of tox.ini; pyXY are tests on another Python."""
    ini = configparser.RawConfigParser(strict=False)
    ini.read(ROOT / "tox.ini")
    named = {section.removeprefix("testenv:") for section in ini.sections() if section.startswith("testenv:")}
    return named | {"tests", "py310", "py311", "py312", "py313"}


def test_ci_runs_what_ci_run_runs_and_every_python() -> None:
    jobs = workflow("ci.yml")["jobs"]
    called = {each["env"] for each in jobs["tests"]["strategy"]["matrix"]["include"]}
    called |= set(jobs["checks"]["strategy"]["matrix"]["env"])
    assert called <= environments()
    here = (ROOT / ".ci" / "run").read_text("utf-8").rpartition("tox run -e ")[2].split()[0].split(",")
    assert {*here, "py310", "py311", "py312", "py313", "lowest"} <= called


@pytest.mark.parametrize("job", ["tests", "checks"])
def test_a_job_of_ci_calls_tox_and_may_only_read(job: str) -> None:
    ci = workflow("ci.yml")
    assert ci["jobs"][job]["steps"][-1]["run"] == "tox run -e ${{ matrix.env }}"
    assert ci["permissions"] == {"contents": "read"}


def test_only_the_job_that_publishes_has_an_identity_and_it_builds_nothing() -> None:
    release = workflow("release.yml")
    build, publish = release["jobs"]["build"], release["jobs"]["publish"]
    assert (release["permissions"], build["permissions"]) == ({}, {"contents": "read"})
    assert (publish["permissions"], publish["needs"]) == ({"id-token": "write"}, "build")
    assert publish["environment"]["name"]
    assert "tox run -e package" in [step.get("run") for step in build["steps"]]
    assert not [step for step in publish["steps"] if "run" in step]
    assert publish["steps"][-1]["uses"].startswith("pypa/gh-action-pypi-publish@")
    assert publish["steps"][-1]["with"]["attestations"] is True
    assert "password" not in publish["steps"][-1]["with"]
