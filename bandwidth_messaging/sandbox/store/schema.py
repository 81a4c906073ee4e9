"""The database of the store: its tables, and which files are let be one."""

import sqlite3

IN_MEMORY = ":memory:"

_VERSION = 4
_SCHEMA = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE messages (
    message_id TEXT PRIMARY KEY, family TEXT NOT NULL, account_id TEXT NOT NULL, application_id TEXT,
    direction TEXT NOT NULL, owner TEXT, sender TEXT NOT NULL, recipients TEXT NOT NULL, text TEXT, media TEXT,
    tag TEXT, priority TEXT, expiration INTEGER, receive_time INTEGER NOT NULL, extra TEXT
) WITHOUT ROWID;
-- AUTOINCREMENT, here and for callbacks: a change that was under way when its row was cleared must not hit another row.
CREATE TABLE deliveries (
    position INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL, account_id TEXT NOT NULL,
    source_tn TEXT NOT NULL, destination_tn TEXT NOT NULL, message_status TEXT NOT NULL,
    message_direction TEXT NOT NULL,
    message_type TEXT NOT NULL, segment_count INTEGER NOT NULL, error_code INTEGER NOT NULL,
    receive_time INTEGER NOT NULL, carrier_name TEXT, message_size INTEGER, message_length INTEGER NOT NULL,
    attachment_count INTEGER, recipient_count INTEGER, campaign_class TEXT, campaign_id TEXT, bw_latency INTEGER,
    carrier_latency INTEGER, calling_number_country_a3 TEXT, called_number_country_a3 TEXT, product TEXT,
    location TEXT, bw_queued INTEGER NOT NULL, carrier_queued INTEGER NOT NULL,
    conversation INTEGER, history TEXT, plan TEXT, next_due INTEGER
);
-- Each index ends in the order of the default list, so that a page is read from it without sorting. Where several would
-- do, SQLite takes the one that was made last: those that find the fewest stand last.
CREATE INDEX deliveries_by_time ON deliveries (account_id, receive_time, position);
CREATE INDEX deliveries_by_direction ON deliveries (account_id, message_direction, receive_time, position);
CREATE INDEX deliveries_by_error ON deliveries (account_id, error_code, receive_time, position);
CREATE INDEX deliveries_by_source ON deliveries (account_id, source_tn, receive_time, position);
CREATE INDEX deliveries_by_status ON deliveries (account_id, message_status, receive_time, position);
CREATE INDEX deliveries_by_destination ON deliveries (account_id, destination_tn, receive_time, position);
CREATE INDEX deliveries_by_message ON deliveries (account_id, message_id, receive_time, position);
CREATE INDEX deliveries_of_conversation ON deliveries (conversation, position);
CREATE INDEX deliveries_due ON deliveries (account_id, next_due) WHERE next_due IS NOT NULL;
CREATE TABLE conversations (
    conversation INTEGER PRIMARY KEY, account_id TEXT NOT NULL, owner TEXT NOT NULL, phone TEXT NOT NULL,
    last_position INTEGER NOT NULL, total INTEGER NOT NULL, UNIQUE (account_id, owner, phone)
);
CREATE INDEX conversations_by_last ON conversations (account_id, last_position);
CREATE TABLE callbacks (
    callback_id INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL, message_id TEXT NOT NULL,
    recipient TEXT NOT NULL, type TEXT NOT NULL, url TEXT NOT NULL, headers TEXT NOT NULL, body TEXT NOT NULL,
    created INTEGER NOT NULL, state TEXT NOT NULL, due INTEGER, attempts TEXT NOT NULL
);
CREATE INDEX callbacks_due ON callbacks (account_id, due) WHERE due IS NOT NULL;
CREATE INDEX callbacks_of_message ON callbacks (message_id);
CREATE TABLE notices (
    position INTEGER PRIMARY KEY, notice_id TEXT NOT NULL UNIQUE, account_id TEXT NOT NULL, kind TEXT NOT NULL,
    message_id TEXT NOT NULL, body TEXT NOT NULL, confirmed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX notices_of_message ON notices (message_id);
CREATE INDEX notices_waiting ON notices (account_id, kind, position) WHERE confirmed = 0;
CREATE TABLE exchanges (
    exchange_id INTEGER PRIMARY KEY, message_id TEXT NOT NULL, request TEXT NOT NULL, answer TEXT NOT NULL
);
CREATE INDEX exchanges_of_message ON exchanges (message_id);
CREATE TABLE opt_outs (
    account_id TEXT NOT NULL, owner TEXT NOT NULL, phone TEXT NOT NULL, PRIMARY KEY (account_id, owner, phone)
) WITHOUT ROWID;
"""


def opened(path: str) -> sqlite3.Connection:
    """Open a database.

    Args:
        path: The file, made if it does not exist, or `IN_MEMORY`.

    Returns:
        A connection that any thread may use, one at a time.

    Raises:
        ValueError: It cannot be opened.
    """
    try:
        connection = sqlite3.connect(path, check_same_thread=False)
    except sqlite3.Error as error:
        raise ValueError(f"{path}: {error}") from None
    connection.row_factory = sqlite3.Row
    # SQLite's own lower() knows no letters but those of English.
    connection.create_function("fold", 1, _folded, deterministic=True)
    return connection


def prepare(connection: sqlite3.Connection, path: str | None) -> None:
    """Make the tables, unless they are there.

    Args:
        connection: The database.
        path: Its file; None if it is in memory.

    Raises:
        ValueError: The file is that of another program, or of another version.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise ValueError(f"{path} is the database of another program; choose another file")
    if version not in (0, _VERSION):
        raise ValueError(f"{path} was written by another version of the sandbox; choose another file")
    if path is not None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    if version == 0:
        connection.executescript(f"BEGIN;{_SCHEMA}PRAGMA user_version = {_VERSION};COMMIT;")


def _folded(text: str | None) -> str | None:
    return text.casefold() if text is not None else None
