"""The table of docs/reliability.md is what the suite declares, no row more and none less."""

from __future__ import annotations

import importlib
from pathlib import Path

from faults.lab import ROWS

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


def declared() -> list[str]:
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        importlib.import_module(f"faults.{file.stem}")
    return sorted({str(row): row for row in ROWS}, key=by_number)


def by_number(line: str) -> tuple[int, str]:
    case = line.strip("| ").partition(" ")[0].rstrip(",")
    return int("".join(filter(str.isdigit, case))), case


def test_the_page_has_the_rows_of_the_suite() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("| case | operation |")[2]
    assert table.splitlines()[2:] == declared()


def test_each_case_is_declared_once() -> None:
    cases = [line.split("|")[1] for line in declared()]
    assert len(cases) == len(set(cases))
