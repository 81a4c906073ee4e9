"""Statements that run for each message: compiled once, and handed to the driver without more work on each call."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, Update, bindparam
from sqlalchemy.dialects import sqlite

__all__ = ["Compiled", "given"]


def given(name: str) -> BindParameter[Any]:
    """A parameter of such a statement."""
    return bindparam(name, None)


class Compiled:
    """A statement with named parameters.

    Args:
        statement: Its parameters are plain numbers, strings and bytes, so that the driver takes them as they are.
    """

    def __init__(self, statement: Update | Select[Any]) -> None:
        compiled = statement.compile(
            dialect=sqlite.dialect(paramstyle="named"), compile_kwargs={"render_postcompile": True}
        )
        self._sql = str(compiled)
        self._constants = dict(compiled.params)

    def change(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run it for each row of parameters; returns how many rows of the table it changed."""
        driver: Any = connection.connection.driver_connection
        return int(driver.executemany(self._sql, [{**self._constants, **row} for row in rows]).rowcount)

    def scalar(self, connection: Connection) -> Any:
        """Run it once; returns the first column of its only row."""
        driver: Any = connection.connection.driver_connection
        ((value,),) = driver.execute(self._sql, self._constants).fetchall()
        return value
