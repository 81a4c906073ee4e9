"""The files of the page, and what the docs say about it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Inbox

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "bandwidth_messaging" / "sandbox" / "inbox" / "page"
DOCS = ROOT / "docs"
SCRIPTS = sorted(PAGE.glob("*.js"))
MARKUP = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|\beval\(|new Function")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_markup_or_code_of_a_string(script: Path) -> None:
    assert MARKUP.search(script.read_text("utf-8")) is None


@pytest.mark.parametrize("file", sorted(PAGE.iterdir()), ids=lambda path: path.name)
def test_nothing_is_fetched_from_elsewhere(file: Path) -> None:
    addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+", re.sub(r"^\s*//.*$", "", file.read_text("utf-8"), flags=re.M))
    assert set(addresses) <= {"http://www.w3.org"}


def test_the_page_has_neither_inline_script_nor_inline_style() -> None:
    page = (PAGE / "index.html").read_text("utf-8")
    assert re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page) is None


def test_every_part_that_the_page_names_is_served_as_what_it_is(inbox: Inbox) -> None:
    page = inbox.http.request("GET", f"{inbox.sandbox.url}/").data.decode()
    named = {*re.findall(r'"(/sandbox/page/[^"]+)"', page), *(f"/sandbox/page/{path.name}" for path in SCRIPTS)}
    kinds = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
    for name in named:
        answer = inbox.http.request("GET", inbox.sandbox.url + name)
        assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (
            200,
            kinds[name.rpartition(".")[2]],
        )
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_policy_lets_only_the_sandbox_and_allowed_origins_in(inbox: Inbox) -> None:
    policy = inbox.http.request("GET", f"{inbox.sandbox.url}/").headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))

    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert {"'self'", "data:", "https://cdn.example.com:443"} <= set(rules["img-src"].split())
    assert not {"*", "http:", "https:"} & set(rules["img-src"].split())


def test_the_docs_have_the_keys_that_the_page_lists() -> None:
    def rows(text: str) -> Iterator[tuple[str, str]]:
        for keys, meaning in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text):
            yield tuple(html.unescape(re.sub(r"</?kbd>", "`", each)) for each in (keys, meaning))  # type: ignore[misc]

    listed = list(rows((PAGE / "index.html").read_text("utf-8")))
    documented = (DOCS / "inbox.md").read_text("utf-8")
    assert len(listed) == 10
    for keys, meaning in listed:
        assert f"| {keys} | {meaning} |" in documented


def test_the_docs_have_the_short_names_of_filters_that_the_page_knows() -> None:
    aliases = re.search(r"const ALIASES = \{(.*?)\}", (PAGE / "query.js").read_text("utf-8"), re.S)
    assert aliases is not None
    documented = (DOCS / "inbox.md").read_text("utf-8")
    for name in re.findall(r"(\w+): \"", aliases[1]):
        assert f"`{name}:" in documented


def test_every_screenshot_of_the_docs_is_there_and_small() -> None:
    named = re.findall(r"\]\((screenshots/[^)]+)\)", (DOCS / "inbox.md").read_text("utf-8"))
    assert {DOCS / name for name in named} == set((DOCS / "screenshots").iterdir())
    assert all((DOCS / name).stat().st_size < 150_000 for name in named)
