"""The latest requests, as tests look at them: bounded by their number, their age and the memory that they take."""

import json
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_OF_ACCOUNT = 1000
MOST = 20_000
MOST_BYTES = 16 * 1024 * 1024
LONGEST_SECONDS = 60 * 60.0
_KEPT_OF_REFUSAL = 2000
# A request takes more than its body: about so much for its headers.
_OVERHEAD = 500


@dataclass
class Received:
    """A request as it arrived, for tests to look at.

    Attributes:
        method: For example `POST`.
        path: The path as it was sent, percent-encoded.
        query: The query string as it was sent, percent-encoded, without the question mark.
        headers: The headers by lower-case name. Of Authorization only the scheme is kept.
        body: The body as it was sent; empty if it was more than 1 MiB, which is refused with 413, and of media.
        account_id: The account that it named, by its id in the V2 family; None if it named none.
        status: The status of the answer; None while there is none, and where the connection was torn down instead.
        refusal: The beginning of the body of an answer from 400 up; empty for others.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    account_id: str | None = None
    status: int | None = None
    refusal: str = ""
    arrived: float = field(default_factory=time.monotonic, repr=False)

    def json(self) -> object:
        """Decode the body.

        Returns:
            What its JSON stands for.
        """
        decoded: object = json.loads(self.body)
        return decoded

    def refuse(self, body: bytes) -> None:
        """Add a part of the body of an answer that refuses it."""
        self.refusal = (self.refusal + body.decode("utf-8", "replace"))[:_KEPT_OF_REFUSAL]


class RequestLog:
    """Remembers requests: of each account the latest 1000, none longer than an hour, and 16 MiB in all."""

    def __init__(self) -> None:
        """Start without any."""
        self._lock = threading.Lock()
        self._entries: OrderedDict[int, Received] = OrderedDict()
        self._counts: Counter[str | None] = Counter()
        self._bytes = 0
        self._made = 0

    def add(self, request: Received) -> None:
        """Remember a request, and forget what is too much or too old."""
        with self._lock:
            self._made += 1
            self._entries[self._made] = request
            self._counts[request.account_id] += 1
            self._bytes += _size(request)
            if self._counts[request.account_id] > MOST_OF_ACCOUNT:
                self._forget(next(n for n, each in self._entries.items() if each.account_id == request.account_id))
            self._forget_oldest()

    def all(self) -> list[Received]:
        """Every request, the oldest first."""
        with self._lock:
            self._forget_oldest()
            return list(self._entries.values())

    def of(self, account_id: str) -> list[Received]:
        """The requests of an account, the oldest first."""
        return [each for each in self.all() if each.account_id == account_id]

    def clear(self, account_id: str) -> None:
        """Forget the requests of an account."""
        with self._lock:
            for number in [n for n, each in self._entries.items() if each.account_id == account_id]:
                self._forget(number)

    def _forget_oldest(self) -> None:
        too_old = time.monotonic() - LONGEST_SECONDS
        while self._entries:
            number, oldest = next(iter(self._entries.items()))
            if len(self._entries) <= MOST and self._bytes <= MOST_BYTES and oldest.arrived > too_old:
                return
            self._forget(number)

    def _forget(self, number: int) -> None:
        request = self._entries.pop(number)
        self._bytes -= _size(request)
        self._counts[request.account_id] -= 1
        if not self._counts[request.account_id]:
            del self._counts[request.account_id]


def _size(request: Received) -> int:
    return len(request.body) + len(request.path) + len(request.query) + _OVERHEAD
