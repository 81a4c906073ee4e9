"""Each promise of the README and the docs is held by a test that is named here beside it.

`promises.yaml` lists the sentences that say never, always, at once, nothing, nobody or no, by how they begin. A list
names the tests that fail when the sentence stops being true; a text says why the sentence promises nothing.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from .pages import PAGES, ROOT, without_code

_WORD = re.compile(r"\b(never|always|at once|nothing|nobody|no)\b", re.IGNORECASE)
_END_OF_SENTENCE = re.compile(r"(?<=[.!?:])\s+")
_LIST: dict[str, dict[str, list[str] | str]] = yaml.safe_load(
    Path(__file__).with_name("promises.yaml").read_text("utf-8")
)


def sentences(page: Path) -> list[str]:
    """The sentences of a page's prose that promise something by one of the words."""
    lines = [line for line in without_code(page.read_text("utf-8")).splitlines() if not line.startswith(("|", "#"))]
    paragraphs = re.split(r"\n\s*\n|\n- |\n\d+\. ", "\n".join(lines))
    found = [each for text in paragraphs for each in _END_OF_SENTENCE.split(" ".join(text.split()))]
    return [sentence for sentence in found if _WORD.search(sentence)]


PAGES_WITH_PROMISES = [ROOT / "README.md", *PAGES]
PROMISES = [(page.relative_to(ROOT).as_posix(), each) for page in PAGES_WITH_PROMISES for each in sentences(page)]


def entry_of(page: str, sentence: str) -> list[str] | str | None:
    """What the list has about a sentence."""
    return next((entry for start, entry in _LIST.get(page, {}).items() if sentence.startswith(start)), None)


@cache
def defined_in(path: str) -> set[str]:
    """The names of the tests in a file."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize(("page", "sentence"), PROMISES)
def test_a_promise_names_the_test_that_holds_it(page: str, sentence: str) -> None:
    assert entry_of(page, sentence), f"{sentence!r} is not in tests/docs/promises.yaml"


@pytest.mark.parametrize("page", _LIST)
def test_the_list_has_no_sentence_that_is_gone(page: str) -> None:
    found = sentences(ROOT / page)
    assert [beginning for beginning in _LIST[page] if not any(each.startswith(beginning) for each in found)] == []


def test_every_test_that_is_named_exists() -> None:
    entries = [entry for page in _LIST.values() for entry in page.values()]
    named = [test for entry in entries if isinstance(entry, list) for test in entry]
    missing = [test for test in named if test.partition("::")[2] not in defined_in(test.partition("::")[0])]
    assert named
    assert missing == []
