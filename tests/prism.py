"""Prism, an independent judge of the contract, as a mock of the service or as a proxy before the sandbox."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from node_tools import tool

__all__ = ["prism"]

CONTRACT = Path(__file__).parents[1] / "openapi.yaml"


@contextmanager
def prism(*arguments: str) -> Iterator[str]:
    """A running Prism; gives its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [tool("prism"), arguments[0], str(CONTRACT), *arguments[1:], "--errors", f"--port={port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            said = ""
            for line in process.stdout:
                said += line
                if "is listening" in line:
                    break
            else:
                pytest.fail(f"Prism did not start:\n{said}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
