"""Each example application takes callbacks as the service posts them, does each event once, and refuses the rest."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .events import NUMBER, body, event
from .receiver import EXAMPLES, HANGS_AFTER, Receiver


def test_an_array_with_one_event_is_acknowledged_and_handled(receiver: Receiver) -> None:
    assert receiver.post(body(event("message-delivered", "m-1"))).status == 200
    assert receiver.handled() == ["status m-1 message-delivered"]


def test_a_bare_event_and_an_array_of_several_are_handled_too(receiver: Receiver) -> None:
    assert receiver.post(json.dumps(event("message-received", "m-1")).encode()).status == 200
    assert receiver.post(body(event("message-sending", "m-2"), event("message-failed", "m-2"))).status == 200
    assert receiver.handled() == ["received m-1", "status m-2 message-sending", "failed m-2 4432"]


def test_a_retry_is_acknowledged_and_not_handled_again(receiver: Receiver) -> None:
    later = {"time": "2035-01-02T04:00:00Z", "description": "in other words"}
    answers = [receiver.post(body(event("message-failed", "m-retried", **fields))) for fields in ({}, {}, later)]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert receiver.handled() == ["failed m-retried 4432"]


def test_each_recipient_of_a_group_has_an_event_of_its_own(receiver: Receiver) -> None:
    for to in (NUMBER, "+15554443334", NUMBER):
        receiver.post(body(event("message-delivered", "m-group", to=to)))
    assert receiver.handled() == ["status m-group message-delivered"] * 2


def test_an_unknown_type_is_acknowledged(receiver: Receiver) -> None:
    assert receiver.post(body(event("message-teleported", "m-new", where={"planet": "Mars"}))).status == 200
    assert receiver.handled() == ["unknown m-new message-teleported"]


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_the_password_is_taken_in_either_encoding(encoding: str, receiver: Receiver) -> None:
    assert receiver.post(body(), encoding=encoding).status == 200


def test_without_the_right_password_it_answers_401_and_does_nothing(receiver: Receiver) -> None:
    refused = [
        receiver.post(body(event()), password="wrong"),
        receiver.post(body(event()), Authorization="Bearer abc"),
        receiver.post(b"not JSON", password="wrong"),
        receiver.request("POST", body(event())),
    ]
    assert [answer.status for answer in refused] == [401] * 4
    assert {answer.headers["WWW-Authenticate"] for answer in refused} == {'Basic realm="callbacks"'}
    assert receiver.handled() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'[{"type": "message-received", "to": "+15554443333"', "not JSON"),
        (b"", "the body is empty"),
        (b'{"eventType": "sms", "to": "+15554443333"}', "'type'"),
        (b'"+15554443333"', "not a string"),
    ],
)
def test_what_is_no_callback_is_answered_400_with_the_reason(content: bytes, said: str, receiver: Receiver) -> None:
    answer = receiver.post(content)
    assert answer.status == 400
    assert said in answer.data.decode()
    assert NUMBER not in answer.data.decode()
    assert receiver.handled() == []


def test_only_post_is_for_callbacks(receiver: Receiver) -> None:
    assert receiver.request("GET").status == 405


def test_an_event_whose_handling_fails_does_not_keep_the_next_one_waiting(receiver: Receiver) -> None:
    # Half a surrogate pair can be read; printing it fails after the first word.
    assert receiver.post(body(event(message_id="\ud800"), event(message_id="m-next"))).status == 200
    (line,) = receiver.handled()
    assert line.endswith("status m-next message-delivered")
    assert "was not handled" in receiver.errors()
    assert NUMBER not in receiver.errors()


def test_10_000_events_are_acknowledged_while_the_work_hangs_and_each_is_handled_once(receiver: Receiver) -> None:
    once = [event("message-delivered", f"m-{number:05}") for number in range(7_000)]
    posted = [*once, *once[:3_000]]
    random.Random(20261121).shuffle(posted)
    bodies = [body(*posted[start : start + 25]) for start in range(0, len(posted), 25)]

    with receiver.hung(), ThreadPoolExecutor(4) as senders:
        answers = list(senders.map(receiver.post, bodies))

    assert {answer.status for answer in answers} == {200}
    assert sorted(receiver.handled()) == [f"status m-{number:05} message-delivered" for number in range(7_000)]


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("callbacks_*.py")), ids=lambda path: path.stem)
def test_an_example_without_credentials_says_what_to_set_and_does_not_listen(example: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BW_CALLBACK")}
    for given in ({}, {"BW_CALLBACK_USERNAME": "callbacks"}):
        done = subprocess.run(
            [sys.executable, str(example)],
            env=environment | given,
            capture_output=True,
            text=True,
            check=True,
            timeout=HANGS_AFTER,
        )
        assert "BW_CALLBACK_PASSWORD" in done.stdout
