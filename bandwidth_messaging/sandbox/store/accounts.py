"""The accounts and their settings, so that a restart finds them as they were."""

from dataclasses import fields

from .database import Database
from .queries import marks
from .records import StoredAccount
from .schema import columns, encoded

_NAMES = tuple(field.name for field in fields(StoredAccount))
_KEEP = (
    f"INSERT INTO accounts ({', '.join(_NAMES)}) VALUES ({marks(_NAMES)}) "  # noqa: S608
    f"ON CONFLICT DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _NAMES)}"
)


class StoredAccounts:
    """Reads and writes accounts."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def all(self) -> list[StoredAccount]:
        """Every account, in the order in which they were first kept."""
        return self._database.read(StoredAccount, f"SELECT {columns(StoredAccount)} FROM accounts ORDER BY rowid")  # noqa: S608

    def keep(self, account: StoredAccount) -> None:
        """Write an account as it is now. It is on disk when this returns."""
        self._database.execute(_KEEP, [encoded(getattr(account, name)) for name in _NAMES])
