"""Who may use the sandbox: accounts with the credentials of all three families, and how they want to be called back."""

import secrets
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ..store.records import StoredAccount
from . import magic_numbers
from .clock import AccountClock
from .in_process import InProcess
from .limits import Limits

FAMILIES = ("v2", "classic", "messagemedia")
CALLBACK_TYPES = ("message-sending", "message-sent", "message-delivered", "message-failed", "message-read")
CALLBACK_DISORDERS = ("duplicate", "late", "early")


@dataclass(frozen=True)
class ClassicCredentials:
    """What the classic client takes."""

    user_id: str
    api_token: str
    api_secret: str


@dataclass(frozen=True)
class MessageMediaCredentials:
    """What the MessageMedia client takes, and the account that its reports name."""

    api_key: str
    api_secret: str
    account_id: str


@dataclass(frozen=True)
class CallbackSettings:
    """Where an application of the V2 family wants its callbacks.

    Attributes:
        outbound_url: Gets the events of messages that were sent; None for none.
        inbound_url: Gets the messages that phones send; None for none.
        username: Sent as Basic with each callback; None for no Authorization header.
        password: The password of that username.
        types: The types of outbound events that are wanted.
        disorder: What goes wrong with callbacks on purpose, out of `CALLBACK_DISORDERS`.
    """

    outbound_url: str | None = None
    inbound_url: str | None = None
    username: str | None = None
    password: str | None = None
    types: tuple[str, ...] = CALLBACK_TYPES
    disorder: tuple[str, ...] = ()


def callback_settings(given: Mapping[str, Any]) -> CallbackSettings:
    """Settings from JSON, whose arrays are lists."""
    lists = {name: tuple(each) for name, each in given.items() if isinstance(each, list)}
    return CallbackSettings(**{**given, **lists})


@dataclass(eq=False)
class Account:
    """One customer of the vendors, with an account in each family.

    Attributes:
        account_id: The account of the V2 family.
        application_id: Its messaging application.
        username: For Basic.
        password: For Basic.
        client_id: For OAuth2.
        client_secret: For OAuth2.
        classic: The user of the classic family.
        messagemedia: The account of the MessageMedia family.
        clock: The time that the account lives in.
        callbacks: Where the application is called back.
        limits: How fast the account may list and send.
        failing: The error codes with which messages to some numbers fail.
        application: The application in this process that gets every callback; None sends them to their addresses.
    """

    account_id: str
    application_id: str
    username: str
    password: str
    client_id: str
    client_secret: str
    classic: ClassicCredentials
    messagemedia: MessageMediaCredentials
    clock: AccountClock
    callbacks: CallbackSettings = field(default_factory=CallbackSettings)
    limits: Limits = field(default_factory=Limits)
    failing: dict[str, int] = field(default_factory=dict)
    application: InProcess | None = None

    def outcome(self, number: str) -> magic_numbers.Outcome:
        """What becomes of a message to a number."""
        code = self.failing.get(number)
        return magic_numbers.outcome(number) if code is None else magic_numbers.Outcome(error_code=code)

    @property
    def ids_by_family(self) -> dict[str, str]:
        """The id of the account in each family."""
        ids = (self.account_id, self.classic.user_id, self.messagemedia.account_id)
        return dict(zip(FAMILIES, ids, strict=True))

    @property
    def ids(self) -> tuple[str, ...]:
        """What the messages of the account are kept under: its id in each of the families."""
        return (self.account_id, self.classic.user_id, self.messagemedia.account_id)

    def stored(self) -> StoredAccount:
        """The account as the store keeps it."""
        return StoredAccount(
            account_id=self.account_id,
            application_id=self.application_id,
            username=self.username,
            password=self.password,
            client_id=self.client_id,
            client_secret=self.client_secret,
            classic=asdict(self.classic),
            messagemedia=asdict(self.messagemedia),
            pace=self.clock.pace,
            advanced=self.clock.advanced,
            callbacks=asdict(self.callbacks),
            limits={
                "list_requests": self.limits.list_requests,
                "segments_per_second": self.limits.segments_per_second,
            },
        )

    def restore_settings(self, kept: StoredAccount) -> None:
        """Go on with the time, the callbacks and the limits that the store has."""
        self.clock.restore(kept.advanced)
        self.callbacks = callback_settings(kept.callbacks)
        self.limits = Limits(**kept.limits)


def restored(kept: StoredAccount, clock: AccountClock) -> Account:
    """The account that the store has, in a time of its own."""
    account = Account(
        account_id=kept.account_id,
        application_id=kept.application_id,
        username=kept.username,
        password=kept.password,
        client_id=kept.client_id,
        client_secret=kept.client_secret,
        classic=ClassicCredentials(**kept.classic),
        messagemedia=MessageMediaCredentials(**kept.messagemedia),
        clock=clock,
    )
    account.restore_settings(kept)
    return account


class Accounts:
    """The accounts that there are. Any thread may use it."""

    def __init__(self) -> None:
        """Start without any."""
        self._lock = threading.Lock()
        self._by_id: dict[str, Account] = {}
        self._next = 9900001

    def __iter__(self) -> Iterator[Account]:
        """Go through the accounts, oldest first."""
        return iter(dict.fromkeys(list(self._by_id.values())))

    def add(self, account: Account) -> Account:
        """Open an account."""
        for name in account.ids:
            self._by_id[name] = account
        return account

    def of(self, any_id: str) -> Account | None:
        """The account with this id in any family."""
        return self._by_id.get(any_id)

    def new(self, clock: AccountClock, used: Callable[[str], bool] = lambda _: False) -> Account:
        """Open an account with credentials that no other has.

        `used` tells whether messages are kept under an id, from before the sandbox was started again.
        """
        with self._lock:
            while True:
                account = _numbered(str(self._next), clock)
                self._next += 1
                if not any(name in self._by_id or used(name) for name in account.ids):
                    return self.add(account)


def _numbered(number: str, clock: AccountClock) -> Account:
    return Account(
        account_id=number,
        application_id=str(uuid.uuid4()),
        username=f"user-{number}",
        password=_secret(),
        client_id=f"client-{number}",
        client_secret=_secret(),
        classic=ClassicCredentials(f"u-{number}", f"t-{number}", _secret()),
        messagemedia=MessageMediaCredentials(f"key-{number}", _secret(), f"Account{number}"),
        clock=clock,
    )


def _secret() -> str:
    return secrets.token_urlsafe(16)
