"""What goes out and what comes back, as plain values: no I/O, no models."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Answer", "Fault", "Headers", "Request", "causes", "on_one_line", "reason_of", "timed_out"]


class Headers(Mapping[str, str]):
    """The headers of an answer. Names are looked up without regard to case (RFC 9110, section 5.1).

    A header that came several times is one value, joined with a comma.
    """

    __slots__ = ("_by_name",)

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self._by_name: dict[str, tuple[str, str]] = {}
        for name, value in items:
            known = self._by_name.get(name.lower())
            self._by_name[name.lower()] = (known[0], f"{known[1]}, {value}") if known else (name, value)

    def __getitem__(self, name: str) -> str:
        return self._by_name[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return f"Headers({dict(self)!r})"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as the operation builds it, before anyone's credentials are on it.

    Attributes:
        method: The HTTP method.
        server: The base URL that the target is appended to, without a slash at its end.
        target: Path and query, percent-encoded; it begins with a slash.
        headers: Everything but the credentials.
        body: The bytes of the body; None where the operation sends none.
    """

    method: str
    server: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)

    @property
    def path(self) -> str:
        """The path without its query, which may hold phone numbers: what logs and messages may show."""
        return self.target.partition("?")[0]

    def __repr__(self) -> str:
        return f"Request({self.method!r}, server={self.server!r}, path={self.path!r})"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an exchange did not end as it should.

    Attributes:
        stage: "connect": no connection was made, so the server has seen nothing. "answer": writing had begun.
        reason: What happened, in a sentence fragment that shows no secret.
        timed_out: A time-out or the call's deadline ended it.
        permanent: A repeat would fail in the same way: a certificate does not verify, an answer is too large.
        cause: The exception of the layer below.
    """

    stage: str
    reason: str
    timed_out: bool = False
    permanent: bool = False
    cause: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a whole answer, a part of one, or only the fault.

    Attributes:
        status: The status code; 0 if no status line was read.
        reason: The reason phrase.
        headers: The headers.
        body: The bytes that arrived, decompressed.
        fault: None for a whole answer.
    """

    status: int
    reason: str
    headers: Headers
    body: bytes
    fault: Fault | None = None


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
