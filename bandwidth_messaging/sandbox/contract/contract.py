"""The contract, `openapi.yaml`, and what follows from it alone: which request bodies and queries are right.

Nothing here is shared with the SDK, so client and server cannot make the same mistake.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from . import times
from .wording import FieldError, describe, pointed

_MOST_ERRORS = 100
_MOST_PARAMETERS = 100
_FORMATS = FormatChecker(formats=())


def load_yaml(path: Path) -> dict[str, Any]:
    """Load a document that belongs to the package."""
    # The C loader is five times as quick, but not every build of PyYAML has it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, Any] = yaml.load(path.read_text("utf-8"), loader)  # noqa: S506 - both loaders are the safe one
    return loaded


@cache
def document() -> dict[str, Any]:
    """The contract: the copy beside this module, as a wheel has it, else the one at the root of the checkout."""
    beside = Path(__file__).with_name("openapi.yaml")
    return load_yaml(beside if beside.exists() else Path(__file__).parents[3] / "openapi.yaml")


@cache
def item_fields() -> tuple[str, ...]:
    """The wire names of `listMessageItem`, in the contract's order."""
    return tuple(document()["components"]["schemas"]["listMessageItem"]["properties"])


def field_errors(schema: str, body: Any) -> list[FieldError]:
    """What is wrong with a request body by a schema of the contract, field by field."""
    found: dict[FieldError, None] = {}
    for error in islice(_validator(schema).iter_errors(body), _MOST_ERRORS):
        found.update(dict.fromkeys(describe(error, body)))
    return list(found)


def pointed_errors(schema: str, body: Any) -> list[str]:
    """What is wrong with a request body: path, colon and reason, as in `/messages/0/content: is required`."""
    found = islice(_validator(schema).iter_errors(body), _MOST_ERRORS)
    return list(dict.fromkeys(line for error in found for line in pointed(error)))


def in_order(schema: str, errors: list[FieldError]) -> list[FieldError]:
    """Sort errors: those of `to` first, then of `from`, as the service is known to do; then as the contract does."""
    names = ["body", "to", "from", *document()["components"]["schemas"][schema]["properties"]]
    return sorted(errors, key=lambda error: names.index(error.name))


class QueryError(ValueError):
    """What is wrong with a query string."""


def read_query(raw: bytes, operation: str) -> dict[str, Any]:
    """Read a query string by the parameters of an operation, such as `/users/{accountId}/messages get`.

    Gives the values by wire name, as str, int or bool. QueryError if a parameter is unknown, given twice or not what
    its schema says.
    """
    parameters = _parameters(operation)
    values: dict[str, Any] = {}
    for name, text in _pairs(raw):
        if name not in parameters:
            raise QueryError(f"'{name}' is not a parameter of this operation")
        if name in values:
            raise QueryError(f"'{name}' must be given at most once")
        values[name] = _typed(name, text, parameters[name])
    return values


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    if not raw:
        return []
    try:
        return parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise QueryError("The query string is not percent-encoded UTF-8 or has too many parameters") from None


def _typed(name: str, text: str, validator: Draft202012Validator) -> Any:
    kind = _resolved(validator.schema)["type"]
    value: Any = text
    if kind == "integer" and re.fullmatch("-?[0-9]{1,18}", text):
        value = int(text)
    if kind == "boolean" and text in ("true", "false"):
        value = text == "true"
    error = next(validator.iter_errors(value), None)
    if error is not None:
        raise QueryError(next(describe(error, value, name)).description)
    return value


def _resolved(schema: Any) -> dict[str, Any]:
    reference = schema.get("$ref")
    found: dict[str, Any] = document()["components"]["schemas"][reference.rsplit("/", 1)[1]] if reference else schema
    return found


@cache
def _parameters(operation: str) -> dict[str, Draft202012Validator]:
    path, method = operation.split(" ")
    known = document()["components"]["parameters"]
    entries = document()["paths"][path][method]["parameters"]
    listed = [known[entry["$ref"].rsplit("/", 1)[1]] if "$ref" in entry else entry for entry in entries]
    return {parameter["name"]: _compiled(parameter["schema"]) for parameter in listed}


@cache
def _validator(schema: str) -> Draft202012Validator:
    return _compiled({"$ref": f"#/components/schemas/{schema}"})


def _compiled(schema: dict[str, Any]) -> Draft202012Validator:
    made: Draft202012Validator = _Validator({**schema, "components": document()["components"]}, format_checker=_FORMATS)
    return made


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    # JSON Schema's $ is the end of the string; Python's also matches before a final line feed.
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield ValidationError("does not match")


def _unique_items(_: Any, unique: bool, instance: Any, __: Any) -> Iterator[ValidationError]:
    # The library compares each item with each other one, which lets one request hold the server up for minutes.
    if unique and isinstance(instance, list) and len({json.dumps(item) for item in instance}) < len(instance):
        yield ValidationError("has an item twice")


_extend: Any = validators.extend
_Validator = _extend(Draft202012Validator, {"pattern": _pattern, "uniqueItems": _unique_items})


@_FORMATS.checks("date-time")
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or times.parse_rfc3339(value) is not None


@_FORMATS.checks("uri", raises=ValueError)
def _is_uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    parts = urlsplit(value)
    return bool(re.fullmatch(r"[!-~]+", value) and parts.scheme and (parts.netloc or parts.path))
