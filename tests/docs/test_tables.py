"""Every table of the pages says what the code and the contract say."""

from __future__ import annotations

import inspect
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from contract_document import DOCUMENT, operation, parameters, text
from operations import OPERATIONS as DECLARED

from bandwidth_messaging import Configuration, RetryPolicy, models
from bandwidth_messaging._call.operation import Operation
from bandwidth_messaging._models.base import Model
from bandwidth_messaging.api.messages_api import CREATE_MESSAGE, LIST_MESSAGES
from bandwidth_messaging.configuration import _FROM_ENV
from bandwidth_messaging.sandbox import Sandbox

from .pages import DOCS, PAGES, name_of, read, section, tables
from .tables import filled, kind_of

OPERATIONS: dict[str, Operation[Any]] = {"create_message": CREATE_MESSAGE, "list_messages": LIST_MESSAGES}
CALLS = read("MessagesApi.md")
OF_MEDIA = {declared.name.partition(".")[2]: declared for declared in DECLARED if declared.name.startswith("MediaApi.")}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_generated_tables_of_a_page_are_up_to_date(page: Path) -> None:
    said = page.read_text("utf-8")
    assert said == filled(said), "run: python tests/docs/tables.py"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_table_has_as_many_cells_in_each_row(page: Path) -> None:
    assert all(rows for rows in tables(page.read_text("utf-8")))


def test_the_pages_have_the_tables_that_are_generated() -> None:
    marked = [f"<!-- table: {kind} {name} -->" for kind in ("parameters", "statuses") for name in OPERATIONS]
    assert all(mark in CALLS for mark in [*marked, "<!-- table: options every_call -->"])
    assert "<!-- table: tree exceptions -->" in read("exceptions.md")
    for name in models.__all__:
        assert f"<!-- table: {kind_of(name)} {name} -->" in read(f"models/{name}.md")


def test_the_page_on_media_has_each_operation_with_its_tables() -> None:
    page = read("MediaApi.md")
    (methods, *_) = tables(page)
    assert [(row["HTTP request"], row["Description"]) for row in methods] == [
        (f"{declared.method} {declared.path}", operation(declared.method, declared.path)["summary"])
        for declared in OF_MEDIA.values()
    ]
    for name in OF_MEDIA:
        assert f"\n## {name}\n" in page
        assert all(f"<!-- table: {kind} {name} -->" in page for kind in ("parameters", "statuses"))


def test_the_methods_are_those_of_the_contract() -> None:
    (methods, variants, *_) = tables(CALLS)
    assert [(row["HTTP request"], row["Description"]) for row in methods] == [
        (f"{declared.method} {declared.path}", operation(declared.method)["summary"])
        for declared in OPERATIONS.values()
    ]
    assert CALLS.split("`https://")[1].startswith(DOCUMENT["servers"][0]["url"].removeprefix("https://") + "`")
    assert len(variants) == 3


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_method_is_shown_in_the_seeds_form(name: str) -> None:
    said, declared = section(CALLS, name), OPERATIONS[name]
    contract = operation(declared.method)
    assert text(said).startswith(f"> [`{_returned(declared)}`](models/{_returned(declared)}.md) {name}(account_id, ")
    assert text(f"{contract['summary']} {contract['description']}") in text(said)
    parts = ["Example", "Parameters", "Return type", "Authorization", "HTTP request headers", "HTTP response details"]
    assert [line.removeprefix("### ") for line in said.splitlines() if line.startswith("### ")] == parts
    assert text(section(said, "Authorization")) == ", ".join(
        reversed([next(iter(one)) for one in DOCUMENT["security"]])
    )
    sent = "application/json" if declared.body else "Not defined"
    assert text(section(said, "HTTP request headers")) == f"- **Content-Type**: {sent} - **Accept**: application/json"
    (rows, *_) = tables(section(said, "Parameters"))
    expected = [parameter["name"] for parameter in parameters(declared.method, "query")]
    assert len(rows) == len(expected) + (2 if declared.body else 1)


@pytest.mark.parametrize("name", models.__all__)
def test_the_page_of_a_model_says_what_its_docstring_says(name: str) -> None:
    said = text(read(f"models/{name}.md"))
    assert text((inspect.getdoc(getattr(models, name)) or "").split("Raises:")[0]) in said


@pytest.mark.parametrize("name", [name for name in models.__all__ if not issubclass(getattr(models, name), Enum)])
def test_the_page_of_a_model_names_every_field_with_its_name_on_the_wire(name: str) -> None:
    (rows, *_) = tables(read(f"models/{name}.md"))
    fields = getattr(models, name).model_fields
    assert {row["Name"]: row["On the wire"] for row in rows} == {
        field: info.serialization_alias for field, info in fields.items()
    }


def test_the_list_of_models_has_each_once_and_the_helpers_exist() -> None:
    listed, helpers = tables(read("models/index.md"))
    assert sorted(row["Model"].partition("]")[0].lstrip("[") for row in listed) == sorted(models.__all__)
    assert {path.stem for path in (DOCS / "models").glob("*.md")} == {*models.__all__, "index"}
    named = [row["Helper"].partition("(")[0] for row in helpers]
    own = {name for name in vars(Model) if name.startswith(("to_", "from_")) or name == "additional_properties"}
    assert set(named) == own


def test_every_option_of_the_configuration_stands_there_once_with_its_default() -> None:
    rows = [row for table in tables(read("configuration.md")) for row in table if "Why so" in row]
    signature = inspect.signature(Configuration).parameters
    assert sorted(row["Option"] for row in rows) == sorted(signature)
    assert {row["Option"]: row["Default"] for row in rows} == {
        name: repr(parameter.default) for name, parameter in signature.items()
    }


def test_an_option_that_is_a_time_or_a_size_has_its_unit() -> None:
    for table in tables(read("configuration.md")):
        for row in table:
            if row["Option"].endswith("_timeout") or row["Option"] in {"base", "cap", "budget"}:
                assert row["Unit"] == "seconds"
            if row["Option"].endswith(("_maxsize", "_size", "retries", "quota")):
                assert row["Unit"]


def test_every_option_of_the_retry_policy_stands_there_in_order_with_its_default() -> None:
    (rows,) = tables(section(read("configuration.md"), "RetryPolicy"))
    shown = [(row["Option"], row["Default"]) for row in rows]
    expected = inspect.signature(RetryPolicy).parameters.values()
    assert [name for name, _ in shown] == [parameter.name for parameter in expected]
    for (_, default), parameter in zip(shown, expected, strict=True):
        assert eval(default) == parameter.default


def test_the_environment_variables_are_those_that_are_read() -> None:
    (rows,) = tables(section(read("authentication.md"), "OAuth2"))
    assert {row["Option"]: row["Variable"] for row in rows} == _FROM_ENV


def test_the_credentials_of_the_sandbox_are_those_that_it_has() -> None:
    _, rows, *_ = tables(read("sandbox.md"))
    assert all(getattr(Sandbox, row["Attribute"]) == row["Value"] for row in rows)
    public = {name for name, value in vars(Sandbox).items() if isinstance(value, str) and not name.startswith("_")}
    assert {row["Attribute"] for row in rows} == public


def _returned(declared: Operation[Any]) -> str:
    return next(iter(declared.models.values())).__name__
