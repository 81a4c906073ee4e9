"""Sending one entry: mark it right before its first byte leaves, call, keep what came of it."""

import time
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from .. import exceptions
from . import statements
from .attempt import Claim, Mark, Outcome, Record
from .boot_clock import boot_time
from .database import Database
from .entry import ACCEPTED, BY_ANSWER, PLANNED, REFUSED, UNKNOWN, WITHHELD
from .freezing import hash_of, thaw
from .server_clock import ServerClock
from .tagging import new_token, with_token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..api.messages_api import MessagesApi
    from ..auth import Auth

__all__ = ["Attempt", "Sender"]

_LONGEST_PAUSE = 30.0
_EDITED = "the request was changed in the database since it was added"


class _NotSentError(Exception):
    """Raised before the first byte, so that none leaves."""


class Attempt(NamedTuple):
    """An attempt that is over, and is still to be recorded."""

    record: Record
    reading: float | None = None
    """News of the service's clock."""
    failure: exceptions.ApiException | None = None
    """What would fail every message."""
    pause: float = 0.0
    """Seconds for which the service wants no more."""


class _Marking:
    """Credentials that mark an entry: the call asks for them when all else is ready, for each of its attempts."""

    def __init__(self, sender: "Sender", auth: "Auth", mark: Mark, earlier: Attempt | None) -> None:
        self._sender, self._auth, self._mark = sender, auth, mark
        self.earlier = earlier
        """The attempt before this one, until it is recorded."""
        self.marked = False
        self._fresh_until = 0.0

    def headers(self, request: Any, send: Any, deadline: Any) -> Mapping[str, str]:
        """The client's own headers, once the entry is marked on disk."""
        deadline.before_writing = None
        headers = self._auth.headers(request, send, deadline)
        self._fresh_until = boot_time() + self._mark.lease / 2
        self.marked = self._sender.mark(self._mark, self.earlier)
        self.earlier = None
        if not self.marked:
            raise _NotSentError
        deadline.before_writing = self._check_mark
        return headers

    def _check_mark(self) -> None:
        """After a sleep, or a long wait for a connection, this worker may be thought dead: it sends nothing then."""
        if boot_time() > self._fresh_until:
            raise _NotSentError

    def discard(self, headers: Mapping[str, str]) -> bool:
        """As the client's own."""
        return self._auth.discard(headers)


class Sender:
    """Sends claimed entries with one MessagesApi.

    Args:
        database: Where the entries are.
        api: What to send with.
        server_clock: What is known of the service's clock.
        lease: Seconds after which a worker that marked an entry is thought dead.
    """

    def __init__(self, database: Database, api: "MessagesApi", server_clock: ServerClock, lease: float) -> None:
        self._database, self._api, self._server_clock, self.lease = database, api, server_clock, lease
        self._total = api.api_client.configuration.total_timeout

    def send(self, claim: Claim, earlier: Attempt | None = None) -> Attempt:
        """Send a claimed entry.

        Args:
            claim: The entry.
            earlier: The attempt before it, to be recorded in the transaction that marks this one.

        Returns:
            What came of it, to be handed to `keep` or to the next `send`.
        """
        auth = self._api.api_client.auth
        if auth is None:
            self._database.change(partial(statements.release, claims=[claim]))
            raise exceptions.ConfigurationException("no credentials: give them to the Configuration of the ApiClient")
        mark = Mark(claim, new_token(), self.lease, self._total, self._server_clock.offset())
        marking = _Marking(self, auth, mark, earlier)
        try:
            return self._call(mark, marking)
        except BaseException as error:
            # Interrupted, or the database failed.
            outcome = Outcome(UNKNOWN if marking.marked else PLANNED, error=f"ended by {type(error).__name__}")
            self.keep(Attempt(Record(claim, mark.token, outcome)))
            raise
        finally:
            if marking.earlier is not None:
                self.keep(marking.earlier)

    def _call(self, mark: Mark, marking: _Marking) -> Attempt:
        claim, token = mark.claim, mark.token
        if hash_of(self._database.secret, claim.account_id, claim.request) != claim.request_hash:
            return Attempt(Record(claim, token, Outcome(WITHHELD, error=_EDITED)))
        request = with_token(thaw(claim.request), claim.id, token)
        try:
            answer = self._api.create_message_with_http_info(claim.account_id, request, _request_auth=marking)
        except _NotSentError:
            return Attempt(Record(claim, token, Outcome(PLANNED)))
        except exceptions.ApiException as failure:
            reading = self._server_clock.observe(failure.headers)
            dooms = failure if failure.dooms_others else None
            pause = failure.retry_after or 0.0
            return Attempt(Record(claim, token, _outcome(failure, claim.attempt)), reading, dooms, pause)
        outcome = Outcome(ACCEPTED, answer.data.id, BY_ANSWER)
        return Attempt(Record(claim, token, outcome), self._server_clock.observe(answer.headers))

    def mark(self, mark: Mark, earlier: Attempt | None) -> bool:
        """Mark an entry as in_flight, on disk when this returns. False if it is not ours any more."""
        steps = [] if earlier is None else _steps_to_keep(earlier)
        marked: bool = self._database.change_together([*steps, (statements.mark, mark)], marks=True)[-1]
        return marked

    def keep(self, attempt: Attempt) -> str:
        """Record an attempt; returns the state of its entry then."""
        state: str = self._database.change_together(_steps_to_keep(attempt))[0]
        return state


def _steps_to_keep(attempt: Attempt) -> list[tuple[Any, Any]]:
    steps: list[tuple[Any, Any]] = [(statements.record, attempt.record)]
    if attempt.reading is not None:
        steps.append((statements.keep_server_clock, attempt.reading))
    return steps


def _outcome(failure: exceptions.ApiException, attempt: int) -> Outcome:
    error = str(failure)
    if failure.accepted is None:
        return Outcome(UNKNOWN, error=error)
    if failure.accepted:
        return Outcome(ACCEPTED, evidence=BY_ANSWER, error=error)
    if failure.dooms_others or _may_pass_later(failure):
        pause = failure.retry_after or min(_LONGEST_PAUSE, 0.5 * 2 ** min(attempt, 10))
        return Outcome(PLANNED, error=error, not_before=time.time() + pause)
    return Outcome(REFUSED, error=error)


def _may_pass_later(failure: exceptions.ApiException) -> bool:
    passing = (exceptions.ConnectException, exceptions.TokenException, exceptions.TooManyRequestsException)
    return isinstance(failure, passing) or failure.status == 503
