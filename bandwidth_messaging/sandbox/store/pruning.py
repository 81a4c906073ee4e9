"""Forgetting the oldest messages, so that a sandbox which is kept running does not grow for ever."""

import sqlite3
from collections import Counter

_AT_ONCE = 1000  # takes a few milliseconds, in which others wait
_FORGOTTEN = "NOT EXISTS (SELECT 1 FROM messages m WHERE m.message_id = t.message_id)"


def prune(connection: sqlite3.Connection, keep: int) -> int:
    """Forget messages whole, with their callbacks, notices and exchanges, so that `keep` of the newest deliveries stay.

    The caller is in a transaction. Returns how many deliveries were forgotten; call it again until that is 0.
    """
    gone = _oldest(connection, keep)
    connection.executemany("DELETE FROM deliveries WHERE position = ?", [(row["position"],) for row in gone])
    ids = [(message_id,) for message_id in {row["message_id"] for row in gone}]
    # A message whose recipients were put in at different times may still have one of them.
    left = "EXISTS (SELECT 1 FROM deliveries d WHERE d.account_id = m.account_id AND d.message_id = m.message_id)"
    sql = f"DELETE FROM messages AS m WHERE message_id = ? AND NOT {left}"  # noqa: S608 - names are our own
    connection.executemany(sql, ids)
    for table in ("callbacks", "exchanges", "notices"):
        sql = f"DELETE FROM {table} AS t WHERE message_id = ? AND {_FORGOTTEN}"  # noqa: S608 - names are our own
        connection.executemany(sql, ids)
    fewer = Counter(row["conversation"] for row in gone)
    sql = "UPDATE conversations SET total = total - ? WHERE conversation = ?"
    connection.executemany(sql, [(count, conversation) for conversation, count in fewer.items()])
    sql = "DELETE FROM conversations WHERE conversation = ? AND total = 0"
    connection.executemany(sql, [(conversation,) for conversation in fewer])
    return len(gone)


def _oldest(connection: sqlite3.Connection, keep: int) -> list[sqlite3.Row]:
    """Read the oldest deliveries beyond those that stay, but none of a message which goes on behind them."""
    rows = connection.execute(
        "SELECT position, message_id, conversation FROM deliveries WHERE position <= "
        "(SELECT position FROM deliveries ORDER BY position DESC LIMIT 1 OFFSET ?) ORDER BY position LIMIT ?",
        (keep, _AT_ONCE),
    ).fetchall()
    if not rows:
        return []
    sql = "SELECT message_id FROM deliveries WHERE position > ? ORDER BY position LIMIT 1"
    following = connection.execute(sql, (rows[-1]["position"],)).fetchone()["message_id"]
    return [row for row in rows if row["message_id"] != following]
