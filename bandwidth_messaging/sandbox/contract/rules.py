"""What the sandbox may be asked for, by the schemas of `sandbox_api.yaml`: the same over HTTP and from Python."""

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from .contract import load_yaml

DOCUMENT = Path(__file__).with_name("sandbox_api.yaml")
_LONGEST = 200


def check(schema: str, value: Any, names: Mapping[str, str] | None = None) -> None:
    """Refuse what is not as a schema of `sandbox_api.yaml` says. ValueError names the field and the rule.

    `names` says what fields are called where they come from, if that differs from the schema.
    """
    for error in _validator(schema).iter_errors(value):
        path = [str(part) for part in error.absolute_path]
        where = ".".join([(names or {}).get(part, part) for part in path[:1]] + path[1:])
        raise ValueError(f"{where or 'the body'}: {_shortened(_description(error))}")
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("A text holds half of a surrogate pair, which is no character") from None


@cache
def query_parameters(path: str, method: str) -> tuple[str, ...]:
    """The names of what an operation of `sandbox_api.yaml` takes in its query."""
    operation = _document()["paths"].get(path, {}).get(method.lower(), {})
    return tuple(each["name"] for each in operation.get("parameters", ()) if each.get("in") == "query")


def _description(error: ValidationError) -> str:
    title = error.schema.get("title") if isinstance(error.schema, Mapping) else None
    return f"{error.instance!r} is not {title}" if title and error.validator != "type" else error.message


def _shortened(text: str) -> str:
    """Leave out the middle, which is a value: what is wrong with it stands at the end."""
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]}...{text[-half:]}"


def _is_integer(_: Any, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(_: Any, value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_TYPES = Draft202012Validator.TYPE_CHECKER.redefine_many({"integer": _is_integer, "number": _is_number})
_extend: Any = validators.extend
_Validator = _extend(Draft202012Validator, type_checker=_TYPES)


@cache
def _document() -> dict[str, Any]:
    return load_yaml(DOCUMENT)


@cache
def _validator(schema: str) -> Draft202012Validator:
    components = _document()["components"]
    made: Draft202012Validator = _Validator({"$ref": f"#/components/schemas/{schema}", "components": components})
    return made
