"""Every code block of every page is executed, against a sandbox, in the order in which it stands there."""

from __future__ import annotations

import doctest
import inspect
import io
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

import bandwidth_messaging
from bandwidth_messaging.sandbox import Sandbox

from .pages import PAGES, blocks, name_of

# What differs from run to run: ids and times.
VARIES = [(re.compile(r"\d{13}[a-z0-9]{16}"), "ID"), (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "TIME")]
SHELL = re.compile(r"python -m (\S+)")


class _SameButForIds(doctest.OutputChecker):
    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        for pattern, name in VARIES:
            want, got = pattern.sub(name, want), pattern.sub(name, got)
        return super().check_output(want, got, optionflags)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What the examples take for granted: the names of the REPL tour, and credentials in the environment."""
    monkeypatch.chdir(tmp_path)
    with Sandbox() as sandbox:
        monkeypatch.setenv("BW_HOST", sandbox.url)
        monkeypatch.setenv("BW_ACCESS_TOKEN_URL", sandbox.access_token_url)
        monkeypatch.setenv("BW_CLIENT_ID", sandbox.client_id)
        monkeypatch.setenv("BW_CLIENT_SECRET", sandbox.client_secret)
        with bandwidth_messaging.ApiClient() as api_client:
            messages = bandwidth_messaging.MessagesApi(api_client)
            request = bandwidth_messaging.MessageRequest(
                application_id=sandbox.application_id, to=["+15552345678"], var_from="+15557654321", text="Hello"
            )
            message = messages.create_message(sandbox.account_id, request)
            monkeypatch.setenv("BW_ACCESS_TOKEN", _token(sandbox))
            monkeypatch.setenv("BW_USERNAME", sandbox.username)
            monkeypatch.setenv("BW_PASSWORD", sandbox.password)
            names = {
                "__name__": "docs", "bandwidth_messaging": bandwidth_messaging, "sandbox": sandbox,
                "messages": messages, "request": request, "message": message,
            }  # fmt: skip
            yield names
            # An application keeps its database open as long as it runs.
            for left_open in names.values():
                if isinstance(left_open, sqlite3.Connection):
                    left_open.close()


def _token(sandbox: Sandbox) -> str:
    with urllib3.PoolManager() as http:
        headers = urllib3.make_headers(basic_auth=f"{sandbox.client_id}:{sandbox.client_secret}")
        form = {"grant_type": "client_credentials"}
        answer = http.request("POST", sandbox.access_token_url, fields=form, headers=headers, encode_multipart=False)
        return str(answer.json()["access_token"])


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page.read_text("utf-8"), "python")], ids=name_of)
def test_the_code_of_a_page_runs_and_prints_what_it_says(page: Path, names: dict[str, Any]) -> None:
    sandbox = names["sandbox"]
    for number, block in enumerate(blocks(page.read_text("utf-8"), "python"), 1):
        where = f"{name_of(page)}, block {number}"
        if ">>>" in block:
            _check_session(block, names, where)
        else:
            exec(compile(block, where, "exec"), names)
    for test in [value for name, value in names.items() if name.startswith("test_")]:
        if "bandwidth_sandbox" not in inspect.signature(test).parameters:
            test(sandbox)


def test_the_tests_on_the_page_about_testing_pass_under_pytest(tmp_path: Path) -> None:
    page = blocks((Path(__file__).parents[2] / "docs" / "testing.md").read_text("utf-8"), "python")
    tests = [block for block in page if "def test_" in block]
    (tmp_path / "test_page.py").write_text("\n\n".join(tests), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert f"{len(tests)} passed" in done.stdout, done.stdout + done.stderr
    assert len(tests) == 4


def _check_session(block: str, names: dict[str, Any], where: str) -> None:
    session = doctest.DocTestParser().get_doctest(block, names, where, where, 0)
    report = io.StringIO()
    runner = doctest.DocTestRunner(checker=_SameButForIds())
    runner.run(session, out=report.write, clear_globs=False)
    names.update(session.globs)
    assert runner.failures == 0, report.getvalue()


def test_most_pages_have_code_and_every_block_says_its_language() -> None:
    assert sum(len(blocks(page.read_text("utf-8"), "python")) for page in PAGES) >= 30
    for page in PAGES:
        opened = re.findall(r"^```(.*)$", page.read_text("utf-8"), re.MULTILINE)[::2]
        known = {"python", "sh", "text", "toml", "{toctree}", "{eval-rst}"}
        assert set(opened) <= known, f"{name_of(page)}: {set(opened) - known}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_command_names_options_that_exist(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from bandwidth_messaging.sandbox.__main__ import main

    with pytest.raises(SystemExit):
        main(["--help"])
    known = capsys.readouterr().out
    for line in "".join(blocks(page.read_text("utf-8"), "sh")).splitlines():
        if SHELL.search(line):
            assert all(option in known for option in re.findall(r"--[a-z-]+", line)), line
