"""One HTTP/1.1 connection (RFC 9112): the request leaves in one piece, the answer is read within the call's deadline.

A connection serves one exchange at a time, and another one only where nothing at all is left of the last.
"""

import re
import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from typing import Any, NamedTuple

from urllib3.util import wait_for_read

from .._call.exchange import Body, Headers
from .._call.timeouts import Deadline

__all__ = ["Connection", "Head", "parse_head", "request_head"]

_CHUNK = 64 * 1024
_PIECE = 256 * 1024
_LONGEST_HEAD = 64 * 1024
_MOST_HEADERS = 100
# Not those that say where a message ends: with a second one, client and server would disagree on it.
_HEADER_LINE = re.compile(
    r"(?!(?i:content-length|transfer-encoding|connection):)[A-Za-z0-9!#$%&'*+\-.^_`|~]+: [\t\x20-\x7e]*\r\n"
)
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(r"HTTP/1\.([01]) ([1-9][0-9][0-9])(?: (.*))?")
_CHUNK_SIZE = rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?"


class Head(NamedTuple):
    """What stands before the body of an answer."""

    status: int
    """The status code."""
    reason: str
    """The reason phrase."""
    headers: Headers
    """The headers."""
    length: int | None
    """The bytes of the body; None where its last chunk or the end of the connection ends it."""
    chunked: bool
    """Whether the body comes in chunks."""
    keep_alive: bool
    """Whether the connection may serve another exchange."""


class Connection:
    """An open connection to a server, or to the proxy before it.

    Args:
        sock: The connected socket.
        deadline: The time-outs of the call that it was opened for.

    Attributes:
        deadline: The time-outs of the call that it serves now.
        place: Its place in the pool while it serves a call.
        reusable: Whether the last answer has been read to its end, leaves nothing behind, and allows another exchange.
        has_surplus: Whether more than its answers has come.
    """

    def __init__(self, sock: Any, deadline: Deadline) -> None:
        self.deadline = deadline
        self.place: object = None
        self.reusable: bool = False
        self.has_surplus: bool = False
        self._sock = sock
        self._used_at = 0.0
        self._received = bytearray()
        self._left: int | None = 0  # bytes of the body, or of its current chunk; None: until the connection ends
        self._chunked = self._in_chunks = self._keep_alive = False

    def exchange(self, head: bytes, body: Body | None) -> Head:
        """Send a request, and read the answer up to its body.

        Args:
            head: The request line and the headers, with the empty line after them.
            body: The body, as long as the headers say; one that is no bytes is sent piece by piece.

        Raises:
            OSError: The connection failed, or a time-out is over.
            HTTPException: What came is not HTTP.
        """
        self.reusable = False
        self._used_at = self.deadline.monotonic()
        if self.deadline.before_writing is not None:
            self.deadline.before_writing()
        if body is None or isinstance(body, bytes):
            self._send(head + body if body else head)
        else:
            self._send(head)
            for piece in body:
                self._send(piece)
        answer = parse_head(self._read_head())
        while 100 <= answer.status < 200 and answer.status != 101:
            answer = parse_head(self._read_head())
        self._left, self._chunked, self._in_chunks = answer.length, answer.chunked, False
        self._keep_alive = answer.keep_alive
        return answer

    def read_some(self) -> bytes:
        """The next bytes of the body; none at its end.

        Raises:
            OSError: The connection failed, or a time-out is over.
            HTTPException: The body is cut off, or its chunks are none.
        """
        if self._chunked and not self._left:
            self._begin_chunk()
        left = self._left
        if left == 0:
            self.has_surplus = bool(self._received)
            self.reusable = self._keep_alive and not self.has_surplus
            return b""
        if self._received:
            piece = bytes(self._received[:left])
            del self._received[:left]
        else:
            self._limit_next_step()
            piece = self._sock.recv(_PIECE if left is None else min(left, _PIECE))
        if left is not None:
            if not piece:
                raise IncompleteRead(b"", left)
            self._left = left - len(piece)
        return piece

    def is_clean(self, idle_timeout: float) -> bool:
        """Whether it may serve another exchange: it is young, and nothing has come that nobody asked for.

        Args:
            idle_timeout: Seconds since its last request after which it is not used again.
        """
        if self.deadline.monotonic() - self._used_at >= idle_timeout:
            return False
        if not isinstance(self._sock, socket.socket):
            return False  # TLS within TLS does not tell what it holds
        # What TLS has decrypted already no longer shows on the socket.
        if isinstance(self._sock, ssl.SSLSocket) and self._sock.pending():
            self.has_surplus = True
        elif wait_for_read(self._sock, 0):
            self.has_surplus = self._has_received()
        else:
            return True
        return False

    def _has_received(self) -> bool:
        """Whether bytes have come, and not only the end of the connection."""
        try:
            self._sock.settimeout(0)
            return bool(self._sock.recv(1))
        except OSError:
            return False

    def close(self) -> None:
        """Close it; what is still to be read is lost."""
        self.reusable = False
        self._sock.close()

    def _send(self, message: bytes) -> None:
        view = memoryview(message)
        try:
            for begin in range(0, len(view), _CHUNK):
                # Each piece has its own time: a slow line is not a silent one.
                self._limit_next_step()
                self._sock.sendall(view[begin : begin + _CHUNK])
        except BrokenPipeError:
            return  # a server may have answered and closed before it has read a large request

    def _receive(self) -> bool:
        """Wait for more bytes. False: the connection has ended."""
        self._limit_next_step()
        more = self._sock.recv(_CHUNK)
        self._received += more
        return bool(more)

    def _limit_next_step(self) -> None:
        """Let it take no longer than the read time-out, and than the call."""
        left = self.deadline.left()
        if left <= 0:
            raise TimeoutError("the call's total time-out is over")
        seconds = min(self.deadline.read, left)
        if self._sock.gettimeout() != seconds:  # to set it is a system call
            self._sock.settimeout(seconds)

    def _read_head(self) -> bytes:
        received, searched = self._received, 0
        while (end := _END_OF_HEAD.search(received, searched, _LONGEST_HEAD)) is None:
            # One that speaks another protocol may wait for us to go on.
            if not received.startswith(b"HTTP/1."[: len(received)]):
                raise HTTPException(f"not HTTP: {bytes(received[:40])!r}")
            if len(received) > _LONGEST_HEAD:
                raise HTTPException(f"the head of the answer is larger than {_LONGEST_HEAD} bytes")
            searched = max(len(received) - 3, 0)
            if not self._receive():
                return self._cut_head()
        head = bytes(received[: end.start()])
        del received[: end.end()]
        return head

    def _cut_head(self) -> bytes:
        """The whole lines of a head that ended too early: its status counts."""
        lines = bytes(self._received.rpartition(b"\n")[0])
        self._received.clear()
        if not lines:
            raise RemoteDisconnected("the connection ended before there was an answer")
        return lines

    def _begin_chunk(self) -> None:
        if self._in_chunks and self._read_line():
            raise HTTPException("a chunk is longer than it says")
        line = self._read_line()
        size = re.fullmatch(_CHUNK_SIZE, line)
        if size is None:
            raise HTTPException(f"not the size of a chunk: {line[:40]!r}")
        self._in_chunks, self._left = True, int(size[1], 16)
        if self._left == 0:
            self._chunked = False
            while self._read_line():
                pass  # trailers

    def _read_line(self) -> bytes:
        searched = 0
        while (end := self._received.find(b"\r\n", searched, _LONGEST_HEAD)) < 0:
            if len(self._received) > _LONGEST_HEAD:
                raise HTTPException(f"a line of the answer is longer than {_LONGEST_HEAD} bytes")
            searched = max(len(self._received) - 1, 0)
            if not self._receive():
                raise IncompleteRead(b"")
        line = bytes(self._received[:end])
        del self._received[: end + 2]
        return line


def request_head(start: str, headers: Mapping[str, str], length: int | None) -> bytes:
    """The bytes of a request up to its body.

    Args:
        start: The request line and the Host header, each with its line end.
        headers: The headers.
        length: The bytes of the body; None for a request that has none.

    Raises:
        ValueError: A header cannot be sent; the message names it, and does not show its value.
    """
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    for line in lines:
        if _HEADER_LINE.fullmatch(line) is None:
            name = line.partition(":")[0]
            raise ValueError(f"the header {name!r} cannot be sent: it says where the message ends, or is not ASCII")
    framing = "" if length is None else f"Content-Length: {length}\r\n"
    return f"{start}{framing}{''.join(lines)}\r\n".encode("ascii")


def parse_head(head: bytes) -> Head:
    """The status line and the headers of an answer.

    Raises:
        HTTPException: It is none of HTTP/1.1, or says in two ways where its body ends.
    """
    lines = [line.removesuffix("\r") for line in head.decode("latin-1").split("\n")]
    status_line = _STATUS_LINE.fullmatch(lines[0])
    if status_line is None:
        raise HTTPException(f"not HTTP: {lines[0][:40]!r}")
    if len(lines) > _MOST_HEADERS + 1:
        raise HTTPException(f"the answer has more than {_MOST_HEADERS} headers")
    minor_version, status, reason = status_line.groups()
    headers = Headers(_pairs(lines[1:]))
    connection = headers.get("connection", "").lower()
    length, chunked = _framing(int(status), headers)
    keep_alive = "close" not in connection and (minor_version == "1" or "keep-alive" in connection)
    delimited = (length is not None or chunked) and status != "101"
    return Head(int(status), (reason or "").strip(), headers, length, chunked, keep_alive and delimited)


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    """Names and values. A folded line (RFC 9112, section 5.2) belongs to the one before; what is none is left out."""
    pairs: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if line[:1] not in {" ", "\t"}:
            pairs += [(name.strip(), value.strip())] if colon else []
        elif pairs:
            name, value = pairs[-1]
            pairs[-1] = (name, f"{value} {line.strip()}".strip())
    return pairs


def _framing(status: int, headers: Headers) -> tuple[int | None, bool]:
    """How the end of the body is known: by its length, by its last chunk, or by neither (RFC 9112, section 6.3)."""
    if status < 200 or status in {204, 304}:
        return 0, False
    coding = headers.get("transfer-encoding", "identity").lower()
    if coding == "chunked":
        return 0, True
    if coding != "identity":
        raise HTTPException(f"the answer has the transfer coding {coding[:40]!r}, which was not asked for")
    given = headers.get("content-length")
    if given is None:
        return None, False
    length, *others = {each.strip() for each in given.split(",")}
    if others or not (length.isascii() and length.isdigit() and len(length) < 19):
        raise HTTPException(f"the answer has no one length: {given[:40]!r}")
    return int(length), False
