"""openapi.yaml as the tests read it: references followed, texts in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

__all__ = ["DOCUMENT", "PATH", "SCHEMAS", "operation", "parameters", "resolved", "schema_name", "text"]

# What belongs to the older families, which have tests of their own, begins with these.
OLDER_FAMILIES = ("classic", "messageMedia")

DOCUMENT: dict[str, Any] = yaml.safe_load((Path(__file__).parents[1] / "openapi.yaml").read_text("utf-8"))
SCHEMAS: dict[str, Any] = {
    name: schema for name, schema in DOCUMENT["components"]["schemas"].items() if not name.startswith(OLDER_FAMILIES)
}
PATH = "/users/{accountId}/messages"


def resolved(node: Any) -> Any:
    """What a reference points at; anything else as it is."""
    while isinstance(node, dict) and "$ref" in node:
        target: Any = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def operation(method: str, path: str = PATH) -> dict[str, Any]:
    """The operation of a path, that of the messages unless said, with this HTTP method."""
    found: dict[str, Any] = DOCUMENT["paths"][path][method.lower()]
    return found


def parameters(method: str, place: str, path: str = PATH) -> list[dict[str, Any]]:
    """The parameters of an operation that stand in the path, the query or a header, in the contract's order."""
    shared = DOCUMENT["paths"][path].get("parameters", [])
    found = [resolved(parameter) for parameter in [*shared, *operation(method, path).get("parameters", [])]]
    return [parameter for parameter in found if parameter["in"] == place]


def schema_name(answer: Any) -> str | None:
    """The name of the schema that an answer's, or a request's, JSON body has, or its items; None for other bodies."""
    schema = resolved(answer).get("content", {}).get("application/json", {}).get("schema", {})
    reference = schema.get("$ref") or schema.get("items", {}).get("$ref")
    return str(reference).rpartition("/")[2] if reference else None


def text(said: str | None) -> str:
    """A description in one line."""
    return " ".join((said or "").split())
