"""Answers whose bodies have not been read yet: the transport's own, and the one that users get."""

import json
import zlib
from collections.abc import Callable, Iterator
from http.client import HTTPException
from typing import Any, NoReturn

from .._call.exchange import Answer, Fault, Headers, reason_of, timed_out
from .connection import Connection, Head
from .pool import Pool

__all__ = ["RawResponse", "UnreadAnswer"]

_CHUNK = 64 * 1024


class UnreadAnswer:
    """An answer of which the head has been read. It holds its connection until it is closed.

    Attributes:
        status: The HTTP status.
        reason: The reason phrase.
        headers: The headers.
    """

    def __init__(self, head: Head, connection: Connection, pool: Pool, limit: int) -> None:
        self.status: int = head.status
        self.reason: str = head.reason
        self.headers: Headers = head.headers
        self._connection: Connection | None = connection
        self._deadline = connection.deadline
        self._pool = pool
        self._limit = limit
        encoding = head.headers.get("content-encoding")
        self._read_some = (
            connection.read_some if encoding is None else _Unpacker(encoding, connection.read_some).read_some
        )

    def read_all(self) -> Answer:
        """The whole answer as a value; a failure is in its `fault`."""
        pieces: list[bytes] = []
        size = 0
        fault = None
        try:
            while self._connection is not None and (piece := self._read_some()):
                pieces.append(piece)
                size += len(piece)
                if size > self._limit:
                    fault = Fault("answer", f"the answer is larger than {self._limit} bytes", permanent=True)
                    break
        except (HTTPException, OSError) as error:
            fault = self._fault(error)
        finally:
            self.close()
        return Answer(self.status, self.reason, self.headers, b"".join(pieces), fault)

    def pieces(self) -> Iterator[bytes | Answer]:
        """The body as it comes; an Answer with the fault at last, where there is one."""
        try:
            while self._connection is not None and (piece := self._read_some()):
                yield piece
        except (HTTPException, OSError) as error:
            yield Answer(self.status, self.reason, self.headers, b"", self._fault(error))
        finally:
            self.close()

    def _fault(self, error: Exception) -> Fault:
        late = timed_out(error) or self._deadline.left() <= 0
        return Fault("answer", reason_of(error), timed_out=late, cause=error)

    def close(self) -> None:
        """Give the connection back: it is kept if the body was read to its end, and dropped if not."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.release(connection)


class RawResponse:
    """An answer whose body has not been read: what the `_without_preload_content` methods return.

    Read it, or iterate over it, within `with`; closing it before the end drops its connection.

    Attributes:
        status: The HTTP status, always one of success.
        reason: The reason phrase.
        headers: The headers; names are looked up without regard to case.
    """

    def __init__(self, answer: UnreadAnswer, raise_failure: Callable[[Answer], NoReturn]) -> None:
        self.status: int = answer.status
        self.reason: str = answer.reason
        self.headers: Headers = answer.headers
        self._answer = answer
        self._raise_failure = raise_failure
        self._pieces = answer.pieces()
        self._ahead = b""  # what came with a piece and was not asked for yet
        self._data: bytes | None = None

    @property
    def data(self) -> bytes:
        """The whole body, decompressed: read when it is first asked for, and kept.

        Raises:
            ApiException: As `read` does.
        """
        if self._data is None:
            self._data = self.read()
        return self._data

    def json(self) -> Any:
        """What the body holds as JSON; also after `data`.

        Raises:
            ApiException: As `read` does.
            ValueError: It is not JSON.
        """
        return json.loads(self.data)

    def getheader(self, name: str, default: Any = None) -> Any:
        """The value of a header; `default` if there is none."""
        return self.headers.get(name, default)

    def getheaders(self) -> Headers:
        """The headers."""
        return self.headers

    def read(self, amt: int | None = None) -> bytes:
        """The rest of the body, decompressed, or no more than the next `amt` bytes of it.

        Args:
            amt: How many bytes; fewer come only at the end. None: all that is left.

        Raises:
            ApiException: The body was cut off, did not come in time, or is larger than `max_response_size`, which holds
                where all is read at once.
        """
        if amt is not None:
            return self._next(amt)
        ahead, self._ahead = self._ahead, b""
        answer = self._answer.read_all()
        if answer.fault is not None:
            self._raise_failure(answer)
        return ahead + answer.body

    def stream(self, amt: int = _CHUNK) -> Iterator[bytes]:
        """The body in pieces of `amt` bytes; the last one may be shorter.

        Raises:
            ApiException: As `read` does, but for the size.
        """
        while piece := self._next(amt):
            yield piece

    def __iter__(self) -> Iterator[bytes]:
        """The body in pieces as they come, decompressed.

        Raises:
            ApiException: As `read` does, but for the size.
        """
        if self._ahead:
            ahead, self._ahead = self._ahead, b""
            yield ahead
        for piece in self._pieces:
            if isinstance(piece, Answer):
                self._raise_failure(piece)
            yield piece

    def _next(self, amt: int) -> bytes:
        pieces, size = [], 0
        for piece in self:
            pieces.append(piece)
            size += len(piece)
            if size >= amt:
                break
        joined = b"".join(pieces)
        self._ahead = joined[amt:]
        return joined[:amt]

    def close(self) -> None:
        """Close the answer. Its connection is kept if the body was read to the end, and dropped if not."""
        self._answer.close()

    # One that is forgotten without having been read would keep its socket until who knows when.
    __del__ = close

    def __enter__(self) -> "RawResponse":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"RawResponse(status={self.status})"


class _Unpacker:
    """Decompresses a body, never more at a time than it is asked for."""

    def __init__(self, encoding: str, read_some: Callable[[], bytes]) -> None:
        self._encoding = encoding.strip().lower()
        self._read_some = read_some
        self._packed = b""
        self._unpack = zlib.decompressobj(_ANY_WINDOW)
        self._started = False

    def read_some(self) -> bytes:
        """The next bytes of the body; none at its end.

        Raises:
            OSError: The connection failed, or a time-out is over.
            HTTPException: The body is cut off, or not what its encoding says.
        """
        if self._encoding not in _ENCODINGS:
            raise HTTPException(f"the answer has the encoding {self._encoding[:40]!r}, which was not asked for")
        if self._encoding == "identity":
            return self._read_some()
        while True:
            packed = self._packed or self._read_some()
            if not packed:
                if self._started and not self._unpack.eof:
                    raise HTTPException("the compressed body is cut off")
                return b""
            piece = self._next(packed)
            if piece:
                return piece

    def _next(self, packed: bytes) -> bytes:
        if self._unpack.eof:
            # Another member (RFC 1952, section 2.2), or the zeros that some pad with.
            packed = packed.lstrip(b"\0")
            self._unpack = zlib.decompressobj(_ANY_WINDOW)
        self._started = bool(packed)
        try:
            piece = self._unpack.decompress(packed, _CHUNK)
        except zlib.error as error:
            raise HTTPException(f"the body is not {self._encoding}: {error}") from error
        self._packed = self._unpack.unconsumed_tail or self._unpack.unused_data
        return piece


_ENCODINGS = {"gzip", "x-gzip", "deflate", "identity"}
_ANY_WINDOW = zlib.MAX_WBITS | 32  # gzip or zlib, whichever it is
