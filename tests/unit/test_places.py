"""What has its place in the package stays there: urllib3 in the transport, SQL in what keeps the two databases."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bandwidth_messaging

PACKAGE = Path(bandwidth_messaging.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
# The sandbox's database and the outbox's.
STORES = ("sandbox/store/", "outbox/database.py", "outbox/schema.py", "outbox/statements.py")
SQL = re.compile(
    r"(?is)^\s*(select\b.+\bfrom\b|select\s+(1|count)\b|insert\s+(or\s+\w+\s+)?into\b|update\s+\S+\s+set\b|delete\s+from\b|"
    r"create\s+(unique\s+)?(table|index|trigger|view)\b|drop\s+(table|index)\b|alter\s+table\b|pragma\s+\w+|"
    r"with\s+(recursive\s+)?\w+(\s*\([^)]*\))?\s+as\s*\()|"
    # A part of a statement that is put together elsewhere.
    r"\b(where|and|or)\s+\w+(\.\w+)?\s*(=|<|>|<=|>=|!=|in|like)\s*\(?\s*(\?|:\w+)|\border\s+by\s+\w+\s*(asc|desc)\b"
)


def texts(source: str) -> Iterator[tuple[int, str]]:
    """Every string of a module but docstrings; one that is put together stands as one, its holes as `x`."""
    tree = ast.parse(source)
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        text = _text(node) if isinstance(node, ast.expr) and id(node) not in documents else None
        if text is not None:
            yield node.lineno, text  # type: ignore[attr-defined]  # an expression has a line


def _text(node: ast.expr) -> str | None:
    """The text of an expression that makes one; None for any other."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left), _text(node.right)
        return None if left is None and right is None else (left or "x") + (right or "x")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _text(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "join"):
        return _text(node.func.value)
    return None


def sql_in(source: str) -> list[str]:
    return [f"line {line}: {text.strip()[:60]}" for line, text in texts(source) if SQL.search(text)]


def imported(source: str) -> set[str]:
    """The packages that a module imports, wherever in it, `importlib.import_module` of a text too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            found |= {str(argument.value).partition(".")[0] for argument in node.args
                      if isinstance(argument, ast.Constant)}  # fmt: skip
    return found


@pytest.mark.parametrize("module", [each for each in MODULES if not each.startswith("_transport/")])
def test_no_module_but_the_transports_imports_urllib3(module: str) -> None:
    assert "urllib3" not in imported((PACKAGE / module).read_text("utf-8"))


@pytest.mark.parametrize("module", [each for each in MODULES if not each.startswith(STORES)])
def test_no_module_but_those_of_a_database_holds_sql(module: str) -> None:
    assert sql_in((PACKAGE / module).read_text("utf-8")) == []


def test_the_places_are_where_they_are_said_to_be() -> None:
    transport = [each for each in MODULES if each.startswith("_transport/")]
    assert any("urllib3" in imported((PACKAGE / each).read_text("utf-8")) for each in transport)
    for place in STORES:
        modules = [each for each in MODULES if each.startswith(place)]
        assert any(sql_in((PACKAGE / each).read_text("utf-8")) for each in modules), place


@pytest.mark.parametrize(
    "line",
    [
        'x = "SELECT * FROM messages"',
        'x = f"SELECT {columns} FROM {table}"',
        'x = f"SELECT {columns}" + " FROM messages"',
        'x = "DELETE " + "FROM " + table',
        'x = "UPDATE %s SET a = 1" % table',
        'x = "insert into {} values (?)".format(table)',
        'x = "\\n  PRAGMA table_info(x)"',
        'x = f" AND {column} = ?"',
        'x = "WITH RECURSIVE n(i) AS (SELECT 1)"',
        'x = f"ORDER BY {column} DESC"',
    ],
)
def test_sql_is_found_however_it_is_put_together(line: str) -> None:
    assert sql_in(line)


@pytest.mark.parametrize(
    "line", ['"""Select a message from the list."""', 'x = "Update the settings"', 'x = "order by"']
)
def test_prose_is_no_sql(line: str) -> None:
    assert sql_in(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "import urllib3.util",
        "from urllib3 import x",
        "def f():\n    import urllib3",
        "importlib.import_module('urllib3.x')",
    ],
)
def test_urllib3_is_found_however_it_is_imported(line: str) -> None:
    assert "urllib3" in imported(line)
