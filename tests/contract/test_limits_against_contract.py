"""The limits of the contract, from both sides: what it allows the SDK sends, and what the SDK refuses it refuses.

Each limit of the contract is either checked before anything goes out, or stands in a table below with the reason why
it is left to the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from contract_document import DOCUMENT, SCHEMAS, parameters, resolved
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from bandwidth_messaging import MessageRequest
from bandwidth_messaging._call.parameters import query_string
from bandwidth_messaging.api.messages_api import LIST_MESSAGES

GOOD: dict[str, Any] = {"applicationId": "a", "to": ["+15551234567"], "from": "+15557654321", "text": "Hello"}
LIMITS = {"minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minimum", "maximum", "pattern", "enum"}
JUDGE = Draft202012Validator(
    {"$ref": "#/components/schemas/messageRequest", "components": DOCUMENT["components"]},
    format_checker=FormatChecker(),
)

# What the contract refuses and the SDK sends all the same.
LEFT_TO_THE_SERVER = {
    "to.maxItems": "the most recipients of a group is the service's policy, which may change",
    "from.pattern: plus": "`+` may stand in an alphanumeric sender; where it may not is the server's to say",
    "text: empty": "an empty text beside media is allowed",
}
# What the SDK refuses and the contract does not forbid.
REFUSED_HERE_ONLY = {
    "text: NUL": "no alphabet of a text message has it, and servers cut texts off there",
    "tag: NUL": "the same",
    "media: NUL": "the same",
}
# value of one field -> accepted by (the SDK, the contract)
CASES: list[tuple[str, str, Any, tuple[bool, bool]]] = [
    ("applicationId.minLength", "applicationId", "", (False, False)),
    ("to.minItems", "to", [], (False, False)),
    ("to.maxItems", "to", [f"+1555123456{n}" for n in range(10)], (True, True)),
    ("to.maxItems", "to", [f"+155512345{n}" for n in range(10, 21)], (True, False)),
    ("to.uniqueItems", "to", ["+15551234567", "+15551234567"], (False, False)),
    ("to.items.pattern", "to", ["+123456789012345"], (True, True)),
    ("to.items.pattern", "to", ["+1234567890123456"], (False, False)),
    ("to.items.pattern", "to", ["+05551234567"], (False, False)),
    ("to.items.pattern", "to", ["15551234567"], (False, False)),
    ("to.items.pattern", "to", ["+1555123456x"], (False, False)),
    ("to.items.pattern: short", "to", ["+123456"], (False, False)),
    ("from.pattern", "from", "123", (True, True)),
    ("from.pattern", "from", "12345678", (True, True)),
    ("from.pattern", "from", "12", (False, False)),
    ("from.pattern", "from", "123456789", (False, False)),
    ("from.pattern", "from", "My Company1", (True, True)),
    ("from.pattern", "from", "My Company 12", (False, False)),
    ("from.pattern", "from", "a-b_c & d+", (True, True)),
    ("from.pattern", "from", "Ünicode", (False, False)),
    ("from.pattern: short", "from", "+123456", (False, False)),
    ("from.pattern: plus", "from", "+abc", (True, False)),
    ("text.maxLength", "text", "a" * 2048, (True, True)),
    ("text.maxLength", "text", "a" * 2049, (False, False)),
    ("text: empty", "text", "", (True, False)),
    ("text: NUL", "text", "a\0b", (False, True)),
    ("media.items.maxLength", "media", ["https://example.com/".ljust(4096, "a")], (True, True)),
    ("media.items.maxLength", "media", ["https://example.com/".ljust(4097, "a")], (False, False)),
    ("media: NUL", "media", ["https://example.com/\0"], (False, True)),
    ("tag.maxLength", "tag", "a" * 1024, (True, True)),
    ("tag.maxLength", "tag", "a" * 1025, (False, False)),
    ("tag: NUL", "tag", "a\0b", (False, True)),
    ("priority.enum", "priority", "high", (True, True)),
    ("priority.enum", "priority", "low", (False, False)),
    ("expiration", "expiration", "2035-02-01T11:29:18-05:00", (True, True)),
    ("expiration", "expiration", "tomorrow", (False, False)),
]  # fmt: skip


def sends(body: dict[str, Any]) -> bool:
    try:
        MessageRequest.from_dict(body)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(("rule", "field", "value", "expected"), CASES)
def test_a_value_at_a_limit_is_judged_alike_on_both_sides_or_listed(
    rule: str, field: str, value: Any, expected: tuple[bool, bool]
) -> None:
    body = {**GOOD, field: value}
    here, there = sends(body), JUDGE.is_valid(body)
    assert (here, there) == expected
    if here is not there:
        assert rule in (LEFT_TO_THE_SERVER if here else REFUSED_HERE_ONLY)


def test_no_reason_outlives_its_difference() -> None:
    differing = {rule for rule, _, _, (here, there) in CASES if here is not there}
    assert differing == set(LEFT_TO_THE_SERVER) | set(REFUSED_HERE_ONLY)


def _limits(schema: Any, where: str) -> Iterator[str]:
    schema = resolved(schema)
    yield from (f"{where}.{limit}" for limit in LIMITS & set(schema))
    for choice in schema.get("anyOf", []):
        yield from _limits(choice, where)
    if "items" in schema:
        yield from _limits(schema["items"], f"{where}.items")


def test_every_limit_of_the_request_is_tried_at_its_edge() -> None:
    properties = SCHEMAS["messageRequest"]["properties"]
    stated = {limit for name, schema in properties.items() for limit in _limits(schema, name)}
    assert stated == {rule for rule, *_ in CASES if "." in rule and ":" not in rule}


@pytest.mark.parametrize(("field", "wrap"), [("phoneNumber", list), ("shortCode", str), ("alphanumericSender", str)])
def test_every_number_and_sender_that_the_contract_allows_is_sent(field: str, wrap: type) -> None:
    @given(st.from_regex(SCHEMAS[field]["pattern"].replace("$", r"\Z"), fullmatch=True))
    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    def check(value: str) -> None:
        assert sends({**GOOD, "to": [value]} if wrap is list else {**GOOD, "from": value})

    check()


# Of the filters the SDK checks type and enum. These the server judges: its 400 says which one and why, and nothing is
# billed.
LEFT_OF_FILTERS = {"minimum", "maximum", "minLength", "pattern"}


@pytest.mark.parametrize("parameter", parameters("GET", "query"), ids=lambda parameter: str(parameter["name"]))
def test_a_filter_takes_what_the_contract_allows_and_no_other_type(parameter: dict[str, Any]) -> None:
    keyword = next(found.name for found in LIST_MESSAGES.parameters.values() if found.wire_name == parameter["name"])
    schema = resolved(parameter["schema"])
    assert set(schema) & LIMITS <= LEFT_OF_FILTERS | {"enum"}
    allowed = [parameter["example"], *schema.get("enum", [])]
    allowed += [schema[edge] for edge in ("minimum", "maximum") if edge in schema]
    for value in allowed:
        assert query_string(LIST_MESSAGES.parameters, {keyword: value}, "list_messages")
    wrong: list[Any] = [object(), b"x", 1.5, -1, "no such value" if "enum" in schema else []]
    for value in wrong:
        with pytest.raises(ValueError, match=keyword):
            query_string(LIST_MESSAGES.parameters, {keyword: value}, "list_messages")


def test_the_words_about_the_page_size_say_what_its_schema_says() -> None:
    (limit,) = (parameter for parameter in parameters("GET", "query") if parameter["name"] == "limit")
    assert f"Default {limit['schema']['default']}." in limit["description"]
    assert f"more than {limit['schema']['maximum']}," in " ".join(limit["description"].split())
