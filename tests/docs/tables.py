"""The tables of docs/ that come from the docstrings and the contract.

`python tests/docs/tables.py` writes them into the pages, between the comments that mark them. A test fails when a page
says anything else than this module would write.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_type_hints

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

# The path is set above for a run as a script.
from contract_document import operation, resolved  # noqa: E402
from operations import APIS  # noqa: E402
from operations import OPERATIONS as DECLARED  # noqa: E402

import bandwidth_messaging  # noqa: E402
from bandwidth_messaging import exceptions, models  # noqa: E402
from bandwidth_messaging._call.operation import Operation  # noqa: E402
from bandwidth_messaging._field_docs import described_fields  # noqa: E402
from bandwidth_messaging._generated import LeftOut  # noqa: E402
from bandwidth_messaging.api.message_filters import MessageFilters  # noqa: E402
from bandwidth_messaging.api_client import CallOptions  # noqa: E402
from docs.architecture import KINDS as ARCHITECTURE  # noqa: E402

_MARKED = re.compile(r"(<!-- table: (\S+) (\S+) -->\n).*?(<!-- end of table -->)", re.DOTALL)
OPERATIONS: dict[str, Operation[Any]] = {declared.name.partition(".")[2]: declared for declared in DECLARED}


def filled(page: str) -> str:
    """The page with every marked table as it should be."""
    return _MARKED.sub(lambda mark: f"{mark[1]}\n{_KINDS[mark[2]](mark[3])}\n\n{mark[4]}", page)


def fields(name: str) -> str:
    """The fields of a model."""
    kind = getattr(models, name)
    required = {field for field, info in kind.model_fields.items() if info.is_required()}
    rows = []
    for field, said in _described(kind):
        wire_name = kind.model_fields[field].serialization_alias
        hint = get_type_hints(kind)[field]
        notes = "required" if field in required else "optional" if name == "MessageRequest" else ""
        rows.append((f"`{field}`", f"`{wire_name}`", _type(hint), said, notes))
    if name == "MessageRequest":
        return _table(("Name", "On the wire", "Type", "Description", "Notes"), rows)
    return _table(("Name", "On the wire", "Type", "Description"), [row[:4] for row in rows])


def values(name: str) -> str:
    """The members of an enum."""
    rows = [(f"`{name}.{member.name}`", f"`{member.value}`") for member in getattr(models, name)]
    return _table(("Member", "Value"), rows)


def parameters(name: str) -> str:
    """The parameters of an operation, in the seed's form."""
    if OPERATIONS[name].name.startswith("MediaApi"):
        return _arguments(name)
    rows = [("`account_id`", "`str`", "Your Bandwidth Account ID.", "")]
    if name == "create_message":
        said = "The message, as a model or as a dict of its fields."
        rows.append(("`message_request`", "[`MessageRequest`](models/MessageRequest.md) or `dict`", said, ""))
    else:
        own = [row for row in described_fields(MessageFilters) if not row[0].startswith("_")]
        rows += [(f"`{field}`", _filter_type(kind), _cell(said), "[optional]") for field, kind, said in own]
    return _table(("Name", "Type", "Description", "Notes"), rows)


def _arguments(name: str) -> str:
    """The arguments of a method of MediaApi, as its docstring has them."""
    method = getattr(APIS["MediaApi"], name)
    said = dict(re.findall(r"^    (\w+): (.*?)(?=^    \S|\Z)", _section(method, "Args"), re.MULTILINE | re.DOTALL))
    rows = []
    for argument, parameter in inspect.signature(method).parameters.items():
        if argument in said:
            note = "" if parameter.default is parameter.empty else "[optional]"
            rows.append((f"`{argument}`", _cell(said[argument]), note))
    return _table(("Name", "Description", "Notes"), rows)


def _section(method: Any, title: str) -> str:
    text = (inspect.getdoc(method) or "").partition(f"{title}:\n")[2]
    return text.partition("\n\n")[0] + "\n"


def options(_: str) -> str:
    """The options that every call takes."""
    rows = [(f"`{field}`", _code(kind), _cell(said)) for field, kind, said in described_fields(CallOptions)]
    return _table(("Name", "Type", "Description"), rows)


def statuses(name: str) -> str:
    """The statuses of an operation, in the seed's form, and the class that each raises."""
    declared = OPERATIONS[name]
    rows = []
    for status, answer in operation(declared.method, declared.path)["responses"].items():
        found = resolved(answer)
        headers = [f"* {header} - {resolved(said)['description']}" for header, said in found.get("headers", {}).items()]
        model = declared.models.get(int(status))
        here = f"raises [`{exceptions.class_for_status(int(status)).__name__}`](exceptions.md)"
        if model is not None:
            several = "a list of " if declared.name == "MediaApi.list_media" else ""
            here = f"returns {several}[`{model.__name__}`](models/{model.__name__}.md)"
        elif int(status) in declared.returns:
            here = "returns None" if status == "204" else "returns the bytes"
        rows.append((status, found["description"], "<br>".join(headers) or "-", here))
    return _table(("Status code", "Description", "Response headers", "Here"), rows)


def left_out(name: str) -> str:
    """What a class leaves out of that of the generated SDK, and what to do instead."""
    advice: dict[str, list[str]] = {}
    for attribute, value in vars(getattr(bandwidth_messaging, name)).items():
        if isinstance(value, LeftOut):
            advice.setdefault(value.advice, []).append(f"`{attribute}`")
    rows = [(", ".join(names), "left out", f"{_cell(text[0].upper() + text[1:])}.") for text, names in advice.items()]
    return _table(("There", "Here", "What differs"), rows)


def tree(_: str) -> str:
    """The family tree of the exceptions, from the module that defines them."""
    found = re.search(r"```\n.*?```", inspect.getdoc(exceptions) or "", re.DOTALL)
    assert found is not None
    return found[0].replace("```", "```text", 1)


_KINDS: dict[str, Callable[[str], str]] = {
    "fields": fields,
    "values": values,
    "parameters": parameters,
    "options": options,
    "statuses": statuses,
    "tree": tree,
    "left_out": left_out,
    **ARCHITECTURE,
}


def _described(kind: type) -> Iterator[tuple[str, str]]:
    for base in reversed(kind.__mro__):
        if "model_fields" in dir(base) and base.__module__.startswith("bandwidth_messaging.models"):
            yield from ((field, _cell(said)) for field, _, said in described_fields(base))


def _type(hint: Any) -> str:
    """The type as a reader says it: models linked, None left out, since every field of an answer may be missing."""
    arguments = [kind for kind in getattr(hint, "__args__", ()) if kind is not type(None)]
    if getattr(hint, "__origin__", None) is list:
        return f"`list` of {_type(arguments[0])}"
    if arguments:
        return _type(arguments[0])
    kind = hint if inspect.isclass(hint) else object
    if kind.__module__.startswith("bandwidth_messaging"):
        return f"[`{kind.__name__}`]({kind.__name__}.md)"
    return {"AwareDatetime": "`datetime`"}.get(kind.__name__, f"`{kind.__name__}`")


def _filter_type(kind: str) -> str:
    names = [name.strip() for name in kind.split("|") if name.strip() != "None"]
    linked = [f"[`{name}`](models/{name}.md)" if hasattr(models, name) else f"`{name}`" for name in names]
    return " or ".join(linked)


def _code(kind: str) -> str:
    return f"`{kind.removesuffix(' | None')}`".replace("|", "\\|")


def _cell(said: str) -> str:
    return " ".join(said.split()).replace("|", "\\|")


def _table(head: tuple[str, ...], rows: list[Any]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def kind_of(name: str) -> str:
    """Which table the page of a model has."""
    return "values" if issubclass(getattr(models, name), Enum) else "fields"


if __name__ == "__main__":
    for path in sorted((ROOT / "docs").rglob("*.md")):
        text = path.read_text("utf-8")
        if filled(text) != text:
            path.write_text(filled(text), "utf-8")
            print(path.relative_to(ROOT))
