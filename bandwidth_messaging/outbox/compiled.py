"""Statements that run for each message: compiled once, and handed to the driver without more work on each call."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, Update, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

__all__ = ["Compiled", "given"]


def given(name: str) -> BindParameter[Any]:
    """A parameter of such a statement."""
    return bindparam(name, None)


class Compiled:
    """A statement with named parameters.

    Args:
        statement: Its parameters are plain numbers, strings and bytes, so that the driver takes them as they are.
    """

    def __init__(self, statement: Update | Select[Any] | ReturningInsert[Any] | ReturningUpdate[Any]) -> None:
        compiled = statement.compile(
            dialect=sqlite.dialect(paramstyle="named"), compile_kwargs={"render_postcompile": True}
        )
        self._sql = str(compiled)
        self._constants = dict(compiled.params)
        self._make_row = _rows_of(statement.exported_columns)

    def change(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run it for each row of parameters; returns how many rows of the table it changed."""
        driver: Any = connection.connection.driver_connection
        return int(driver.executemany(self._sql, [{**self._constants, **row} for row in rows]).rowcount)

    def row(self, connection: Connection, parameters: Mapping[str, Any]) -> Any:
        """Run it once; returns the row that it gives, or None."""
        driver: Any = connection.connection.driver_connection
        rows = driver.execute(self._sql, {**self._constants, **parameters}).fetchall()
        return self._make_row(rows[0]) if rows else None


def _rows_of(columns: Iterable[Any]) -> Callable[[Sequence[Any]], Any]:
    """What makes rows whose columns have names, as SQLAlchemy's have."""
    make_class: Any = namedtuple  # a type checker wants names that it can read
    row = make_class("Row", [str(column.key) for column in columns])
    make: Callable[[Sequence[Any]], Any] = row._make
    return make
