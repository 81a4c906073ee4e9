"""RawResponse: the answer that the `_without_preload_content` methods return."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from .._call.exchange import Answer, Headers
from .client import UnreadAnswer

__all__ = ["RawResponse"]

_CHUNK = 64 * 1024


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
