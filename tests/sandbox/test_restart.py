"""A sandbox that is started again on its file: accounts, settings, times, and what was due meanwhile."""

import json
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import urllib3
from scripted_server import ScriptedServer, answer

from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.account_handle import CallbackOptions

from .calling import Caller

HOUR = 3600
JSON = {"content-type": "application/json"}


def an_hour_later() -> float:
    return time.time() + HOUR


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "messages.sqlite")


@pytest.mark.parametrize("given_again", [True, False], ids=["given again", "left to the file"])
def test_callbacks_of_accepted_messages_are_made_after_a_restart(
    file: str, http: urllib3.PoolManager, given_again: bool
) -> None:
    with ScriptedServer(answer(200, {})) as application:
        settings: CallbackOptions = {"outbound_url": application.url}
        with Sandbox(db=file, callbacks=settings) as sandbox:
            sent = {Caller(sandbox, http).create(to=[f"+1555234567{n}"]).json()["id"] for n in range(10)}
            http.clear()

        with Sandbox(db=file, clock=an_hour_later, callbacks=settings if given_again else None) as sandbox:
            sandbox.advance(0)
            told = [request.json[0] for request in application.requests]

    assert {event["message"]["id"] for event in told if event["type"] == "message-delivered"} == sent


def test_callbacks_of_the_command_line_replace_those_of_the_file(file: str) -> None:
    with Sandbox(db=file, callbacks={"outbound_url": "http://127.0.0.1:9/old", "username": "u"}):
        pass
    with Sandbox(db=file, callbacks={"inbound_url": "http://127.0.0.1:9/new"}) as sandbox:
        assert _settings(sandbox)["outbound_url"] is None
        assert _settings(sandbox)["inbound_url"] == "http://127.0.0.1:9/new"


def test_callbacks_that_are_refused_leave_nothing_behind(file: str) -> None:
    with pytest.raises(ValueError, match="outbound_url: callbacks go to this machine only"):
        Sandbox(db=file, callbacks={"outbound_url": "https://example.com"}).start()
    with Sandbox(db=file):
        pass


def test_an_account_that_was_opened_over_http_outlives_a_restart(file: str, http: urllib3.PoolManager) -> None:
    with Sandbox(db=file) as sandbox:
        url = f"{sandbox.url}/sandbox/accounts"
        opened = http.request("POST", url, body='{"pace": "stepped"}', headers=JSON).json()
        path = f"/sandbox/accounts/{opened['account_id']}"
        limits = '{"list_requests": 7}'
        http.request("PUT", f"{sandbox.url}{path}/limits", body=limits, headers=JSON)
        moved = http.request("POST", f"{sandbox.url}{path}/clock", body='{"advance": 3600}', headers=JSON).json()
        message_id = _create(http, sandbox.url, opened)
        http.clear()

    with Sandbox(db=file) as sandbox:
        found = http.request("GET", f"{sandbox.url}{path}").json()
        assert {**found, "now": moved["now"]} == {**opened, "now": moved["now"]}
        assert found["now"] >= moved["now"]
        assert http.request("GET", f"{sandbox.url}{path}/limits").json()["list_requests"] == 7
        messages = http.request("GET", f"{sandbox.url}{path}/messages").json()["messages"]
        assert [message["message_id"] for message in messages] == [message_id]
        assert _create(http, sandbox.url, opened)
        another = sandbox.new_account()
        assert another.account_id not in (opened["account_id"], sandbox.account_id)
        http.clear()


def test_an_import_with_a_future_time_does_not_move_the_clock_of_the_next_run(
    file: str, http: urllib3.PoolManager
) -> None:
    in_a_year = datetime.now(timezone.utc) + timedelta(days=365)
    with Sandbox(db=file) as sandbox:
        sandbox.add(receive_time=in_a_year)
    with Sandbox(db=file) as sandbox:
        now = http.request("GET", f"{sandbox.url}/sandbox/accounts/{sandbox.account_id}").json()["now"]
        http.clear()

    assert datetime.fromisoformat(now) < in_a_year - timedelta(days=300)


def test_a_second_sandbox_on_a_file_is_refused_while_the_first_runs(file: str) -> None:
    with Sandbox(db=file), pytest.raises(ValueError, match=r"messages\.sqlite is in use by another sandbox"):
        Sandbox(db=file).start()
    with Sandbox(db=file):
        pass


def test_a_second_process_on_a_file_is_refused_while_the_first_runs(file: str) -> None:
    with Sandbox(db=file):
        second = subprocess.run(
            [sys.executable, "-m", "bandwidth_messaging.sandbox", "--db", file],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    assert second.returncode == 2
    assert "messages.sqlite is in use by another sandbox: close that one, or choose another file" in second.stderr


@pytest.mark.parametrize("damage", ["no database", "cut off", "overwritten"])
def test_a_damaged_file_is_refused_by_its_name_with_what_to_do(file: str, damage: str) -> None:
    with Sandbox(db=file) as sandbox:
        for number in range(300):
            sandbox.add(message_id=f"m-{number}")
    path = Path(file)
    whole = path.read_bytes()
    damaged = {
        "no database": b"something else" * 1000,
        "cut off": whole[: len(whole) // 2],
        "overwritten": whole[:20_000] + b"\xff" * 30_000 + whole[50_000:],
    }
    path.write_bytes(damaged[damage])

    with pytest.raises(ValueError, match=r"messages\.sqlite is damaged.*put a copy in its place, or move it away"):
        Sandbox(db=file).start()


def test_the_time_of_an_account_ends_before_dates_do(http: urllib3.PoolManager) -> None:
    with Sandbox(clock=lambda: datetime(8999, 12, 31, tzinfo=timezone.utc).timestamp()) as sandbox:
        account = sandbox.new_account()
        account.advance(365 * 24 * HOUR)
        with pytest.raises(ValueError, match="seconds: the time of an account ends with the year 9000"):
            account.advance(365 * 24 * HOUR)
        accounts = http.request("GET", f"{sandbox.url}/sandbox/accounts").json()["accounts"]
        http.clear()

    assert accounts[-1]["now"].startswith("9000-12-31")


def _create(http: urllib3.PoolManager, url: str, account: dict[str, str]) -> str:
    basic = urllib3.make_headers(basic_auth=f"{account['username']}:{account['password']}")
    body = {"applicationId": account["application_id"], "to": ["+15552345678"], "from": "+15557654321", "text": "x"}
    path = f"{url}/users/{account['account_id']}/messages"
    created = http.request("POST", path, body=json.dumps(body), headers={**basic, **JSON})
    assert created.status == 202, created.data
    return str(created.json()["id"])


def _settings(sandbox: Sandbox) -> dict[str, object]:
    (settings,) = sandbox.store.select("SELECT callbacks FROM accounts")
    return dict(json.loads(settings["callbacks"]))
