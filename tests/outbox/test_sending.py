"""What `send` does with an entry, by what the service does with the message."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Exchange, ScriptedServer, answer

from bandwidth_messaging import (
    ApiClient,
    Configuration,
    ConfigurationException,
    InvalidRequestException,
    MessageRequest,
    MessagesApi,
    TokenException,
    UnauthorizedException,
)
from bandwidth_messaging.outbox import KeyConflictException, Outbox, parse_tag

REQUEST = {"applicationId": "app-1", "to": ["+15552345678"], "from": "+15557654321", "text": "Your code is 482913"}


def test_the_same_key_sends_once(outbox: Outbox, api: MessagesApi, account: Any) -> None:
    first = outbox.send(api, account.id, account.request(), key="otp/1")
    second = outbox.send(api, account.id, account.request(), key="otp/1")
    assert (first.state, first.evidence, first.attempts) == ("accepted", "answer", 1)
    assert second == first
    assert account.ids() == [first.message_id]


def test_another_request_under_a_key_is_an_error_that_names_fields_and_no_values(
    outbox: Outbox, api: MessagesApi, account: Any
) -> None:
    outbox.send(api, account.id, account.request(text="secret one"), key="k")
    other = account.request(text="secret two", to=["+15550001111"])
    with pytest.raises(KeyConflictException) as raised:
        outbox.send(api, account.id, other, key="k")
    assert "differs in text, to" in str(raised.value)
    assert "secret" not in str(raised.value)
    assert "1111" not in str(raised.value)
    with pytest.raises(ValueError, match="differs in account_id"):
        outbox.send(api, "1234567", account.request(text="secret one"), key="k")
    assert len(account.ids()) == 1


def test_spellings_of_one_request_are_the_same_request(outbox: Outbox, api: MessagesApi, account: Any) -> None:
    wire = account.request()
    first = outbox.send(api, account.id, wire, key="k")
    python = {"text": "Hello", "media": None, "var_from": wire["from"], "to": wire["to"]}
    model = MessageRequest(application_id=wire["applicationId"], **python)
    assert outbox.send(api, account.id, model, key="k") == first


def test_what_was_added_is_what_goes_out(outbox: Outbox, api: MessagesApi, account: Any) -> None:
    request = account.request(text="before")
    outbox.add(account.id, request, key="k")
    request["text"] = "after"
    outbox.run(api)
    assert [message.text for message in account.sandbox.messages()] == ["before"]


def test_a_users_own_tag_stays_theirs(outbox: Outbox, api: MessagesApi, account: Any) -> None:
    entry = outbox.send(api, account.id, account.request(tag="order 4711"), key="k")
    (message,) = account.sandbox.messages()
    tag = parse_tag(message.tag)
    assert tag is not None
    assert tag.tag == "order 4711"
    assert len(tag.token) == 22
    assert entry.request is not None
    assert entry.request["tag"] == "order 4711"


def test_the_longest_tag_leaves_room_for_the_token(outbox: Outbox, api: MessagesApi, account: Any) -> None:
    assert outbox.send(api, account.id, account.request(tag="x" * 960), key="k").state == "accepted"
    with pytest.raises(InvalidRequestException, match="tag: at most 960"):
        outbox.send(api, account.id, account.request(tag="x" * 961), key="l")


def test_a_refused_message_is_refused_and_stays_so(outbox: Outbox, api: MessagesApi, account: Any) -> None:
    account.sandbox.fail_next(status=400)
    entry = outbox.send(api, account.id, account.request(), key="k")
    assert entry.state == "refused"
    assert entry.error is not None
    assert entry.error.startswith("400")
    assert outbox.send(api, account.id, account.request(), key="k") == entry
    assert account.ids() == []


def test_a_lost_answer_is_unknown_and_is_not_sent_again(outbox: Outbox, api: MessagesApi, account: Any) -> None:
    account.sandbox.fail_next(reset=True, after=True)
    assert outbox.send(api, account.id, account.request(), key="k").state == "unknown"
    assert outbox.send(api, account.id, account.request(), key="k").state == "unknown"
    assert outbox.run(api).accepted == 0
    assert len(account.ids()) == 1


def test_an_answer_that_cannot_be_read_is_accepted_without_an_id(
    outbox: Outbox, api: MessagesApi, account: Any
) -> None:
    account.sandbox.fail_next(truncate=True, after=True)
    entry = outbox.send(api, account.id, account.request(), key="k")
    assert (entry.state, entry.message_id) == ("accepted", None)


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 503, "retry_after": 1}])
def test_what_the_service_does_not_take_now_is_planned_and_goes_out_later(
    outbox: Outbox, api: MessagesApi, account: Any, fault: dict[str, int]
) -> None:
    account.sandbox.fail_next(**fault)
    assert outbox.send(api, account.id, account.request(), key="k").state == "planned"
    assert outbox.send(api, account.id, account.request(), key="k").state == "accepted"
    assert len(account.ids()) == 1


def test_without_a_connection_an_entry_stays_planned(outbox: Outbox) -> None:
    with ApiClient(Configuration(host="http://127.0.0.1:9", username="u", password="p", retries=None)) as client:
        assert outbox.send(MessagesApi(client), "9900000", REQUEST, key="k").state == "planned"


def test_wrong_credentials_raise_and_refuse_nothing(outbox: Outbox, account: Any) -> None:
    configuration = Configuration(host=account.sandbox.url, username="nobody", password="wrong")
    with ApiClient(configuration) as client, pytest.raises(UnauthorizedException):
        outbox.send(MessagesApi(client), account.id, account.request(), key="k")
    entry = outbox.get("k")
    assert entry is not None
    assert entry.state == "planned"


def test_without_credentials_nothing_is_sent(outbox: Outbox, account: Any) -> None:
    with ApiClient(Configuration(host=account.sandbox.url)) as client, pytest.raises(ConfigurationException):
        outbox.send(MessagesApi(client), account.id, account.request(), key="k")
    entry = outbox.get("k")
    assert entry is not None
    assert (entry.state, entry.attempts) == ("planned", 0)


def test_a_field_that_this_version_does_not_know_goes_out_too(
    outbox: Outbox, api_for: Callable[..., MessagesApi]
) -> None:
    request = {**REQUEST, "additional_properties": {"newField": [1]}}
    with ScriptedServer(answer(202, {"id": "m-1"})) as server:
        outbox.send(api_for(server.url), "9900000", request, key="k")
        model = MessageRequest.from_dict(request)
        assert outbox.send(api_for(server.url), "9900000", model, key="k").state == "accepted"
        (received,) = server.requests
    assert received.json["newField"] == [1]


def test_a_mark_that_waited_too_long_for_a_connection_is_not_sent(
    open_outbox: Callable[..., Outbox], api_for: Callable[..., MessagesApi]
) -> None:
    outbox = open_outbox(lease=0.4)
    arrived = threading.Event()

    def slow(exchange: Exchange) -> bytes:
        arrived.set()
        time.sleep(0.5)
        return answer(202, {"id": "m-1"})

    with ScriptedServer(slow) as server:
        api = api_for(server.url, connection_pool_maxsize=1)
        other = threading.Thread(target=lambda: api.create_message("9900000", REQUEST))
        other.start()
        arrived.wait(5)
        entry = outbox.send(api, "9900000", REQUEST, key="k")
        other.join()
        assert len(server.requests) == 1
    assert (entry.state, entry.attempts) == ("planned", 1)


def test_credentials_that_are_changed_count_from_the_next_message_on(
    outbox: Outbox, api_for: Callable[..., MessagesApi]
) -> None:
    with ScriptedServer(lambda exchange: answer(202, {"id": exchange.request.json["tag"]})) as server:
        api = api_for(server.url)
        outbox.send(api, "9900000", REQUEST, key="a")
        api.api_client.configuration.password = "another"
        outbox.send(api, "9900000", REQUEST, key="b")
        assert len({request.headers["authorization"] for request in server.requests}) == 2


def states_in(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [state for (state,) in connection.execute("SELECT state FROM entries ORDER BY id")]


def test_an_entry_is_in_flight_on_disk_when_its_request_arrives(
    outbox: Outbox, api_for: Callable[..., MessagesApi], tmp_path: Path
) -> None:
    seen: list[list[str]] = []

    def look(exchange: Exchange) -> bytes:
        seen.append(states_in(tmp_path / "messages.db"))
        return answer(202, {"id": exchange.request.json["tag"]})

    with ScriptedServer(look) as server:
        outbox.add_many("9900000", ((f"k{number}", REQUEST) for number in range(3)))
        summary = outbox.run(api_for(server.url), threads=1)
    assert seen == [
        ["in_flight", "claimed", "claimed"],
        ["accepted", "in_flight", "claimed"],
        ["accepted", "accepted", "in_flight"],
    ]
    assert summary.accepted == 3


def test_a_token_that_cannot_be_had_marks_nothing(outbox: Outbox, api_for: Callable[..., MessagesApi]) -> None:
    with ScriptedServer(answer(503)) as server:
        options = {"client_id": "c", "client_secret": "s", "access_token_url": f"{server.url}/token", "retries": None}
        with pytest.raises(TokenException):
            outbox.send(api_for(server.url, **options), "9900000", REQUEST, key="k")
    entry = outbox.get("k")
    assert entry is not None
    assert (entry.state, entry.attempts) == ("planned", 0)


def test_an_entry_that_was_edited_in_the_database_is_withheld(
    outbox: Outbox, api: MessagesApi, account: Any, tmp_path: Path
) -> None:
    outbox.add(account.id, account.request(), key="k")
    with closing(sqlite3.connect(tmp_path / "messages.db")) as connection:
        connection.execute("UPDATE entries SET request = replace(request, 'Hello', 'Good-bye')")
        connection.commit()
    assert outbox.run(api).withheld == 1
    assert account.ids() == []


def test_a_state_that_there_is_not_cannot_be_written_by_hand(outbox: Outbox, account: Any, tmp_path: Path) -> None:
    outbox.add(account.id, account.request(), key="k")
    with closing(sqlite3.connect(tmp_path / "messages.db")) as connection:
        for change in ("state = 'sent'", "state = 'accepted'", "request = NULL", "key = NULL"):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(f"UPDATE entries SET {change}")


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", None, 7])
def test_what_cannot_be_a_key_is_refused(outbox: Outbox, account: Any, key: Any) -> None:
    with pytest.raises(InvalidRequestException, match="key"):
        outbox.add(account.id, account.request(), key=key)


def test_nothing_shows_a_number_or_a_text(outbox: Outbox, api: MessagesApi, account: Any, caplog: Any) -> None:
    caplog.set_level("DEBUG")
    shown = repr(outbox.send(api, account.id, account.request(text="secret words"), key="k")) + repr(outbox)
    for part in ("secret words", "+1555"):
        assert part not in shown + caplog.text
