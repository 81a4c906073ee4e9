"""The sandbox as a whole: its credentials, its parts, its start and its end."""

import ipaddress
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

from typing_extensions import Self

from .account_handle import AccountHandle, CallbackOptions
from .families.credentials import TOKEN_PATH, Credential, Gate
from .families.family import Family
from .families.registry import families as all_families
from .messaging.accounts import Account, Accounts, ClassicCredentials, MessageMediaCredentials, restored
from .messaging.callbacks import ANSWER_SECONDS, Outbox, is_origin
from .messaging.changes import Feed
from .messaging.clock import AccountClock, Pace, pace_of
from .messaging.faults import Faults
from .messaging.lifecycle import Lifecycle
from .messaging.request_log import Received, RequestLog
from .messaging.services import Services
from .messaging.tokens import Caller, Tokens
from .messaging.worker import Worker
from .store.store import Store
from .web import app
from .web.fault_injection import FaultyApp
from .web.guard import Guard
from .web.recording import Intake
from .web.server import ServerThread

_MOST_PORTS = 65535
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - told from the others, not listened on
_UNRECORDED = (TOKEN_PATH, "/sandbox/")


class SandboxAccount(AccountHandle):
    """An account besides the sandbox's first one, with credentials, messages and a clock of its own."""

    def __init__(self, sandbox: "Sandbox", account: Account) -> None:
        """Made by `Sandbox.new_account`."""
        self._sandbox = sandbox
        self._account = account
        self.account_id = account.account_id
        self.application_id = account.application_id
        self.username, self.password = account.username, account.password
        self.client_id, self.client_secret = account.client_id, account.client_secret
        self.classic, self.messagemedia = account.classic, account.messagemedia

    @property
    def url(self) -> str:
        """The bare address, for example `http://127.0.0.1:8080`; what `Configuration(host=...)` takes."""
        return self._sandbox.url

    def __repr__(self) -> str:
        return f"SandboxAccount(url={self.url!r}, account_id={self.account_id!r})"

    def _running(self) -> tuple[Services, Account]:
        return self._sandbox.services, self._account


class Sandbox(AccountHandle):
    """A running stand-in for the vendor's services, on a port of this machine.

    The credentials are the same in every sandbox, so that a snippet goes on working after a restart.

    ```python
    with Sandbox() as sandbox:
        print(sandbox.url)
    ```

    Attributes:
        account_id: The account that the credentials belong to.
        application_id: The messaging application of that account.
        username: A user that may send, for Basic.
        password: That user's password.
        client_id: An OAuth2 client that may send.
        client_secret: That client's secret.
        denied_username: A user without access to messaging: every call is a 403.
        denied_password: That user's password.
        denied_client_id: An OAuth2 client without access to messaging.
        denied_client_secret: That client's secret.
        classic: `user_id`, `api_token` and `api_secret` for the classic client.
        messagemedia: `api_key`, `api_secret` and `account_id` for the MessageMedia client.
        token: What the page at `/` and the API under `/sandbox/` want where other machines are let in; None on a
            loopback address.
    """

    account_id = "9900000"
    application_id = "93de2206-9669-4e07-948d-329f4b722ee2"
    username = "sandbox-user"
    password = "sandbox-password"  # noqa: S105 - opens nothing but the sandbox
    client_id = "sandbox-client"
    client_secret = "sandbox-secret"  # noqa: S105 - opens nothing but the sandbox
    denied_username = "denied-user"
    denied_password = "denied-password"  # noqa: S105 - opens nothing
    denied_client_id = "denied-client"
    denied_client_secret = "denied-secret"  # noqa: S105 - opens nothing
    classic = ClassicCredentials("u-sandbox", "t-sandbox", "s-sandbox")
    messagemedia = MessageMediaCredentials("sandbox-key", "sandbox-hmac-secret", "MyAccount")

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        db: str | None = None,
        keep: int | None = None,
        token_lifetime: int = 3600,
        clock: Callable[[], float] = time.time,
        pace: Pace = "real",
        callbacks: CallbackOptions | None = None,
        callback_origins: Sequence[str] = (),
        callback_timeout: float = ANSWER_SECONDS,
        allow_remote: bool = False,
        allow_hosts: Sequence[str] = (),
    ) -> None:
        """Describe a sandbox; it starts with `with` or `start()`.

        Args:
            host: The address to listen on, a loopback address unless `allow_remote`.
            port: The TCP port; 0 takes a free one.
            db: The SQLite file that keeps messages, accounts and their settings; None keeps them in memory. One
                sandbox at a time may have it.
            keep: How many messages are kept, the newest of all accounts; a message to three phones counts three times.
                None keeps all. Up to a hundredth more may be there for a moment.
            token_lifetime: How long a bearer token is good, in seconds.
            clock: Gives the seconds since 1970. It decides receive times, the 14 days of a list and expiry.
            pace: How messages move from accepted to delivered: `"real"` in seconds, `"fast"` in hundredths of them,
                `"stepped"` only when `advance` moves the time.
            callbacks: What `set_callbacks` takes, as a dict. It holds before anything is sent, so that a sandbox which
                is started again on its file tells of what became due meanwhile. None leaves the settings of the file.
            callback_origins: Where callbacks may go besides this machine, for example `["https://example.com"]`.
            callback_timeout: Seconds that an application may take to answer a callback, 10 as with the vendor. A test
                of an application that hangs gives less.
            allow_remote: Whether other machines may be let in. The credentials are no secret.
            allow_hosts: Names that the sandbox may be called by, for example `["sandbox.example.com"]`, besides
                those of this machine and, with `allow_remote`, addresses and names without a dot.

        Raises:
            ValueError: If the host is not a loopback address and `allow_remote` is not set, or an argument makes no
                sense; the error names it.
        """
        _check_kinds(host=(host, str), port=(port, int), keep=(keep, int), token_lifetime=(token_lifetime, int))
        _check_names(callback_origins=callback_origins, allow_hosts=allow_hosts)
        if not allow_remote and not _is_loopback(host):
            raise ValueError(
                f"{host} can be reached from other machines; allow_remote=True (--allow-remote) says that it may be"
            )
        if not 0 <= port <= _MOST_PORTS:
            raise ValueError(f"port must be from 0 to {_MOST_PORTS}, not {port}")
        if keep is not None and keep < 1:
            raise ValueError(f"keep must be 1 or more, or None to keep all, not {keep}")
        if not 0 < callback_timeout <= ANSWER_SECONDS:
            raise ValueError(f"callback_timeout must be more than 0 and at most 10 seconds, not {callback_timeout}")
        if token_lifetime < 1:
            raise ValueError(f"token_lifetime must be 1 second or more, not {token_lifetime}")
        for origin in callback_origins:
            if not is_origin(origin):
                raise ValueError(f"callback_origins: {origin!r} is no origin such as https://example.com")
        self._host = "127.0.0.1" if host == "localhost" else host
        self._port = port
        self._db = db
        self._keep = keep
        self._clock = clock
        self._callbacks = callbacks
        self._callback_origins = tuple(callback_origins)
        self._callback_timeout = callback_timeout
        self._allow_hosts = tuple(allow_hosts)
        # On this machine alone, who can reach the port may use the page.
        self.token = None if _is_loopback(host) else secrets.token_urlsafe(16)
        self._gate = Gate(Tokens(token_lifetime))
        self._accounts = Accounts()
        self._account = self._admit(self._first_account(AccountClock(clock, pace)))
        self._gate.admit(*self._denied())
        self._services: Services | None = None
        self._log = RequestLog()
        self._server: ServerThread | None = None

    def start(self) -> None:
        """Start serving; returns when requests are answered.

        Raises:
            OSError: If the address cannot be listened on.
            RuntimeError: If it runs already, or does not start.
            ValueError: If `db` cannot be opened, is damaged, is in use by another sandbox, or was written by another
                program or version; or if `callbacks` are not what `set_callbacks` takes.
        """
        if self._server is not None:
            raise RuntimeError("The sandbox is running already")
        store = Store(self._db, self._keep)
        try:
            self._restore_accounts(store)
            families = all_families(self._gate, store.secret("page tokens"))
            self._services = services = self._assemble(store, families)
            # Before anything can happen: what is due at once, after a restart, wants to be told.
            if self._callbacks is not None:
                self.set_callbacks(**self._callbacks)
            application = app.build(services, families)
            faulty = FaultyApp(application, families, services.accounts, services.faults, services.feed)
            intake = Intake(faulty, store, families, self._accounts, self._log, unrecorded=_UNRECORDED)
            guard = Guard(intake, self._host, self.token, self._allow_hosts)
            self._server = ServerThread(guard, self._host, self._port)
        except BaseException:
            self._services = None
            store.close()
            raise

    def close(self) -> None:
        """Stop serving; returns when no thread and no socket is left. Closing twice does nothing."""
        if self._server is not None:
            if self._services is not None:
                # Streams and long polls end now; the server would wait for them.
                self._services.feed.close()
            self._server.close()
            self._server = None
        if self._services is not None:
            self._services.store.close()
            self._services = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The bare address, for example `http://127.0.0.1:8080`; what `Configuration(host=...)` takes.

        Where the sandbox listens on all addresses, it is this machine's loopback address.
        """
        if self._server is None:
            raise RuntimeError("The sandbox is not running: use it in a with statement")
        host = _LOOPBACK.get(self._host, self._host)
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{self._server.port}"

    @property
    def token_requests(self) -> int:
        """How many requests the token endpoint has had, refused ones included."""
        return self._gate.token_requests

    @property
    def requests(self) -> list[Received]:
        """The latest requests of all accounts and of nobody, the oldest first; readable after closing too.

        Those of each account are in its own `requests`, which says what is left out.
        """
        return self._log.all()

    @property
    def store(self) -> Store:
        """The messages that are kept."""
        return self.services.store

    @property
    def services(self) -> Services:
        """The parts that a running sandbox consists of."""
        if self._services is None:
            raise RuntimeError("The sandbox is not running: use it in a with statement")
        return self._services

    def new_account(self, pace: Pace = "stepped") -> SandboxAccount:
        """Open another account, so that tests which share a sandbox do not see each other's messages.

        Args:
            pace: How its messages move, as in `Sandbox(pace=...)`.

        Returns:
            The account. It ends with the sandbox, unless there is a `db`: a later run on that file has it again, with
            the same credentials.

        Raises:
            ValueError: If there is no such pace.
        """
        return SandboxAccount(self, self._open_account(pace))

    def _running(self) -> tuple[Services, Account]:
        return self.services, self._account

    def _restore_accounts(self, store: Store) -> None:
        """Go on with the accounts of the run that wrote the file, and with their times."""
        for kept in store.accounts.all():
            account = self._accounts.of(kept.account_id)
            if account is not None:
                account.restore_settings(kept)
            else:
                self._admit(restored(kept, AccountClock(self._clock, pace_of(kept.pace))))

    def _assemble(self, store: Store, families: Mapping[str, Family]) -> Services:
        feed = Feed()
        lifecycle = Lifecycle(store, families, feed)
        outbox = Outbox(store, families, feed, self._callback_origins, self._callback_timeout)
        return Services(
            accounts=self._accounts,
            tokens=self._gate.tokens,
            store=store,
            families=families,
            outbox=outbox,
            feed=feed,
            worker=Worker(self._accounts, lifecycle, outbox, store, feed),
            faults=Faults(),
            requests=self._log,
            open_account=self._open_account,
        )

    def _open_account(self, pace: Pace) -> Account:
        clock, store = AccountClock(self._clock, pace), self.services.store
        account = self._admit(self._accounts.new(clock, store.messages.exist_of))
        store.accounts.keep(account.stored())
        return account

    def _admit(self, account: Account) -> Account:
        caller = Caller(account)
        self._gate.admit(
            Credential(account.username, account.password, caller),
            Credential(account.client_id, account.client_secret, caller),
        )
        return self._accounts.add(account)

    def _first_account(self, clock: AccountClock) -> Account:
        return Account(
            account_id=self.account_id,
            application_id=self.application_id,
            username=self.username,
            password=self.password,
            client_id=self.client_id,
            client_secret=self.client_secret,
            classic=self.classic,
            messagemedia=self.messagemedia,
            clock=clock,
        )

    def _denied(self) -> tuple[Credential, Credential]:
        denied = Caller(self._account, may_message=False)
        return (
            Credential(self.denied_username, self.denied_password, denied),
            Credential(self.denied_client_id, self.denied_client_secret, denied),
        )


def _check_kinds(**arguments: tuple[object, type]) -> None:
    for name, (value, kind) in arguments.items():
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise ValueError(f"{name} must be {kind.__name__}, not {value!r}")


def _check_names(**arguments: Sequence[str]) -> None:
    for name, values in arguments.items():
        if isinstance(values, str) or not all(isinstance(value, str) for value in values):
            raise ValueError(f"{name} must be a list of texts, not {values!r}")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
