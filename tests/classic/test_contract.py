"""The classic operations, fields, filters and errors are those of openapi.yaml."""

from __future__ import annotations

from typing import Any

import pytest
from contract_document import DOCUMENT, resolved

from bandwidth_messaging._call.operation import Operation
from bandwidth_messaging.classic import ClassicError, ErrorDetail
from bandwidth_messaging.classic.filters import FILTERS, LARGEST_PAGE
from bandwidth_messaging.classic.messaging import MOST_PER_REQUEST
from bandwidth_messaging.classic.operations import V1
from bandwidth_messaging.classic.requests import MOST_CHARACTERS, MOST_MILLISECONDS, encode_one
from bandwidth_messaging.sandbox.families.classic.routes import _MOST_MESSAGES

SCHEMAS = DOCUMENT["components"]["schemas"]
REQUEST = SCHEMAS["classicMessageRequest"]["properties"]
PATHS = {path: item for path, item in DOCUMENT["paths"].items() if path.startswith("/v1/users/")}


@pytest.mark.parametrize("declared", V1, ids=lambda declared: declared.name)
def test_path_server_statuses_and_repeating_are_the_contracts(declared: Operation[Any]) -> None:
    item = PATHS[declared.path]
    operation = item[declared.method.lower()]
    assert item["servers"][0]["url"] == declared.server
    assert operation["tags"] == ["Classic"]
    assert list(declared.path_parameters) == [resolved(parameter)["name"] for parameter in item["parameters"]]
    refused = {status for status in operation["responses"] if status >= "400"}
    assert {str(status) for status in declared.errors} == refused
    # The vendor's own tests saw 200 where its pages say 202.
    assert {str(status) for status in declared.returns} - {"200"} <= set(operation["responses"])
    assert declared.causes_message is (declared.method == "POST")


def test_the_contract_has_no_classic_operation_that_the_code_lacks() -> None:
    found = {(path, method) for path, item in PATHS.items() for method in {"get", "post", "put", "delete"} & set(item)}
    assert found == {(declared.path, declared.method.lower()) for declared in V1}


def test_the_fields_of_a_message_and_their_limits_are_the_contracts() -> None:
    body = encode_one({"from_": "+1", "to": "+2"}).decode()
    assert all(f'"{name}": ' in body for name in REQUEST)
    assert body.count('": ') == len(REQUEST)
    assert REQUEST["text"]["maxLength"] == MOST_CHARACTERS
    assert REQUEST["callbackTimeout"]["oneOf"][0]["maximum"] == MOST_MILLISECONDS
    assert MOST_PER_REQUEST == _MOST_MESSAGES == 50


def test_the_filters_are_the_contracts_but_for_the_cursors() -> None:
    query = {
        parameter["name"]: resolved(parameter["schema"])
        for parameter in PATHS["/v1/users/{userId}/messages"]["get"]["parameters"]
    }
    assert [each.wire_name for each in FILTERS.values()] == [name for name in query if not name.startswith("sortKey")]
    assert query["size"]["maximum"] == LARGEST_PAGE
    for parameter in FILTERS.values():
        for value in query[parameter.wire_name].get("enum", []):
            assert parameter.encode(parameter.name, value) == value


@pytest.mark.parametrize(("name", "model"), [("classicError", ClassicError), ("classicErrorDetail", ErrorDetail)])
def test_the_fields_of_an_error_are_the_contracts(name: str, model: Any) -> None:
    assert list(model.model_fields) == list(SCHEMAS[name]["properties"])
