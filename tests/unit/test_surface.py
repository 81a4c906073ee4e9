"""What a person meets: names, imports, help."""

from __future__ import annotations

import ast
import importlib
import inspect
import pydoc
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import bandwidth_messaging
from bandwidth_messaging import Configuration, MessagesApi, exceptions, models
from bandwidth_messaging.api.messages_api import LIST_MESSAGES


@pytest.mark.parametrize("package", ["bandwidth_messaging", "bandwidth_messaging.models"])
def test_every_public_name_is_there_listed_and_the_only_one(package: str) -> None:
    module: Any = importlib.import_module(package)
    assert sorted(module.__all__) == sorted(
        {*module._MODULES, *({"__version__"} if package.count(".") == 0 else set())}
    )
    for name in module.__all__:
        assert getattr(module, name) is not None
        assert name in dir(module)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = module.no_such_name


def test_the_exceptions_are_the_same_in_all_three_places() -> None:
    rest = importlib.import_module("bandwidth_messaging.rest")
    for name in exceptions.__all__:
        assert getattr(exceptions, name) is getattr(rest, name) is getattr(bandwidth_messaging, name)


def test_the_tree_in_the_exceptions_docstring_is_the_tree_of_the_classes() -> None:
    # tests/docs compares the shape of the tree, which the page shows too.
    text = inspect.getdoc(exceptions) or ""
    for name in exceptions.__all__:
        assert re.search(rf"^\W*{name} ", text, re.MULTILINE), f"{name} is missing from the tree"


@pytest.mark.parametrize("package", ["bandwidth_messaging", "bandwidth_messaging.models"])
def test_what_type_checkers_see_is_what_is_loaded(package: str) -> None:
    module: Any = importlib.import_module(package)
    seen: dict[str, tuple[str, str]] = {}
    for block in ast.parse(inspect.getsource(module)).body:
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING":
            for node in block.body:
                assert isinstance(node, ast.ImportFrom)
                seen |= {str(alias.asname): (node.module or "", alias.name) for alias in node.names}
    loaded = module._MODULES | getattr(module, "_FURTHER", {})
    assert seen == {name: (where, name) for name, where in loaded.items()}


def test_importing_the_package_loads_nothing_that_costs() -> None:
    code = (
        "import sys; before = set(sys.modules); import bandwidth_messaging; print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert {name.partition(".")[0] for name in done.stdout.split()} == {"bandwidth_messaging"}


def test_every_public_module_is_an_attribute_after_a_bare_import() -> None:
    root = Path(bandwidth_messaging.__file__).parent
    folders = (".", "api", "models", "callbacks", "classic", "messagemedia", "messagemedia/api", "messagemedia/models")
    files = [path.relative_to(root) for folder in folders for path in (root / folder).glob("[a-z]*.py")]
    paths = [".".join(path.with_suffix("").parts) for path in files]
    assert len(paths) > 60
    code = (
        "import operator, sys, bandwidth_messaging\n"
        "found = [operator.attrgetter(path)(bandwidth_messaging) for path in sys.argv[1:]]\n"
        "print(*[module.__name__ for module in found])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code, *paths], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [f"bandwidth_messaging.{path}" for path in paths]


def test_help_shows_every_filter_with_type_and_description() -> None:
    shown = pydoc.plain(pydoc.render_doc(MessagesApi.list_messages))
    for name in LIST_MESSAGES.parameters:
        assert f"\n        {name} (" in shown, name
    assert "message_id (str | None): The ID of the message to search for." in shown
    assert "_request_timeout (float | tuple[float, float] | None): Seconds for the whole call" in shown


def test_the_signature_has_every_filter_as_a_keyword_on_class_and_instance() -> None:
    parameters = inspect.signature(MessagesApi.list_messages).parameters
    assert list(parameters)[:2] == ["self", "account_id"]
    assert list(parameters)[2:29] == list(LIST_MESSAGES.parameters)
    assert parameters["limit"].kind is inspect.Parameter.KEYWORD_ONLY
    api = object.__new__(MessagesApi)
    assert next(iter(inspect.signature(api.list_messages).parameters)) == "account_id"
    assert "List the messages that match" in (api.list_messages.__doc__ or "")


def test_help_shows_every_option_of_the_configuration_with_type_and_description() -> None:
    shown = pydoc.plain(pydoc.render_doc(Configuration))
    for name in inspect.signature(Configuration).parameters:
        assert f"\n |      {name} (" in shown, name
    assert "host (str | None): The base URL for all calls" in shown
    assert "retries (int | RetryPolicy | None): How often a call may be repeated" in shown


def test_a_mock_of_the_api_takes_what_the_api_takes() -> None:
    for api in (mock.create_autospec(MessagesApi)(None), mock.create_autospec(MessagesApi, instance=True)):
        api.list_messages("9900000", limit=3, _request_timeout=5)
        api.list_messages.assert_called_once_with("9900000", limit=3, _request_timeout=5)
        api.create_message("9900000", {})
        for wrong in ({"limt": 3}, {"account": "9900000"}):
            with pytest.raises(TypeError, match=next(iter(wrong))):
                api.list_messages("9900000", **wrong)


def test_a_list_method_is_a_plain_function_with_its_own_source() -> None:
    assert inspect.isfunction(MessagesApi.list_messages)
    assert "def list_messages(self, account_id" in inspect.getsource(MessagesApi.list_messages)


def test_every_public_class_and_method_has_a_docstring() -> None:
    for name in bandwidth_messaging.__all__:
        value = getattr(bandwidth_messaging, name)
        if inspect.isclass(value):
            assert value.__doc__, name
            for member, method in vars(value).items():
                if inspect.isfunction(method) and not member.startswith("_"):
                    assert method.__doc__, f"{name}.{member}"


def test_a_field_description_stands_under_every_field_of_every_model() -> None:
    from bandwidth_messaging._field_docs import described_fields

    for name in models.__all__:
        kind = getattr(models, name)
        if hasattr(kind, "model_fields"):
            described = {field: said for field, _, said in described_fields(kind)}
            for field in kind.__annotations__:
                assert described[field], f"{name}.{field}"
