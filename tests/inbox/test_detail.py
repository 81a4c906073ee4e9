"""Everything about one message, as the page shows it."""

from __future__ import annotations

import contextlib
import io
import json
import shlex
from typing import Any

import pytest
import urllib3
from scripted_server import ScriptedServer, answer

from bandwidth_messaging.sandbox.inbox.detail import text_in_segments

from .conftest import Inbox


def test_a_message_comes_with_the_request_and_the_answer_as_they_were(inbox: Inbox) -> None:
    identifier = inbox.send("Hello", tag="greeting")
    shown = inbox.read(f"messages/{identifier}")

    (exchange,) = shown["exchanges"]
    assert (exchange["request"]["method"], exchange["answer"]["status"]) == ("POST", 202)
    assert json.loads(exchange["request"]["body"])["tag"] == "greeting"
    assert json.loads(exchange["answer"]["body"])["id"] == identifier
    assert exchange["request"]["headers"]["authorization"] == "Basic (not kept)"


def test_history_and_the_steps_to_come_stand_beside_each_other(inbox: Inbox) -> None:
    identifier = inbox.send(to="+15550004770")
    inbox.sandbox.advance(1)
    (delivery,) = inbox.read(f"messages/{identifier}")["deliveries"]

    assert [step["status"] for step in delivery["history"]] == ["RECEIVED", "QUEUED", "SENDING"]
    assert [(step["status"], step["why"]) for step in delivery["coming"]] == [
        ("SENT", None),
        ("FAILED", "destination-spam-detected"),
    ]


def test_callbacks_come_with_every_attempt(inbox: Inbox) -> None:
    with ScriptedServer(answer(500, b"not now"), answer(200)) as application:
        inbox.sandbox.set_callbacks(outbound_url=application.url)
        identifier = inbox.send()
        inbox.sandbox.advance(2)
        inbox.sandbox.advance(60)
        sent, delivered = inbox.read(f"messages/{identifier}")["callbacks"]

    assert (sent["type"], delivered["type"], delivered["state"]) == ("message-sent", "message-delivered", "delivered")
    attempts = [*sent["attempts"], *delivered["attempts"]]
    assert sorted(attempt["status"] for attempt in attempts) == [200, 200, 500]
    assert json.loads(sent["body"])[0]["message"]["id"] == identifier


@pytest.mark.parametrize(
    ("url", "previewed"),
    [
        ("https://cdn.example.com/cat.png", True),
        ("http://127.0.0.1:8000/cat.png", True),
        ("https://cdn.example.com.evil.example/cat.png", False),
        ("https://evil.example/cat.png", False),
        ("http://cdn.example.com/cat.png", False),
    ],
)
def test_only_pictures_of_allowed_origins_are_previewed(inbox: Inbox, url: str, previewed: bool) -> None:
    identifier = inbox.send(media=[url])
    shown = inbox.read(f"messages/{identifier}")

    assert shown["media"] == [{"url": url, "preview": previewed}]
    assert shown["explained"] is None


def test_what_repeats_a_request_does_repeat_it(inbox: Inbox) -> None:
    text = "It's \"quoted\", $HOME, '''tripled''', \\back and ünïcode 👋"
    identifier = inbox.send(text)
    ways = inbox.read(f"messages/{identifier}")["repeat"]

    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(ways["python"], "repeat", "exec"), {})
    _run_as_curl(ways["curl"], inbox.http)

    assert inbox.found() == [text] * 3


def test_a_request_of_another_family_is_repeated_without_the_sdk(inbox: Inbox) -> None:
    identifier = inbox.send()
    with ScriptedServer(answer(202, {"fine": True})) as server:
        store = inbox.sandbox.store
        store.execute("UPDATE messages SET family = 'classic' WHERE message_id = ?", (identifier,))
        program = inbox.read(f"messages/{identifier}")["repeat"]["python"]
        with contextlib.redirect_stdout(io.StringIO()) as said:
            exec(compile(program.replace(inbox.sandbox.url, server.url), "repeat", "exec"), {})

    (request,) = server.requests
    credentials = f"{inbox.sandbox.classic.api_token}:{inbox.sandbox.classic.api_secret}"
    assert request.headers["authorization"] == urllib3.make_headers(basic_auth=credentials)["authorization"]
    assert request.json["text"] == "Hello"
    assert said.getvalue() == '202 {"fine": true}\n'


def _run_as_curl(command: str, http: urllib3.PoolManager) -> None:
    """Do what curl does with these words; curl need not be there."""
    words = shlex.split(command)
    assert words[:3] == ["curl", "-i", "-X"]
    options = list(zip(words[5::2], words[6::2], strict=True))
    headers = dict(value.split(": ", 1) for name, value in options if name == "-H")
    headers |= urllib3.make_headers(basic_auth=dict(options)["--user"])
    answered = http.request(words[3], words[4], headers=headers, body=dict(options)["--data-binary"].encode())
    assert answered.status == 202


def _joined(explained: dict[str, Any]) -> str:
    return "".join(run["text"] for part in explained["parts"] for run in part)


def test_the_characters_that_forced_ucs_2_are_marked_and_named() -> None:
    explained = text_in_segments("It’s fine 👋")

    assert explained["parts"] == [
        [
            {"text": "It", "kind": "plain"},
            {"text": "’", "kind": "forced"},
            {"text": "s fine ", "kind": "plain"},
            {"text": "👋", "kind": "forced"},
        ]
    ]
    assert [each["name"] for each in explained["forced_by"]] == [
        "U+2019 RIGHT SINGLE QUOTATION MARK",
        "U+1F44B WAVING HAND SIGN",
    ]


def test_a_character_without_a_name_is_shown_by_its_number() -> None:
    assert [each["name"] for each in text_in_segments("\x01")["forced_by"]] == ["U+0001"]


def test_characters_that_take_two_units_are_marked_where_they_do() -> None:
    assert text_in_segments("5 €")["parts"] == [[{"text": "5 ", "kind": "plain"}, {"text": "€", "kind": "double"}]]
    assert [run["kind"] for run in text_in_segments("5 € 👋")["parts"][0]] == ["plain", "forced"]


def test_it_says_what_plain_characters_would_save() -> None:
    text = "It’s " + "x" * 100
    assert (text_in_segments(text)["segments"], text_in_segments(text)["plain"]) == (2, 1)
    assert text_in_segments("It’s")["plain"] is None
    assert text_in_segments("👋" * 40)["plain"] is None


def test_parts_put_together_are_the_text() -> None:
    text = "a€b" * 80 + "👋" * 30
    explained = text_in_segments(text)
    assert _joined(explained) == text
    assert len(explained["parts"]) == explained["segments"] > 1
