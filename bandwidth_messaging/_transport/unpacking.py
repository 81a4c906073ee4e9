"""Decompression, never more at a time than is asked for."""

import zlib
from collections.abc import Callable
from http.client import HTTPException

__all__ = ["Unpacker"]

_CHUNK = 64 * 1024
_ENCODINGS = {"gzip", "x-gzip", "deflate", "identity"}
_ANY_WINDOW = zlib.MAX_WBITS | 32  # gzip or zlib, whichever it is


class Unpacker:
    """A body without its Content-Encoding."""

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
