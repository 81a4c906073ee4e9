"""What an upload sends: bytes, or a file that is read while it goes out."""

import io
import mimetypes
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from ..exceptions import InvalidRequestException

__all__ = ["MAX_SIZE", "Source", "Upload", "content_type_of"]

MAX_SIZE = 3_500_000
"""What the service takes for a file: 3.5 MB."""
_CHUNK = 64 * 1024

Source = bytes | bytearray | memoryview | str | os.PathLike[str] | IO[bytes]


class Upload:
    """A body whose size is known before the first byte goes out, and that can be sent again.

    A path is opened anew for each attempt, and an open file is read from where it stood. One that cannot be rewound, a
    pipe for example, is read into memory first.

    Args:
        body: Bytes, a path (a str is one) or an open file.
        max_size: The bytes that it may have at most.
        progress: Called after each piece with the bytes sent and the bytes in all.

    Raises:
        InvalidRequestException: It is none of these, not binary, or too large.
        OSError: The file cannot be read.
    """

    def __init__(self, body: Source, max_size: int, progress: Callable[[int, int], object] | None) -> None:
        if isinstance(body, (str, os.PathLike)):
            self._source: Any = os.fspath(body)
            size = os.stat(body).st_size
        else:
            self._source = _rewindable(body, max_size)
            self._begin = self._source.tell()
            size = self._source.seek(0, os.SEEK_END) - self._begin
            self._source.seek(self._begin)
        if size > max_size:
            raise _wrong(f"it has {size} bytes, and may have {max_size}")
        self._size = size
        self._progress = progress

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        """The body in pieces, from its beginning.

        Raises:
            InvalidRequestException: It can no longer be read, or its size has changed.
        """
        sent = 0
        try:
            with self._opened() as file:
                while sent < self._size and (piece := file.read(min(_CHUNK, self._size - sent))):
                    yield piece
                    sent += len(piece)
                    if self._progress is not None:
                        self._progress(sent, self._size)
        except OSError as error:
            # Not an OSError, which the transport would take for one of the connection.
            raise _wrong(f"it cannot be read any more: {type(error).__name__}") from error
        if sent < self._size:
            raise _wrong(f"it ended after {sent} of {self._size} bytes")

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        if isinstance(self._source, str):
            with open(self._source, "rb") as file:
                yield file
        else:
            self._source.seek(self._begin)
            yield self._source

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception holds its request, and a file cannot be pickled.
        return _Sent, (self._size,)


class _Sent(Upload):
    """What a pickled exception keeps of an upload: its size."""

    def __init__(self, size: int) -> None:
        self._size = size


def content_type_of(body: Source, media_id: str) -> str:
    """The content type by the name of the file, else by the name that it gets."""
    name = os.fspath(body) if isinstance(body, (str, os.PathLike)) else getattr(body, "name", None)
    for each in (name, media_id):
        guessed = mimetypes.guess_type(each)[0] if isinstance(each, str) else None
        if guessed is not None:
            return guessed
    return "application/octet-stream"


def _rewindable(body: Any, max_size: int) -> IO[bytes]:
    if isinstance(body, (bytes, bytearray, memoryview)):
        return io.BytesIO(body)
    if not hasattr(body, "read"):
        raise _wrong(f"give bytes, a path or an open file, not {type(body).__name__}")
    if not isinstance(body.read(0), bytes):
        raise _wrong("open the file in binary mode")
    if body.seekable():
        file: IO[bytes] = body
        return file
    return io.BytesIO(body.read(max_size + 1))


def _wrong(rule: str) -> InvalidRequestException:
    return InvalidRequestException(("body", rule), subject="MediaApi.upload_media")
