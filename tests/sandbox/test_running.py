import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import urllib3

from bandwidth_messaging.sandbox import Sandbox

from .calling import Caller


def test_a_closed_sandbox_leaves_no_thread_and_no_listener() -> None:
    before = threading.enumerate()
    with Sandbox() as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        idle = http.client.HTTPConnection("127.0.0.1", port)
        idle.request("GET", "/")
        idle.getresponse().read()

    assert threading.enumerate() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    idle.close()


def test_two_sandboxes_share_nothing() -> None:
    with Sandbox() as one, Sandbox() as other:
        one.add(message_id="m")
        pool = urllib3.PoolManager(retries=False)
        assert Caller(one, pool).ids(messageId="m") == ["m"]
        assert Caller(other, pool).ids(messageId="m") == []
        pool.clear()


def test_a_sandbox_can_be_started_again_and_closed_twice() -> None:
    sandbox = Sandbox()
    sandbox.start()
    with pytest.raises(RuntimeError, match="running already"):
        sandbox.start()
    sandbox.close()
    sandbox.close()
    sandbox.start()
    sandbox.close()


def test_what_needs_a_running_sandbox_says_so() -> None:
    sandbox = Sandbox()

    assert not sandbox.requests
    with pytest.raises(RuntimeError, match="use it in a with statement"):
        _ = sandbox.url
    with pytest.raises(RuntimeError, match="use it in a with statement"):
        sandbox.add()


def test_a_port_that_is_taken_is_an_error_that_leaves_nothing_behind() -> None:
    before = threading.enumerate()
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        Sandbox(port=taken.getsockname()[1]).start()

    assert threading.enumerate() == before


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com"])
def test_a_host_that_others_can_reach_must_be_allowed(host: str) -> None:
    with pytest.raises(ValueError, match="allow_remote"):
        Sandbox(host=host)


def test_localhost_is_a_loopback_address() -> None:
    with Sandbox(host="localhost") as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")


def test_messages_and_page_tokens_outlive_a_restart(tmp_path: Path, http: urllib3.PoolManager) -> None:
    file = str(tmp_path / "messages.db")
    with Sandbox(db=file) as sandbox:
        caller = Caller(sandbox, http)
        older, newer = caller.create().json()["id"], caller.create().json()["id"]
        token = caller.search(limit=1).json()["pageInfo"]["nextPageToken"]
        assert caller.ids(limit=1) == [newer]
        http.clear()

    with Sandbox(db=file) as sandbox:
        assert Caller(sandbox, http).ids(limit=1, pageToken=token) == [older]
        http.clear()


def test_a_request_whose_body_is_cut_off_is_not_served() -> None:
    with Sandbox() as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        pool = urllib3.PoolManager(retries=False)
        pool.request("GET", f"{sandbox.url}/after")
        pool.clear()

        assert [request.path for request in sandbox.requests] == ["/after"]


def test_a_defect_of_the_sandbox_is_a_500_in_the_contracts_words(
    http: urllib3.PoolManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox() as sandbox:
        monkeypatch.setattr(sandbox.store, "write", lambda *_: 1 / 0)
        answer = Caller(sandbox, http).create()
        http.clear()

    assert (answer.status, answer.json()["type"]) == (500, "internal-server-error")


def test_a_receive_time_may_be_a_datetime_and_is_utc_unless_it_says_otherwise(http: urllib3.PoolManager) -> None:
    with Sandbox() as sandbox:
        sandbox.add(location="here", receive_time=datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0))
        sandbox.add(location="here", receive_time=datetime.now(timezone(timedelta(hours=5))))
        messages = Caller(sandbox, http).search(location="here").json()["messages"]
        http.clear()

    assert len(messages) == 2


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "messages.db"
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(ValueError, match="another version"):
        Sandbox(db=str(file)).start()


def test_an_unknown_field_of_a_message_is_named() -> None:
    with Sandbox() as sandbox:
        with pytest.raises(TypeError, match="'txt'"):
            sandbox.add(txt="x")
        with pytest.raises(ValueError, match="receive_time"):
            sandbox.add(receive_time="soon")


def test_an_id_that_is_taken_is_refused() -> None:
    with Sandbox() as sandbox:
        sandbox.add(message_id="m")
        with pytest.raises(ValueError, match="'m'"):
            sandbox.add(message_id="m")


def _run(*arguments: str) -> tuple["subprocess.Popen[str]", dict[str, str]]:
    command = [sys.executable, "-W", "error", "-m", "bandwidth_messaging.sandbox", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = {}
    for line in process.stdout:
        name, _, value = line.strip().rstrip(",").partition("=")
        found[name.strip()] = value.strip().strip('"')
        if "Ctrl-C" in line:
            break
    return process, found


def test_the_command_prints_how_to_reach_it_and_ends_quietly_when_told_to(http: urllib3.PoolManager) -> None:
    process, found = _run()

    answer = http.request("GET", f"{found['host']}/users/{found['account_id']}/messages")
    http.clear()
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=20)

    assert answer.status == 401
    assert {"client_id", "client_secret", "access_token_url", "application_id"} <= set(found)
    assert (process.returncode, errors) == (0, "")


def test_every_message_that_was_answered_202_survives_a_kill(tmp_path: Path, http: urllib3.PoolManager) -> None:
    file = str(tmp_path / "messages.db")
    process, found = _run("--db", file)
    with Sandbox() as idle:
        caller = Caller(idle, http)
        address = f"{found['host']}{caller.path}"
        body = json.dumps({"applicationId": idle.application_id, "to": ["+15554443333"], "from": "12345", "text": "x"})
        headers = {**caller.basic, "content-type": "application/json"}
        sent = [http.request("POST", address, body=body, headers=headers).json()["id"] for _ in range(50)]
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        http.clear()

    with Sandbox(db=file) as sandbox:
        assert Caller(sandbox, http).ids(limit=100) == sent[::-1]
        http.clear()


def test_without_the_extra_the_import_says_what_to_install() -> None:
    script = (
        "import sys; sys.modules['starlette'] = None\n"
        "try:\n    import bandwidth_messaging.sandbox\n"
        "except ImportError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert 'pip install "bandwidth-messaging[sandbox]"' in done.stdout


def test_the_sandbox_shares_nothing_with_the_sdk_but_the_counting_of_segments_and_the_signature() -> None:
    script = "import sys, bandwidth_messaging.sandbox\nprint(*(m for m in sys.modules if 'bandwidth_messaging.' in m))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    names = {name.removeprefix("bandwidth_messaging.") for name in done.stdout.split()}
    shared = {name for name in names if not name.startswith("sandbox")} - {"_lazy", "_version"}
    assert shared == {"segments", "messagemedia", "messagemedia.signature"}
