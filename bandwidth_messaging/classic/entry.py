"""`client`: the one name that scripts written for the classic SDK import."""

from typing import TYPE_CHECKING, Any, Literal, overload

if TYPE_CHECKING:
    from ..configuration import Configuration
    from .bridge import BridgeClient
    from .messaging import MessagingClient

__all__ = ["client"]

_SERVICES = ("messaging", "messaging-v2")


@overload
def client(
    name: Literal["messaging"],
    user_id: str,
    api_token: str,
    api_secret: str,
    *,
    api_endpoint: str | None = None,
    api_version: str = "v1",
    configuration: "Configuration | None" = None,
) -> "MessagingClient": ...
@overload
def client(
    name: Literal["messaging-v2"],
    account_id: str,
    client_id: str,
    client_secret: str,
    *,
    application_id: str,
    api_endpoint: str | None = None,
    access_token_url: str | None = None,
    concurrency: int = 8,
    configuration: "Configuration | None" = None,
) -> "BridgeClient": ...
@overload
def client(name: str, *credentials: str, **options: Any) -> "MessagingClient | BridgeClient": ...
def client(name: str, *credentials: Any, **options: Any) -> "MessagingClient | BridgeClient":
    """Make a client by the name of its service, as the classic SDK does.

    Args:
        name: `"messaging"` for the classic API, or `"messaging-v2"` for the same calls on the V2 API; any case.
        *credentials: What the service wants: `user_id, api_token, api_secret`, or `account_id, client_id,
            client_secret`.
        **options: Those of `MessagingClient` or of `BridgeClient`.

    Returns:
        A client to share between threads; `with client(...)` closes its connections.

    Raises:
        ValueError: There is no such service, or a credential is empty or cannot be sent.
        TypeError: A credential is missing, or there is no such option.
    """
    service = name.lower() if isinstance(name, str) else name
    if service == "messaging":
        from .messaging import MessagingClient

        return MessagingClient(*credentials, **options)
    if service == "messaging-v2":
        from .bridge import BridgeClient

        return BridgeClient(*credentials, **options)
    from ..exceptions import ConfigurationException

    raise ConfigurationException(f"there is no service {name!r}; there are {' and '.join(_SERVICES)}")
