"""What is published: the wheel and the sdist hold the package, the contract and the licence, and nothing else."""

from __future__ import annotations

import email
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import bandwidth_messaging

ROOT = Path(__file__).parents[2]
VERSION = bandwidth_messaging.__version__
NAME = f"bandwidth_messaging-{VERSION}"
# Only what the build reads: what else lies about in a checkout must not be able to help it, or to get in.
SOURCES = ["bandwidth_messaging", "tests", "docs", "openapi.yaml", "pyproject.toml", "README.md", "CHANGELOG.md",
           "CONTRIBUTING.md", "LICENSE", "tox.ini", ".gitignore"]  # fmt: skip


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run([sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both, built as a release is: the wheel from the sdist."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, checkout / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(source, checkout / name)
    run("build", "--no-isolation", "--outdir", str(checkout / "dist"), cwd=checkout)
    run("build", "--no-isolation", "--wheel", "--outdir", str(checkout / "straight"), cwd=checkout)
    return checkout / "dist"


def modules() -> set[str]:
    inside = (path.relative_to(ROOT) for path in (ROOT / "bandwidth_messaging").rglob("*") if path.is_file())
    return {path.as_posix() for path in inside if "__pycache__" not in path.parts}


def in_wheel(dist: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(dist / f"{NAME}-py3-none-any.whl")


def test_there_is_one_wheel_for_every_python_and_one_sdist(dist: Path) -> None:
    assert sorted(path.name for path in dist.iterdir()) == [f"{NAME}-py3-none-any.whl", f"{NAME}.tar.gz"]


def test_the_wheel_holds_the_package_the_contract_and_its_metadata(dist: Path) -> None:
    with in_wheel(dist) as wheel:
        names = set(wheel.namelist())
    metadata = {
        f"{NAME}.dist-info/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    }
    assert names == modules() | metadata | {"bandwidth_messaging/sandbox/contract/openapi.yaml"}


def test_a_wheel_built_straight_from_a_checkout_holds_the_same(dist: Path) -> None:
    (straight,) = (dist.parent / "straight").iterdir()
    with in_wheel(dist) as wheel, zipfile.ZipFile(straight) as other:
        assert sorted(other.namelist()) == sorted(wheel.namelist())


def test_the_contract_in_the_wheel_is_the_one_at_the_root(dist: Path) -> None:
    with in_wheel(dist) as wheel:
        assert wheel.read("bandwidth_messaging/sandbox/contract/openapi.yaml") == (ROOT / "openapi.yaml").read_bytes()


def test_the_sdist_holds_the_sources_of_the_wheel_and_the_pages_about_it(dist: Path) -> None:
    with tarfile.open(dist / f"{NAME}.tar.gz") as sdist:
        names = {member.name.partition("/")[2] for member in sdist.getmembers() if member.isfile()}
    pages = {"README.md", "CHANGELOG.md", "LICENSE", "openapi.yaml", "pyproject.toml", "PKG-INFO", ".gitignore"}
    assert names == modules() | pages


def test_the_metadata_says_what_the_project_says(dist: Path) -> None:
    with in_wheel(dist) as wheel:
        metadata = email.message_from_bytes(wheel.read(f"{NAME}.dist-info/METADATA"))
    assert (metadata["Name"], metadata["Version"]) == ("bandwidth-messaging", VERSION)
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "MIT"
    needed = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    names = sorted(re.split(r"[<>=!~ ]", line)[0] for line in needed)
    assert names == ["pydantic", "python-dateutil", "typing-extensions", "urllib3"]
    assert set(metadata.get_all("Provides-Extra", [])) == {"outbox", "sandbox", "socks"}


def test_the_index_would_take_both(dist: Path) -> None:
    said = run("twine", "check", "--strict", *map(str, dist.iterdir()), cwd=dist)
    assert said.count("PASSED") == 2
