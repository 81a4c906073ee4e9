"""What the programs of this folder share: their common arguments, the table, and where a result goes."""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from pathlib import Path

_VERSIONS = """
import platform
from importlib.metadata import version
print("Python", platform.python_version(), end="")
for package in ("bandwidth-messaging", "urllib3", "pydantic"):
    print(",", package, version(package), end="")
"""


def arguments(about: str | None, quick: str) -> argparse.ArgumentParser:
    """A parser with the arguments that every program takes.

    Args:
        about: What the program does: its docstring.
        quick: What `--quick` makes of it.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"a rough answer soon: {quick}")
    parser.add_argument(
        "--write", type=a_page, metavar="PAGE", help="write the result into this page, between its marks"
    )
    return parser


def a_page(path: str) -> Path:
    """The page at a path, as an argument.

    Raises:
        ArgumentTypeError: There is no such file; better said now than after minutes of measuring.
    """
    if not Path(path).is_file():
        raise argparse.ArgumentTypeError(f"there is no file {path}")
    return Path(path)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [f"| {' | '.join(cells)} |" for cells in (head, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def three_digits(value: float) -> str:
    """A number as precise as a measurement deserves."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def publish(name: str, result: str, python: str, page: Path | None) -> None:
    """Print a result and where it was measured, and write both into a page if one is given.

    Args:
        name: What the page's marks call the result.
        result: The result, in Markdown.
        python: The interpreter that ran what was measured.
        page: The page; None for none.

    Raises:
        ValueError: The page has no place for this result.
    """
    text = f"{result}\n\n{circumstances(python)}"
    print(text)
    if page is not None:
        page.write_text(filled(page.read_text("utf-8"), name, text), "utf-8")


def filled(page: str, name: str, result: str) -> str:
    """The page with a result between the marks `<!-- measured: name -->` and `<!-- end of measured -->`.

    Raises:
        ValueError: The marks are not there, once.
    """
    place = re.compile(f"(<!-- measured: {re.escape(name)} -->\n).*?(<!-- end of measured -->)", re.DOTALL)
    page, found = place.subn(lambda marks: f"{marks[1]}\n{result}\n\n{marks[2]}", page)
    if found != 1:
        raise ValueError(f"the page has {found} places marked <!-- measured: {name} -->; it needs one")
    return page


def circumstances(python: str) -> str:
    """The day, the machine and how busy it is, and the versions."""
    today = datetime.now(timezone.utc).date()
    versions = subprocess.run([python, "-c", _VERSIONS], capture_output=True, text=True, check=True).stdout
    machine = f"{_processor()}, {os.cpu_count()} processors, {platform.system()} {platform.machine()}"
    return f"Measured on {today}: {machine}, load {os.getloadavg()[0]:.1f} at the end; {versions}."


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", information.read_text()) if information.exists() else None
    return found[1] if found else platform.processor()
