"""What can be done with an account of a sandbox from Python: answer as the phone, move the time, let things fail."""

from collections.abc import Sequence
from typing import Any

from typing_extensions import TypedDict, Unpack

from .account_reading import AccountReading, is_number
from .messaging.accounts import CALLBACK_TYPES
from .messaging.clock import Pace
from .messaging.faults import Fault
from .messaging.limits import LIST_REQUESTS


class DeliveryOptions(TypedDict, total=False):
    """What `set_callbacks` takes besides addresses."""

    username: str | None
    password: str | None
    types: Sequence[str]
    disorder: Sequence[str]


class CallbackOptions(DeliveryOptions, total=False):
    """What `set_callbacks` takes."""

    outbound_url: str | None
    inbound_url: str | None


class AccountHandle(AccountReading):
    """An account of a running sandbox, with its credentials and everything that can be done with it."""

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

    def advance(self, seconds: float, *, timeout: float = 30.0) -> None:
        """Move the account's time forward; returns when everything that came due by then has happened.

        Messages take their next steps, tokens expire, callbacks are sent or sent again and answered. A callback that
        the application refuses is answered, too: it comes again, later.

        Args:
            seconds: By how much; 0 or more.
            timeout: How long to wait for the application's answers, in seconds of real time; above 0.

        Raises:
            TimeoutError: If callbacks were not answered in time. It says which; they stay due.
            ValueError: If `seconds` is no number from 0 to 31,536,000, a year, or would end after the year 9000; or if
                the timeout is not above 0 or no finite number.
        """
        if not (is_number(timeout) and timeout > 0):
            raise ValueError(f"timeout must be a number of seconds above 0, not {timeout!r}")
        operations = self._operations()
        operations.advance(seconds)
        if not operations.services.worker.catch_up_from_outside(operations.account, timeout):
            raise TimeoutError(operations.unanswered(timeout))

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

    def fail_delivery(self, to: str, error_code: int | None) -> None:
        """Let the messages to a number that are sent from now on fail, after they were accepted.

        Args:
            to: The number, in E.164 format.
            error_code: The vendor's error code, from 4000 to 9999, such as 4720; it comes back in lists and callbacks.
                None lets messages to this number be delivered again.

        Raises:
            ValueError: If it is no such number or code; the error names the argument.
        """
        self._operations().fail_delivery({"to": to, "error_code": error_code})

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

    def deliver_to(self, app: object, *, path: str = "/", **options: Unpack[DeliveryOptions]) -> None:
        """Deliver the account's callbacks to an application in this process, without a server.

        Every callback goes there, those too whose address was in a request, with the path of that address. A WSGI
        application (Flask, Django) gets what `advance` brings about in the thread that calls `advance`, and everything
        else in another one; an ASGI application (FastAPI, Starlette) gets each callback in a new event loop, without
        its start-up handlers. It gets one call at a time. What it raises counts as no answer, and is in the
        callback's attempts.

        Args:
            app: The WSGI or ASGI application; None sends callbacks to their addresses again, and switches those of
                the V2 family off.
            path: The path at which it takes the callbacks of the V2 family, such as `/callbacks`.
            **options: `username`, `password`, `types` and `disorder`, as in `set_callbacks`.

        Raises:
            ValueError: If it is no application, the path does not begin with a slash, or an option is as
                `set_callbacks` refuses it.
        """
        if not (isinstance(path, str) and path.startswith("/")):
            raise ValueError(f"path must begin with a slash, such as /callbacks, not {path!r}")
        self._operations().deliver_to(app)
        url = None if app is None else f"http://localhost{path}"
        self.set_callbacks(outbound_url=url, inbound_url=url, **options)

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
        """Forget every message, callback, report, reply and request of the account."""
        self._operations().clear()

    def revoke_tokens(self) -> None:
        """Make every bearer token of the account worthless."""
        self._operations().revoke_tokens()


def _listed(values: object) -> object:
    """Make a JSON array of what is a sequence but no text; anything else is left to the rules."""
    return list(values) if isinstance(values, Sequence) and not isinstance(values, str | bytes) else values
