"""docs/moving-over.md names every public name of the generated SDK that is not the same here, and says why."""

from __future__ import annotations

from .comparison import verdicts
from .page import PAGE, claims, summary


def test_each_name_that_is_missing_or_differs_stands_on_the_page_with_a_reason() -> None:
    claimed = claims()
    silent = [name for name, verdict in verdicts().items() if verdict.verdict != "same" and name not in claimed]
    assert silent == []
    assert [name for name, claim in claimed.items() if claim.here == "left out" and not claim.reason] == []


def test_nothing_that_is_there_is_called_left_out() -> None:
    claimed = claims()
    there = [name for name, verdict in verdicts().items() if verdict.verdict != "missing"]
    assert [name for name in there if name in claimed and claimed[name].here == "left out"] == []


def test_the_page_counts_them() -> None:
    assert summary() in PAGE.read_text("utf-8"), f"paste this into the page:\n{summary()}"
