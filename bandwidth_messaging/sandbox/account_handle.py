"""What can be done with an account of a sandbox from Python: look, wait, answer as the phone, move the time."""

import math
import threading
import time
from collections.abc import Sequence
from typing import Any

from typing_extensions import TypedDict, Unpack

from .control.operations import AccountOperations
from .families.credentials import TOKEN_PATH
from .messaging.accounts import CALLBACK_TYPES, Account, ClassicCredentials, MessageMediaCredentials
from .messaging.changes import Event
from .messaging.clock import Pace
from .messaging.faults import Fault
from .messaging.limits import LIST_REQUESTS
from .messaging.services import Services
from .messaging.views import SandboxMessage

_MOST = 10_000


class MessageFilters(TypedDict, total=False):
    """What messages can be looked up by; all that are given must hold."""

    message_id: str
    from_: str
    to: str
    status: str
    text: str
    tag: str
    direction: str
    family: str


class CallbackOptions(TypedDict, total=False):
    """What `set_callbacks` takes."""

    outbound_url: str | None
    inbound_url: str | None
    username: str | None
    password: str | None
    types: Sequence[str]
    disorder: Sequence[str]


class AccountHandle:
    """An account of a running sandbox, with its credentials and everything that can be done with it.

    Attributes:
        account_id: The account of the V2 family.
        application_id: The messaging application of that account.
        username: A user that may send, for Basic.
        password: That user's password.
        client_id: An OAuth2 client that may send.
        client_secret: That client's secret.
        classic: `user_id`, `api_token` and `api_secret` for the classic client.
        messagemedia: `api_key`, `api_secret` and `account_id` for the MessageMedia client.
    """

    account_id: str
    application_id: str
    username: str
    password: str
    client_id: str
    client_secret: str
    classic: ClassicCredentials
    messagemedia: MessageMediaCredentials

    def _running(self) -> tuple[Services, Account]:
        raise NotImplementedError

    def _operations(self) -> AccountOperations:
        return AccountOperations(*self._running())

    @property
    def url(self) -> str:
        """The bare address, for example `http://127.0.0.1:8080`; what `Configuration(host=...)` takes."""
        raise NotImplementedError

    @property
    def access_token_url(self) -> str:
        """The address of the token endpoint; what `Configuration(access_token_url=...)` takes."""
        return self.url + TOKEN_PATH

    def messages(self, **filters: Unpack[MessageFilters]) -> list[SandboxMessage]:
        """Look messages up, sent and received ones, of all families.

        Args:
            **filters: `message_id`, `from_`, `to`, `status`, `text` (a part of the text), `tag`, `direction`
                (`"OUTBOUND"` or `"INBOUND"`), `family`; all that are given must hold.

        Returns:
            The newest 10,000 that match, the oldest of them first; one for each recipient.

        Raises:
            TypeError: If there is no such filter.
        """
        return self._operations().find(dict(filters), _MOST)  # type: ignore[arg-type]  # all str

    def wait_for(self, *, timeout: float = 5.0, **filters: Unpack[MessageFilters]) -> SandboxMessage:
        """Wait until there is a message, and look at it.

        Args:
            timeout: How long to wait, in seconds of real time; 0 or more.
            **filters: As in `messages`.

        Returns:
            The newest message that matches; at once if there is one already.

        Raises:
            TimeoutError: If there was none in time. It says what there is.
            TypeError: If there is no such filter.
            ValueError: If the timeout is negative or no finite number.
        """
        if not (_is_number(timeout) and timeout >= 0):
            raise ValueError(f"timeout must be a number of seconds from 0 up, not {timeout!r}")
        operations = self._operations()
        changed = threading.Event()

        def listener(_: Event) -> None:
            changed.set()

        end = time.monotonic() + timeout
        with operations.services.feed.listening(listener):
            while True:
                changed.clear()
                found = operations.find(dict(filters), 1)  # type: ignore[arg-type]  # all str
                if found:
                    return found[0]
                if time.monotonic() >= end:
                    raise TimeoutError(self._missing(dict(filters), timeout))
                changed.wait(end - time.monotonic())

    def receive(
        self,
        from_: str,
        text: str | None = None,
        *,
        to: str | Sequence[str] = (),
        media: Sequence[str] = (),
        family: str | None = None,
    ) -> str:
        """Let a phone send a message to the account.

        Args:
            from_: The phone's number, in E.164 format.
            text: The text. STOP opts the phone out, START in again.
            to: The account's number; for a group the account's number first, then the others. Without it, the phone
                answers the last message that it got.
            media: Addresses of pictures.
            family: `"v2"`, `"classic"` or `"messagemedia"`; without it, that of the last message to the phone.

        Returns:
            The id of the message.

        Raises:
            ValueError: If there is neither text nor media, no such family, a number is not in E.164 format, or an
                argument is not of its type; the error names the argument.
        """
        message = {"from": from_, "to": _listed(to), "text": text, "media": _listed(media), "family": family}
        return self._operations().receive(message, {"from": "from_"})

    def advance(self, seconds: float) -> None:
        """Move the account's time forward; returns when everything that came due by then has happened.

        Messages take their next steps, callbacks are sent or sent again, tokens expire.

        Args:
            seconds: By how much; 0 or more.

        Raises:
            ValueError: If it is no number from 0 to 31,536,000, a year.
        """
        operations = self._operations()
        operations.advance(seconds)
        operations.services.worker.catch_up_from_outside(operations.account)

    def fail_next(
        self,
        count: int | None = 1,
        *,
        status: int | None = None,
        retry_after: int | None = None,
        delay: float | None = None,
        reset: bool = False,
        truncate: bool = False,
        garbage: bool = False,
        after: bool = False,
        percentage: float | None = None,
        operation: str | None = None,
        to: str | None = None,
    ) -> Fault:
        """Let the account's next requests fail.

        `fail_next(status=429, retry_after=1)` is a full queue; `fail_next(reset=True, after=True)` accepts a message
        and loses its answer, which is what makes clients send twice.

        Args:
            count: How many requests; None for all from now on.
            status: The status of the answer, from 400 to 599.
            retry_after: The Retry-After header of that answer, in seconds.
            delay: How long the answer takes, in seconds.
            reset: Tear the connection down instead of answering.
            truncate: Cut the answer off in the middle of its body; only with `after`.
            garbage: Put the page of a broken gateway in place of the answer's body; with `status` or `after`.
            after: Serve the request first, so that a message is accepted.
            percentage: Hit so many of a hundred requests, by chance that is the same in each run.
            operation: `"send"`, `"read"` or `"token"`; without it, sending and reading.
            to: Only requests in which this number stands.

        Returns:
            The rule; its `hits` are counted.

        Raises:
            ValueError: The rule makes no sense; the error names the argument.
        """
        return self._operations().add_fault({
            "count": count, "status": status, "retry_after": retry_after, "delay": delay, "reset": reset,
            "truncate": truncate, "garbage": garbage, "after": after, "percentage": percentage,
            "operation": operation, "to": to,
        })  # fmt: skip

    def set_limits(self, *, list_requests: int | None = LIST_REQUESTS, segments_per_second: float | None = 1.0) -> None:
        """Switch the vendor's rate limits on, for the V2 family.

        Args:
            list_requests: How many list requests one address may make in 5 minutes; None for any number.
            segments_per_second: How fast the account sends; its queue holds 15 minutes of segments, and refuses what
                does not fit with 429. None for a queue that is never full.

        Raises:
            ValueError: A limit is not above 0.
        """
        limits = {"list_requests": list_requests, "segments_per_second": segments_per_second}
        self._operations().set_limits(limits)

    def faults(self) -> list[Fault]:
        """List the rules by which requests of the account fail.

        Returns:
            Those that are still good for something, the oldest first.
        """
        return self._operations().faults()

    def clear_faults(self, fault: Fault | None = None) -> None:
        """Let no more requests of the account fail.

        Args:
            fault: The rule to take back; None takes all back.

        Raises:
            ValueError: It is no rule.
        """
        if not isinstance(fault, Fault | None):
            raise ValueError(f"fault: give a rule that fail_next() or faults() returned, not {fault!r}")
        self._operations().remove_faults(None if fault is None else fault.fault_id)

    def set_pace(self, pace: Pace) -> None:
        """Change how messages move from now on; the time goes on from where it is.

        Args:
            pace: As in `Sandbox(pace=...)`.

        Raises:
            ValueError: If there is no such pace.
        """
        self._operations().set_pace(pace)

    def set_callbacks(
        self,
        *,
        outbound_url: str | None = None,
        inbound_url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        types: Sequence[str] = CALLBACK_TYPES,
        disorder: Sequence[str] = (),
    ) -> None:
        """Say where the application of the V2 family wants its callbacks; what is not given is switched off.

        Args:
            outbound_url: Gets the events of messages that were sent.
            inbound_url: Gets the messages that phones send.
            username: Sent as Basic with each callback.
            password: The password of that username.
            types: The types of outbound events that are wanted.
            disorder: What goes wrong on purpose: `"duplicate"` posts each callback once more after it was answered,
                `"late"` tells of the steps of a message after its end, and `"early"` posts the first callback about a
                message before `create_message` is answered.

        Raises:
            ValueError: If an address is neither on this machine nor allowed, a type or a disorder is unknown, or an
                argument is not of its type; the error names the argument.
        """
        settings = {
            "outbound_url": outbound_url, "inbound_url": inbound_url, "username": username, "password": password,
            "types": _listed(types), "disorder": _listed(disorder),
        }  # fmt: skip
        self._operations().set_callbacks(settings)

    def add(self, **fields: Any) -> str:
        """Put a message of the V2 family into the store, so that a list can find it.

        Args:
            **fields: The fields of a listed message in snake case: `source_tn`, `message_status`, `receive_time` (a
                datetime or ISO 8601) and so on; the two that are filtered by but not listed, `bw_queued` and
                `carrier_queued`; and `text`, `media` and `tag`. Fields that are not given have plausible values.

        Returns:
            The id of the message.

        Raises:
            TypeError: If there is no such field.
            ValueError: If a field cannot have that value, `receive_time` cannot be read, or `message_id` is taken.
        """
        return self._operations().add(fields)

    def clear(self) -> None:
        """Forget every message, callback, report and reply of the account."""
        self._operations().clear()

    def revoke_tokens(self) -> None:
        """Make every bearer token of the account worthless."""
        self._operations().revoke_tokens()

    def _missing(self, filters: dict[str, Any], timeout: float) -> str:
        operations = self._operations()
        wanted = " with " + ", ".join(f"{name}={value!r}" for name, value in filters.items()) if filters else ""
        last = operations.find({}, 5)
        there = "; ".join(f"{each.from_} -> {each.to} {each.status}: {each.text!r}" for each in last) or "none"
        stepped = operations.account.clock.pace == "stepped" and "status" in filters
        hint = ". The time of this account stands still: advance(seconds) moves it" if stepped else ""
        return f"No message{wanted} within {timeout:g} seconds; the last ones are: {there}{hint}"


def _listed(values: object) -> object:
    """Make a JSON array of what is a sequence but no text; anything else is left to the rules."""
    return list(values) if isinstance(values, Sequence) and not isinstance(values, str | bytes) else values


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
