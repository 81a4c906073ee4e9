"""What the outbox raises besides the exceptions of a call."""

from ..exceptions import InvalidRequestException

__all__ = ["DatabaseException", "KeyConflictException", "OutboxException", "RestoredException"]


class OutboxException(Exception):
    """The outbox cannot be used as it is; the text says what to do. Nothing was sent."""


class DatabaseException(OutboxException):
    """The database cannot be opened, read or written: full, read-only, locked, damaged, of a newer version."""


class RestoredException(OutboxException):
    """The database is not the one that was written to last: a backup or a copy. It would send again what was sent.

    `Outbox.accept_restored` goes on with it.
    """


class KeyConflictException(InvalidRequestException):
    """The key belongs to another request. It names the fields that differ, and no values."""
