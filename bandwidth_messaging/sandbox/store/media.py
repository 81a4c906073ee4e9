"""The files that were uploaded."""

from .database import Database, insert
from .records import MediaFile
from .schema import columns


class Media:
    """Keeps and forgets files."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def put(self, file: MediaFile) -> None:
        """Keep a file in place of one of the same name."""
        with self._database.transaction() as connection:
            name = (file.account_id, file.media_id)
            connection.execute("DELETE FROM media WHERE account_id = ? AND media_id = ?", name)
            insert(connection, file)

    def get(self, account_id: str, media_id: str) -> MediaFile | None:
        """A file with its content."""
        sql = f"SELECT {columns(MediaFile)} FROM media WHERE account_id = ? AND media_id = ?"  # noqa: S608
        return next(iter(self._database.read(MediaFile, sql, (account_id, media_id))), None)

    def has(self, account_id: str, media_id: str) -> bool:
        """Whether there is such a file."""
        sql = "SELECT 1 FROM media WHERE account_id = ? AND media_id = ?"
        return bool(self._database.select(sql, (account_id, media_id)))

    def page(self, account_id: str, after: str, limit: int) -> list[MediaFile]:
        """The files of an account by their names, behind a name; without their content."""
        names = columns(MediaFile).removesuffix("content") + "x'' AS content"
        sql = f"SELECT {names} FROM media WHERE account_id = ? AND media_id > ? ORDER BY media_id LIMIT ?"  # noqa: S608
        return self._database.read(MediaFile, sql, (account_id, after, limit))

    def delete(self, account_id: str, media_id: str) -> None:
        """Forget a file."""
        sql = "DELETE FROM media WHERE account_id = ? AND media_id = ?"
        self._database.execute(sql, (account_id, media_id))

    def forget_older(self, account_id: str, time: int) -> None:
        """Forget the files that were stored before a time."""
        self._database.execute("DELETE FROM media WHERE account_id = ? AND stored < ?", (account_id, time))
