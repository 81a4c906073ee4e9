"""What is wrong with the database is told by name, nothing is sent and nothing is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text

from bandwidth_messaging import ConfigurationException, MessagesApi
from bandwidth_messaging.outbox import DatabaseException, Outbox, RestoredException
from bandwidth_messaging.outbox.files import network_file_system
from bandwidth_messaging.outbox.schema import prepare

from .conftest import Account


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("messages.db", "give a database URL such as sqlite:///messages.db"),
        ("mysql://localhost/messages", "mysql is not supported"),
        ("postgresql+psycopg://localhost/messages", "postgresql is not supported"),
        ("sqlite://", "name a file"),
        ("sqlite:///:memory:", "name a file"),
        ("sqlite:///messages.db?mode=ro", "only timeout="),
        ("sqlite:///messages.db?timeout=soon", "timeout is a number"),
        (None, "give a database URL"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused(url: Any, rule: str) -> None:
    with pytest.raises(ConfigurationException, match=f"url: {rule}"):
        Outbox(url)


@pytest.mark.parametrize("lease", [0, 0.05, 3601, True, "20"])
def test_a_lease_that_cannot_be_used_is_refused(url: str, lease: Any) -> None:
    with pytest.raises(ConfigurationException, match="lease"):
        Outbox(url, lease=lease)


def test_the_files_can_be_read_by_their_owner_only(outbox: Outbox, api: MessagesApi, account: Account) -> None:
    outbox.send(api, account.id, account.request(), key="k")
    files = list(outbox_file(outbox).parent.glob("messages.db*"))
    assert len(files) == 4
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_file_that_others_can_read_is_made_private(open_outbox: Callable[..., Outbox], tmp_path: Path) -> None:
    file = tmp_path / "messages.db"
    file.touch(0o644)
    open_outbox()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def outbox_file(outbox: Outbox) -> Path:
    return Path(repr(outbox).removeprefix("Outbox('").removesuffix("')"))


MOUNTS = r"""
22 1 252:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:27 / /mnt/team rw shared:2 - nfs4 server:/team rw
31 30 252:1 / /mnt/team/local rw shared:3 - ext4 /dev/vdb rw
32 22 0:28 / /mnt/with\040space rw - fuse.sshfs host:/ rw
33 22 0:29 / /run rw - tmpfs tmpfs rw
34 22 0:30 / /stacked rw - ext4 /dev/vdc rw
35 22 0:31 / /stacked rw - cifs //host/share rw
""".strip()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/app", None),
        ("/mnt/team", "nfs4"),
        ("/mnt/team/a/b", "nfs4"),
        ("/mnt/team/local/a", None),
        ("/mnt/teams", None),
        ("/mnt/with space/a", "fuse.sshfs"),
        ("/run/a", None),
        ("/stacked/a", "cifs"),
    ],
)
def test_a_network_file_system_is_known_by_its_mount(path: str, kind: str | None) -> None:
    assert network_file_system(Path(path), MOUNTS) == kind


def test_a_file_on_a_network_file_system_is_refused(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"22 1 0:27 / {tmp_path} rw - nfs4 server:/ rw\n")
    monkeypatch.setattr("bandwidth_messaging.outbox.files.MOUNTS", mounts)
    with pytest.raises(DatabaseException, match=r"network file system \(nfs4\).*use a disk of this machine"):
        Outbox(url)
    assert not (tmp_path / "messages.db").exists()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseException, match="cannot be opened for writing: No such file"):
        Outbox(f"sqlite:///{tmp_path}/missing/messages.db")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DatabaseException, match="cannot be opened for writing: Is a directory"):
        Outbox(f"sqlite:///{tmp_path}")


def test_a_damaged_file_is_told(url: str, tmp_path: Path) -> None:
    (tmp_path / "messages.db").write_bytes(b"no database " * 1000)
    with pytest.raises(DatabaseException, match="damaged or no database: restore a backup"):
        Outbox(url)


def test_a_database_of_another_program_is_left_alone(url: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "messages.db")) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER)")
        connection.commit()
    with pytest.raises(DatabaseException, match="database of another program"):
        Outbox(url)
    with closing(sqlite3.connect(tmp_path / "messages.db")) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("orders",)]


def test_an_outbox_of_a_newer_version_is_refused_by_name(
    open_outbox: Callable[..., Outbox], url: str, tmp_path: Path
) -> None:
    open_outbox().close()
    with closing(sqlite3.connect(tmp_path / "messages.db")) as connection:
        connection.execute("UPDATE outbox SET version = 99")
        connection.commit()
    with pytest.raises(DatabaseException, match=r"newer version of this package \(format 99, this one knows \d+\)"):
        Outbox(url)


def test_an_outbox_of_an_older_version_is_brought_up_with_its_data(
    open_outbox: Callable[..., Outbox], url: str, account: Account
) -> None:
    with open_outbox() as outbox:
        outbox.add(account.id, account.request(), key="k")
    engine = create_engine(url)
    with engine.begin() as connection:
        assert prepare(connection, {}, [["ALTER TABLE entries ADD COLUMN extra TEXT DEFAULT 'new'"]]) is False
        assert connection.execute(text("SELECT key, extra FROM entries")).all() == [("k", "new")]
    engine.dispose()
    with pytest.raises(DatabaseException, match=r"format 2, this one knows 1"):
        Outbox(url)


def test_a_locked_file_is_told_and_nothing_is_sent(
    outbox: Outbox, api: MessagesApi, account: Account, url: str, tmp_path: Path
) -> None:
    with Outbox(f"{url}?timeout=0.1") as impatient:
        with closing(sqlite3.connect(tmp_path / "messages.db")) as connection:
            connection.execute("BEGIN IMMEDIATE")
            with pytest.raises(DatabaseException, match="locked; another program holds its lock"):
                impatient.send(api, account.id, account.request(), key="k")
        assert account.ids() == []
        assert impatient.send(api, account.id, account.request(), key="k").state == "accepted"


class Disk:
    """What SQLite finds when it writes: said by pragmas, on every connection that is open and that will be."""

    def __init__(self) -> None:
        self._connections: list[sqlite3.Connection] = []
        self._pragma = ""

    def connect(self, connection: Any, _record: Any) -> None:
        self._connections.append(connection)
        if self._pragma:
            connection.execute(self._pragma)

    def set(self, pragma: str) -> None:
        self._pragma = pragma
        for connection in self._connections:
            with suppress(sqlite3.ProgrammingError):  # closed meanwhile
                connection.execute(pragma)


@pytest.fixture
def disk() -> Iterator[Disk]:
    disk = Disk()
    event.listen(Engine, "connect", disk.connect)
    yield disk
    event.remove(Engine, "connect", disk.connect)


def send_until_full(outbox: Outbox, api: MessagesApi, account: Account) -> None:
    for number in range(100):
        outbox.send(api, account.id, account.request(number, text="x" * 2000), key=f"n{number}")


def test_a_disk_that_is_full_sends_nothing_and_loses_nothing(
    disk: Disk, outbox: Outbox, api: MessagesApi, account: Account
) -> None:
    outbox.add_many(account.id, ((f"k{number}", account.request(number)) for number in range(20)))
    disk.set("PRAGMA max_page_count = 1")
    with pytest.raises(DatabaseException, match="disk is full; make room"):
        outbox.add_many(account.id, ((f"m{n}", account.request(n, text="x" * 2000)) for n in range(100)))
    with pytest.raises(DatabaseException, match="disk is full; make room"):
        send_until_full(outbox, api, account)
    disk.set("PRAGMA max_page_count = 100000")
    outbox.run(api)
    states = [entry.state for entry in outbox.entries()]
    assert set(states) == {"accepted"}
    assert len(account.ids()) == len(states) >= 20


def test_a_file_that_cannot_be_written_is_told_and_nothing_is_sent(
    disk: Disk, outbox: Outbox, api: MessagesApi, account: Account
) -> None:
    outbox.add(account.id, account.request(), key="k")
    # What SQLite says of a disk that was made read-only.
    disk.set("PRAGMA query_only = ON")
    with pytest.raises(DatabaseException, match="readonly database; check the rights"):
        outbox.run(api)
    with pytest.raises(DatabaseException, match="readonly database; check the rights"):
        outbox.send(api, account.id, account.request(1), key="l")
    assert account.ids() == []


# --- restored backups and copies


def back_up(folder: Path, to: Path) -> None:
    """A backup as a program makes it."""
    with closing(sqlite3.connect(folder / "messages.db")) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


def restore(folder: Path, backup: Path, *, in_place: bool) -> None:
    for name in ("messages.db-wal", "messages.db-shm"):
        (folder / name).unlink(missing_ok=True)
    if in_place:
        (folder / "messages.db").write_bytes(backup.read_bytes())
    else:
        shutil.copyfile(backup, folder / "new")
        os.replace(folder / "new", folder / "messages.db")


@pytest.mark.parametrize("in_place", [True, False])
def test_a_restored_backup_sends_nothing_until_it_is_accepted(
    url: str, api: MessagesApi, account: Account, tmp_path: Path, in_place: bool
) -> None:
    with Outbox(url) as outbox:
        outbox.send(api, account.id, account.request(9), key="before")
        outbox.add_many(account.id, ((f"k{number}", account.request(number)) for number in range(3)))
        back_up(tmp_path, tmp_path / "backup")
        assert outbox.run(api).accepted == 3
    restore(tmp_path, tmp_path / "backup", in_place=in_place)
    with Outbox(url) as outbox:
        for call in (
            lambda: outbox.run(api),
            lambda: outbox.send(api, account.id, account.request(), key="k0"),
            lambda: outbox.add(account.id, account.request(), key="new"),
            lambda: outbox.resend(absent=True),
        ):
            with pytest.raises(RestoredException, match="accept_restored"):
                call()
        assert [entry.state for entry in outbox.entries()] == ["accepted", "planned", "planned", "planned"]
        assert outbox.accept_restored(before=datetime.now(timezone.utc)) == 3
        assert [entry.state for entry in outbox.entries()] == ["accepted", "unknown", "unknown", "unknown"]
        assert outbox.run(api).accepted == 0
    with Outbox(url) as outbox:
        assert outbox.run(api).accepted == 0
    assert len(account.ids()) == 4


def test_a_copied_outbox_sends_nothing(url: str, api: MessagesApi, account: Account, tmp_path: Path) -> None:
    with Outbox(url) as outbox:
        outbox.send(api, account.id, account.request(), key="k")
        outbox.add(account.id, account.request(1), key="l")
    shutil.copytree(tmp_path, tmp_path / "copy")
    with Outbox(f"sqlite:///{tmp_path}/copy/messages.db") as copied, pytest.raises(RestoredException, match="a copy"):
        copied.run(api)
    with Outbox(url) as outbox:
        assert outbox.run(api).accepted == 1


def test_a_file_that_is_replaced_while_it_is_open_marks_nothing(
    outbox: Outbox, api: MessagesApi, account: Account, tmp_path: Path
) -> None:
    outbox.send(api, account.id, account.request(), key="k")
    back_up(tmp_path, tmp_path / "backup")
    os.replace(tmp_path / "backup", tmp_path / "messages.db")
    with pytest.raises(RestoredException, match="replaced while it was open"):
        outbox.send(api, account.id, account.request(1), key="l")
    assert len(account.ids()) == 1


def test_before_needs_a_time_zone(outbox: Outbox) -> None:
    with pytest.raises(ConfigurationException, match="before: give a datetime with a time zone"):
        outbox.accept_restored(before=datetime(2026, 1, 1))


# --- forgetting and reporting


def make_old(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "messages.db")) as connection:
        connection.execute("UPDATE entries SET updated_at = updated_at - 16 * 86400")
        connection.commit()


def test_forget_drops_texts_and_numbers_and_keeps_the_key_taken(
    outbox: Outbox, api: MessagesApi, account: Account, tmp_path: Path
) -> None:
    sent = outbox.send(api, account.id, account.request(text="secret words"), key="k")
    outbox.add(account.id, account.request(1), key="planned")
    assert outbox.forget() == 0
    make_old(tmp_path)
    assert outbox.forget() == 1
    entry = outbox.get("k")
    assert entry is not None
    assert (entry.request, entry.state, entry.message_id) == (None, "accepted", sent.message_id)
    assert outbox.send(api, account.id, account.request(text="secret words"), key="k") == entry
    with pytest.raises(ValueError, match="whose text is forgotten"):
        outbox.send(api, account.id, account.request(text="others"), key="k")
    outbox.close()
    left = b"".join(file.read_bytes() for file in tmp_path.glob("messages.db*"))
    assert b"secret words" not in left


def test_forget_takes_a_number(outbox: Outbox, api: MessagesApi, account: Account, tmp_path: Path) -> None:
    for number in range(3):
        outbox.send(api, account.id, account.request(number), key=f"k{number}")
    outbox.send(api, account.id, account.request(to=["+15552340001", "+15552340002"]), key="group")
    make_old(tmp_path)
    assert outbox.forget(number="+15552340001") == 2
    assert [entry.key for entry in outbox.entries() if entry.request is None] == ["k1", "group"]


def test_forget_keeps_what_evidence_may_still_come_for(outbox: Outbox) -> None:
    with pytest.raises(ConfigurationException, match="15 days or more"):
        outbox.forget(older_than=timedelta(days=14))


def test_the_report_has_a_row_for_each_entry_and_no_texts_or_numbers(
    outbox: Outbox, api: MessagesApi, account: Account, tmp_path: Path
) -> None:
    entry = outbox.send(api, account.id, account.request(text="secret words"), key="k")
    outbox.add(account.id, account.request(1), key="l")
    report = tmp_path / "report.csv"
    assert outbox.report(report) == 2
    text = report.read_text()
    assert text.splitlines()[0].startswith("key,state,message_id,status,evidence")
    assert f"k,accepted,{entry.message_id},,answer,1" in text
    assert "secret words" not in text
    assert "+1555" not in text
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_entries_are_chosen_by_state(outbox: Outbox, api: MessagesApi, account: Account) -> None:
    outbox.send(api, account.id, account.request(), key="a")
    outbox.add(account.id, account.request(1), key="b")
    assert [entry.key for entry in outbox.entries()] == ["a", "b"]
    assert [entry.key for entry in outbox.entries("planned")] == ["b"]
    assert outbox.get("c") is None
    with pytest.raises(ConfigurationException, match="state: there are planned, claimed"):
        outbox.entries("sent")


def test_what_is_closed_stays_closed(outbox: Outbox) -> None:
    outbox.close()
    with pytest.raises(RuntimeError, match="closed"):
        outbox.get("k")
