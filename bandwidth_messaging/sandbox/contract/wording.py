"""The words for what is wrong with a request. Those about `to`, `from` and telephone numbers are the vendor's."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema import ValidationError

NO_SENDER = "'from' must contain exactly one telephone number"
NO_RECIPIENT = "'to' must contain at least one telephone number"
NO_CONTENT = "'text' is required unless media is included"
_LONGEST_VALUE = 100
_NUMBER_FILTER = "must be a full telephone number, a list of at most 10, or the beginning of one; + is sent as %2B"
_PATTERNS = {
    "sourceTn": _NUMBER_FILTER,
    "destinationTn": _NUMBER_FILTER,
    "sort": "must be a field and asc or desc, as in sourceTn:desc",
}


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of a request."""

    name: str
    description: str


def describe(error: ValidationError, body: Any, name: str | None = None) -> Iterator[FieldError]:
    """Put a schema error into words, once for each field concerned; `name` is that of a body without named fields."""
    if name is None and error.validator == "required" and not error.absolute_path:
        required: Any = error.validator_value
        yield from (FieldError(field, _missing(field)) for field in required if field not in body)
        return
    if name is None and error.validator == "anyOf" and not error.absolute_path:
        yield FieldError("text", NO_CONTENT)
        return
    field = name or str(next(iter(error.absolute_path), "body"))
    yield FieldError(field, _broken(field, error, inside=len(error.absolute_path) > 1))


def pointed(error: ValidationError) -> Iterator[str]:
    """Put a schema error into words, once for each field concerned: its path in the body, a colon and the reason."""
    path = "".join(f"/{part}" for part in error.absolute_path)
    instance: Any = error.instance
    if error.validator == "required":
        required: Any = error.validator_value
        yield from (f"{path}/{field}: is required" for field in required if field not in instance)
    elif error.validator == "dependentRequired":
        dependent: Any = error.validator_value
        given = [field for field in dependent if field in instance]
        yield from (f"{path}/{field}: is only valid with {' and '.join(dependent[field])}" for field in given)
    elif "propertyNames" in error.absolute_schema_path:
        yield f"{path}: a key {_rule(error)}"
    elif error.validator == "pattern":
        yield f"{path}: does not have the form that it must have"
    else:
        yield f"{path}: {_rule(error)}"


def _missing(field: str) -> str:
    return {"to": NO_RECIPIENT, "from": NO_SENDER}.get(field, f"'{field}' is required")


def _broken(field: str, error: ValidationError, inside: bool) -> str:
    if field == "to" and not inside and error.validator in ("type", "minItems"):
        return NO_RECIPIENT
    if field == "from" and not (isinstance(error.instance, str) and error.instance):
        return NO_SENDER
    if field == "from" or (field == "to" and (inside or error.validator == "pattern")):
        return f"'{_shown(error.instance)}' must be replaced with a valid E164 formatted telephone number"
    if error.validator == "pattern":
        return f"'{field}' {_PATTERNS.get(field, 'does not have the form that it must have')}"
    return f"'{field}' {_rule(error)}"


def _rule(error: ValidationError) -> str:
    limit = error.validator_value
    rules = {
        "type": f"must be of type {limit}",
        "enum": f"must be one of {', '.join(map(str, limit))}" if isinstance(limit, list) else "",
        "minLength": f"must be at least {limit} characters" if limit != 1 else "must not be empty",
        "maxLength": f"must be at most {limit} characters",
        "minItems": f"must contain at least {limit} items",
        "maxItems": f"must contain at most {limit} items",
        "maxProperties": f"must have at most {limit} pairs",
        "uniqueItems": "must not contain the same item twice",
        "minimum": f"must be {limit} or more",
        "maximum": f"must be {limit} or less",
        "format": f"must be a valid {limit}",
    }
    return rules.get(str(error.validator), "is not valid")


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"
