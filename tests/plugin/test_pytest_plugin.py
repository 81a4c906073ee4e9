"""The pytest plugin as users have it: test files of theirs, run by pytest in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FIFTY = """
import pytest

import bandwidth_messaging


@pytest.fixture
def messages(bandwidth_sandbox):
    configuration = bandwidth_messaging.Configuration(
        host=bandwidth_sandbox.url,
        client_id=bandwidth_sandbox.client_id,
        client_secret=bandwidth_sandbox.client_secret,
        access_token_url=bandwidth_sandbox.access_token_url,
    )
    with bandwidth_messaging.ApiClient(configuration) as client:
        yield bandwidth_messaging.MessagesApi(client)


@pytest.mark.parametrize("number", range(50))
def test_a_code_is_sent_once(messages, bandwidth_sandbox, number):
    messages.create_message(
        bandwidth_sandbox.account_id,
        {
            "application_id": bandwidth_sandbox.application_id,
            "to": ["+15552345678"],
            "from": "+15557654321",
            "text": f"Your code is {1000 + number}",
        },
    )
    sent = bandwidth_sandbox.wait_for(to="+15552345678")
    assert sent.code == str(1000 + number)
    assert len(bandwidth_sandbox.messages()) == 1
    assert sent.status == "RECEIVED"
    bandwidth_sandbox.advance(10)
    assert bandwidth_sandbox.wait_for(status="DELIVERED").message_id == sent.message_id
"""


def run_pytest(folder: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "under xdist"])
def test_fifty_tests_have_an_account_each(tmp_path: Path, workers: tuple[str, ...]) -> None:
    (tmp_path / "test_codes.py").write_text(FIFTY, "utf-8")

    said = run_pytest(tmp_path, "-q", "-W", "error", *workers)

    assert re.search(r"\b50 passed", said), said
    print(said)


def test_a_failure_shows_the_messages_of_its_account_and_of_no_other(tmp_path: Path) -> None:
    (tmp_path / "test_failing.py").write_text(
        "def test_one(bandwidth_sandbox):\n"
        "    bandwidth_sandbox.receive('+15552345678', 'from one')\n\n"
        "def test_two(bandwidth_sandbox):\n"
        "    bandwidth_sandbox.receive('+15552345678', 'from two')\n"
        "    assert False\n\n"
        "def test_three(bandwidth_sandbox):\n"
        "    assert False\n",
        "utf-8",
    )
    said = run_pytest(tmp_path)
    assert said.count("--- messages in bandwidth_sandbox ---") == 2
    assert "v2 +15552345678 -> +15557654321 RECEIVED: 'from two'" in said
    assert "from one'" not in said.partition("messages in bandwidth_sandbox")[2]


def test_a_failure_shows_requests_that_were_refused_and_callbacks(tmp_path: Path) -> None:
    (tmp_path / "test_failing.py").write_text(
        "import bandwidth_messaging, pytest\n\n"
        "def broken(environ, start_response):\n"
        "    raise RuntimeError('no database')\n\n"
        "def test_one(bandwidth_sandbox):\n"
        "    bandwidth_sandbox.deliver_to(broken, path='/hooks')\n"
        "    bandwidth_sandbox.receive('+15552345678', 'Hello')\n"
        "    bandwidth_sandbox.advance(0)\n"
        "    with bandwidth_messaging.ApiClient(bandwidth_sandbox.configuration()) as client:\n"
        "        message = {'application_id': 'x', 'to': ['+15552345678'], 'from': '+15557654321', 'text': 'x'}\n"
        "        bandwidth_messaging.MessagesApi(client).create_message(bandwidth_sandbox.account_id, message)\n",
        "utf-8",
    )
    said = run_pytest(tmp_path)
    requests, _, callbacks = said.partition("--- requests in bandwidth_sandbox ---")[2].partition("--- callbacks in")
    assert re.search(r"POST /users/99\d+/messages -> 400 \{.*must be an application of this account", requests), said
    expected = (
        "message-received about +15557654321 to http://localhost/hooks: waiting, attempt 1: RuntimeError: no database"
    )
    assert expected in callbacks, said


def test_messages_that_cannot_be_read_do_not_end_the_run(tmp_path: Path) -> None:
    (tmp_path / "test_closing.py").write_text(
        "def test_one(bandwidth_sandbox, bandwidth_sandbox_server):\n"
        "    bandwidth_sandbox_server.close()\n"
        "    assert False\n\n"
        "def test_two():\n"
        "    pass\n",
        "utf-8",
    )
    said = run_pytest(tmp_path)
    assert "They could not be read: RuntimeError('The sandbox is not running" in said
    assert "1 failed, 1 passed" in said


def test_the_pace_is_a_setting(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nbandwidth_sandbox_pace = fast\n", "utf-8")
    (tmp_path / "test_fast.py").write_text(FIFTY.replace('assert sent.status == "RECEIVED"', "pass"), "utf-8")
    assert "50 passed" in run_pytest(tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nbandwidth_sandbox_pace = slow\n", "utf-8")
    assert "pace must be one of real, fast, stepped, not 'slow'" in run_pytest(tmp_path, "-x")


def test_who_does_not_use_it_loads_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text(
        "import sys\n\n"
        "def test_nothing_is_loaded():\n"
        "    heavy = {'starlette', 'uvicorn', 'urllib3', 'pydantic', 'httpx', 'jsonschema', 'yaml', 'sqlite3'}\n"
        "    assert 'bandwidth_messaging.pytest_plugin' in sys.modules\n"
        "    assert heavy & set(sys.modules) == set()\n"
        "    ours = {name for name in sys.modules if name.startswith('bandwidth_messaging')}\n"
        "    assert ours == {'bandwidth_messaging', 'bandwidth_messaging._lazy', 'bandwidth_messaging._version',\n"
        "                    'bandwidth_messaging.pytest_plugin'}\n",
        "utf-8",
    )
    # Other people's plugins, which load what they like, stay out of it.
    said = run_pytest(
        tmp_path, "-p", "bandwidth_messaging.pytest_plugin", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"
    )  # fmt: skip
    assert "1 passed" in said, said


def test_without_the_extra_the_first_use_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("import sys\nsys.modules['starlette'] = None\n", "utf-8")
    (tmp_path / "test_it.py").write_text(
        "def test_without():\n    pass\n\ndef test_with(bandwidth_sandbox):\n    pass\n", "utf-8"
    )
    said = run_pytest(tmp_path)
    assert 'pip install "bandwidth-messaging[sandbox]"' in said
    assert "1 passed, 1 error" in said
