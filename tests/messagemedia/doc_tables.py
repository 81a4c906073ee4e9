"""The tables of docs/messagemedia that come from the docstrings and the contract.

`python tests/messagemedia/doc_tables.py` writes them into the pages, between the comments that mark them. A test fails
when a page says anything else than this module would write.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from contract_document import DOCUMENT, resolved  # noqa: E402 - the path is set above for a run as a script

from bandwidth_messaging import exceptions  # noqa: E402
from bandwidth_messaging._call.operation import Operation  # noqa: E402
from bandwidth_messaging._field_docs import described_fields  # noqa: E402
from bandwidth_messaging._models.base import RequestModel  # noqa: E402
from bandwidth_messaging.messagemedia import models  # noqa: E402
from bandwidth_messaging.messagemedia.api import (  # noqa: E402
    delivery_reports_controller,
    messages_controller,
    replies_controller,
)

PAGES = sorted((ROOT / "docs" / "messagemedia").glob("*.md"))
OPERATIONS: dict[str, Operation[Any]] = {
    value.name.partition(".")[2]: value
    for module in (messages_controller, delivery_reports_controller, replies_controller)
    for value in vars(module).values()
    if isinstance(value, Operation)
}
_MARKED = re.compile(r"(<!-- messagemedia: (\S+) (\S+) -->\n).*?(<!-- end of table -->)", re.DOTALL)


def filled(page: str) -> str:
    """The page with every marked table as it should be."""
    return _MARKED.sub(lambda mark: f"{mark[1]}\n{_KINDS[mark[2]](mark[3])}\n\n{mark[4]}", page)


def fields(name: str) -> str:
    """The fields of a model."""
    kind = getattr(models, name)
    hints = get_type_hints(kind)
    rows = []
    for field, _, said in described_fields(kind):
        notes = "required" if kind.model_fields[field].is_required() else "optional"
        row = (f"`{field}`", _type(hints[field]), " ".join(said.split()))
        rows.append((*row, notes) if issubclass(kind, RequestModel) else row)
    head = ("Name", "Type", "Description", "Notes")
    return _table(head if issubclass(kind, RequestModel) else head[:3], rows)


def values(name: str) -> str:
    """The members of an enum."""
    rows = [(f"`{name}.{member.name}`", f"`{member.value}`") for member in getattr(models, name)]
    return _table(("Member", "Value"), rows)


def statuses(name: str) -> str:
    """The statuses of an operation, and what each makes here."""
    declared = OPERATIONS[name]
    rows = []
    for status, answer in DOCUMENT["paths"][declared.path][declared.method.lower()]["responses"].items():
        here = f"raises [`{exceptions.class_for_status(int(status)).__name__}`](../exceptions.md)"
        if int(status) in declared.returns:
            model = declared.models.get(int(status))
            here = f"returns [`{model.__name__}`](models.md#{model.__name__.lower()})" if model else "returns None"
        rows.append((status, resolved(answer)["description"], here))
    return _table(("Status code", "Description", "Here"), rows)


_KINDS: dict[str, Callable[[str], str]] = {"fields": fields, "values": values, "statuses": statuses}


def _type(hint: Any) -> str:
    """The type as a reader says it: models linked, None left out, since every field may be missing."""
    arguments = [kind for kind in getattr(hint, "__args__", ()) if kind is not type(None)]
    origin = getattr(hint, "__origin__", None)
    if origin is list:
        return f"`list` of {_type(arguments[0])}"
    if origin is dict:
        return "`dict` of `str` to `str`"
    if arguments:
        return " or ".join(map(_type, arguments))
    if getattr(hint, "__module__", "").startswith("bandwidth_messaging"):
        return f"[`{hint.__name__}`](#{hint.__name__.lower()})"
    name = getattr(hint, "__name__", "")
    return {"AwareDatetime": "`datetime`", "StrictBool": "`bool`"}.get(name, f"`{name}`")


def _table(head: tuple[str, ...], rows: list[Any]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


if __name__ == "__main__":
    for path in PAGES:
        text = path.read_text("utf-8")
        if filled(text) != text:
            path.write_text(filled(text), "utf-8")
            print(path.relative_to(ROOT))
