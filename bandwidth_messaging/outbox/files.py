"""The files of an outbox: where they may be, who may read them, and the one that tells a restored backup."""

import os
import re
import stat
from pathlib import Path

from .failures import DatabaseException

__all__ = ["MarkCount", "create_private", "file_id", "network_file_system"]

# Locks over these are lost or merely pretended, and a write that was confirmed may not be there.
_NETWORK = re.compile(
    r"(fuse\.)?(nfs\d?|cifs|smb\w*|sshfs|9p|afs|ceph|glusterfs|lustre|gpfs|beegfs|ocfs2|gfs2|davfs\d?|s3fs|rclone|vboxsf)"
)
MOUNTS = Path("/proc/self/mountinfo")


def network_file_system(path: Path, mounts: str) -> str | None:
    """The type of the network file system that a path is on; None if it is on none.

    Args:
        path: An absolute path without symbolic links.
        mounts: The text of `/proc/self/mountinfo`.
    """
    best, kind = -1, ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), before.split()[4]))
        if (point == path or point in path.parents) and len(point.parts) >= best:
            best, kind = len(point.parts), after.split()[0]
    return kind if _NETWORK.fullmatch(kind) else None


def create_private(path: Path) -> None:
    """Make sure that the file exists, is on a disk of this machine, and can be read by its owner only.

    Raises:
        DatabaseException: It cannot be made, is no regular file, or is on a network file system.
    """
    directory = path.parent.resolve()
    try:
        kind = network_file_system(directory, MOUNTS.read_text("utf-8", "replace"))
    except OSError:
        kind = None
    if kind is not None:
        raise DatabaseException(
            f"{path} is on a network file system ({kind}), where locks do not hold: use a disk of this machine"
        )
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError as error:
        raise DatabaseException(f"{path} cannot be opened for writing: {error.strerror}") from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise DatabaseException(f"{path} is not a file")
        if stat.S_IMODE(found.st_mode) & 0o077 and hasattr(os, "fchmod"):
            os.fchmod(descriptor, 0o600)
    except OSError as error:
        raise DatabaseException(f"{path} cannot be made private: {error.strerror}") from error
    finally:
        os.close(descriptor)


def file_id(path: Path) -> str:
    """What tells a file from a copy of it."""
    try:
        return str(path.stat().st_ino)
    except OSError as error:
        raise DatabaseException(f"{path} is gone: {error.strerror}") from error


class MarkCount:
    """A file beside the database with the outbox's id and its count of marks.

    It is written after the commit and never synced: it may lag behind the database, and is ahead of it only when the
    database is an older copy.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f"{path.name}-marks")

    def read(self) -> tuple[str, int] | None:
        """Outbox id and count; None if there is no such file, or it cannot be read."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY)
        except OSError:
            return None
        try:
            outbox_id, _, count = os.read(descriptor, 100).decode("ascii", "replace").partition(" ")
            return outbox_id, int(count)
        except (OSError, ValueError):
            return None
        finally:
            os.close(descriptor)

    def write(self, outbox_id: str, count: int, *, lasting: bool = False) -> None:
        """Keep the count, on disk when this returns if `lasting`.

        A failure is not one of the outbox: the file then lags behind.
        """
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        except OSError:
            return
        try:
            os.write(descriptor, f"{outbox_id} {count:020d}".encode("ascii"))
            if lasting:
                os.fsync(descriptor)
                _sync_folder(self._path.parent)
        except OSError:
            return
        finally:
            os.close(descriptor)


def _sync_folder(path: Path) -> None:
    """Make a new file's name last through a power cut; where a folder can be opened at all."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
