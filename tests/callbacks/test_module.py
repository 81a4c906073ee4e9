"""The module is cheap to import, and its models are those of the contract, here and on the page."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from contract_document import SCHEMAS, resolved, text

from bandwidth_messaging import callbacks
from bandwidth_messaging._field_docs import described_fields
from bandwidth_messaging._models.base import Model

PAGE = (Path(__file__).parents[2] / "docs" / "callbacks.md").read_text("utf-8")
CONTRACT: dict[str, Any] = {
    "StatusCallback": SCHEMAS["statusCallback"],
    "InboundCallback": SCHEMAS["inboundCallback"],
    "InboundCallbackMessage": SCHEMAS["callbackMessage"],
    "MultiChannelMessageContent": SCHEMAS["multiChannelMessageContent"],
    "RbmMessageContentFile": SCHEMAS["rbmMessageContentFile"],
    "RbmSuggestionResponse": SCHEMAS["rbmSuggestionResponse"],
    "RbmLocationResponse": SCHEMAS["rbmLocationResponse"],
}
MODELS: list[str] = [name for name in callbacks.__all__ if inspect.isclass(getattr(callbacks, name))]
# What the events of both directions share is worded for both.
IN_ITS_OWN_WORDS = {"to", "message", "direction"}


def described(kind: type[Model]) -> dict[str, str]:
    """The description of each field by its name on the wire, those of the base first."""
    bases = [base for base in reversed(kind.__mro__) if base.__module__.startswith("bandwidth_messaging.models")]
    found = {name: said for base in bases for name, _, said in described_fields(base)}
    return {str(kind.model_fields[name].serialization_alias): text(said) for name, said in found.items()}


def test_importing_the_module_loads_nothing_that_costs() -> None:
    code = (
        "import sys; before = set(sys.modules); import bandwidth_messaging.callbacks as c; dir(c);"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert {name.partition(".")[0] for name in done.stdout.split()} == {"bandwidth_messaging"}


def test_verifying_loads_no_models() -> None:
    code = (
        "import sys; from bandwidth_messaging.callbacks import verify_basic_auth; "
        "print(verify_basic_auth({'Authorization': 'Basic dTpw'}, 'u', 'p'), 'pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_every_public_name_is_there_listed_and_documented() -> None:
    for name in callbacks.__all__:
        assert inspect.getdoc(getattr(callbacks, name))
        assert name in dir(callbacks)
        assert re.search(rf"\b{name}\b", PAGE)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = callbacks.no_such_name  # type: ignore[attr-defined]  # the mistake


@pytest.mark.parametrize("name", CONTRACT)
def test_the_fields_of_a_model_are_the_contracts(name: str) -> None:
    assert set(described(getattr(callbacks, name))) == set(CONTRACT[name]["properties"])


@pytest.mark.parametrize("name", CONTRACT)
def test_the_description_of_a_field_begins_as_the_contracts_does(name: str) -> None:
    said = described(getattr(callbacks, name))
    for field, schema in CONTRACT[name]["properties"].items():
        assert said[field]
        if field not in IN_ITS_OWN_WORDS:
            assert said[field].startswith(text(resolved(schema)["description"]).split(". `default`")[0]), field


@pytest.mark.parametrize("name", [name for name in CONTRACT if name != "InboundCallbackMessage"])
def test_the_description_of_a_model_begins_as_the_contracts_does(name: str) -> None:
    first = text(inspect.getdoc(getattr(callbacks, name)))
    assert first.startswith(text(CONTRACT[name]["description"]))


def test_the_types_are_the_contracts() -> None:
    listed = [SCHEMAS[name]["properties"]["type"]["enum"] for name in ("statusCallback", "inboundCallback")]
    assert [kind.value for kind in callbacks.CallbackTypeEnum] == [*listed[0], *listed[1]]


@pytest.mark.parametrize("name", [name for name in MODELS if not name.endswith("Enum")])
def test_the_page_has_a_row_for_every_field_with_its_description(name: str) -> None:
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]
    kind = getattr(callbacks, name)
    wire_names = {info.serialization_alias: field for field, info in kind.model_fields.items()}
    for wire_name, said in described(kind).items():
        shown = [[cell.strip("`") for cell in row[:2]] + row[3:] for row in rows if len(row) == 4]
        assert [wire_names[wire_name], wire_name, said] in shown
