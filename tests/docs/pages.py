"""The pages of docs/ as data: their tables, code blocks, headings and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)

_FENCE = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
_CELL_END = re.compile(r"(?<!\\)\|")


def name_of(page: Path) -> str:
    """The page's path below docs/."""
    return page.relative_to(DOCS).as_posix()


def read(name: str) -> str:
    """The text of a page, by its path below docs/."""
    return (DOCS / name).read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The fenced code blocks in a language."""
    return [body for found, body in _FENCE.findall(text) if found == language]


def without_code(text: str) -> str:
    """The text without its fenced blocks."""
    return _FENCE.sub("", text)


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of the same or a higher level."""
    level, lines, fenced = 0, [], False
    for line in text.splitlines(keepends=True):
        found = None if fenced else re.match(r"(#+) (.*)", line)
        fenced ^= line.startswith("```")
        if level and found is not None and len(found[1]) <= level:
            break
        if level:
            lines.append(line)
        elif found is not None and found[2] == heading:
            level = len(found[1])
    assert level, f"there is no heading {heading!r}"
    return "".join(lines)


def tables(text: str) -> Iterator[list[dict[str, str]]]:
    """Each Markdown table, as its rows by column name; code marks and escapes are taken off."""
    rows: list[list[str]] = []
    for line in [*without_code(text).splitlines(), ""]:
        if line.startswith("|"):
            rows.append([_plain(cell) for cell in _CELL_END.split(line.strip().strip("|"))])
        elif rows:
            head, rule, *body = rows
            assert all(set(cell) <= set("-:") for cell in rule), f"not a table: {head}"
            assert all(len(row) == len(head) for row in body), f"a row of {head} has another number of cells"
            yield [dict(zip(head, row, strict=True)) for row in body]
            rows = []


def headings(text: str) -> set[str]:
    """The anchors of the headings, made as GitHub and MyST make them."""
    found = re.findall(r"^#+ (.+)$", without_code(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in found}


def links(text: str) -> list[str]:
    """The targets of all links."""
    return _LINK.findall(without_code(text))


def _plain(cell: str) -> str:
    return cell.strip().replace("\\|", "|").replace("`", "")
