"""The pages of the family say what the code and the contract say. Their code is executed by tests/docs."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from bandwidth_messaging import messagemedia
from bandwidth_messaging.messagemedia import (
    DeliveryReportsController,
    MessageMediaMessagesClient,
    MessagesController,
    RepliesController,
    models,
)

from .doc_tables import OPERATIONS, PAGES, ROOT, filled

GUIDE = (ROOT / "docs" / "messagemedia.md").read_text("utf-8")
EVERYTHING = GUIDE + "".join(page.read_text("utf-8") for page in PAGES)
CONTROLLERS = (MessagesController, DeliveryReportsController, RepliesController)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tables_of_a_page_are_those_of_the_code_and_the_contract(page: Path) -> None:
    text = page.read_text("utf-8")
    assert filled(text) == text, "run python tests/messagemedia/doc_tables.py"


@pytest.mark.parametrize("name", models.__all__)
def test_a_model_has_a_section_with_its_table(name: str) -> None:
    assert re.search(rf"^## {name}\n\n.*?<!-- messagemedia: (fields|values) {name} -->", EVERYTHING, re.M | re.S)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_a_section_with_its_path_and_its_statuses(name: str) -> None:
    declared = OPERATIONS[name]
    assert f"| [`{name}`](#{name}) | {declared.method} {declared.path} |" in EVERYTHING
    assert f"<!-- messagemedia: statuses {name} -->" in EVERYTHING


@pytest.mark.parametrize("controller", CONTROLLERS)
def test_every_method_is_spoken_of_under_each_of_its_names(controller: type) -> None:
    for name in vars(controller):
        assert name.startswith("_") or re.search(rf"`{name}`|^## {name}$", EVERYTHING, re.MULTILINE), name


@pytest.mark.parametrize("name", messagemedia.__all__)
def test_a_public_name_is_spoken_of(name: str) -> None:
    assert re.search(rf"\b{name}\b", EVERYTHING)


def test_the_guide_names_the_arguments_of_the_client() -> None:
    for name in set(inspect.signature(MessageMediaMessagesClient).parameters) - {"clock"}:
        assert f"`{name}`" in GUIDE


def test_every_mapping_of_the_guide_works() -> None:
    names: dict[str, Any] = {}
    imports = re.findall(r"^\| `from message_media\S* import \w+` \| `(from .*?)` \|$", GUIDE, re.MULTILINE)
    assert len(imports) == 2
    for line in imports:
        exec(line, names)
    for old, new in re.findall(r"^\| `(\w+_\w+)` \| `(\w+_\w+)` \|$", GUIDE, re.MULTILINE):
        (controller,) = (controller for controller in CONTROLLERS if hasattr(controller, new))
        assert getattr(controller, old) is getattr(controller, new)
