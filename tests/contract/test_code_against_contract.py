"""The Operation table, the filters and the models are those of openapi.yaml; what differs is named.

Descriptions: what the contract says of a parameter, a field or a schema is how its docstring begins. The docstring may
go on with what only matters in Python.
"""

from __future__ import annotations

import inspect
import re
from datetime import datetime
from enum import Enum
from typing import Any, get_args, get_type_hints

import pytest
from contract_document import DOCUMENT, SCHEMAS, operation, parameters, resolved, schema_name, text
from operations import APIS, OPERATIONS, python_name
from pydantic import BaseModel

from bandwidth_messaging import models
from bandwidth_messaging._call.operation import Operation
from bandwidth_messaging._call.parameters import MaybeEncoded
from bandwidth_messaging._field_docs import described_fields
from bandwidth_messaging.api.message_filters import MessageFilters
from bandwidth_messaging.api.messages_api import CREATE_MESSAGE, LIST_MESSAGES

# The models of the callbacks are compared in tests/callbacks; the alternatives within `from` have no model.
WITHOUT_MODEL = {
    "statusCallback", "inboundCallback", "callbackMessage", "multiChannelMessageChannelEnum",
    "multiChannelMessageContent", "rbmMessageContentFile", "rbmSuggestionResponse", "rbmLocationResponse",
    "phoneNumber", "shortCode", "alphanumericSender",
}  # fmt: skip
MODELS = {name[0].lower() + name[1:]: getattr(models, name) for name in models.__all__}
OBJECTS = {name: kind for name, kind in MODELS.items() if issubclass(kind, BaseModel)}
ENUMS = {name: kind for name, kind in MODELS.items() if issubclass(kind, Enum)}
FIELDS = [(name, field) for name in OBJECTS for field in SCHEMAS[name]["properties"]]
QUERY = {parameter["name"]: parameter for parameter in parameters("GET", "query")}


@pytest.mark.parametrize("declared", OPERATIONS, ids=lambda declared: declared.name)
def test_name_server_and_path_parameters_are_the_contracts(declared: Operation[Any]) -> None:
    assert declared.server == DOCUMENT["servers"][0]["url"]
    contract = operation(declared.method, declared.path)
    words = re.sub("(?=[A-Z])", "_", contract["operationId"]).lower()
    assert declared.name == f"{contract['tags'][0]}Api.{words}"
    in_path = parameters(declared.method, "path", declared.path)
    assert list(declared.path_parameters) == [parameter["name"] for parameter in in_path]
    assert all(parameter["required"] and parameter["schema"]["type"] == "string" for parameter in in_path)


@pytest.mark.parametrize("declared", OPERATIONS, ids=lambda declared: declared.name)
@pytest.mark.parametrize("variant", ["", "_with_http_info", "_without_preload_content"])
def test_each_variant_of_a_method_has_the_contracts_parameters(variant: str, declared: Operation[Any]) -> None:
    api, _, name = declared.name.partition(".")
    signature = inspect.signature(getattr(APIS[api], name + variant)).parameters
    in_header = [python_name(each["name"]) for each in parameters(declared.method, "header", declared.path)]
    assert {*declared.path_parameters.values(), *declared.parameters, *in_header} <= set(signature)
    assert list(signature)[1 : 1 + len(declared.path_parameters)] == list(declared.path_parameters.values())


def test_the_contract_has_no_operation_that_the_code_lacks() -> None:
    methods = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
    paths = {path: item for path, item in DOCUMENT["paths"].items() if not path.startswith("/v1/")}
    found = {(path, method) for path, item in paths.items() for method in methods & set(item)}
    assert found == {(declared.path, declared.method.lower()) for declared in OPERATIONS}


@pytest.mark.parametrize("declared", OPERATIONS, ids=lambda declared: declared.name)
def test_statuses_and_their_models_are_the_contracts(declared: Operation[Any]) -> None:
    answers = operation(declared.method, declared.path)["responses"]
    expected = {int(status): schema_name(answer) for status, answer in answers.items()}
    names = {status: kind.__name__ for status, kind in declared.models.items()}
    names |= {status: kind().__name__ for status, kind in declared.errors.items()}
    found = {status: name[0].lower() + name[1:] for status, name in names.items()}
    assert found == {status: name for status, name in expected.items() if name is not None}
    assert list(declared.returns) == [status for status in expected if status < 300]


@pytest.mark.parametrize("declared", OPERATIONS, ids=lambda declared: declared.name)
def test_the_body_is_the_contracts(declared: Operation[Any]) -> None:
    body = operation(declared.method, declared.path).get("requestBody")
    if body is None:
        assert (declared.body, declared.encode) == (None, None)
        return
    assert body["required"]
    assert declared.body_model is OBJECTS.get(schema_name(body) or "")
    assert (declared.encode is None) == (declared.body is not None)


def test_the_filters_are_the_query_parameters_in_their_order() -> None:
    assert [parameter.wire_name for parameter in LIST_MESSAGES.parameters.values()] == list(QUERY)
    assert list(CREATE_MESSAGE.parameters) == [parameter["name"] for parameter in parameters("POST", "query")]


def test_no_filter_is_required_neither_there_nor_here() -> None:
    assert [name for name, parameter in QUERY.items() if parameter.get("required")] == []
    assert not MessageFilters.__required_keys__
    hints = get_type_hints(MessageFilters)
    assert all(type(None) in get_args(hints[name]) for name in LIST_MESSAGES.parameters)


@pytest.mark.parametrize("name", LIST_MESSAGES.parameters)
def test_the_type_of_a_filter_is_the_contracts(name: str) -> None:
    schema = resolved(QUERY[LIST_MESSAGES.parameters[name].wire_name]["schema"])
    hint = get_type_hints(MessageFilters, include_extras=True)[name]
    accepted = set(get_args(hint)) - {type(None)}
    enums = {kind for kind in accepted if isinstance(kind, type) and issubclass(kind, Enum)}
    plain = {"str" if kind == MaybeEncoded else kind.__name__ for kind in accepted - enums - {datetime}}
    assert plain == {{"string": "str", "integer": "int", "boolean": "bool"}[schema["type"]]}
    values = [member.value for kind in enums for member in kind]
    assert values == schema.get("enum", [])
    assert (datetime in accepted) is name.endswith("date_time")


@pytest.mark.parametrize("name", LIST_MESSAGES.parameters)
def test_the_description_of_a_filter_begins_as_the_contracts_does(name: str) -> None:
    described = {field: said for field, _, said in described_fields(MessageFilters)}
    _compare(described[name], QUERY[LIST_MESSAGES.parameters[name].wire_name]["description"])


def test_every_schema_has_a_model_and_every_model_a_schema() -> None:
    assert set(MODELS) == set(SCHEMAS) - WITHOUT_MODEL


@pytest.mark.parametrize("name", ENUMS)
def test_the_values_of_an_enum_are_the_contracts_in_its_order(name: str) -> None:
    assert [member.value for member in ENUMS[name]] == SCHEMAS[name]["enum"]
    assert [member.name for member in ENUMS[name]] == [value.upper() for value in SCHEMAS[name]["enum"]]


@pytest.mark.parametrize("name", MODELS)
def test_the_description_of_a_model_begins_as_the_contracts_does(name: str) -> None:
    _compare(text(inspect.getdoc(MODELS[name])), SCHEMAS[name]["description"])


@pytest.mark.parametrize("name", OBJECTS)
def test_the_fields_of_a_model_are_the_contracts_in_its_order(name: str) -> None:
    assert list(_properties(name)) == list(SCHEMAS[name]["properties"])


@pytest.mark.parametrize("name", OBJECTS)
def test_what_is_required_is_the_contracts_in_requests_and_nothing_in_answers(name: str) -> None:
    # An answer is read whatever it lacks: what the contract promises there is not the reader's to demand.
    required = OBJECTS[name].model_json_schema().get("required", [])
    assert required == (SCHEMAS[name]["required"] if name == "messageRequest" else [])


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_the_type_of_a_field_is_the_contracts(name: str, field: str) -> None:
    here, there = _shape(_properties(name)[field]), _shape(SCHEMAS[name]["properties"][field])
    if name != "messageRequest":
        # Every field of an answer may be missing, and null reads as missing.
        there["type"] = sorted({*there["type"], "null"} - {"null"})
    assert here == there, f"{name}.{field}"


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_the_description_of_a_field_begins_as_the_contracts_does(name: str, field: str) -> None:
    schema = SCHEMAS[name]["properties"][field]
    kind = next(kind for kind in OBJECTS[name].__mro__ if _python_name(name, field) in kind.__annotations__)
    said = {python: described for python, _, described in described_fields(kind)}[_python_name(name, field)]
    # Where the contract only points at an enum, the field may say in its own words what it is for.
    _compare(said, schema.get("description", ""))


def _compare(here: str, there: str) -> None:
    assert here, "the docstring is missing"
    assert f"{here} ".startswith(f"{text(there)} " if there else ""), f"{here!r} does not begin with {text(there)!r}"


def _properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = OBJECTS[name].model_json_schema(by_alias=True, mode="serialization")["properties"]
    return found


def _python_name(name: str, wire_name: str) -> str:
    by_wire = {info.serialization_alias: field for field, info in OBJECTS[name].model_fields.items()}
    return str(by_wire[wire_name])


def _shape(schema: Any) -> dict[str, Any]:
    """What a schema says of types: the same for pydantic's way of writing it and for the contract's."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return {"type": [name[0].lower() + name[1:]]} if name not in WITHOUT_MODEL else _shape(SCHEMAS[name])
    shapes = [_shape(choice) for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    if shapes and "type" not in schema:
        return shapes[0]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    shape: dict[str, Any] = {"type": sorted(set(kinds) - {"null"})}
    if schema.get("format") == "date-time":
        shape["format"] = "date-time"
    return shape | ({"items": _shape(schema["items"])} if "items" in schema else {})
