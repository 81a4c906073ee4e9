"""openapi.yaml says what the vendor's page says: operations, parameters in its order, statuses, headers, enums."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

DOCUMENT: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text("utf-8"))
MESSAGES = DOCUMENT["paths"]["/users/{accountId}/messages"]
PARAMETERS = DOCUMENT["components"]["parameters"]
SCHEMAS = DOCUMENT["components"]["schemas"]

FILTERS = [
    "messageId", "sourceTn", "destinationTn", "messageStatus", "messageDirection", "carrierName", "messageType",
    "errorCode", "fromDateTime", "toDateTime", "campaignId", "fromBwLatency", "bwQueued", "product", "location",
    "carrierQueued", "fromCarrierLatency", "callingNumberCountryA3", "calledNumberCountryA3", "fromSegmentCount",
    "toSegmentCount", "fromMessageSize", "toMessageSize", "sort", "pageToken", "limit", "limitTotalCount",
]  # fmt: skip


def resolved(node: Any) -> Any:
    if isinstance(node, dict) and "$ref" in node:
        target: Any = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return resolved(target)
    return node


def judge(schema: Any, value: Any) -> list[str]:
    whole = {**schema, "components": DOCUMENT["components"]}
    validator = Draft202012Validator(whole, format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(value)]


def test_the_document_is_valid_openapi() -> None:
    validate(DOCUMENT)


def test_the_list_has_the_27_parameters_in_the_documented_order() -> None:
    assert [resolved(parameter)["name"] for parameter in MESSAGES["get"]["parameters"]] == FILTERS


@pytest.mark.parametrize("name", ["accountId", *FILTERS])
def test_a_parameter_is_described_and_its_example_fits_its_schema(name: str) -> None:
    parameter = PARAMETERS[name]

    assert parameter["description"].endswith(".")
    assert judge(parameter["schema"], parameter["example"]) == []


def test_only_the_account_is_required_of_the_parameters() -> None:
    required = [parameter["name"] for parameter in PARAMETERS.values() if parameter.get("required")]
    assert [name for name in required if not name.endswith("Id") or name == "accountId"] == ["accountId"]


@pytest.mark.parametrize(
    ("method", "statuses"),
    [("post", "202 400 401 403 404 405 406 415 429 500"), ("get", "200 400 401 403 404 405 415 429 500")],
)
def test_an_operation_has_the_documented_statuses_each_with_a_json_body(method: str, statuses: str) -> None:
    responses = MESSAGES[method]["responses"]

    assert list(responses) == statuses.split()
    assert all("schema" in resolved(answer)["content"]["application/json"] for answer in responses.values())


@pytest.mark.parametrize(
    ("path", "method", "success"), [("media", "get", "200"), ("media/{mediaId}", "get", "200"),
                                    ("media/{mediaId}", "put", "204"), ("media/{mediaId}", "delete", "204")],
)  # fmt: skip
def test_an_operation_of_media_has_the_documented_statuses(path: str, method: str, success: str) -> None:
    responses = DOCUMENT["paths"][f"/users/{{accountId}}/{path}"][method]["responses"]
    assert list(responses) == [success, *["400", "401", "403", "404", "406", "415", "429", "500"]]


def test_only_the_429_of_the_list_has_a_header() -> None:
    with_headers = [
        (method, status)
        for method in ("get", "post")
        for status, answer in MESSAGES[method]["responses"].items()
        if "headers" in resolved(answer)
    ]

    assert with_headers == [("get", "429")]
    assert list(resolved(MESSAGES["get"]["responses"]["429"])["headers"]) == ["Retry-After"]


def test_the_400_of_create_alone_has_field_errors() -> None:
    def schema(method: str) -> str:
        answer = resolved(MESSAGES[method]["responses"]["400"])
        return str(answer["content"]["application/json"]["schema"]["$ref"]).rpartition("/")[2]

    assert (schema("post"), schema("get")) == ("createMessageRequestError", "messagingRequestError")


def test_both_credentials_are_accepted_and_oauth2_names_the_vendors_token_endpoint() -> None:
    flow = DOCUMENT["components"]["securitySchemes"]["OAuth2"]["flows"]["clientCredentials"]

    assert DOCUMENT["security"] == [{"Basic": []}, {"OAuth2": []}]
    assert flow["tokenUrl"] == "https://api.bandwidth.com/api/v1/oauth2/token"


def test_the_server_is_the_vendors() -> None:
    assert [server["url"] for server in DOCUMENT["servers"]] == ["https://messaging.bandwidth.com/api/v2"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("messageStatusEnum", "RECEIVED QUEUED SENDING SENT FAILED DELIVERED ACCEPTED UNDELIVERED"),
        ("listMessageDirectionEnum", "INBOUND OUTBOUND"),
        ("messageDirectionEnum", "in out"),
        ("messageTypeEnum", "sms mms rcs"),
        ("priorityEnum", "default high"),
    ],
)
def test_an_enum_has_the_documented_values(name: str, values: str) -> None:
    assert SCHEMAS[name]["enum"] == values.split()


def _examples(node: Any, where: str = "") -> list[tuple[str, Any, Any]]:
    """Collect every example of a body, with its schema."""
    found = []
    if isinstance(node, dict):
        if "schema" in node:
            values = [node["example"]] if "example" in node else []
            values += [example["value"] for example in node.get("examples", {}).values()]
            found += [(where, node["schema"], value) for value in values]
        for name, child in node.items():
            found += _examples(child, f"{where}/{name}")
    return found


@pytest.mark.parametrize(("where", "schema", "value"), _examples(DOCUMENT), ids=lambda value: str(value)[-40:])
def test_every_example_fits_its_schema(where: str, schema: Any, value: Any) -> None:
    assert judge(schema, value) == [], where


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_schema_and_each_of_its_fields_is_described_and_its_examples_fit(name: str) -> None:
    schema = SCHEMAS[name]

    assert schema["description"]
    for field, part in {"": schema, **schema.get("properties", {})}.items():
        assert resolved(part)["description"], field
        assert [error for example in part.get("examples", ()) for error in judge(part, example)] == [], field


def test_callbacks_may_come_alone_or_as_an_array() -> None:
    for name in ("statusCallbacks", "inboundCallbacks"):
        one, many = DOCUMENT["components"]["requestBodies"][name]["content"]["application/json"]["schema"]["oneOf"]
        assert many == {"type": "array", "items": one}
