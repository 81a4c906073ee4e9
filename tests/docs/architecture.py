"""The picture of docs/architecture.md: the layers that pyproject.toml promises, and the imports that there are."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import grimp

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
PACKAGE = "bandwidth_messaging"


def layers(container: str) -> list[list[str]]:
    """The layers below a package with their modules, the highest first, as the contract of import-linter has them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    (rows,) = [
        contract["layers"]
        for contract in settings["contracts"]
        if contract["type"] == "layers" and contract.get("containers") == [container]
    ]
    named = [[name.strip("() ") for name in re.split(r"[|:]", row)] for row in rows]
    return [[name for name in row if _exists(container, name)] for row in named]


def imports(container: str = PACKAGE) -> dict[str, set[str]]:
    """For each module of the layers those that it imports; a module that no layer has stands for itself."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    units = [name for row in layers(container) for name in row]
    found: dict[str, set[str]] = {name: set() for name in units}
    for module in graph.modules:
        importer = _unit(module, container, units)
        for imported in graph.find_modules_directly_imported_by(module) if importer else ():
            found.setdefault(importer, set()).add(_unit(imported, container, units))
    return {name: others - {name, ""} for name, others in found.items()}


def picture(container: str) -> str:
    """The layers as text, the highest on top: a module imports from lower rows only."""
    rows = ["   ".join(row) for row in layers(container) if row]
    width = max(len(row) for row in rows)
    line = "─" * (width + 2)
    body = f"\n├{line}┤\n".join(f"│ {row:^{width}} │" for row in rows)
    return f"```text\n┌{line}┐\n{body}\n└{line}┘\n```"


def arrows(container: str) -> str:
    """Which module imports which, as the code has it."""
    found = imports(container)
    order = [name for row in layers(container) for name in row]
    lines = ["| Module | imports |", "| --- | --- |"]
    for name in order:
        others = ", ".join(f"`{other}`" for other in order if other in found[name])
        lines.append(f"| `{name}` | {others or '-'} |")
    return "\n".join(lines)


def _unit(module: str, container: str, units: list[str]) -> str:
    """The module of the layers that a module is or belongs to; nothing for one outside and for the container itself."""
    name = module.removeprefix(f"{container}.")
    if name == module:
        return ""
    return next((unit for unit in units if name == unit or name.startswith(f"{unit}.")), name)


def _exists(container: str, name: str) -> bool:
    path = ROOT.joinpath(*container.split("."), *name.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


KINDS: dict[str, Any] = {"layers": picture, "arrows": arrows}
