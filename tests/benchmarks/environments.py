"""The throw-away environments that the contenders live in."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Environments:
    """Environments in a folder, each made when it is first asked for.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()

    def python(self, interpreter: str, packages: tuple[str, ...]) -> str:
        """The interpreter of an environment that holds these packages and what they need.

        Raises:
            RuntimeError: It cannot be made; the message says why.
        """
        name = "_".join(Path(package).name for package in packages)
        home = self._folder / f"{version_of(interpreter)}_{name}"
        inside = str(home / "bin" / "python")
        ready = home / "ready"
        if not ready.exists():
            _run([interpreter, "-m", "venv", "--clear", str(home)])
            _run([inside, "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages])
            ready.touch()
        return inside

    def variables(self) -> dict[str, str]:
        """Environment variables for a process that is measured from its start: modules are loaded as bytecode.

        pip compiles what it installs, but not a checkout; and a machine may have Python told not to write bytecode.
        """
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {**kept, "PYTHONPYCACHEPREFIX": str(self._folder / "bytecode")}


@contextmanager
def environments(cache: Path | None) -> Iterator[Environments]:
    """Environments in the given folder, or in one that is thrown away after the block."""
    if cache is not None:
        yield Environments(cache)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Environments(Path(folder))


def version_of(interpreter: str) -> str:
    """The version of an interpreter, such as 3.12.

    Raises:
        RuntimeError: It cannot be run.
    """
    script = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        return subprocess.run([interpreter, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise RuntimeError(f"{Path(interpreter).name} cannot be run: {type(error).__name__}") from None


def _run(command: list[str]) -> None:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        errors = [line for line in ended.stderr.splitlines() if line.startswith("ERROR")]
        raise RuntimeError(f"it cannot be installed: {errors[-1] if errors else ended.stderr.strip() or 'pip failed'}")
