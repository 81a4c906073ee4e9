"""What the page reads: conversations, their messages, and what a search finds."""

from __future__ import annotations

from typing import Any

import pytest

from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.store.listing import SEARCHED_AT_ONCE
from bandwidth_messaging.sandbox.store.records import Batch, Delivery, Message

from .conftest import NOW, Inbox


def test_conversations_come_with_their_newest_message_on_top(inbox: Inbox) -> None:
    inbox.send("to one", "+15551110001")
    inbox.send("to two", "+15551110002")
    inbox.sandbox.receive("+15551110001", "back from one")

    shown = inbox.read("conversations")["conversations"]

    assert [(each["phone"], each["owner"], each["total"], each["last"]["text"]) for each in shown] == [
        ("+15551110001", "+15557654321", 2, "back from one"),
        ("+15551110002", "+15557654321", 1, "to two"),
    ]
    assert [each["last"]["direction"] for each in shown] == ["INBOUND", "OUTBOUND"]


def test_pages_of_conversations_neither_repeat_nor_hide_one(inbox: Inbox) -> None:
    for number in range(7):
        inbox.send("x", f"+1555111000{number}")
    phones = [each["phone"] for page in inbox.pages("conversations", limit=3) for each in page["conversations"]]

    assert phones == [f"+1555111000{number}" for number in reversed(range(7))]


def test_the_messages_of_a_conversation_are_paged_from_the_newest(inbox: Inbox) -> None:
    for number in range(5):
        inbox.send(str(number))
    conversation = inbox.read("conversations")["conversations"][0]["id"]

    newest = inbox.read(f"conversations/{conversation}", limit=2)
    older = inbox.read(f"conversations/{conversation}", limit=3, before=newest["next"])
    since = inbox.read(f"conversations/{conversation}", since=newest["messages"][-1]["position"])

    assert [each["text"] for each in newest["messages"]] == ["4", "3"]
    assert [each["text"] for each in older["messages"]] == ["2", "1", "0"]
    assert older["next"] is None
    assert [each["text"] for each in since["messages"]] == ["4", "3"]


def test_a_group_message_stands_in_the_conversation_of_each_recipient(inbox: Inbox) -> None:
    inbox.send("all of you", "+15551110001,+15551110002")

    shown = inbox.read("conversations")["conversations"]

    assert {each["phone"] for each in shown} == {"+15551110001", "+15551110002"}
    assert all(each["last"]["recipients"] == ["+15551110001", "+15551110002"] for each in shown)


def test_the_three_families_stand_side_by_side_and_can_be_told_apart(inbox: Inbox) -> None:
    inbox.send("v2")
    classic = _message(
        "m-classic", "classic", int(NOW * 1000), "classic", inbox.sandbox.classic.user_id, "+15552345678"
    )
    _put(inbox.sandbox, classic)

    assert [(each["family"], each["last"]["text"]) for each in inbox.read("conversations")["conversations"]] == [
        ("classic", "classic"),
        ("v2", "v2"),
    ]
    one_family = inbox.read("conversations", family="classic")["conversations"]
    assert [each["last"]["text"] for each in one_family] == ["classic"]
    assert inbox.found() == ["classic", "v2"]
    assert inbox.found(family="v2") == ["v2"]


def test_an_account_does_not_see_what_belongs_to_another(inbox: Inbox) -> None:
    identifier = inbox.send("mine")
    conversation = inbox.read("conversations")["conversations"][0]["id"]
    other = f"accounts/{inbox.sandbox.new_account().account_id}"

    assert inbox.get(f"{other}/conversations").json()["conversations"] == []
    assert inbox.get(f"{other}/messages").json()["messages"] == []
    assert inbox.get(f"{other}/conversations/{conversation}").status == 404
    assert inbox.get(f"{other}/messages/{identifier}").status == 404


@pytest.mark.parametrize(
    ("wanted", "texts"),
    [
        ({"text": "CODE"}, ["Your code is 482913"]),
        ({"text": "%"}, ["100 % sure"]),
        ({"tag": "login"}, ["Your code is 482913"]),
        ({"status": "delivered"}, ["100 % sure", "Your code is 482913"]),
        ({"status": "FAILED"}, ["blocked"]),
        ({"errorCode": 4770}, ["blocked"]),
        ({"destinationTn": "+15550004770"}, ["blocked"]),
        ({"destinationTn": "+1555234"}, ["100 % sure", "Your code is 482913"]),
        ({"destinationTn": "+15552345678,+15550004770"}, ["100 % sure", "blocked", "Your code is 482913"]),
        ({"sourceTn": "+15557654321", "text": "sure"}, ["100 % sure"]),
        ({"messageDirection": "INBOUND"}, []),
        ({"messageType": "sms", "toSegmentCount": 1, "text": "blocked"}, ["blocked"]),
        ({"fromDateTime": "2022-09-15"}, []),
        ({"toDateTime": "2022-09-15", "text": "sure"}, ["100 % sure"]),
    ],
)
def test_a_search_goes_by_text_tag_status_and_every_filter_of_the_list(
    inbox: Inbox, wanted: dict[str, Any], texts: list[str]
) -> None:
    inbox.send("Your code is 482913", tag="login")
    inbox.send("blocked", "+15550004770")
    inbox.send("100 % sure")
    inbox.sandbox.advance(10)

    assert inbox.found(**wanted) == texts


@pytest.mark.parametrize("wanted", ["ärger", "ÄRGER", "STRASSE", "straße"])
def test_a_search_minds_no_case_in_any_language(inbox: Inbox, wanted: str) -> None:
    inbox.send("Ärger in der Straße")
    assert inbox.found(text=wanted) == ["Ärger in der Straße"]


def test_a_search_by_id_finds_the_one_message(inbox: Inbox) -> None:
    inbox.send("other")
    assert inbox.found(messageId=inbox.send("this")) == ["this"]


def test_a_search_is_paged_and_finds_what_the_list_of_the_api_no_longer_shows(inbox: Inbox) -> None:
    inbox.sandbox.add(receive_time="2021-01-01", message_id="old")
    for number in range(3):
        inbox.send(str(number))

    first = inbox.read("messages", limit=2)
    second = inbox.read("messages", limit=2, before=first["next"])

    assert [each["text"] for each in first["messages"]] == ["2", "1"]
    assert [each["message_id"] for each in second["messages"]][1] == "old"
    assert second["next"] is None


def test_one_look_goes_through_a_bounded_number_of_messages_and_says_how_far_it_came(inbox: Inbox) -> None:
    start = int(NOW * 1000)
    inbox.send("needle")
    _put(inbox.sandbox, *(_message(f"hay-{number}", "hay", start + number) for number in range(SEARCHED_AT_ONCE)))

    first = inbox.read("messages", text="needle")
    second = inbox.read("messages", text="needle", before=first["next"])

    assert first["messages"] == []
    assert first["searched"] == start
    assert [each["text"] for each in second["messages"]] == ["needle"]
    assert (second["searched"], second["next"]) == (None, None)


def test_results_of_several_families_are_paged_in_one_order(inbox: Inbox) -> None:
    start = int(NOW * 1000)
    user = inbox.sandbox.classic.user_id
    _put(inbox.sandbox, *(_message(f"v2-{number}", "x", start + 10 * number) for number in range(4)))
    _put(
        inbox.sandbox, *(_message(f"c-{number}", "x", start + 5 + 10 * number, "classic", user) for number in range(4))
    )
    found = [each["message_id"] for page in inbox.pages("messages", limit=3) for each in page["messages"]]

    assert found == ["c-3", "v2-3", "c-2", "v2-2", "c-1", "v2-1", "c-0", "v2-0"]


def test_a_family_that_is_searched_less_far_back_hides_nothing_of_the_others(inbox: Inbox) -> None:
    start, user = int(NOW * 1000), inbox.sandbox.classic.user_id
    hay = range(SEARCHED_AT_ONCE)
    _put(inbox.sandbox, *(_message(f"c-{number}", "hay", start - 50_000 + number, "classic", user) for number in hay))
    _put(inbox.sandbox, _message("c-needle", "needle", start - 1, "classic", user))
    _put(
        inbox.sandbox, _message("v2-needle", "needle", start), *(_message(f"v2-{n}", "hay", start + 1 + n) for n in hay)
    )

    pages = [[each["message_id"] for each in page["messages"]] for page in inbox.pages("messages", text="needle")]

    # The first look does not come down to the needle of V2, so that of the classic family has to wait.
    assert pages == [[], ["v2-needle", "c-needle"], []]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("accounts/nobody/conversations", 404, "no such account"),
        ("accounts/{id}/conversations?before=x", 400, "'before' must be a number"),
        ("accounts/{id}/conversations?limit=0", 400, "'limit' must be from 1 to 200"),
        ("accounts/{id}/conversations?limit=201", 400, "'limit' must be from 1 to 200"),
        ("accounts/{id}/conversations?family=sms", 400, "'family' must be one of v2, classic, messagemedia"),
        ("accounts/{id}/conversations/999", 404, "no such conversation"),
        ("accounts/{id}/conversations/x", 400, "'conversation' must be a number"),
        ("accounts/{id}/messages?colour=red", 400, "'colour' is not a parameter"),
        ("accounts/{id}/messages?sort=sourceTn:asc", 400, "'sort' is not a filter"),
        ("accounts/{id}/messages?fromDateTime=soon", 400, "'fromDateTime' must be a date"),
        ("accounts/{id}/messages?before=7", 400, "'before' must be a number"),
        ("accounts/{id}/messages?family=sms", 400, "'family' must be one of"),
        ("accounts/{id}/messages/none", 404, "no such message"),
        ("accounts/nobody/events", 404, "no such account"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(inbox: Inbox, path: str, status: int, said: str) -> None:
    answer = inbox.get(path.format(id=inbox.sandbox.account_id))

    assert answer.status == status
    assert said in answer.json()["description"]


def test_accounts_are_listed_with_their_clock_and_without_any_secret(inbox: Inbox) -> None:
    other = inbox.sandbox.new_account(pace="fast")
    answer = inbox.get("accounts")
    first, second = answer.json()["accounts"]

    assert (first["account_id"], first["pace"], first["time"]) == (inbox.sandbox.account_id, "stepped", NOW * 1000)
    assert second["ids"] == {
        "v2": other.account_id,
        "classic": other.classic.user_id,
        "messagemedia": other.messagemedia.account_id,
    }
    for secret in (inbox.sandbox.password, inbox.sandbox.client_secret, other.password, other.classic.api_secret):
        assert secret.encode() not in answer.data


def test_the_filters_of_the_page_are_those_of_the_contract(inbox: Inbox) -> None:
    filters = {each["name"]: each for each in inbox.get("filters").json()["filters"]}

    assert len(filters) == 23
    assert filters["messageType"]["values"] == ["sms", "mms", "rcs"]
    assert filters["errorCode"]["type"] == "integer"
    assert not {"limit", "sort", "pageToken", "limitTotalCount"} & set(filters)


@pytest.mark.parametrize(
    "name", ["../inbox.py", "..%2Finbox.py", "%2e%2e/store.py", "none.js", "index", ".", "__init__"]
)
def test_only_the_parts_of_the_page_are_served(inbox: Inbox, name: str) -> None:
    answer = inbox.http.request("GET", f"{inbox.sandbox.url}/sandbox/page/{name}")
    assert answer.status == 404


def test_a_look_at_a_hundred_thousand_messages_reads_no_more_than_one_at_a_hundred(inbox: Inbox) -> None:
    """Counted, not timed: the steps of SQLite's virtual machine."""
    store = inbox.sandbox.store
    start = int(NOW * 1000)

    def steps(**wanted: Any) -> int:
        counted = 0

        def count() -> int:
            nonlocal counted
            counted += 1
            return 0

        store._connection.set_progress_handler(count, 100)
        try:
            inbox.read("conversations")
            inbox.read(f"conversations/{inbox.read('conversations')['conversations'][0]['id']}")
            inbox.read("messages", **wanted)
        finally:
            store._connection.set_progress_handler(None, 0)
        return counted

    def put(begin: int, end: int) -> None:
        rows = (_message(f"m-{n}", "x", start + n, to=f"+1555{n % 2000:07d}") for n in range(begin, end))
        _put(inbox.sandbox, *rows)

    put(0, 1000)
    few = steps(sourceTn="+15557654321")
    put(1000, 100_000)
    many = steps(sourceTn="+15557654321")

    # Counting off the bound of a search is all that may be added.
    assert many - few <= SEARCHED_AT_ONCE * 10 / 100


def _message(
    identifier: str, text: str, when: int, family: str = "v2", account: str | None = None, to: str = "+15559990000"
) -> Message:
    return Message(
        message_id=identifier, family=family, account_id=account or Sandbox.account_id, direction="OUTBOUND",
        sender="+15557654321", recipients=[to], text=text, receive_time=when,
    )  # fmt: skip


def _put(sandbox: Sandbox, *messages: Message) -> None:
    deliveries = [
        Delivery(
            message_id=each.message_id, account_id=each.account_id, source_tn=each.sender,
            destination_tn=each.recipients[0], message_status="sent", message_direction="OUTBOUND",
            message_type="sms", segment_count=1, error_code=0, receive_time=each.receive_time, message_length=1,
        )
        for each in messages
    ]  # fmt: skip
    sandbox.store.write(Batch(messages=list(messages), deliveries=deliveries))
