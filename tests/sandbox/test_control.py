"""The sandbox over HTTP, for other languages: each operation of sandbox_api.yaml."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import urllib3
import yaml

from bandwidth_messaging.sandbox import Sandbox

OURS, PHONE = "+15557654321", "+15552345678"


class Control:
    def __init__(self, sandbox: Sandbox, http: urllib3.PoolManager) -> None:
        self.url, self.http = f"{sandbox.url}/sandbox", http

    def __call__(self, method: str, path: str, body: Any = None, **fields: Any) -> urllib3.BaseHTTPResponse:
        if method == "GET":
            return self.http.request(method, self.url + path, fields=fields)
        return self.http.request(method, self.url + path, json={} if body is None else body)


@pytest.fixture
def control(sandbox: Sandbox, http: urllib3.PoolManager) -> Control:
    return Control(sandbox, http)


def test_an_account_is_opened_and_shown(control: Control) -> None:
    opened = control("POST", "/accounts", {"pace": "fast"})
    assert opened.status == 201
    account = opened.json()
    assert control("GET", f"/accounts/{account['account_id']}").json()["client_secret"] == account["client_secret"]
    assert (account["pace"], set(account["classic"])) == ("fast", {"user_id", "api_token", "api_secret"})
    assert control("POST", "/accounts", {"pace": "slow"}).status == 400
    assert control("GET", "/accounts/none").status == 404


def test_a_phone_sends_and_the_message_is_found_and_forgotten(control: Control) -> None:
    sent = control("POST", "/accounts/9900000/inbound", {"from": PHONE, "to": OURS, "text": "Your code is 482913"})
    assert sent.status == 201
    (found,) = control("GET", "/accounts/9900000/messages", **{"from": PHONE, "text": "482913"}).json()["messages"]
    assert (found["message_id"], found["from"], found["code"]) == (sent.json()["message_id"], PHONE, "482913")
    assert control("GET", "/accounts/9900000/messages", to=PHONE).json() == {"messages": []}
    assert control("DELETE", "/accounts/9900000/messages").status == 204
    assert control("GET", "/accounts/9900000/messages").json() == {"messages": []}


def test_a_search_waits_for_the_first_message_that_matches(control: Control, sandbox: Sandbox) -> None:
    later = threading.Timer(0.2, sandbox.receive, (PHONE, "now"), {"to": OURS})
    later.start()
    found = control("GET", "/accounts/9900000/messages", text="now", wait=30).json()["messages"]
    later.join()
    assert [message["text"] for message in found] == ["now"]
    assert control("GET", "/accounts/9900000/messages", text="never", wait=0.05).json() == {"messages": []}


def test_the_clock_moves_and_callbacks_are_sent_and_replayed(control: Control, sandbox: Sandbox) -> None:
    account = control("POST", "/accounts", {}).json()
    path = f"/accounts/{account['account_id']}"
    # Nobody listens on port 9: each attempt fails, and is kept.
    assert control("PUT", f"{path}/callbacks", {"inbound_url": "http://127.0.0.1:9/"}).status == 204
    control("POST", f"{path}/inbound", {"from": PHONE, "to": OURS, "text": "x"})
    assert control("POST", f"{path}/clock", {"advance": 0}).status == 200
    (message,) = control("GET", f"{path}/messages").json()["messages"]
    (callback,) = message["callbacks"]
    assert (callback["type"], callback["state"], len(callback["attempts"])) == ("message-received", "waiting", 1)
    (row,) = sandbox.store.select("SELECT callback_id FROM callbacks")
    assert control("POST", f"/callbacks/{row['callback_id']}/replay").status == 202
    control("POST", f"{path}/clock", {"advance": 0})
    (message,) = control("GET", f"{path}/messages").json()["messages"]
    assert len(message["callbacks"][0]["attempts"]) == 2
    assert control("POST", "/callbacks/999/replay").status == 404
    assert control("PUT", f"{path}/callbacks", {"inbound_url": "https://example.com/"}).status == 400


def test_faults_are_made_listed_and_removed(control: Control) -> None:
    path = "/accounts/9900000/faults"
    made = control("POST", path, {"count": 2, "status": 429, "retry_after": 1, "to": None})
    assert (made.status, made.json()["hits"]) == (201, 0)
    assert [fault["fault_id"] for fault in control("GET", path).json()["faults"]] == [made.json()["fault_id"]]
    assert control("DELETE", f"{path}/{made.json()['fault_id']}").status == 204
    assert control("DELETE", f"{path}/{made.json()['fault_id']}").status == 404
    assert control("POST", path, {"status": 500, "reset": True}).json()["description"].startswith("give one of status")
    assert control("DELETE", path).status == 204


@pytest.mark.parametrize("body", [[], {"from": "nobody", "text": "x"}, {"text": "x"}, {"from": PHONE}, {"form": PHONE}])
def test_a_body_that_cannot_be_read_is_a_400_that_says_why(control: Control, body: Any) -> None:
    answer = control("POST", "/accounts/9900000/inbound", body)
    assert (answer.status, set(answer.json())) == (400, {"type", "description"})


def test_the_description_is_served(control: Control) -> None:
    served = control("GET", "/openapi.yaml")
    assert yaml.safe_load(served.data)["info"]["title"] == "The sandbox"
    assert control("GET", "/health").json() == {"status": "ok"}


def test_schemathesis_finds_no_answer_that_the_description_does_not_have(tmp_path: Path) -> None:
    command = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert command is not None, "schemathesis is not installed: it is in the dependency group `contract`"
    description = Path(__file__).parents[2] / "bandwidth_messaging" / "sandbox" / "sandbox_api.yaml"
    (tmp_path / "schemathesis.toml").write_text('[parameters]\n"path.account_id" = "9900000"\n', "utf-8")
    with Sandbox(pace="stepped") as sandbox:
        done = subprocess.run(
            [command, "run", str(description), f"--url={sandbox.url}", "--mode=all", "--max-examples=10",
             "--generation-deterministic", "--continue-on-failure", "--no-color", "--checks=all",
             # A rule may be refused for what its fields are together, and a search may wait.
             "--exclude-checks=positive_data_acceptance", "--exclude-operation-id=findMessages"],
            cwd=tmp_path, env={**os.environ, "PYTHONWARNINGS": ""}, capture_output=True, text=True, timeout=300,
            check=False,
        )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert re.search(r"Tested: 1[0-9]", said), said
