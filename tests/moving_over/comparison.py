"""Compares the names of the generated SDK with ours: which are the same, which differ, which are missing here.

The generated SDK is installed from the package index into an environment of its own. A name is the same if what works
there works here: a method that takes its parameters, a field under its names, an enum member with its value.
"""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import bandwidth_messaging
from bandwidth_messaging.configuration import Configuration

__all__ = ["Verdict", "generated_sdk", "groups", "part_of", "verdicts"]

RELEASE = "bandwidth-sdk==23.3.1"
CACHE = Path(__file__).parents[2] / ".pytest_cache" / "generated-sdk"
# Ours has another name for it.
RENAMED = {"RESTResponse": "RawResponse"}
_MODULES = ("api_client", "api_response", "bandwidth", "configuration", "exceptions", "rest")


class Verdict(NamedTuple):
    """What became of one public name of the generated SDK."""

    verdict: str
    """"same", "differs" or "missing"."""
    detail: str = ""
    """What differs, as far as a program can see it."""


@cache
def generated_sdk() -> Path:
    """The interpreter of an environment that has the generated SDK.

    It is made when it is first asked for, and kept in pytest's cache; GENERATED_SDK_ENVIRONMENT names another place.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    kept = os.environ.get("GENERATED_SDK_ENVIRONMENT")
    home = Path(kept) if kept else CACHE / f"{RELEASE}-python{version}"
    if not home.exists():
        _install(home)
    return home / "bin" / "python"


def _install(home: Path) -> None:
    """Make the environment beside its place: another process may be about to do the same."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as folder:
        made = Path(folder) / "environment"
        subprocess.run([sys.executable, "-m", "venv", str(made)], check=True)
        pip = [str(made / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", RELEASE]
        subprocess.run(pip, check=True, timeout=300)
        with suppress(OSError):  # the other process was quicker
            made.rename(home)


@cache
def groups() -> dict[str, Any]:
    """What `surface.py` tells of the generated SDK."""
    script = Path(__file__).with_name("surface.py")
    command = [str(generated_sdk()), str(script), "bandwidth"]
    told: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)
    return told


def verdicts() -> dict[str, Verdict]:
    """Each public name of the generated SDK's messaging part, and what became of it."""
    found = {name: _verdict(name, told) for name, told in groups()["names"].items()}
    for group in ("MultiChannelApi", "CallsApi"):
        for name in groups()[group]:
            found[name] = Verdict("same" if hasattr(bandwidth_messaging, name) else "missing")
    return found


def part_of(name: str) -> str:
    """The part of the page that tells of a name."""
    owner = name.partition(".")[0].removesuffix("()")
    for group, title in (("MultiChannelApi", "MultiChannelApi"), ("CallsApi", "Other products")):
        if owner in groups()[group]:
            return title
    titles = {
        "options": "Options of a call",
        "bandwidth": "Names of the package",
        **dict.fromkeys(("ApiClient", "api_client"), "ApiClient"),
        **dict.fromkeys(("Configuration", "configuration"), "Configuration"),
        **dict.fromkeys(("ApiException", "exceptions"), "Exceptions"),
        **dict.fromkeys(("rest", "RESTResponse", "api_response", "ApiResponse"), "Answers"),
        **dict.fromkeys(("MessagesApi", "MediaApi"), owner),
    }
    return titles.get(owner) or ("Enums" if owner.endswith("Enum") else "Models")


def _verdict(name: str, told: dict[str, Any]) -> Verdict:
    owner, _, member = name.removesuffix("()").partition(".")
    if owner == "options":
        from bandwidth_messaging.api_client import CallOptions

        return Verdict("same" if member in CallOptions.__annotations__ else "missing")
    if owner in _MODULES:
        module = import_module("bandwidth_messaging" + ("" if owner == "bandwidth" else f".{owner}"))
        return Verdict("same" if hasattr(module, member) else "missing")
    subject = _subject(RENAMED.get(owner, owner), told.get("module"))
    if subject is None:
        return Verdict("missing")
    if "parameters" in told:
        return _compare_parameters(subject if name.endswith("()") else getattr(subject, member, None), told)
    if "wire" in told and member != "actual_instance":
        return _compare_field(subject, member, told)
    if "value" in told:
        found = getattr(subject, member, None)
        return Verdict("missing" if found is None else "same" if found.value == told["value"] else "differs")
    return Verdict("same" if not member or hasattr(_instance(subject), member) else "missing")


def _subject(owner: str, module: str | None) -> Any:
    if owner == "Model":
        return bandwidth_messaging.MessageRequest
    try:
        found = import_module(f"bandwidth_messaging.{module}") if module else bandwidth_messaging
    except ImportError:
        return None
    return getattr(found, owner, None)


def _instance(subject: Any) -> Any:
    """Something to ask for an attribute: those of an instance are none of the class."""
    if subject is bandwidth_messaging.ApiClient:
        return bandwidth_messaging.ApiClient(Configuration(access_token="t"))
    if subject is bandwidth_messaging.ApiResponse:
        return bandwidth_messaging.ApiResponse(200, {}, None, b"")
    made_without_arguments = subject in (Configuration, bandwidth_messaging.ApiException)
    return subject() if made_without_arguments else subject


def _compare_parameters(function: Any, told: dict[str, Any]) -> Verdict:
    if function is None:
        return Verdict("missing")
    differences = list(_parameter_differences(function, told["parameters"]))
    return Verdict("differs" if differences else "same", "; ".join(differences))


def _parameter_differences(function: Any, theirs: list[list[Any]]) -> Iterator[str]:
    signature = inspect.signature(function)
    ours = [name for name in signature.parameters if name != "self"]
    by_position = [name for name in ours if signature.parameters[name].kind != inspect.Parameter.KEYWORD_ONLY]
    for position, (name, _, positional) in enumerate(theirs):
        if name not in ours:
            yield f"there is no {name}"
        elif positional and by_position[position : position + 1] != [name]:
            yield f"{name} not at its position"
    for name, parameter in signature.parameters.items():
        required = parameter.default is parameter.empty and parameter.kind not in (
            parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL,
        )  # fmt: skip
        if name != "self" and required and not any(name == other and must for other, must, _ in theirs):
            yield f"{name} must be given"


def _compare_field(model: Any, field: str, told: dict[str, Any]) -> Verdict:
    info = model.model_fields.get(field)
    if info is None:
        return Verdict("missing")
    wire = info.serialization_alias or info.alias or field
    if wire != told["wire"]:
        return Verdict("differs", f"on the wire it is {wire}")
    return Verdict("differs", "it must be given") if info.is_required() and not told["required"] else Verdict("same")
