"""The MessageMedia family is the one of openapi.yaml: its operations, models and limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest
from contract_document import DOCUMENT, resolved, text
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import BaseModel

from bandwidth_messaging._call.operation import Operation
from bandwidth_messaging._field_docs import described_fields
from bandwidth_messaging._models.base import RequestModel
from bandwidth_messaging.messagemedia import models
from bandwidth_messaging.messagemedia.api import (
    delivery_reports_controller,
    messages_controller,
    replies_controller,
)

SERVER = "https://api.messagemedia.com"
PREFIX = "messageMedia"
OPERATIONS: list[Operation[Any]] = [
    value
    for module in (messages_controller, delivery_reports_controller, replies_controller)
    for value in vars(module).values()
    if isinstance(value, Operation)
]
PATHS = {
    path: item for path, item in DOCUMENT["paths"].items() if SERVER in [s["url"] for s in item.get("servers", ())]
}
SCHEMAS = {
    name.removeprefix(PREFIX): schema
    for name, schema in DOCUMENT["components"]["schemas"].items()
    if name.startswith(PREFIX)
}
MODELS = {name: getattr(models, name) for name in models.__all__}
OBJECTS: dict[str, type[BaseModel]] = {name: kind for name, kind in MODELS.items() if issubclass(kind, BaseModel)}
ENUMS: dict[str, type[Enum]] = {name: kind for name, kind in MODELS.items() if issubclass(kind, Enum)}


def said_by_contract(declared: Operation[Any]) -> Any:
    return PATHS[declared.path][declared.method.lower()]


def schema_of(part: Any) -> str | None:
    content = resolved(part).get("content")
    return content["application/json"]["schema"]["$ref"].rpartition("/")[2].removeprefix(PREFIX) if content else None


def test_every_operation_of_the_contract_is_declared_and_no_other() -> None:
    found = {(path, method) for path, item in PATHS.items() for method in {"get", "put", "post"} & set(item)}
    assert found == {(declared.path, declared.method.lower()) for declared in OPERATIONS}
    assert len(OPERATIONS) == 7
    assert all(path.startswith("/v1/") for path in PATHS)


@pytest.mark.parametrize("declared", OPERATIONS, ids=lambda declared: declared.name)
def test_name_server_parameters_tag_and_credentials_are_the_contracts(declared: Operation[Any]) -> None:
    said = said_by_contract(declared)
    words = re.sub("(?=[A-Z])", "_", said["operationId"].removeprefix(PREFIX)).lower().lstrip("_")
    assert declared.name.partition(".")[2] == words
    assert declared.server == SERVER
    assert said["tags"] == ["MessageMedia"]
    assert said["security"] == [{"MessageMediaBasic": []}, {"MessageMediaHmac": []}]
    in_path = [parameter["name"] for parameter in PATHS[declared.path].get("parameters", ())]
    assert list(declared.path_parameters) == in_path
    assert declared.parameters == {}


@pytest.mark.parametrize("declared", OPERATIONS, ids=lambda declared: declared.name)
def test_statuses_bodies_and_their_models_are_the_contracts(declared: Operation[Any]) -> None:
    said = said_by_contract(declared)
    names = {status: declared.models[status].__name__ if status in declared.models else None
             for status in declared.returns}  # fmt: skip
    names |= {status: kind().__name__ for status, kind in declared.errors.items()}
    expected = {int(status): schema_of(answer) or None for status, answer in said["responses"].items()}
    assert names == expected
    assert list(declared.returns) == [status for status in expected if status < 300]
    body = said.get("requestBody")
    assert (declared.body_model.__name__ if declared.body_model else None) == (schema_of(body) if body else None)


def test_only_what_sends_messages_is_said_to_cause_one() -> None:
    causing = [declared.name for declared in OPERATIONS if declared.causes_message]
    assert causing == ["MessagesController.send_messages"]
    assert "not idempotent" in said_by_contract(messages_controller.SEND_MESSAGES)["description"]


def test_every_schema_has_a_model_and_every_model_a_schema() -> None:
    assert set(MODELS) == set(SCHEMAS)


@pytest.mark.parametrize("name", OBJECTS)
def test_a_model_has_the_fields_of_its_schema(name: str) -> None:
    fields = OBJECTS[name].model_fields
    assert set(fields) == set(SCHEMAS[name]["properties"])
    if issubclass(OBJECTS[name], RequestModel) and name != "CancelScheduledMessageRequest":
        required = {field for field, info in fields.items() if info.is_required()}
        assert required == set(SCHEMAS[name].get("required", ()))


@pytest.mark.parametrize("name", MODELS)
def test_a_model_and_each_of_its_fields_are_described_as_in_the_contract(name: str) -> None:
    _begins(MODELS[name].__doc__ or "", SCHEMAS[name]["description"])
    for field, _, said in described_fields(MODELS[name]) if name in OBJECTS else ():
        part = SCHEMAS[name]["properties"][field]
        if "$ref" not in part:
            _begins(said, part["description"])


def _begins(here: str, there: str) -> None:
    assert text(here).startswith(text(there)), text(here)


@pytest.mark.parametrize("name", ENUMS)
def test_the_values_of_an_enum_are_the_contracts_in_its_order(name: str) -> None:
    assert [member.value for member in ENUMS[name]] == SCHEMAS[name]["enum"]


JUDGE = Draft202012Validator(
    {"$ref": f"#/components/schemas/{PREFIX}SendMessagesRequest", "components": DOCUMENT["components"]},
    format_checker=FormatChecker(),
)
GOOD: dict[str, Any] = {"content": "x", "destination_number": "+61491570156"}
# (what is tried, its value, whether the client sends it, whether the contract allows it)
LIMITS: list[tuple[str, Any, bool, bool]] = [
    ("content", "", False, False),
    ("content", "a" * 5000, True, True),
    ("content", "a" * 5001, False, False),
    ("destination_number", "+6149157", False, False),
    ("destination_number", "+61491570", True, True),
    ("destination_number", "+614915701561234", True, True),
    ("destination_number", "+6149157015612345", False, False),
    ("destination_number", "61491570156", False, False),
    ("destination_number", "+0491570156", False, False),
    ("destination_number", "+61491570156\n", False, True),  # Python's $ is before a line feed too; the sandbox's is not
    ("callback_url", "", False, False),
    ("callback_url", "https://example.com", True, True),
    ("delivery_report", True, True, True),
    ("delivery_report", "true", False, False),
    ("delivery_report", 1, False, False),
    ("format", "TTS", True, True),
    ("format", "tts", False, False),
    ("metadata", {}, True, True),
    ("metadata", {str(number): "" for number in range(10)}, True, True),
    ("metadata", {str(number): "" for number in range(11)}, False, False),
    ("metadata", {"k" * 100: "v" * 256}, True, True),
    ("metadata", {"k" * 101: "v"}, False, False),
    ("metadata", {"": "v"}, False, False),
    ("metadata", {"k": "v" * 257}, False, False),
    ("metadata", {"k": None}, False, False),
    ("metadata", [], False, False),
    ("scheduled", "2016-11-03T11:49:02.807Z", True, True),
    ("scheduled", 1478173742, False, False),
    ("message_expiry_timestamp", "2016-11-03T11:49:02.807Z", True, True),
    ("source_number", "", False, False),
    ("source_number", "Sender", True, True),
    ("source_number_type", "SHORTCODE", False, False),
    ("media", [], False, False),
    ("media", [""], False, False),
    ("media", ["https://example.com/cat.png"], True, True),
    ("subject", "a" * 64, True, True),
    ("subject", "a" * 65, False, False),
]


def sends(body: dict[str, Any]) -> bool:
    try:
        models.SendMessagesRequest.from_dict(body)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(("field", "value", "sent", "allowed"), LIMITS)
def test_a_value_at_a_limit_is_judged_alike_on_both_sides(field: str, value: Any, sent: bool, allowed: bool) -> None:
    body = {"messages": [{**GOOD, field: value}]}
    assert (sends(body), JUDGE.is_valid(body)) == (sent, allowed)


@pytest.mark.parametrize(("number", "good"), [(0, False), (1, True), (100, True), (101, False)])
def test_the_number_of_messages_is_judged_alike_on_both_sides(number: int, good: bool) -> None:
    body = {"messages": [GOOD] * number}
    assert sends(body) is JUDGE.is_valid(body) is good


@pytest.mark.parametrize("kind", ["DeliveryReports", "Replies"])
def test_the_number_of_ids_is_judged_alike_on_both_sides(kind: str) -> None:
    name = f"Confirm{kind}AsReceivedRequest"
    (field,) = SCHEMAS[name]["properties"]
    judge = Draft202012Validator(SCHEMAS[name])
    model: Any = OBJECTS[name]
    model.from_dict({field: ["x"] * 100})
    assert judge.is_valid({field: ["x"] * 100})
    assert not judge.is_valid({field: ["x"] * 101})
    with pytest.raises(ValueError, match="at most 100"):
        model.from_dict({field: ["x"] * 101})


def _limits(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name in {"minLength", "maxLength", "minItems", "maxItems", "maxProperties", "pattern", "enum"}:
                yield name
            yield from _limits(value)


def test_every_field_that_has_a_limit_is_tried() -> None:
    limited = {name for name, schema in SCHEMAS["Message"]["properties"].items() if list(_limits(resolved(schema)))}
    assert limited <= {field for field, *_ in LIMITS}
