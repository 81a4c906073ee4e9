"""The exceptions page: its tree is the tree of the classes, and what it says of each is what happens."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from scripted_server import ScriptedServer, answer
from support import ACCOUNT, MESSAGE

from bandwidth_messaging import ApiException, MessagesApi, exceptions

from .pages import blocks, read, section, tables

PAGE = read("exceptions.md")
(*CLASSES,), (*REFUSALS,) = tables(section(PAGE, "What to do about each class"))
(*ATTRIBUTES,) = next(iter(tables(section(PAGE, "In code"))))
TREE_LINE = re.compile(r"^(?P<indent>[│├└─ ]*)(?P<name>\w+) +(?P<said>\S.*)$")
BOOLEANS = {"True": True, "False": False, "None": None}


def tree() -> dict[str, str]:
    """Each class of the page's tree with the class that it stands under."""
    above: list[tuple[int, str]] = []
    parents: dict[str, str] = {}
    for line in filter(None, blocks(section(PAGE, "The tree"), "text")[0].splitlines()):
        found = TREE_LINE.match(line)
        assert found is not None, line
        depth = len(found["indent"])
        above = [(other, name) for other, name in above if other < depth]
        parents[found["name"]] = above[-1][1] if above else "Exception"
        above.append((depth, found["name"]))
    return parents


def test_the_tree_is_the_tree_of_the_classes() -> None:
    bases = {name: getattr(exceptions, name).__base__.__name__ for name in exceptions.__all__}
    assert bases.pop("ApiException") == "OpenApiException"
    assert tree() == {**bases, "ApiException": "Exception", "ValueError": "Exception"}


def test_the_table_says_what_to_do_about_each_class() -> None:
    rows = [*CLASSES, *REFUSALS]
    assert sorted(row["Class"] for row in rows) == sorted(set(exceptions.__all__) - {"ApiException"})
    assert all(row["When"] and row["What to do"] for row in rows)


def test_the_attributes_are_those_that_an_exception_has() -> None:
    made = ApiException()
    # What is left out of the generated SDK's is listed, and is not there.
    public = {name for name in dir(made) if not name.startswith("_") and hasattr(made, name)} - set(dir(Exception))
    assert {row["Attribute"] for row in ATTRIBUTES} == public


@pytest.mark.parametrize("row", [row for row in CLASSES if row["Status"] != "0"], ids=lambda row: str(row["Class"]))
def test_a_status_raises_the_class_with_what_the_table_says_of_it(
    row: dict[str, str], api_for: Callable[..., MessagesApi]
) -> None:
    with ScriptedServer(answer(int(row["Status"]), b"<html>")) as server:
        caught = _failure(api_for(server.url, retries=0))
    assert _facts(caught) == (row["Class"], BOOLEANS[row["accepted"]], BOOLEANS[row["dooms_others"]])


def _refused(url: str, _: ScriptedServer) -> dict[str, Any]:
    return {"host": "http://127.0.0.1:1"}


def _lost(url: str, _: ScriptedServer) -> dict[str, Any]:
    return {"host": url}


def _no_token(url: str, _: ScriptedServer) -> dict[str, Any]:
    return {"host": url, "client_id": "c", "client_secret": "s", "access_token_url": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    ("name", "options"),
    [("ConnectException", _refused), ("OutcomeUnknownException", _lost), ("TokenException", _no_token)],
)
def test_a_failure_without_a_status_raises_the_class_with_what_the_table_says_of_it(
    name: str, options: Callable[[str, ScriptedServer], dict[str, Any]], api_for: Callable[..., MessagesApi]
) -> None:
    (row,) = (row for row in CLASSES if row["Class"] == name)
    with ScriptedServer(lambda exchange: exchange.reset()) as server:
        chosen = options(server.url, server)
        caught = _failure(api_for(chosen.pop("host"), retries=0, **chosen))
    assert _facts(caught) == (name, BOOLEANS[row["accepted"]], BOOLEANS[row["dooms_others"]])


def _facts(caught: ApiException) -> tuple[str, bool | None, bool]:
    return type(caught).__name__, caught.accepted, caught.dooms_others


def _failure(api: MessagesApi) -> ApiException:
    with pytest.raises(ApiException) as caught:
        api.create_message(ACCOUNT, MESSAGE)
    return caught.value
