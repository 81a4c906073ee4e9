"""The sandbox as a whole: its credentials, its parts, its start and its end."""

import ipaddress
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any

from typing_extensions import Self

from . import app, seeding
from .intake import Intake, Received
from .paging import PageTokens
from .server import ServerThread
from .store import Store
from .tokens import TOKEN_PATH, Caller, Credential, Gate, Tokens
from .v2 import Services


class Sandbox:
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

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        db: str | None = None,
        token_lifetime: int = 3600,
        clock: Callable[[], float] = time.time,
        allow_remote: bool = False,
    ) -> None:
        """Describe a sandbox; it starts with `with` or `start()`.

        Args:
            host: The address to listen on, a loopback address unless `allow_remote`.
            port: The TCP port; 0 takes a free one.
            db: The SQLite file that keeps the messages; None keeps them in memory.
            token_lifetime: How long a bearer token is good, in seconds.
            clock: Gives the seconds since 1970. It decides receive times, the 14 days of a list and expiry.
            allow_remote: Whether other machines may be let in. The credentials are no secret.

        Raises:
            ValueError: If the host is not a loopback address and `allow_remote` is not set.
        """
        if not allow_remote and not _is_loopback(host):
            raise ValueError(f"{host} can be reached from other machines; allow_remote=True says that it may be")
        self._host = "127.0.0.1" if host == "localhost" else host
        self._port = port
        self._db = db
        self._clock = clock
        self._gate = self._make_gate(Tokens(token_lifetime, clock))
        self._store: Store | None = None
        self._intake: Intake | None = None
        self._server: ServerThread | None = None

    def start(self) -> None:
        """Start serving; returns when requests are answered.

        Raises:
            OSError: If the address cannot be listened on.
            RuntimeError: If it runs already, or does not start.
            ValueError: If `db` was written by another version of the sandbox.
        """
        if self._server is not None:
            raise RuntimeError("The sandbox is running already")
        store = Store(self._db)
        try:
            page_tokens = PageTokens(store.secret("page tokens"))
            applications = frozenset({self.application_id})
            services = Services(self._gate, store, page_tokens, applications, self._clock)
            intake = Intake(app.build(services), unrecorded=TOKEN_PATH)
            self._server = ServerThread(intake, self._host, self._port)
        except BaseException:
            store.close()
            raise
        self._store, self._intake = store, intake

    def close(self) -> None:
        """Stop serving; returns when no thread and no socket is left. Closing twice does nothing."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._store is not None:
            self._store.close()
            self._store = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The bare address, for example `http://127.0.0.1:8080`; what `Configuration(host=...)` takes."""
        if self._server is None:
            raise RuntimeError("The sandbox is not running: use it in a with statement")
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._server.port}"

    @property
    def access_token_url(self) -> str:
        """The address of the token endpoint; what `Configuration(access_token_url=...)` takes."""
        return self.url + TOKEN_PATH

    @property
    def token_requests(self) -> int:
        """How many requests the token endpoint has had, refused ones included."""
        return self._gate.token_requests

    @property
    def requests(self) -> deque[Received]:
        """The last 1000 requests but for those to the token endpoint, oldest first; readable after closing too."""
        return self._intake.received if self._intake is not None else deque()

    @property
    def store(self) -> Store:
        """The messages that are kept."""
        if self._store is None:
            raise RuntimeError("The sandbox is not running: use it in a with statement")
        return self._store

    def revoke_tokens(self) -> None:
        """Make every bearer token that was issued so far worthless."""
        self._gate.tokens.revoke()

    def add(self, **fields: Any) -> str:
        """Put a message into the store, so that a list can find it.

        Args:
            **fields: The fields of a listed message in snake case: `source_tn`, `message_status`, `receive_time` (a
                datetime or ISO 8601) and so on, and the two that are filtered by but not listed, `bw_queued` and
                `carrier_queued`. Fields that are not given have plausible values.

        Returns:
            The id of the message.

        Raises:
            TypeError: If there is no such field.
            ValueError: If `receive_time` cannot be read, or `message_id` is taken.
        """
        return seeding.seed(self.store, self.account_id, int(self._clock() * 1000), fields)

    def _make_gate(self, tokens: Tokens) -> Gate:
        caller, denied = Caller(self.account_id), Caller(self.account_id, may_message=False)
        users = (
            Credential(self.username, self.password, caller),
            Credential(self.denied_username, self.denied_password, denied),
        )
        clients = (
            Credential(self.client_id, self.client_secret, caller),
            Credential(self.denied_client_id, self.denied_client_secret, denied),
        )
        return Gate(users, clients, tokens)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
