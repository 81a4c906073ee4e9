"""docs/sandbox.md names every option, argument and path that there is, and no other."""

from __future__ import annotations

import inspect
import re

import pytest
import yaml

from bandwidth_messaging.sandbox import Sandbox
from bandwidth_messaging.sandbox.__main__ import _parser
from bandwidth_messaging.sandbox.contract.rules import DOCUMENT
from bandwidth_messaging.sandbox.control.routes import routes

from .pages import read, section, tables

PAGE = read("sandbox.md")
DESCRIBED = {
    path: {method.upper() for method in item if method in ("get", "put", "post", "delete")}
    for path, item in yaml.safe_load(DOCUMENT.read_text("utf-8"))["paths"].items()
    if not path.startswith("/sandbox/inbox")  # the page's own, which docs/inbox.md is about
}


def named(cells: list[str]) -> set[str]:
    """The names that stand in code marks, or the whole cell if there are none."""
    return {name for cell in cells for name in re.findall(r"[\w-]+", cell.replace("`", " "))}


def test_the_options_are_those_of_the_command() -> None:
    (rows,) = tables(section(PAGE, "From the command line"))
    options = {option for action in _parser()._actions for option in action.option_strings if option.startswith("--")}
    assert named([row["Option"] for row in rows]) == options - {"--help"}


def test_the_arguments_are_those_of_fail_next() -> None:
    (rows,) = tables(section(PAGE, "Faults on purpose"))
    assert named([row["Argument"] for row in rows]) == set(inspect.signature(Sandbox.fail_next).parameters) - {"self"}


def test_the_paths_are_those_that_are_described() -> None:
    rows, *_ = tables(section(PAGE, "Over HTTP"))
    assert {row["Path"]: named([row["Methods"]]) for row in rows} == DESCRIBED


@pytest.mark.parametrize("route", routes(), ids=lambda route: route.path)
def test_every_route_is_described_with_its_methods(route: object) -> None:
    path, methods = route.path.replace(":int", ""), route.methods - {"HEAD"}  # type: ignore[attr-defined]
    if path != "/sandbox/openapi.yaml":
        assert DESCRIBED[path] == methods
