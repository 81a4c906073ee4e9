"""The database: connections per process, transactions, and errors that say what to do."""

import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url

from ..exceptions import ConfigurationException
from . import schema, statements
from .boot_clock import boot_id
from .failures import DatabaseException, RestoredException
from .files import MarkCount, create_private, file_id
from .forking import Readers, close_before_fork

__all__ = ["Database"]

T = TypeVar("T")
Step = Callable[[Connection, Sequence[Any]], Sequence[Any]]

# Seconds; `?timeout=` in the URL changes it.
_LOCK_WAIT = 20.0
_OLDEST_SQLITE = (3, 35, 0)  # the first with RETURNING
_READS = "outbox_reads"
# By what SQLite says: what to do about it.
_ADVICE = {
    "disk is full": "make room on the disk and go on",
    "readonly": "check the rights of the file and its folder, and that the disk is not read-only",
    "locked": "another program holds its lock for too long; end that program",
    "unable to open": "check the rights of the file and its folder",
    "malformed": "it is damaged: restore a backup and call accept_restored()",
    "not a database": "it is damaged or no database: restore a backup and call accept_restored(), or give another file",
    "disk I/O": "check the disk",
}


class _Change:
    """Steps that wait for a transaction they can share."""

    __slots__ = ("done", "error", "marks", "results", "steps")

    def __init__(self, steps: Sequence[tuple[Step, Any]], marks: bool) -> None:
        self.steps, self.marks = steps, marks
        self.done = False
        self.results: list[Any] = []
        self.error: Exception | None = None


class _Process:
    """What belongs to one process: after a fork the child has none of its parent's."""

    def __init__(self) -> None:
        self.opening = Lock()
        self.engine: Engine | None = None
        self.writing = Lock()
        self.writer: Connection | None = None
        self.waiting: list[_Change] = []
        self.readers = Readers()

    def close(self) -> None:
        """Close all connections."""
        if self.writer is not None:
            self.writer.close()
        if self.engine is not None:
            self.engine.dispose()
        self.engine = self.writer = None


class Database:
    """The SQLite file of an outbox.

    Raises:
        ConfigurationException: The URL is not that of an SQLite file.
    """

    def __init__(self, url: str) -> None:
        self.path, self._lock_wait = _path_of(url)
        self._count = MarkCount(self.path)
        self._processes: dict[int, _Process] = {}
        self._closed = False
        self._outbox_id = ""
        self._file_id = ""
        self.restored: str | None = None
        """Why this is not the database that was written to last; None if it is."""
        self.secret = b""
        close_before_fork(self)

    def open(self) -> None:
        """Open the file now, so that what is wrong with it is told at once."""
        with self._translated():
            self._engine()

    def close(self) -> None:
        """Close this process's connections."""
        self._closed = True
        process = self._processes.get(os.getpid())
        if process is not None:
            with process.writing:
                process.close()

    def before_fork(self) -> None:
        """Close all connections, once nobody uses one."""
        process = self._processes.get(os.getpid())
        if process is not None:
            process.readers.close()
            process.writing.acquire()
            process.close()

    def after_fork(self) -> None:
        """Let the parent's threads go on."""
        process = self._processes.get(os.getpid())
        if process is not None:
            process.writing.release()
            process.readers.open()

    def after_fork_in_child(self) -> None:
        """Leave the parent's locks, which its threads may have held."""
        self._processes = {}

    def require_original(self) -> None:
        """Refuse to go on with a restored backup or a copy."""
        if self.restored is not None:
            raise RestoredException(
                f"{self.path} {self.restored}: messages that were sent since may stand in it as planned. Call "
                "accept_restored(before=...) with the time until which the lost database was in use"
            )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A snapshot to read from."""
        process = self._process()
        with self._translated(), process.readers, self._engine().connect() as connection:
            yield connection.execution_options(**{_READS: True})

    def change(self, apply: Callable[[Connection], T]) -> T:
        """Make a change, which is on disk when this returns. `apply` may run again, and changes nothing else."""
        (result,) = self.change_together([(lambda connection, _items: [apply(connection)], None)])
        answer: T = result
        return answer

    def change_together(self, steps: Sequence[tuple[Step, Any]], *, marks: bool = False) -> list[Any]:
        """Make changes in one transaction, which is on disk when this returns.

        What threads ask for while another commits shares the next transaction, where the items of equal steps are
        handed over together: one commit and a few statements serve them all.

        Args:
            steps: Pairs of a function and its item. The function is given all items that there are for it, and returns
                a result for each.
            marks: Whether an entry is marked, so that a request is written next.

        Returns:
            The result of each step.
        """
        process = self._process()
        change = _Change(steps, marks)
        process.waiting.append(change)
        while not change.done:
            with process.writing:
                if not change.done:
                    self._commit_waiting(process, change)
        if change.error is not None:
            raise change.error
        return change.results

    def _commit_waiting(self, process: _Process, own: _Change) -> None:
        batch = process.waiting[:]
        del process.waiting[: len(batch)]
        try:
            self._commit(process, batch)
        except Exception as error:  # noqa: BLE001 - raised again by the thread that asked for the change
            for change in batch if len(batch) > 1 else ():
                # Whoever is at fault: only that change fails.
                self._commit_alone(process, change)
            if len(batch) == 1:
                own.error, own.done = error, True
        except BaseException:
            # An interrupt is for this thread; the others' changes wait for another.
            process.waiting[:0] = [change for change in batch if change is not own and not change.done]
            raise

    def _commit_alone(self, process: _Process, change: _Change) -> None:
        try:
            self._commit(process, [change])
        except Exception as error:  # noqa: BLE001 - as above
            change.error, change.done = error, True

    def _commit(self, process: _Process, batch: list[_Change]) -> None:
        with self._translated():
            connection = self._writer(process)
            try:
                with connection.begin():
                    _apply(connection, batch)
                    marks = self._next_mark(connection) if any(change.marks for change in batch) else None
            except BaseException:
                process.writer = None
                connection.invalidate()
                connection.close()
                raise
        if marks is not None:
            self._count.write(self._outbox_id, marks)
        for change in batch:
            change.done = True

    def _writer(self, process: _Process) -> Connection:
        if process.writer is None:
            process.writer = self._engine().connect()
        return process.writer

    def _next_mark(self, connection: Connection) -> int:
        """Count this transaction, and see that the file was not replaced while it is open."""
        marks = statements.count_mark(connection)
        known = self._count.read()
        if file_id(self.path) != self._file_id or (known is not None and marks <= known[1]):
            raise RestoredException(f"{self.path} was replaced while it was open: close the outbox and open it again")
        return marks

    def _process(self) -> _Process:
        # setdefault is atomic, so that two threads of a new process get the same locks.
        return self._processes.setdefault(os.getpid(), _Process())

    def _engine(self) -> Engine:
        process = self._process()
        if process.engine is None:
            with process.opening:
                if process.engine is None:
                    process.engine = self._opened()
        return process.engine

    def _opened(self) -> Engine:
        if self._closed:
            raise RuntimeError("this Outbox is closed; make a new one")
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            raise DatabaseException(f"SQLite {sqlite3.sqlite_version} is too old: the outbox needs 3.35 or newer")
        create_private(self.path)
        url = URL.create("sqlite", database=str(self.path))
        # Parameters are texts and numbers: they are for no exception and no log.
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": self._lock_wait}, max_overflow=-1)
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        try:
            with engine.begin() as connection:
                self._prepare(connection)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def _prepare(self, connection: Connection) -> None:
        new = {
            "outbox_id": secrets.token_hex(8),
            "secret": secrets.token_bytes(32),
            "marks": 0,
            "file_id": file_id(self.path),
            "boot_id": boot_id(),
        }
        if schema.prepare(connection, new):
            self._count.write(str(new["outbox_id"]), 0, lasting=True)
        row = statements.read_outbox(connection)
        self._outbox_id, self.secret = row.outbox_id, row.secret
        self._file_id = file_id(self.path)
        self.restored = self._why_restored(row.marks, row.file_id)
        if row.boot_id != boot_id():
            statements.start_boot(connection, boot_id())

    def _why_restored(self, marks: int, known_file: str) -> str | None:
        if marks == 0:
            return None
        if known_file != self._file_id:
            return "is a copy of the file that was written to"
        known = self._count.read()
        if known is None:
            return "lacks the file beside it that counts its marks, as a copy does"
        if known[0] != self._outbox_id:
            return "stands beside the mark count of another outbox"
        return "is older than what was written last, as a restored backup is" if known[1] > marks else None

    def adopt(self, apply: Callable[[Connection], T]) -> T:
        """Take a restored database as the one that counts from now on."""

        def take(connection: Connection) -> T:
            known = self._count.read()
            marks = max(statements.read_outbox(connection).marks, known[1] if known else 0) + 1
            statements.adopt_file(connection, file_id(self.path), marks)
            return apply(connection)

        result = self.change(take)
        with self.reading() as connection:
            self._count.write(self._outbox_id, statements.read_outbox(connection).marks)
        self._file_id, self.restored = file_id(self.path), None
        return result

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (exc.DBAPIError, sqlite3.Error) as error:
            cause = error.orig if isinstance(error, exc.DBAPIError) else error
            said = str(cause)
            advice = next((advice for part, advice in _ADVICE.items() if part in said), "nothing was changed")
            raise DatabaseException(f"{self.path}: {said}; {advice}") from cause


def _apply(connection: Connection, batch: Sequence[_Change]) -> None:
    """Run each function once, with its items of all changes."""
    items: dict[Step, list[Any]] = {}
    for change in batch:
        for step, item in change.steps:
            items.setdefault(step, []).append(item)
    results = {step: iter(step(connection, given)) for step, given in items.items()}
    for change in batch:
        change.results = [next(results[step]) for step, _ in change.steps]


def _path_of(url: str) -> tuple[Path, float]:
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, TypeError, ValueError):
        raise ConfigurationException("url: give a database URL such as sqlite:///messages.db") from None
    if parsed.get_backend_name() != "sqlite":
        raise ConfigurationException(f"url: {parsed.get_backend_name()} is not supported; give sqlite:///messages.db")
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise ConfigurationException(
            "url: name a file, as sqlite:///messages.db does; what is in memory only outlives no crash"
        )
    if not set(parsed.query) <= {"timeout"}:
        raise ConfigurationException("url: only timeout= can be given, the seconds to wait for another program's lock")
    try:
        lock_wait = float(str(parsed.query.get("timeout", _LOCK_WAIT)))
    except ValueError:
        raise ConfigurationException("url: timeout is a number of seconds") from None
    # Made absolute now: the process may change its folder later.
    return Path(parsed.database).absolute(), lock_wait


def _configure(connection: Any, _record: object) -> None:
    """Set a new connection up: transactions are begun by us, and a commit returns when it is on disk."""
    connection.isolation_level = None
    cursor = connection.cursor()
    # SQLite does not wait for a lock here, and another process may be opening the new file too.
    _use_wal(cursor)
    for pragma in ("synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _use_wal(cursor: Any) -> None:
    give_up = time.monotonic() + _LOCK_WAIT
    while True:
        try:
            mode = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            if mode != "wal":
                raise DatabaseException(f"the database cannot keep a write-ahead log here (it says {mode!r})")
            return


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get(_READS)
    # Not by SQLAlchemy: this is a good part of what a small transaction costs.
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN" if reads else "BEGIN IMMEDIATE")
