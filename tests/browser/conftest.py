"""A real Chromium on the inbox page of a sandbox whose clock stands still."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect, sync_playwright

from bandwidth_messaging import MessageRequest, MessagesApi
from bandwidth_messaging.sandbox import Sandbox

from . import chromium

NOW = 1792749616.0  # 2026-10-23T10:00:16Z
OURS = "+15557654321"
PHONE = "+15552345678"
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 844}
_MOST_BYTES = 150_000
_COLOURS = 128
# Quiet: a test must not ask anybody else anything.
_ARGUMENTS = [
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
    "--no-first-run", "--font-render-hinting=none", "--force-color-profile=srgb",
]  # fmt: skip

expect.set_options(timeout=20_000)


class Inbox:
    """The page, and what a test does with it."""

    def __init__(self, page: Page, sandbox: Sandbox, wrong: list[str]) -> None:
        self.page = page
        self.sandbox = sandbox
        self.wrong = wrong

    @property
    def conversations(self) -> Locator:
        return self.page.locator("#items > li")

    @property
    def bubbles(self) -> Locator:
        return self.page.locator("#messages .bubble")

    @property
    def detail(self) -> Locator:
        return self.page.get_by_role("region", name="message")

    def open(self, conversation: str = PHONE) -> None:
        """Open a conversation, and wait until it is there."""
        self.conversations.filter(has_text=conversation).first.locator("a").click()
        expect(self.page.locator("#thread-heading")).to_have_text(conversation)

    def live(self) -> None:
        """Wait until the page hears of what happens."""
        expect(self.page.locator("#connection")).to_have_text("Live")

    def shoot(self, name: str) -> None:
        """Keep a picture of the page, for the docs if BW_TEST_SCREENSHOTS names their folder."""
        self.page.mouse.move(0, 0)
        content = self.page.screenshot(animations="disabled", caret="hide")
        folder = os.environ.get("BW_TEST_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            path = Path(folder) / f"{name}.png"
            # A page has few colours; with a palette the picture is a third as large.
            picture = Image.open(io.BytesIO(content)).convert("RGB")
            picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
            assert path.stat().st_size < _MOST_BYTES


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.executable()
    if path is None:
        pytest.fail(chromium.NONE)
    # Root, as which containers run, may only start it without Chromium's own sandbox.
    arguments = [*_ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else _ARGUMENTS
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=arguments)
        yield running
        running.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=lambda: NOW, pace="stepped") as running:
        yield running


@pytest.fixture
def visit(browser: Browser, sandbox: Sandbox) -> Iterator[Callable[..., Inbox]]:
    """Opens the page. Nothing may be asked of anybody but the sandbox, and no script may fail."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []
    origin = f"{sandbox.url}/"

    def watch(request: Request) -> None:
        if not request.url.startswith(origin):
            wrong.append(f"asked for {request.url}")

    def hear(message: ConsoleMessage) -> None:
        # The answers that the page shows as an error are no error of the page.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            wrong.append(message.text)

    def make(**options: Any) -> Inbox:
        settings = {"viewport": WIDE, "locale": "en-GB", "timezone_id": "UTC", "reduced_motion": "reduce", **options}
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.clock.set_fixed_time(NOW)
        page.on("pageerror", lambda error: wrong.append(f"raised {error}"))
        page.on("console", hear)
        page.on("request", watch)
        page.goto(origin)
        inbox = Inbox(page, sandbox, wrong)
        inbox.live()
        return inbox

    yield make
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def inbox(visit: Callable[..., Inbox]) -> Inbox:
    return visit()


@pytest.fixture
def send(sandbox: Sandbox, api_for: Callable[..., MessagesApi]) -> Callable[..., str]:
    """Sends a message with the SDK."""
    api = api_for(sandbox.url, username=sandbox.username, password=sandbox.password)

    def create(text: str | None = "Hello", to: str = PHONE, **fields: Any) -> str:
        request = MessageRequest(
            application_id=sandbox.application_id, to=to.split(","), var_from=OURS, text=text, **fields
        )
        return str(api.create_message(sandbox.account_id, request).id)

    return create
