"""What docs/moving-over.md claims of each public name of the generated SDK."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from .comparison import groups, part_of, verdicts

__all__ = ["Claim", "claims", "counted", "summary"]

PAGE = Path(__file__).parents[2] / "docs" / "moving-over.md"
# What the names in the tables of a section are members of.
_OWNERS = {
    "Options of Configuration": ("Configuration",),
    "Methods": ("MessagesApi", "MediaApi", "options"),
    "ApiClient": ("ApiClient",),
    "Exceptions": ("ApiException", "exceptions", "bandwidth"),
    "Answers": ("rest", "api_response", "bandwidth"),
    "Other names": ("configuration",),
    "Models": ("Model",),
}
_ROW = re.compile(r"^\| (`[^|]+`) \| ([^|]+) \|(?: ([^|]*) \|| \|)$", re.MULTILINE)


class Claim(NamedTuple):
    """A row of the page."""

    here: str
    """What it is called here, or "left out"."""
    reason: str
    """What differs, or why it is left out."""


def claims() -> dict[str, Claim]:
    """The rows of the page by the dotted names that they are about."""
    found: dict[str, Claim] = {}
    for section in PAGE.read_text("utf-8").split("\n## ")[1:]:
        owners = _OWNERS.get(section.partition("\n")[0], ())
        for row in _ROW.finditer(section) if owners else ():
            for name in re.findall("`([^`]+)`", row[1]):
                claim = Claim(row[2].strip(), (row[3] or "").strip())
                found.update(dict.fromkeys((name, *(f"{owner}.{name}" for owner in owners)), claim))
    for group in ("MultiChannelApi", "CallsApi"):
        found.update(dict.fromkeys(groups()[group], found[group]))
    return found


def counted() -> dict[str, str]:
    """Each name with "same", "differs" or "left out": what was measured, and what the page says beyond that."""
    claimed = claims()
    words: dict[str, str] = {}
    for name, verdict in verdicts().items():
        claim = claimed.get(name)
        left_out = verdict.verdict == "missing" and (claim is None or claim.here == "left out")
        differs = verdict.verdict != "same" or (claim is not None and claim.reason != "")
        words[name] = "left out" if left_out else "differs" if differs else "same"
    return words


def summary() -> str:
    """The rows of the page's first table."""
    words = counted()
    rows = []
    for part in dict.fromkeys(map(part_of, words)):
        of_part = [word for name, word in words.items() if part_of(name) == part]
        rows.append(f"| {part} | {of_part.count('same')} | {of_part.count('differs')} | {of_part.count('left out')} |")
    return "\n".join(rows) + "\n"
