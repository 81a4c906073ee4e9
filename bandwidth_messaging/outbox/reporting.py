"""The report: a row for each entry, without texts and numbers."""

import csv
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from .entry import Entry

__all__ = ["write_report"]

_COLUMNS = ("key", "state", "message_id", "status", "evidence", "attempts", "account_id", "created_at", "updated_at")


def write_report(path: str | os.PathLike[str], entries: Iterable[Entry]) -> int:
    """Write a CSV file that only its owner can read; it is there whole, or not at all. Returns how many rows it has."""
    target = Path(path)
    count = 0
    # mkstemp makes the file 0600.
    descriptor, draft = tempfile.mkstemp(dir=target.absolute().parent, prefix=f".{target.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            for count, entry in enumerate(entries, 1):  # noqa: B007 - the last one is the number of rows
                writer.writerow([_cell(getattr(entry, column)) for column in _COLUMNS])
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise
    return count


def _cell(value: object) -> object:
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value
