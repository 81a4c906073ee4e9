"""What goes out and what comes back, as plain values: no I/O, no models."""

import re
from collections.abc import Iterable, Iterator, Mapping
from traceback import clear_frames
from typing import Any, NamedTuple, Protocol

__all__ = [
    "Answer",
    "Body",
    "Fault",
    "Headers",
    "Opened",
    "Request",
    "SecretHeaders",
    "SizedPieces",
    "causes",
    "forget_locals",
    "is_secret",
    "on_one_line",
    "reason_of",
    "timed_out",
]


class Headers(Mapping[str, str]):
    """The headers of an answer. Names are looked up without regard to case (RFC 9110, section 5.1).

    A header that came several times is one value, joined with a comma.
    """

    def __init__(self, received: Mapping[str, str] | Iterable[tuple[str, str]] | None = None) -> None:
        self._by_name: dict[str, tuple[str, str]] = {}
        pairs: Any = received.items() if isinstance(received, Mapping) else received or ()
        for name, value in pairs:
            known = self._by_name.get(name.lower())
            self._by_name[name.lower()] = (name, value) if known is None else (known[0], f"{known[1]}, {value}")

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a header; what is given if there is none."""
        found = self._by_name.get(name.lower())
        return default if found is None else found[1]

    def __getitem__(self, name: str) -> str:
        return self._by_name[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def __reduce__(self) -> tuple[Any, ...]:
        return Headers, (dict(self),)

    def __repr__(self) -> str:
        return f"Headers({dict(self)!r})"


# A header of such a name holds a credential, whoever invented it.
# Compiled when it is first needed, which it is not by most programs; `re` keeps it.
_SECRET_NAME = r"(?i)auth|cookie|token|secret|passw|credential|api-?key|signature|session"  # noqa: S105 - a pattern


def is_secret(name: str) -> bool:
    """Whether a header of this name may hold a credential."""
    return re.search(_SECRET_NAME, name) is not None


class SecretHeaders(dict[str, str]):
    """Headers with credentials among them, which no repr shows: tracebacks with local variables end up in reports."""

    def __repr__(self) -> str:
        return repr({name: "***" if is_secret(name) else value for name, value in self.items()})


class SizedPieces(Protocol):
    """A body that is read while it goes out: the same from its beginning each time that it is asked for."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes]: ...


Body = bytes | SizedPieces


class Request(NamedTuple):
    """One HTTP request as the operation builds it, before anyone's credentials are on it."""

    method: str
    """The HTTP method."""
    server: str
    """The base URL that the path is appended to, without a slash at its end."""
    path: str
    """The path, percent-encoded; it begins with a slash. It is what logs and messages may show."""
    query: str
    """The query, percent-encoded, without the question mark. It may hold phone numbers."""
    headers: Mapping[str, str]
    """Everything but the credentials."""
    body: Body | None
    """The body; None where the operation sends none."""

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def __repr__(self) -> str:
        return f"Request({self.method!r}, server={self.server!r}, path={self.path!r})"


class Fault(NamedTuple):
    """Why an exchange did not end as it should."""

    stage: str
    """Where it happened: "connect", so that the server has seen nothing, or "answer", after writing had begun."""
    reason: str
    """What happened, in a sentence fragment that shows no secret."""
    timed_out: bool = False
    """A time-out or the call's deadline ended it."""
    permanent: bool = False
    """A repeat would fail in the same way: a certificate does not verify, an answer is too large."""
    cause: BaseException | None = None
    """The exception of the layer below."""


class Answer(NamedTuple):
    """What came back: a whole answer, a part of one, or only the fault."""

    status: int
    """The status code; 0 if no status line was read."""
    reason: str
    """The reason phrase."""
    headers: Headers
    """The headers."""
    body: bytes
    """The bytes that arrived, decompressed."""
    fault: Fault | None = None
    """None for a whole answer."""

    def read_all(self) -> "Answer":
        """Itself: there is no more to come, as there may be of a RawResponse."""
        return self


class Opened(Protocol):
    """An answer that may not have been read to its end."""

    def read_all(self) -> Answer:
        """The whole answer."""
        ...


def forget_locals(error: BaseException | None) -> None:
    """Empty the frames of an exception and of those that it wraps: they hold the bytes that were sent."""
    for cause in causes(error) if error is not None else ():
        clear_frames(cause.__traceback__)


def causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and those that it wraps, as a cause, a context or an argument."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += [cause.__cause__, cause.__context__, *cause.args]


def timed_out(error: BaseException) -> bool:
    """Whether a time-out is at the bottom of it."""
    return any(isinstance(cause, TimeoutError) for cause in causes(error))


def reason_of(error: BaseException) -> str:
    """The innermost cause in words. The texts around it show object addresses, and the URL with its query."""
    innermost = list(causes(error))[-1]
    said = on_one_line(str(innermost))
    return f"{type(innermost).__name__}: {said}" if said else type(innermost).__name__


def on_one_line(said: str) -> str:
    """What someone else said, without control characters, and not too much of it: fit for a log or a terminal."""
    line = "".join(filter(str.isprintable, " ".join(said[:1000].split())))
    return line if len(line) <= 200 else f"{line[:200]}…"
