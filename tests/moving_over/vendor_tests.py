"""Runs the tests that the generated SDK is published with, with nothing changed but the import and the address."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from .comparison import generated_sdk, groups

__all__ = ["JPEG", "model_tests", "run"]

# Published without the picture that they send.
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(range(256)) * 64 + b"\xff\xd9"
_VALUES = {
    "BW_ACCOUNT_ID": "9900000",
    "BW_NUMBER": "+15557654321",
    "USER_NUMBER": "+15552345678",
    "PYTHON_VERSION": "3.11",
    "RUNNER_OS": "Linux",
}


def run(folder: Path, tests: list[str], changed: tuple[str, str] = ("", ""), **variables: str) -> dict[str, str]:
    """Run some of their tests against a server.

    Args:
        folder: An empty folder to run them in.
        tests: Their files, such as "unit/api/test_media_api.py".
        changed: A text in them, and what takes its place.
        **variables: BW_HOST, the address that each Configuration gets; and other environment variables that they read.

    Returns:
        For each test "passed", "skipped", or the last line of its failure.
    """
    _copy(folder, changed, variables["BW_HOST"], variables.get("BW_ACCESS_TOKEN_URL", f"{variables['BW_HOST']}/token"))
    names = re.findall(r"environ\['(\w+)'\]", (folder / "test/utils/env_variables.py").read_text("utf-8"))
    environment = {**os.environ, **dict.fromkeys(names, "unused"), **_VALUES, **variables}
    report = folder / "report.xml"
    command = [
        sys.executable, "-m", "pytest", "-q", "-c", os.devnull, f"--rootdir={folder}", f"--junitxml={report}",
        "-p", "no:cacheprovider", "--continue-on-collection-errors", *(f"test/{test}" for test in tests),
    ]  # fmt: skip
    subprocess.run(command, cwd=folder, env=environment, check=False, timeout=120, stdout=subprocess.DEVNULL)
    cases = ElementTree.parse(report).iter("testcase")
    return {f"{case.get('classname')}.{case.get('name')}".removeprefix("test."): _outcome(case) for case in cases}


def model_tests() -> list[str]:
    """The files with tests of the models that messages, media and callbacks use, and of the error bodies."""
    modules = [told["module"].rpartition(".")[2] for told in groups()["names"].values() if "module" in told]
    files = [f"unit/models/test_{module}.py" for module in modules]
    return [file for file in files if (_site_packages() / "test" / file).exists()]


def _site_packages() -> Path:
    return next((generated_sdk().parents[1] / "lib").glob("python3*/site-packages"))


def _copy(folder: Path, changed: tuple[str, str], host: str, token_url: str) -> None:
    for source in (_site_packages() / "test").rglob("*.py"):
        text = re.sub("(?m)^from bandwidth(?=[. ])", "from bandwidth_messaging", source.read_text("utf-8"))
        text = re.sub("(?m)^import bandwidth$", "import bandwidth_messaging as bandwidth", text)
        text = text.replace("http://127.0.0.1:4010", host)
        if "smoke" in source.parts:
            text = text.replace("Configuration(\n", f"Configuration(host={host!r}, access_token_url={token_url!r},\n")
        text = text.replace(*changed) if changed[0] else text
        target = folder / source.relative_to(_site_packages())
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    # Python has a package of this name: theirs must not be a namespace package.
    (folder / "test" / "__init__.py").touch()
    fixtures = folder / "test" / "fixtures"
    fixtures.mkdir(exist_ok=True)
    (fixtures / "python_cat.jpeg").write_bytes(JPEG)


def _outcome(case: ElementTree.Element) -> str:
    for kind in ("failure", "error"):
        found = case.find(kind)
        if found is not None:
            lines = [line for line in (found.text or "").splitlines() if line.startswith("E ")]
            return (lines or [found.get("message") or kind])[0].removeprefix("E").strip()
    return "skipped" if case.find("skipped") is not None else "passed"
