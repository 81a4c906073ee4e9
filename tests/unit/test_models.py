"""Answers are read leniently: nothing that a server sends is lost, and one odd row never costs the page."""

from __future__ import annotations

import json
import pickle
from copy import deepcopy
from datetime import datetime, timezone
from pprint import pformat
from typing import Any

import pytest

from bandwidth_messaging import Message, MessagesList, MessageStatusEnum, models
from bandwidth_messaging._models.lenient import read_model

PAGE: dict[str, Any] = {
    "totalCount": 3,
    "pageInfo": {"nextPageToken": "t", "newLink": "x"},
    "newTopField": [1, {"a": None}],
    "messages": [
        {"messageId": "1", "messageStatus": "DLR_EXPIRED", "receiveTime": "2026-01-02T03:04:05.678Z"},
        {"messageId": "2", "segmentCount": "many", "receiveTime": "yesterday", "errorCode": 0},
        {"messageId": "3", "carrierName": None, "newField": {"deep": [1, 2]}, "messageStatus": "DELIVERED"},
    ],
}


def read(body: Any) -> MessagesList:
    return read_model(MessagesList, json.dumps(body).encode())


def test_a_page_with_an_odd_row_is_returned_whole_and_gives_everything_back() -> None:
    page = read(PAGE)
    rows = page.messages or []
    assert [row.message_id for row in rows] == ["1", "2", "3"]
    assert (str(rows[1].segment_count), str(rows[1].receive_time)) == ("many", "yesterday")
    assert rows[0].receive_time == datetime(2026, 1, 2, 3, 4, 5, 678000, timezone.utc)
    assert rows[2].additional_properties == {"newField": {"deep": [1, 2]}}
    expected = deepcopy(PAGE)
    expected["messages"][0]["receiveTime"] = "2026-01-02T03:04:05.678000Z"
    assert json.loads(page.to_json()) == expected


def test_an_unknown_status_is_readable_equal_to_its_text_and_pickles() -> None:
    status = (read(PAGE).messages or [])[0].message_status
    assert status == "DLR_EXPIRED"
    assert status == MessageStatusEnum("DLR_EXPIRED")
    assert isinstance(status, MessageStatusEnum)
    assert pickle.loads(pickle.dumps(status)) == status
    assert {status: 1}["DLR_EXPIRED"] == 1  # type: ignore[index]  # a str among enums, as users look values up
    assert "DLR_EXPIRED" not in MessageStatusEnum.__members__


def test_an_unknown_enum_value_alone_is_read_in_the_strict_pass() -> None:
    message = Message.model_validate_json('{"priority": "urgent", "direction": "out"}')
    assert (message.priority, message.direction) == ("urgent", "out")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)),
        ("2026-01-02T03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)),
        ("2026-01-02T03:04:05.1234567Z", datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=timezone.utc)),
        ("2026-01-02T05:04:05+0200", datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)),
    ],
)
def test_a_time_is_read_as_an_aware_datetime_in_every_form_seen(text: str, expected: datetime) -> None:
    time = Message.from_dict({"time": text}).time
    assert time == expected
    assert time is not None
    assert time.tzinfo is not None


def test_a_number_that_came_as_text_is_read_as_a_number() -> None:
    assert Message.from_dict({"segmentCount": "2"}).segment_count == 2


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"{", b"\xff", b"[" * 200_000, b'{"a":' * 200_000])
def test_what_is_not_a_json_object_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match="not"):
        read_model(MessagesList, body)


@pytest.mark.parametrize(
    "body", [{"messages": 7}, {"messages": [1, None, []]}, {"pageInfo": []}, {"messages": {"messageId": "1"}}]
)
def test_a_page_of_another_shape_is_kept_as_it_came(body: dict[str, Any]) -> None:
    page = read(body)
    assert json.loads(page.to_json()) == body
    assert repr(page)


@pytest.mark.parametrize("name", ["cls", "self", "values", "_fields_set", "model_config", "to_dict"])
def test_a_field_of_an_odd_row_may_have_any_name(name: str) -> None:
    row = {"messageId": "1", "segmentCount": "many", name: 1}
    page = read({"messages": [row]})
    assert (page.messages or [])[0].additional_properties == {name: 1}
    assert json.loads(page.to_json()) == {"messages": [row]}


def test_to_dict_has_wire_names_set_fields_and_python_values() -> None:
    message = Message.from_dict({"from": "+1555", "time": "2026-01-02T03:04:05Z", "x": 1})
    assert message.to_dict() == {
        "from": "+1555",
        "time": datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc),
        "x": 1,
    }


def test_a_model_shows_one_field_a_line_set_fields_only_and_plain_values() -> None:
    page = MessagesList.from_dict(
        {
            "totalCount": 1,
            "pageInfo": {},
            "messages": [{"messageId": "1", "messageStatus": "SENT", "receiveTime": "2026-01-02T03:04:05.678Z"}],
        }
    )
    assert repr(page) == (
        "MessagesList(\n"
        "    total_count=1,\n"
        "    page_info=PageInfo(),\n"
        "    messages=[\n"
        "        ListMessageItem(\n"
        "            message_id='1',\n"
        "            message_status='SENT',\n"
        "            receive_time='2026-01-02T03:04:05.678Z',\n"
        "        ),\n"
        "    ],\n"
        ")"
    )
    assert pformat(page) == page.to_str() == str(page) == repr(page)
    assert [name for name, _ in page.__rich_repr__()] == ["total_count", "page_info", "messages"]  # type: ignore[misc]


@pytest.mark.parametrize("name", sorted(models.__all__))
def test_every_model_and_enum_is_importable_from_its_own_module_and_pickles(name: str) -> None:
    kind = getattr(models, name)
    assert kind.__module__.startswith("bandwidth_messaging.models.")
    assert kind.__doc__
    if hasattr(kind, "model_fields") and name != "MessageRequest":
        model = kind.from_dict({"unknown": 1})
        assert pickle.loads(pickle.dumps(model)) == deepcopy(model) == model


@pytest.mark.parametrize(
    ("odd", "kept"),
    [(f'{{"messageId": "2", "segmentCount": {"9" * 5000}}}', "9" * 5000), (f'{{"x": {"[" * 600}{"]" * 600}}}', None)],
    ids=["a number of 5,000 digits", "a field nested 600 deep"],
)
def test_a_value_that_python_cannot_hold_costs_its_row_alone(odd: str, kept: str | None) -> None:
    page = MessagesList.from_json(f'{{"totalCount": 2, "messages": [{{"messageId": "1"}}, {odd}]}}')
    first, second = page.messages or []
    assert first.message_id == "1"
    assert kept is None or second.to_dict()["segmentCount"] == kept
    assert "messages=[" in pformat(page)
    assert deepcopy(page) == pickle.loads(pickle.dumps(page)) == page
    assert MessagesList.from_json(page.to_json()) == page
