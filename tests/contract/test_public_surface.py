"""The file that uses every public name names them all, runs, and says what `accepted` says."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

import bandwidth_messaging
from bandwidth_messaging import exceptions
from bandwidth_messaging.sandbox import Sandbox

SURFACE = Path(__file__).with_name("public_surface.py")


@pytest.fixture(scope="module")
def surface() -> Any:
    spec = importlib.util.spec_from_file_location("public_surface", SURFACE)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["public_surface"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_public_name_is_used() -> None:
    used: set[str] = set()
    for node in ast.walk(ast.parse(SURFACE.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "bandwidth":
            used.add(node.attr)
        if isinstance(node, ast.ImportFrom) and node.module == "bandwidth_messaging":
            used.update(alias.name for alias in node.names)
    assert set(bandwidth_messaging.__all__) - used == set()
    assert used - set(bandwidth_messaging.__all__) == set()


def test_a_user_can_do_all_of_it(surface: Any, sandbox: Sandbox) -> None:
    message, items, refusal = surface.run(sandbox)
    assert message.id
    assert items
    assert "the message was not accepted" in refusal


def test_a_user_can_receive_callbacks(surface: Any) -> None:
    headers = {"Authorization": "Basic Y2FsbGJhY2tzOnMzY3JldA=="}
    assert len(surface.received(b'[{"type": "message-sent"}]', headers)) == 1
    assert surface.received(b'[{"type": "message-sent"}]', {}) == []


def test_a_user_can_go_on_with_the_classic_calls(surface: Any, sandbox: Sandbox) -> None:
    assert len(surface.the_classic_way(sandbox)) == 2
    with surface.the_same_over_v2(sandbox) as client:
        assert client.send_message("+1234567980", "+1234567981", "x")


def test_a_user_can_use_the_messagemedia_family(surface: Any, sandbox: Sandbox) -> None:
    sandbox.receive("+61491570156", "Hello", to="+61491570157", family="messagemedia")
    assert surface.the_messagemedia_way(sandbox) == ["Hello"]


@pytest.mark.parametrize("name", exceptions.__all__)
def test_every_class_of_failure_has_an_answer(name: str, surface: Any) -> None:
    kind = getattr(exceptions, name)
    assert (surface.what_to_do(kind()) == "unknown") is (name == "ApiException")
    assert not issubclass(kind, surface.SDK_OR_GATEWAY_AT_FAULT) or surface.what_to_do(kind()) == "report a bug"
