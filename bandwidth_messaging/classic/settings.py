"""What both clients of this family check of their own arguments, and make of the caller's Configuration. Pure."""

from copy import copy

from ..configuration import Configuration, check_url
from ..parameters import text

__all__ = ["require", "settings_of"]


def require(**given: str) -> None:
    """Check what a client cannot do without.

    Raises:
        ValueError: An argument is missing, or cannot be sent.
    """
    for name, value in given.items():
        if not value:
            raise ValueError(f"{name} is required")
        text(name, value)


def settings_of(configuration: Configuration | None, api_endpoint: str | None) -> Configuration:
    """A copy of the caller's configuration, with the client's own address and without credentials.

    Raises:
        ValueError: The configuration is none, or the address is no URL.
    """
    if configuration is not None and not isinstance(configuration, Configuration):
        raise ValueError(f"configuration: give a Configuration, not {type(configuration).__name__}")
    settings = Configuration() if configuration is None else copy(configuration)
    settings.username = settings.password = None
    settings.client_id = settings.client_secret = settings.access_token = None
    if api_endpoint is not None:
        check_url("api_endpoint", api_endpoint, schemes=("http", "https"))
        settings.host = api_endpoint
    return settings
