"""`python -m bandwidth_messaging.sandbox`: its options, and what it says to those that make no sense."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3

import bandwidth_messaging
from bandwidth_messaging.sandbox import Sandbox

OURS, PHONE = "+15557654321", "+15552345678"
COMMAND = [sys.executable, "-W", "error", "-m", "bandwidth_messaging.sandbox"]


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[list[str]]:
    """The command while it runs: the lines that it has printed."""
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | environment
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if "Ctrl-C" in line:
            break
    try:
        yield lines
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


def url(lines: list[str]) -> str:
    (host,) = [line for line in lines if line.startswith("host=")]
    return host.split('"')[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--pace", "slow"], "argument --pace: invalid choice: 'slow'"),
        (["--port", "99999"], "port must be from 0 to 65535, not 99999"),
        (["--host", "0.0.0.0"], "(--allow-remote) says that it may be"),
        (["--host", "127.0.0.1.nowhere.invalid", "--allow-remote"], "[Errno "),
        (["--callback-url", "https://example.com/"], "(--callback-origin) names the origin"),
        (["--db", "/nowhere/at/all.sqlite"], "unable to open database file"),
    ],
)
def test_an_option_that_makes_no_sense_is_one_line_and_no_traceback(arguments: list[str], said: str) -> None:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_what_it_prints_can_be_pasted_and_reaches_all_three_families() -> None:
    with running("--pace", "stepped") as lines:
        pasted: dict[str, Any] = {}
        exec("\n".join(lines), pasted)  # that is what it is printed for
        with bandwidth_messaging.ApiClient(pasted["configuration"]) as api_client, pasted["classic"] as classic:
            message = {"application_id": pasted["application_id"], "to": [PHONE], "from": OURS, "text": "v2"}
            bandwidth_messaging.MessagesApi(api_client).create_message(pasted["account_id"], message)
            classic.send_message(from_=OURS, to=PHONE, text="classic")
        with pasted["messagemedia"] as messagemedia:
            other = {"content": "messagemedia", "destination_number": PHONE}
            messagemedia.messages.create_send_messages({"messages": [other]})
        found = urllib3.request("GET", f"{url(lines)}/sandbox/accounts/9900000/messages").json()["messages"]
    assert [each["text"] for each in found] == ["v2", "classic", "messagemedia"]


def test_the_limits_and_the_pace_are_those_of_the_options() -> None:
    with running("--limits", "--pace", "stepped") as lines:
        account = f"{url(lines)}/sandbox/accounts/9900000"
        limits = urllib3.request("GET", f"{account}/limits").json()
        assert limits == {"list_requests": 3500, "segments_per_second": 1.0}
        assert urllib3.request("GET", account).json()["pace"] == "stepped"


def test_the_printed_address_of_the_page_opens_it_where_others_are_let_in() -> None:
    with running("--host", "0.0.0.0", "--allow-remote", "--allow-host", "sandbox.example.com") as lines:
        (page,) = [line.split()[-1] for line in lines if "?token=" in line]
        assert page.startswith("http://127.0.0.1:")
        assert any("From another machine" in line for line in lines)
        entered = urllib3.request("GET", page, redirect=False, headers={"Host": "sandbox.example.com"})
        assert (entered.status, entered.headers["location"]) == (303, "/")
        assert urllib3.request("GET", page.partition("?")[0]).status == 401


def test_callbacks_carry_the_credentials_of_the_options_and_the_environment_and_come_twice_if_asked_to() -> None:
    seen = []

    class Application(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            seen.append(self.headers["authorization"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Application) as application:
        there = f"http://127.0.0.1:{application.server_port}/"
        options = ["--inbound-callback-url", there, "--callback-username", "u", "--callback-disorder", "duplicate"]
        with running(*options, BW_SANDBOX_CALLBACK_PASSWORD="p") as lines:
            inbound = {"from": "+15552345678", "to": "+15557654321", "text": "x"}
            urllib3.request("POST", f"{url(lines)}/sandbox/accounts/9900000/inbound", json=inbound)
            application.handle_request()
            application.handle_request()
    assert seen == ["Basic " + base64.b64encode(b"u:p").decode()] * 2


def test_help_names_no_secret() -> None:
    environment = os.environ | {"BW_SANDBOX_CALLBACK_PASSWORD": "very-secret"}
    done = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True, env=environment)
    assert "--callback-password" in done.stdout
    assert "very-secret" not in done.stdout


def test_the_file_keeps_what_was_sent(tmp_path: Path) -> None:
    file = str(tmp_path / "messages.sqlite")
    inbound = {"from": "+15552345678", "to": "+15557654321", "text": "kept"}
    with running("--db", file) as lines:
        urllib3.request("POST", f"{url(lines)}/sandbox/accounts/9900000/inbound", json=inbound)
    with running("--db", file) as lines:
        found = urllib3.request("GET", f"{url(lines)}/sandbox/accounts/9900000/messages").json()["messages"]
    assert [message["text"] for message in found] == ["kept"]


def test_the_newest_messages_are_kept_if_somebody_says_how_many(tmp_path: Path) -> None:
    file = str(tmp_path / "messages.sqlite")
    with Sandbox(db=file) as sandbox:
        for number in range(5):
            sandbox.add(text=f"{number}")
    with running("--db", file, "--keep", "2") as lines:
        address = f"{url(lines)}/sandbox/accounts/9900000/messages"
        last = time.monotonic() + 20
        while len(found := urllib3.request("GET", address).json()["messages"]) > 2 and time.monotonic() < last:
            time.sleep(0.02)
    assert [message["text"] for message in found] == ["3", "4"]
