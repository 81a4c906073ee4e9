"""openapi.yaml passes two linters that we did not write. Each sees what the other lets through."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from node_tools import tool
from openapi_spec_validator import validate
from openapi_spec_validator.readers import read_from_filename

DOCUMENT = Path(__file__).parents[2] / "openapi.yaml"


def redocly(document: Path) -> subprocess.CompletedProcess[str]:
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    command = [tool("redocly"), "lint", str(document), "--extends=recommended-strict", "--format=stylish"]
    return subprocess.run(command, env=os.environ | quiet, capture_output=True, text=True, timeout=60, check=False)


def test_openapi_spec_validator_has_nothing_to_say() -> None:
    document, _ = read_from_filename(str(DOCUMENT))
    validate(document)


def test_redocly_has_nothing_to_say_with_every_warning_an_error() -> None:
    done = redocly(DOCUMENT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("line", "broken", "said"),
    [
        ("example: DELIVERED", "example: DELIVRED", "no-invalid-parameter-examples"),
        ("operationId: listMessages", "operationId: createMessage", "operation-operationId-unique"),
        ("summary: List Messages\n", "x-summary: List Messages\n", "operation-summary"),
    ],
)
def test_redocly_refuses_what_it_is_here_for(line: str, broken: str, said: str, tmp_path: Path) -> None:
    text = DOCUMENT.read_text("utf-8")
    assert text.count(line) == 1
    document = tmp_path / "openapi.yaml"
    document.write_text(text.replace(line, broken), "utf-8")
    done = redocly(document)
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
