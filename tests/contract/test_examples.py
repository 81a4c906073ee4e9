"""Every example that we print is executed, and prints what we say it prints."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import runpy
import shlex
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCED = re.compile(r"```python\n(.*?)```", re.DOTALL)
# What differs from run to run: ids and times.
VARIES = [(re.compile(r"\d{13}[a-z0-9]{16}"), "ID"), (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "TIME")]


class _SameButForIds(doctest.OutputChecker):
    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        for pattern, name in VARIES:
            want, got = pattern.sub(name, want), pattern.sub(name, got)
        return super().check_output(want, got, optionflags)


def test_the_tour_of_the_readme_prints_what_it_says() -> None:
    blocks = FENCED.findall(README)
    assert len(blocks) == 5
    names: dict[str, object] = {}
    exec(compile(blocks[0], "README.md", "exec"), names)
    try:
        tour = doctest.DocTestParser().get_doctest("\n".join(blocks[1:]), names, "README.md", "README.md", 0)
        report = io.StringIO()
        runner = doctest.DocTestRunner(checker=_SameButForIds())
        runner.run(tour, out=report.write, clear_globs=False)
        assert runner.failures == 0, report.getvalue()
        assert runner.tries >= 7
    finally:
        names["messages"].api_client.close()  # type: ignore[attr-defined]
        names["sandbox"].close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "examples").glob("*.py")), ids=lambda path: path.name)
def test_an_example_runs_and_says_something(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [str(path)])
    printed = io.StringIO()
    status = 0
    with contextlib.redirect_stdout(printed):
        try:
            runpy.run_path(str(path), run_name="__main__")
        except SystemExit as end:
            status = int(end.code or 0)
    assert status == 0
    assert printed.getvalue()


def test_the_commands_of_the_readme_name_environments_that_exist() -> None:
    environments = (ROOT / "tox.ini").read_text(encoding="utf-8")
    for command in re.findall(r"\.venv/bin/tox run .*", README):
        name = shlex.split(command)[-1]
        assert name == "tests" or f"[testenv:{name}]" in environments
