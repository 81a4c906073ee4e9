"""The sandbox over HTTP, for other languages: each operation of sandbox_api.yaml."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import urllib3
import yaml

from bandwidth_messaging.sandbox import Sandbox

from .calling import NOW, Caller

OURS, PHONE = "+15557654321", "+15552345678"


class Control:
    def __init__(self, sandbox: Sandbox, http: urllib3.PoolManager) -> None:
        self.url, self.http = f"{sandbox.url}/sandbox", http

    def __call__(self, method: str, path: str, body: Any = None, **fields: Any) -> urllib3.BaseHTTPResponse:
        if method == "GET":
            return self.http.request(method, self.url + path, fields=fields)
        return self.http.request(method, self.url + path, json={} if body is None else body)


@pytest.fixture
def sandbox(own_sandbox: Sandbox) -> Sandbox:
    """The control API is about a whole server."""
    return own_sandbox


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


def test_accounts_are_listed_oldest_first(control: Control) -> None:
    opened = control("POST", "/accounts").json()["account_id"]
    assert [account["account_id"] for account in control("GET", "/accounts").json()["accounts"]] == ["9900000", opened]


def test_the_pace_changes_and_time_does_not_go_back(control: Control, sandbox: Sandbox) -> None:
    path = f"/accounts/{sandbox.new_account().account_id}/clock"
    control("POST", path, {"advance": 100})
    before = control("POST", path, {"advance": 0}).json()
    real = control("PUT", path, {"pace": "real"}).json()
    stepped = control("PUT", path, {"pace": "stepped"}).json()
    assert (before["pace"], real["pace"], stepped["pace"]) == ("stepped", "real", "stepped")
    assert before["now"] <= real["now"] <= stepped["now"] == control("POST", path, {"advance": 0}).json()["now"]
    assert control("PUT", path, {"pace": "slow"}).status == 400


def test_an_account_whose_time_passed_does_not_go_back_when_it_is_stopped() -> None:
    now = [NOW]
    with Sandbox(clock=lambda: now[0], pace="stepped") as sandbox:
        clock = sandbox._running()[1].clock
        sandbox.set_pace("real")
        now[0] += 50
        sandbox.set_pace("stepped")
        now[0] += 50
        assert clock() == NOW + 50
        with pytest.raises(ValueError, match="pace must be one of real, fast, stepped, not 'slow'"):
            sandbox.set_pace("slow")  # type: ignore[arg-type]


def test_the_settings_of_callbacks_are_shown_without_the_password(control: Control) -> None:
    path, url = "/accounts/9900000/callbacks", "http://127.0.0.1:9/"
    control("PUT", path, {"outbound_url": url, "username": "u", "password": "p", "types": ["message-failed"]})
    assert control("GET", path).json() == {
        "outbound_url": url, "inbound_url": None, "username": "u", "types": ["message-failed"], "disorder": [],
    }  # fmt: skip
    assert control("PUT", path, {"disorder": ["late", "early"]}).status == 204
    assert control("GET", path).json()["disorder"] == ["late", "early"]
    assert control("PUT", path, {"disorder": ["twice"]}).status == 400


def test_limits_are_set_shown_and_switched_off(control: Control, caller: Caller) -> None:
    path = "/accounts/9900000/limits"
    assert control("PUT", path, {"list_requests": 1}).status == 204
    assert control("GET", path).json() == {"list_requests": 1, "segments_per_second": None}
    assert [caller.search(limit=1).status for _ in range(2)] == [200, 429]
    assert control("PUT", path, {}).status == 204
    assert caller.search(limit=1).status == 200
    assert control("PUT", path, {"list_requests": 0}).status == 400


def test_a_token_is_worthless_once_it_was_revoked(control: Control, caller: Caller) -> None:
    bearer = {"authorization": f"Bearer {caller.token().json()['access_token']}"}
    assert caller.send("GET", f"{caller.path}?limit=1", headers=bearer).status == 200
    assert control("DELETE", "/accounts/9900000/tokens").status == 204
    assert caller.send("GET", f"{caller.path}?limit=1", headers=bearer).status == 401


def test_what_is_exported_can_be_imported_into_another_sandbox(control: Control, caller: Caller) -> None:
    caller.create(to=["+15554443333", "+15554443334"], tag="both")
    caller.create(text="Hello, \u2603")
    control("POST", "/accounts/9900000/inbound", {"from": PHONE, "to": OURS, "text": "in"})
    caller.sandbox.add(message_id="m", location="here", carrier_queued=True, message_status="FAILED", error_code=4720)
    first = control("GET", "/accounts/9900000/export", limit=2).json()
    rest = control("GET", "/accounts/9900000/export", after=first["next"]).json()
    assert (len(first["messages"]), len(rest["messages"]), rest["next"]) == (2, 3, None)

    with Sandbox(clock=lambda: NOW) as other, urllib3.PoolManager(retries=False) as http:
        elsewhere = Control(other, http)
        for part in (first, rest):
            assert elsewhere("POST", "/accounts/9900000/import", part).status == 201
        assert elsewhere("GET", "/accounts/9900000/export").json()["messages"] == first["messages"] + rest["messages"]
        assert Caller(other, http).search(limit=9).json() == caller.search(limit=9).json()
        assert [each.tag for each in other.messages(tag="both")] == ["both", "both"]
        assert {each.recipients for each in other.messages(tag="both")} == {("+15554443333", "+15554443334")}
        again = elsewhere("POST", "/accounts/9900000/import", first)
        assert (again.status, "taken" in again.json()["description"]) == (400, True)


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_a_message_to_a_group_is_exported_whole_however_short_the_page(
    limit: int, control: Control, caller: Caller
) -> None:
    group = [OURS, "+15550001001", "+15550001002"]
    caller.sandbox.receive(PHONE, "to the group", to=group)
    caller.create(to=group[1:], text="to both")
    caller.create(text="alone")
    with Sandbox(clock=lambda: NOW) as other, urllib3.PoolManager(retries=False) as http:
        elsewhere, after, pages = Control(other, http), 0, 0
        while after is not None:
            page = control("GET", "/accounts/9900000/export", limit=limit, after=after).json()
            assert elsewhere("POST", "/accounts/9900000/import", page).status == 201
            after, pages = page["next"], pages + 1
        assert pages == {1: 3, 2: 3, 4: 1}[limit]
        assert [each.text for each in other.messages()] == ["to the group", "to both", "to both", "alone"]
        assert other.messages()[0].recipients == tuple(group)
        assert {each.recipients for each in other.messages(text="to both")} == {tuple(group[1:])}


def test_seed_data_needs_only_the_fields_that_matter(control: Control, caller: Caller) -> None:
    made = control("POST", "/accounts/9900000/import", {"messages": [{"location": "here"}, {"text": "x"}]})
    assert caller.ids(location="here") == made.json()["message_ids"][:1]
    bad = control(
        "POST", "/accounts/9900000/import", {"messages": [{"location": "there"}, {"receive_time": "2026-02-31"}]}
    )
    assert (bad.status, caller.ids(location="there")) == (400, [])


def test_a_search_that_waits_ends_in_order_with_the_sandbox() -> None:
    with Sandbox() as sandbox:
        connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"))
        connection.request("GET", "/sandbox/accounts/9900000/messages?wait=60")
        while not sandbox.services.feed._listeners:
            time.sleep(0.01)
    # Were it cut off when the server's patience ends, there would be no answer.
    assert connection.getresponse().status == 200
    connection.close()


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
    description = Path(__file__).parents[2] / "bandwidth_messaging" / "sandbox" / "contract" / "sandbox_api.yaml"
    (tmp_path / "schemathesis.toml").write_text('[parameters]\n"path.account_id" = "9900000"\n', "utf-8")
    with Sandbox(pace="stepped") as sandbox:
        done = subprocess.run(
            [command, "run", str(description), f"--url={sandbox.url}", "--mode=all", "--max-examples=10",
             "--generation-deterministic", "--continue-on-failure", "--no-color", "--checks=all",
             # A rule may be refused for what its fields are together, and a search or a step of the time may wait.
             "--exclude-checks=positive_data_acceptance", "--exclude-operation-id=findMessages",
             "--exclude-operation-id=advance"],
            cwd=tmp_path, env={**os.environ, "PYTHONWARNINGS": ""}, capture_output=True, text=True, timeout=300,
            check=False,
        )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert f"Tested: {_operations(description) - 2}\n" in said.replace(" \n", "\n"), said


def _operations(description: Path) -> int:
    paths = yaml.safe_load(description.read_text("utf-8"))["paths"].values()
    return sum(method in ("get", "put", "post", "delete") for path in paths for method in path)


@pytest.mark.parametrize(
    ("method", "path", "query", "said"),
    [
        ("DELETE", "/accounts/9900000/messages", "to=%2B15552345678", "to: DELETE .*/messages has .*; it has none"),
        ("GET", "/accounts/9900000/messages", "too=x", "too: GET .* has no such parameter; it has message_id, from,"),
        ("GET", "/accounts/9900000/messages", "from_=x", "from_: GET .* has no such parameter"),
        ("GET", "/accounts/9900000/messages", "to=x&to=y", "to: must be given at most once"),
        ("GET", "/accounts", "pace=fast", "pace: GET /sandbox/accounts has no such parameter"),
        ("GET", "/accounts/9900000/export", "from=x", "from: GET .*/export has no such parameter; it has after, limit"),
        ("DELETE", "/accounts/9900000/faults", "to=x", "to: DELETE .*/faults has no such parameter"),
        ("GET", "/health", "x=y", "x: GET /sandbox/health has no such parameter"),
    ],
)  # fmt: skip
def test_a_parameter_that_an_operation_does_not_have_is_refused_and_nothing_happens(
    control: Control, sandbox: Sandbox, method: str, path: str, query: str, said: str
) -> None:
    sandbox.receive(PHONE, "Hello", to=OURS)
    sandbox.fail_next(status=503)
    answer = control.http.request(method, f"{control.url}{path}?{query}")

    assert answer.status == 400
    assert re.search(said, answer.json()["description"]), answer.json()
    assert (len(sandbox.messages()), len(sandbox.faults())) == (1, 1)


def test_a_plus_in_a_query_need_not_be_escaped(control: Control, sandbox: Sandbox) -> None:
    sandbox.receive(PHONE, "1 + 1", to=OURS)
    for query in (f"from={PHONE}", f"to={OURS}", "from=%2B15552345678", f"from={PHONE}&to={OURS}", "text=1+%2B+1"):
        answer = control.http.request("GET", f"{control.url}/accounts/9900000/messages?{query}")
        assert [each["text"] for each in answer.json()["messages"]] == ["1 + 1"], query
