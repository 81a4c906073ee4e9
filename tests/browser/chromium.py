"""Finds the Chromium that the browser tests drive: `$CHROMIUM`, one on the PATH, or Playwright's own.

`python tests/browser/chromium.py` installs Playwright's where there is none; tox runs it before the tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NONE = (
    "There is no Chromium to test the page with. Install one (Debian: apt-get install chromium; "
    "anywhere: playwright install chromium), or say where it is: CHROMIUM=/path/to/chromium"
)


def executable() -> str | None:
    """The path of a Chromium; None if there is none.

    Raises:
        FileNotFoundError: If `$CHROMIUM` names no file.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise FileNotFoundError(f"CHROMIUM names {named}, which does not exist")
        return named
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() else None


def main() -> int:
    """Install Playwright's Chromium if there is none.

    Returns:
        The exit status.
    """
    if executable() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    found = executable()
    print(found or NONE)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
