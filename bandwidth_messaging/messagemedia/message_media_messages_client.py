"""MessageMediaMessagesClient: credentials, address and options of the family, and its three controllers."""

from typing_extensions import Self

from .._call.clock import Clock
from ..api_client import ApiClient
from ..auth import Auth, BasicAuth
from ..configuration import Configuration, without_credentials
from ..exceptions import ConfigurationException
from .api.delivery_reports_controller import DeliveryReportsController
from .api.messages_controller import MessagesController
from .api.replies_controller import RepliesController
from .hmac_auth import HmacAuth
from .signature import ALGORITHMS

__all__ = ["MessageMediaMessagesClient"]


class MessageMediaMessagesClient:
    """Sends messages by the MessageMedia Messages API, and fetches their delivery reports and replies.

    Make one and share it between threads. `with MessageMediaMessagesClient(...)` closes its connections. Two clients
    share nothing, whatever their authentication.

    Args:
        auth_user_name: The API key.
        auth_password: The API secret.
        use_hmac_authentication: Whether requests are signed (HMAC) rather than sent with the secret (Basic). It needs
            keys that the vendor issued for HMAC.
        hmac_algorithm: "hmac-sha256", with the headers `Date` and `Content-MD5`: what the vendor documents since
            September 2023, and so the default. "hmac-sha1", with `date` and `x-Content-MD5`, is what its own SDKs sign;
            take it for a gateway that knows no other.
        base_uri: The base URL for all calls. None: the host of the configuration if it has one, else
            https://api.messagemedia.com.
        configuration: Time-outs, retries, TLS and proxy; see `Configuration`. Its credentials are not used: they belong
            to another service. None: the defaults.
        clock: Where time and chance come from; for tests.

    Attributes:
        api_client: What the calls are made with.
        messages: Send, schedule and cancel messages, and ask for their status.
        delivery_reports: What became of messages.
        replies: What their recipients answered.

    Raises:
        ConfigurationException: A value cannot be used; the message names the argument.
    """

    def __init__(
        self,
        auth_user_name: str,
        auth_password: str,
        use_hmac_authentication: bool = False,
        *,
        hmac_algorithm: str = "hmac-sha256",
        base_uri: str | None = None,
        configuration: Configuration | None = None,
        clock: Clock | None = None,
    ) -> None:
        if hmac_algorithm not in ALGORITHMS:
            raise ConfigurationException(f"hmac_algorithm: give one of {', '.join(ALGORITHMS)}, not {hmac_algorithm!r}")
        for name, value in (("auth_user_name", auth_user_name), ("auth_password", auth_password)):
            if not isinstance(value, str) or not value:
                raise ConfigurationException(f"{name}: give a string that is not empty")
        if not isinstance(use_hmac_authentication, bool):
            raise ConfigurationException(
                f"use_hmac_authentication: give True or False, not {use_hmac_authentication!r}"
            )
        self._auth: Auth
        try:
            if use_hmac_authentication:
                self._auth = HmacAuth(auth_user_name, auth_password, hmac_algorithm, clock=clock)
            else:
                self._auth = BasicAuth(auth_user_name, auth_password)
        except ConfigurationException as error:
            raise ConfigurationException(_in_own_names(str(error))) from None
        settings = without_credentials(configuration, base_uri=base_uri)
        self.api_client: ApiClient = ApiClient(settings, auth=self._auth, clock=clock)
        self.messages: MessagesController = MessagesController(self.api_client)
        self.delivery_reports: DeliveryReportsController = DeliveryReportsController(self.api_client)
        self.replies: RepliesController = RepliesController(self.api_client)

    def close(self) -> None:
        """Close every connection. Calls made after this raise RuntimeError."""
        self.api_client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"MessageMediaMessagesClient({self._auth!r})"


def _in_own_names(text: str) -> str:
    """What an auth object says of its arguments, in the names that they have here."""
    own = {"api_key": "auth_user_name", "username": "auth_user_name", "api_secret": "auth_password",
           "password": "auth_password", "algorithm": "hmac_algorithm"}  # fmt: skip
    name, _, rule = text.partition(":")
    return f"{own.get(name, name)}:{rule}"
