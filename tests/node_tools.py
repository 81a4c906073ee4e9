"""The judges of the contract that are written in JavaScript: Redocly CLI and Prism, as package-lock.json pins them.

`python tests/node_tools.py` installs them where Node is present, and says so where it is not; tox runs it before the
tests. With CI=true a missing Node is an error. Elsewhere the tests that need it are left out, and pytest's summary
prints the reason.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_NO_NODE = "Node is not installed (needed: npm and node, from 20.19)"


def tool(name: str) -> str:
    """The path of an installed tool. Without it the test fails in CI, and is left out with the reason elsewhere."""
    found = shutil.which(name, path=str(ROOT / "node_modules" / ".bin"))
    if found is not None and shutil.which("node"):
        return found
    reason = f"{name} is not installed: run python tests/node_tools.py" if shutil.which("node") else _NO_NODE
    if os.environ.get("CI"):
        pytest.fail(f"CI has to run this test, but {reason}")
    pytest.skip(reason)


def install() -> int:
    """Install the pinned tools, unless they are there already.

    Returns:
        The exit status: 0 also where Node is missing, but for CI.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        print(f"{_NO_NODE}; the tests that need it are left out")
        return 1 if os.environ.get("CI") else 0
    if _is_current():
        return 0
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _is_current() -> bool:
    # npm writes this file last.
    installed = ROOT / "node_modules" / ".package-lock.json"
    wanted = ROOT / "package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= wanted.stat().st_mtime


if __name__ == "__main__":
    sys.exit(install())
