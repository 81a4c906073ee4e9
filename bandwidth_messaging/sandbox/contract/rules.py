"""What may be said to the sandbox, by the schemas of `sandbox_api.yaml`: the same over HTTP and from Python."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from .contract import load_yaml

DOCUMENT = Path(__file__).with_name("sandbox_api.yaml")
_MOST_SAID = 200


def check(schema: str, value: Any, names: Mapping[str, str] | None = None) -> None:
    """Refuse what is not as a schema says.

    Args:
        schema: The name of the schema in `sandbox_api.yaml`.
        value: Decoded JSON, or what could be encoded as such.
        names: What fields are called where they come from, if that differs from the schema.

    Raises:
        ValueError: It names the field and the rule.
    """
    for error in _validator(schema).iter_errors(value):
        path = [str(part) for part in error.absolute_path]
        where = ".".join([(names or {}).get(part, part) for part in path[:1]] + path[1:])
        raise ValueError(f"{where or 'the body'}: {_shortened(_said(error))}")
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("A text holds half of a surrogate pair, which is no character") from None


def _said(error: ValidationError) -> str:
    title = error.schema.get("title") if isinstance(error.schema, Mapping) else None
    return f"{error.instance!r} is not {title}" if title and error.validator == "pattern" else error.message


def _shortened(said: str) -> str:
    """Leave out the middle, which is a value: what is wrong with it stands at the end."""
    half = _MOST_SAID // 2
    return said if len(said) <= _MOST_SAID else f"{said[:half]}...{said[-half:]}"


@cache
def _validator(schema: str) -> Draft202012Validator:
    components = load_yaml(DOCUMENT)["components"]
    return Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": components})
