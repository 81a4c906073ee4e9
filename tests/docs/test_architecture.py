"""The page about the architecture draws what the code is; `lint-imports` holds the arrows themselves."""

from __future__ import annotations

from .architecture import PACKAGE, ROOT, imports, layers
from .pages import read


def test_every_module_has_a_layer() -> None:
    placed = {name for row in layers(PACKAGE) for name in row}
    empty_packages = {"_call"}
    assert set(imports()) - placed - empty_packages == set(), "name it in the layers of pyproject.toml"


def test_a_module_imports_from_lower_layers_only() -> None:
    rows = {name: height for height, row in enumerate(layers(PACKAGE)) for name in row}
    upwards = [(name, other) for name, others in imports().items() for other in others if rows[other] < rows[name]]
    assert upwards == []


def test_the_page_has_the_picture_and_the_arrows() -> None:
    page = read("architecture.md")
    assert f"<!-- table: layers {PACKAGE} -->" in page
    assert f"<!-- table: arrows {PACKAGE} -->" in page


def test_no_module_at_the_root_hides_the_function_client() -> None:
    assert not (ROOT / PACKAGE / "client.py").exists()
    assert not (ROOT / PACKAGE / "client").exists()
