"""The table of docs/reliability.md is what the suite declares, no row more and none less."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from scripted_server import answer
from support import ACCOUNT

from faults.lab import MESSAGE, RECIPIENT, ROWS, SENDER, Lab
from faults.lab import PAGE as LISTED_NONE

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


def test_the_pages_example_finds_a_message_whose_answer_was_lost(lab: Lab) -> None:
    block = PAGE.read_text(encoding="utf-8").split("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {}
    exec(compile(block, str(PAGE), "exec"), names)
    row = {"messageId": "m-1", "sourceTn": SENDER, "destinationTn": RECIPIENT}
    server = lab.serve(lambda exchange: exchange.close(), LISTED_NONE, answer(200, {"messages": [row]}))
    assert names["send_and_make_sure"](lab.client(), ACCOUNT, MESSAGE, pauses=(0, 0, 0)) == "m-1"
    assert [request.method for request in server.requests] == ["POST", "GET", "GET"]
    assert "fromDateTime=2026-01-02T03%3A03%3A05.000Z" in server.requests[1].target
