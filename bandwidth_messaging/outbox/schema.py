"""The tables of an outbox, their version, and how an older one is brought up."""

from collections.abc import Sequence

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    inspect,
    text,
)

from .entry import STATES
from .failures import DatabaseException

__all__ = ["MIGRATIONS", "attempts", "entries", "outbox", "prepare"]

_metadata = MetaData()

# One row: what holds for the outbox as a whole.
outbox = Table(
    "outbox",
    _metadata,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("outbox_id", String, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    # Counts the transactions that marked an entry; a file beside the database follows it, and tells a restored backup.
    Column("marks", Integer, nullable=False),
    Column("file_id", String, nullable=False),
    Column("boot_id", String, nullable=False),
    # The service's clock minus the boot clock, in seconds.
    Column("server_clock", Float),
)

entries = Table(
    "entries",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("account_id", String, nullable=False),
    Column("request", String),
    Column("request_hash", LargeBinary, nullable=False),
    Column("sender", String),
    Column("recipient", String),
    Column("segments", Integer, nullable=False),
    Column("not_before", Float, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("lease_end", Float),
    Column("attempt", Integer, nullable=False),
    Column("token", String),
    Column("marked_at", Float),
    Column("marked_boot", Float),
    Column("call_end", Float),
    Column("clock_offset", Float),
    Column("message_id", String),
    Column("status", String),
    Column("statuses", String),
    Column("evidence", String),
    Column("error", String),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    CheckConstraint(f"state IN ({', '.join(map(repr, STATES))})", name="known_state"),
    CheckConstraint("state NOT IN ('planned', 'claimed', 'in_flight') OR request IS NOT NULL", name="can_be_sent"),
    CheckConstraint("state NOT IN ('claimed', 'in_flight') OR lease_end IS NOT NULL", name="leased"),
    CheckConstraint("state != 'in_flight' OR (token IS NOT NULL AND call_end IS NOT NULL)", name="marked"),
    CheckConstraint("state != 'accepted' OR evidence IS NOT NULL", name="accepted_by_evidence"),
)
Index("entries_by_state", entries.c.state, entries.c.id)
Index("entries_by_message", entries.c.message_id, sqlite_where=entries.c.message_id.is_not(None))
Index("unknown_by_pair", entries.c.sender, entries.c.recipient, sqlite_where=text("state = 'unknown'"))

# Attempts before the current one of an entry: their answers and callbacks can still come.
attempts = Table(
    "attempts",
    _metadata,
    Column("token", String, primary_key=True),
    Column("entry_id", Integer, nullable=False),
)

# From each version to the next one. Statements, so that a later version's tables are not needed to read them.
MIGRATIONS: tuple[tuple[str, ...], ...] = ()


def prepare(
    connection: Connection, first_row: dict[str, object], migrations: Sequence[Sequence[str]] = MIGRATIONS
) -> bool:
    """Create the tables of a new outbox, bring up those of an older one, refuse those of a newer one.

    Returns:
        Whether the outbox is new.
    """
    newest = 1 + len(migrations)
    found = set(inspect(connection).get_table_names())
    if not found:
        _metadata.create_all(connection)
        connection.execute(outbox.insert().values(one=1, version=newest, **first_row))
        return True
    if not {"outbox", "entries"} <= found:
        raise DatabaseException("the file is a database of another program: give the outbox a file of its own")
    version = int(connection.execute(text("SELECT version FROM outbox")).scalar_one())
    if version > newest:
        raise DatabaseException(
            f"the outbox was written by a newer version of this package (format {version}, this one knows {newest}): "
            "install that version"
        )
    for statements in migrations[version - 1 :]:
        for statement in statements:
            connection.execute(text(statement))
    if version < newest:
        connection.execute(outbox.update().values(version=newest))
    return False
