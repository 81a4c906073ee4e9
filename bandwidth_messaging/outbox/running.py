"""A run: worker threads that send what is planned, until nothing is planned, claimed or in flight."""

import threading
from collections import Counter, deque
from functools import partial

from sqlalchemy import Connection

from .. import exceptions
from . import reading, statements
from .attempt import Claim
from .database import Database
from .entry import UNKNOWN, Summary
from .rate import Rate
from .sending import Attempt, Sender

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..api.messages_api import MessagesApi

__all__ = ["Run"]

# So many unknown ones in a row are no accident of single messages.
_UNKNOWNS_IN_A_ROW = 10
# Entries that are claimed at a time, for each thread.
_AHEAD = 4
_POLL = 0.2  # seconds
# For how long an unknown entry holds back others between the same numbers, in seconds: as `settle` waits.
_SETTLE_TIME = 600.0
_LONGEST_WAIT_FOR_READ = 30.0


class Run:
    """One call of `Outbox.run`.

    Args:
        database: Where the entries are.
        sender: What sends one of them.
        api: What it sends with; a read shows whether the service answers again.
        rate: When each may start.
        threads: How many send at once.
    """

    def __init__(self, database: Database, sender: Sender, api: "MessagesApi", rate: Rate, threads: int) -> None:
        self._database, self._sender, self._api, self._rate, self._threads = database, sender, api, rate, threads
        # At a rate, what is claimed at a time is sent well before the lease is over.
        soon = _AHEAD * threads if rate.per_second is None else int(rate.per_second * sender.lease / 4)
        self._at_a_time = max(1, min(_AHEAD * threads, soon))
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._claims: deque[Claim] = deque()
        self._last_id = 0
        self._stopped = threading.Event()
        self._failure: BaseException | None = None
        self._moved: Counter[str] = Counter()
        self._unknowns = 0

    def run(self) -> Summary:
        """Send until nothing is left, and tell what became of it."""
        workers = [threading.Thread(target=self._work, daemon=True) for _ in range(self._threads)]
        for worker in workers:
            worker.start()
        try:
            for worker in workers:
                worker.join()
        except BaseException:
            # The first interrupt lets those under way end; a second one comes out of this join.
            self._stopped.set()
            for worker in workers:
                worker.join()
            raise
        finally:
            self._stopped.set()
            self._database.change(partial(statements.release, claims=list(self._claims)))
        if self._failure is not None:
            raise self._failure
        return Summary(**{state: self._moved[state] for state in Summary.__dataclass_fields__})

    def _work(self) -> None:
        try:
            while (claim := self._next_in_turn()) is not None:
                self._send_from(claim)
        except BaseException as failure:  # noqa: BLE001 - raised again by the thread that called `run`
            with self._lock:
                self._failure = self._failure or failure
            self._stopped.set()

    def _next_in_turn(self) -> Claim | None:
        """The next entry, when it may start; None when there is none left, or the run is stopped.

        One thread waits at a time, so that no claim is older than it must be.
        """
        with self._turn:
            claim = self._next()
            if claim is not None and self._stopped.wait(self._rate.reserve(claim.segments)):
                self._claims.append(claim)
                return None
            return claim

    def _send_from(self, claim: Claim | None) -> None:
        """Send claimed entries while nothing is to be waited for; each is recorded as the next one is marked."""
        last: Attempt | None = None
        try:
            while claim is not None:
                earlier, last = last, None
                last = self._sender.send(claim, earlier)
                self._note(last)
                claim = self._claimed()
        finally:
            if last is not None:
                self._sender.keep(last)

    def _note(self, attempt: Attempt) -> None:
        state = attempt.record.outcome.state
        with self._lock:
            self._moved[state] += 1
            self._unknowns = self._unknowns + 1 if state == UNKNOWN else 0
        if attempt.pause:
            self._rate.hold(attempt.pause)
        if attempt.failure is not None:
            raise attempt.failure

    def _claimed(self) -> Claim | None:
        """The next entry that is claimed already; None when there is none, or nothing is to be sent."""
        if self._stopped.is_set() or self._unknowns >= _UNKNOWNS_IN_A_ROW or not self._rate.is_free():
            return None
        try:
            return self._claims.popleft()
        except IndexError:
            return None

    def _next(self) -> Claim | None:
        """The next entry to send; None when there is none left, or the run is stopped."""
        while not self._stopped.is_set():
            with self._lock:
                if self._unknowns >= _UNKNOWNS_IN_A_ROW:
                    self._wait_for_a_read()
                if self._claims or self._refill():
                    return self._claims.popleft()
            left, due = self._left()
            if not left:
                return None
            self._stopped.wait(_POLL if due is None else min(max(due, 0.01), _POLL))
        return None

    def _refill(self) -> bool:
        def claim(connection: Connection) -> list[Claim]:
            take = partial(
                statements.claim_due, connection, most=self._at_a_time, lease=self._sender.lease,
                settle_time=_SETTLE_TIME,
            )  # fmt: skip
            found = take(after=self._last_id)
            if not found:
                statements.expire(connection)
                found = take(after=0)
            return found

        found = self._database.change(claim)
        if found:
            self._last_id = found[-1].id
            self._claims.extend(found)
        return bool(found)

    def _left(self) -> tuple[int, float | None]:
        with self._database.reading() as connection:
            return reading.unfinished(connection)

    def _account(self) -> str | None:
        with self._database.reading() as connection:
            return reading.any_account(connection)

    def _wait_for_a_read(self) -> None:
        """Claim nothing until the service answers again."""
        account_id = self._account()
        pause = 0.5
        while account_id is not None and not self._stopped.is_set():
            try:
                self._api.list_messages(account_id, message_direction="OUTBOUND", limit=1)
            except exceptions.ApiException as failure:
                if failure.dooms_others:
                    raise
                self._stopped.wait(pause)
                pause = min(2 * pause, _LONGEST_WAIT_FOR_READ)
            else:
                break
        self._unknowns = 0
