"""axe-core, the judge of accessibility, on every state of the page: light, dark and narrow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import NARROW, OURS, PHONE, WIDE, Inbox

_AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_LOOKS = {
    "light": {"viewport": WIDE, "color_scheme": "light"},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "narrow": {"viewport": NARROW, "color_scheme": "light"},
    "narrow-dark": {"viewport": NARROW, "color_scheme": "dark"},
}
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def findings(page: Page) -> list[str]:
    """Everything that axe finds, of whatever weight."""
    if not _AXE.exists():
        pytest.fail("axe-core is not installed: run python tests/node_tools.py")
    page.evaluate(_AXE.read_text("utf-8"))
    result: dict[str, Any] = page.evaluate("tags => axe.run(document, { runOnly: tags })", _RULES)
    assert len(result["passes"]) > 10
    return [
        f"{found['impact']}: {found['id']}: {node['html'][:160]} {node['any'][0]['message'] if node['any'] else ''}"
        for found in result["violations"]
        for node in found["nodes"]
    ]


@pytest.fixture(params=_LOOKS)
def look(request: pytest.FixtureRequest, visit: Callable[..., Inbox], send: Callable[..., str]) -> Inbox:
    inbox = visit(**_LOOKS[request.param])
    inbox.sandbox.set_callbacks(outbound_url="http://127.0.0.1:9/events")
    send("Your code is 482913. It’s valid for ten minutes — don’t share it, not even with us…", tag="login")
    send("Refused", "+15550004770")
    inbox.sandbox.advance(10)
    inbox.sandbox.receive(PHONE, "Thanks!", to=OURS)
    send("On its way")
    expect(inbox.conversations).to_have_count(2)
    return inbox


def test_the_list(look: Inbox) -> None:
    assert findings(look.page) == []


def test_an_empty_sandbox(visit: Callable[..., Inbox]) -> None:
    assert findings(visit().page) == []


def test_a_conversation(look: Inbox) -> None:
    look.open()
    expect(look.bubbles).to_have_count(3)
    assert findings(look.page) == []


def test_the_details(look: Inbox) -> None:
    look.open()
    look.page.locator("#messages a.open").first.click()
    expect(look.page.locator("#detail")).to_be_visible()
    look.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert findings(look.page) == []


def test_search_results_with_the_filters(look: Inbox) -> None:
    look.page.get_by_role("searchbox").fill("code")
    expect(look.page.locator("#items mark")).to_have_count(1)
    look.page.get_by_role("button", name="Filters").click()
    assert findings(look.page) == []


@pytest.mark.parametrize("key", ["n", "f", "?"])
def test_the_dialogs(look: Inbox, key: str) -> None:
    look.page.keyboard.press(key)
    expect(look.page.locator("dialog[open]")).to_be_visible()
    assert findings(look.page) == []


def test_axe_would_find_something(visit: Callable[..., Inbox]) -> None:
    """The judge is awake."""
    inbox = visit()
    inbox.page.evaluate("document.querySelector('#query').labels[0].remove()")
    inbox.page.evaluate("document.querySelector('#query').removeAttribute('placeholder')")
    assert any("label" in each for each in findings(inbox.page))
