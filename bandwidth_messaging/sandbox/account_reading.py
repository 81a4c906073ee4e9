"""What can be read of an account of a sandbox from Python: credentials and configuration, requests, messages."""

import math
import threading
import time
from abc import ABC, abstractmethod
from typing import Any

from typing_extensions import TypedDict, Unpack

from .control.operations import AccountOperations
from .families.credentials import TOKEN_PATH
from .messaging.accounts import Account, ClassicCredentials, MessageMediaCredentials
from .messaging.changes import Event
from .messaging.inbound import FALLBACK_OWNER
from .messaging.request_log import Received
from .messaging.services import Services
from .messaging.views import SandboxMessage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..configuration import Configuration

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


class AccountReading(ABC):
    """An account of a running sandbox, as far as it is looked at.

    Attributes:
        account_id: The account of the V2 family.
        application_id: The messaging application of that account.
        username: A user that may send, for Basic.
        password: That user's password.
        client_id: An OAuth2 client that may send.
        client_secret: That client's secret.
        classic: `user_id`, `api_token` and `api_secret` for the classic client.
        messagemedia: `api_key`, `api_secret` and `account_id` for the MessageMedia client.
        number: A number of the account, to send from.
    """

    account_id: str
    application_id: str
    username: str
    password: str
    client_id: str
    client_secret: str
    classic: ClassicCredentials
    messagemedia: MessageMediaCredentials
    number: str = FALLBACK_OWNER

    @abstractmethod
    def _running(self) -> tuple[Services, Account]:
        """What the operations need: the services, and the account."""

    def _operations(self) -> AccountOperations:
        return AccountOperations(*self._running())

    @property
    @abstractmethod
    def url(self) -> str:
        """The bare address, for example `http://127.0.0.1:8080`; what `Configuration(host=...)` takes."""

    @property
    def access_token_url(self) -> str:
        """The address of the token endpoint; what `Configuration(access_token_url=...)` takes."""
        return self.url + TOKEN_PATH

    @property
    def requests(self) -> list[Received]:
        """The latest requests that named this account in their path or their credentials, the oldest first.

        Refused ones too, with the `status` of the answer. Those to the token endpoint and to `/sandbox/` are left out.
        There are 1,000 at most, none older than an hour; those of all accounts together take 16 MiB at most, and the
        oldest are forgotten first.
        """
        services, account = self._running()
        return services.requests.of(account.account_id)

    def configuration(self, **options: Any) -> "Configuration":
        """A configuration for this account, ready for `ApiClient`.

        Args:
            **options: Options of `Configuration`, such as `total_timeout`, in place of its defaults. With `username` or
                `access_token` the client credentials are left out.

        Returns:
            A new configuration, with the account's client credentials.

        Raises:
            ConfigurationException: An option cannot have that value.
            TypeError: There is no such option.
        """
        from ..configuration import Configuration

        client = {"client_id": self.client_id, "client_secret": self.client_secret}
        named = {} if {"username", "access_token"} & set(options) else client
        return Configuration(**{"host": self.url, "access_token_url": self.access_token_url, **named, **options})

    @property
    def environ(self) -> dict[str, str]:
        """Environment variables for a program that reads its settings there; what `Configuration.from_env` takes.

        `BW_CLIENT_ID`, `BW_CLIENT_SECRET`, `BW_ACCESS_TOKEN_URL`, `BW_HOST`, and for what a program needs besides,
        `BW_ACCOUNT_ID`, `BW_MESSAGING_APPLICATION_ID` and `BW_NUMBER`.
        """
        return {
            "BW_CLIENT_ID": self.client_id,
            "BW_CLIENT_SECRET": self.client_secret,
            "BW_ACCESS_TOKEN_URL": self.access_token_url,
            "BW_HOST": self.url,
            "BW_ACCOUNT_ID": self.account_id,
            "BW_MESSAGING_APPLICATION_ID": self.application_id,
            "BW_NUMBER": self.number,
        }

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
        if not (is_number(timeout) and timeout >= 0):
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

    def _missing(self, filters: dict[str, Any], timeout: float) -> str:
        operations = self._operations()
        wanted = " with " + ", ".join(f"{name}={value!r}" for name, value in filters.items()) if filters else ""
        last = operations.find({}, 5)
        there = "; ".join(f"{each.from_} -> {each.to} {each.status}: {each.text!r}" for each in last) or "none"
        stepped = operations.account.clock.pace == "stepped" and "status" in filters
        hint = ". The time of this account stands still: advance(seconds) moves it" if stepped else ""
        return f"No message{wanted} within {timeout:g} seconds; the last ones are: {there}{hint}"


def is_number(value: object) -> bool:
    """Whether this is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
