"""Configuration: where to call, as whom, how patiently. It holds values and does no I/O."""

import os
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any
from urllib.parse import urlsplit

from ._call.clock import seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .retry import RetryPolicy

__all__ = ["Configuration"]

_LOCALHOST = "http://localhost"
_TOKEN_URL = "https://api.bandwidth.com/api/v1/oauth2/token"  # noqa: S105 - an address, not a password
_SECRETS = ("client_secret", "access_token", "password", "proxy_headers")
_CREDENTIALS = ("client_id", "client_secret", "access_token", "username", "password", "proxy_headers")
_FROM_ENV = {
    "client_id": "BW_CLIENT_ID",
    "client_secret": "BW_CLIENT_SECRET",
    "access_token_url": "BW_ACCESS_TOKEN_URL",
    "username": "BW_USERNAME",
    "password": "BW_PASSWORD",
    "host": "BW_HOST",
}


class Configuration:
    """Where to call, as whom, and how patiently.

    Give OAuth2 client credentials, an access token, or a user name and password. OAuth2 wins where several are given;
    the vendor switches Basic authentication off on 2 December 2026. Every option is an attribute that can be set
    later, until an `ApiClient` is made of the configuration: the client reads it once.

    Args:
        host: The base URL for all calls, such as "http://127.0.0.1:8080". None: each operation's production server.
        client_id: The OAuth2 client id.
        client_secret: The OAuth2 client secret.
        access_token_url: The OAuth2 token endpoint. `host` does not move it.
        access_token: An OAuth2 access token from elsewhere, or a callable that returns the current one.
        username: The user name for Basic authentication.
        password: The password for Basic authentication.
        ignore_operation_servers: Call http://localhost where no host is given, rather than production.
        connect_timeout: Seconds to make a connection, TLS included.
        read_timeout: Seconds without a byte before an answer counts as lost.
        total_timeout: Seconds for a call with everything in it: repeats and their pauses, the token, the pool.
        retries: How often a call may be repeated, a `RetryPolicy`, or None for never. See `RetryPolicy` for what is
            repeated: a message is never sent twice.
        connection_pool_maxsize: How many connections are kept open to a host, and how many there are at most.
        idle_timeout: Seconds after which an idle connection is not used again.
        max_response_size: Bytes; an answer that is larger after decompression is refused.
        verify_ssl: Whether the server's certificate is verified.
        ssl_ca_cert: A file with the certificates of the authorities to trust, PEM.
        ca_cert_data: The same as a string (PEM) or bytes (DER).
        cert_file: The client's certificate, PEM.
        key_file: The client's private key, PEM.
        assert_hostname: The host name that the certificate must have, if not the host's; False checks none.
        tls_server_name: The host name to send in the TLS handshake (SNI).
        proxy: The URL of an HTTP, HTTPS or (with the extra `[socks]`) SOCKS proxy. None: HTTPS_PROXY, HTTP_PROXY,
            ALL_PROXY and NO_PROXY from the environment.
        proxy_headers: Headers for the proxy, such as Proxy-Authorization.
        socket_options: Socket options as (level, option, value); None for urllib3's own.

    Raises:
        ValueError: A value cannot be used, or half a credential was given. The message names the option.
        TypeError: There is no such option.
    """

    __slots__ = (
        "_host",
        "_lost_credentials",
        "access_token",
        "access_token_url",
        "assert_hostname",
        "ca_cert_data",
        "cert_file",
        "client_id",
        "client_secret",
        "connect_timeout",
        "connection_pool_maxsize",
        "idle_timeout",
        "ignore_operation_servers",
        "key_file",
        "max_response_size",
        "password",
        "proxy",
        "proxy_headers",
        "read_timeout",
        "retries",
        "socket_options",
        "ssl_ca_cert",
        "tls_server_name",
        "total_timeout",
        "username",
        "verify_ssl",
    )

    def __init__(
        self,
        host: str | None = None,
        *,
        client_id: str | None = None,
        client_secret: str | None = None,
        access_token_url: str = _TOKEN_URL,
        access_token: str | Callable[[], str] | None = None,
        username: str | None = None,
        password: str | None = None,
        ignore_operation_servers: bool = False,
        # A send that takes longer than this is better looked up than waited for; a lookup is repeated.
        connect_timeout: float = 5.0,
        read_timeout: float = 30.0,
        total_timeout: float = 60.0,
        retries: "int | RetryPolicy | None" = 2,
        connection_pool_maxsize: int = 32,
        # Load balancers commonly close idle connections after 60 s; half of that stays clear of the race.
        idle_timeout: float = 30.0,
        max_response_size: int = 64 * 1024 * 1024,
        verify_ssl: bool = True,
        ssl_ca_cert: str | None = None,
        ca_cert_data: str | bytes | None = None,
        cert_file: str | None = None,
        key_file: str | None = None,
        assert_hostname: str | bool | None = None,
        tls_server_name: str | None = None,
        proxy: str | None = None,
        proxy_headers: Mapping[str, str] | None = None,
        socket_options: Sequence[tuple[int, int, int | bytes]] | None = None,
    ) -> None:
        self._lost_credentials = False
        self._host = host
        self.client_id = client_id
        self.client_secret = client_secret
        self.access_token_url = access_token_url
        self.access_token = access_token
        self.username = username
        self.password = password
        self.ignore_operation_servers = ignore_operation_servers
        self.connect_timeout = connect_timeout
        self.read_timeout = read_timeout
        self.total_timeout = total_timeout
        self.retries = retries
        self.connection_pool_maxsize = connection_pool_maxsize
        self.idle_timeout = idle_timeout
        self.max_response_size = max_response_size
        self.verify_ssl = verify_ssl
        self.ssl_ca_cert = ssl_ca_cert
        self.ca_cert_data = ca_cert_data
        self.cert_file = cert_file
        self.key_file = key_file
        self.assert_hostname = assert_hostname
        self.tls_server_name = tls_server_name
        self.proxy = proxy
        self.proxy_headers = proxy_headers
        self.socket_options = socket_options
        self.check()

    @classmethod
    def from_env(cls, **options: Any) -> "Configuration":
        """A configuration from the environment.

        BW_CLIENT_ID, BW_CLIENT_SECRET, BW_ACCESS_TOKEN_URL, BW_USERNAME, BW_PASSWORD and BW_HOST are read; one that is
        not set, or empty, counts as not given.

        Args:
            options: Further options, which win over the environment.

        Raises:
            ValueError: A value cannot be used, or half a credential was given.
        """
        found = {name: os.environ[variable] for name, variable in _FROM_ENV.items() if os.environ.get(variable)}
        return cls(**{**found, **options})

    @property
    def host(self) -> str:
        """The base URL for all calls. It reads http://localhost where none was given."""
        return self._host if self._host is not None else _LOCALHOST

    @host.setter
    def host(self, value: str | None) -> None:
        self._host = value

    def server(self, operation_server: str) -> str:
        """The base URL that a call goes to: the given host, else the operation's own server."""
        if self._host is not None:
            return self._host.rstrip("/")
        return _LOCALHOST if self.ignore_operation_servers else operation_server

    def check(self) -> None:
        """Check that the options can be used, alone and together. `ApiClient` does so too.

        Raises:
            ValueError: An option cannot be used; the message names it.
        """
        if self._lost_credentials and not any(getattr(self, name) for name in _CREDENTIALS):
            raise ValueError(
                "this Configuration was unpickled, and a pickle holds no credentials: "
                "set client_id and client_secret (or access_token, or username and password) again"
            )
        _check_credential(self, "client_id", "client_secret")
        _check_credential(self, "username", "password")
        check_url("host", self.host, schemes=("http", "https"))
        check_url("access_token_url", self.access_token_url, schemes=("http", "https"))
        if self.proxy is not None:
            check_url("proxy", self.proxy, ("http", "https", "socks4", "socks4a", "socks5", "socks5h"), bare=False)
        for name in ("connect_timeout", "read_timeout", "total_timeout", "idle_timeout"):
            setattr(self, name, seconds(name, getattr(self, name)))
        for name in ("connection_pool_maxsize", "max_response_size"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{name}: give a whole number from 1 up, not {value!r}")
        _check_pairs(self)
        if isinstance(self.retries, bool) or (isinstance(self.retries, int) and self.retries < 0):
            raise ValueError(f"retries: give how often a call may be repeated, 0 or more, not {self.retries!r}")

    def to_debug_report(self) -> str:
        """What a bug report needs: versions, and the options with every secret left out."""
        import platform

        from ._version import __version__

        system = f"{platform.python_implementation()} {platform.python_version()} on {platform.system()}"
        return f"bandwidth_messaging {__version__}, {system}\n{self!r}"

    def _shown(self, name: str) -> object:
        value = getattr(self, name)
        if value is not None and name in _SECRETS:
            return "***"
        return _without_userinfo(value) if name == "proxy" and value else value

    def __repr__(self) -> str:
        names = ["host", *(name for name in self.__slots__ if not name.startswith("_"))]
        shown = [f"    {name}={self._shown(name)!r},\n" for name in names if getattr(self, name) is not None]
        return f"Configuration(\n{''.join(shown)})"

    def __copy__(self) -> "Configuration":
        return self._duplicate()

    def __deepcopy__(self, memo: dict[int, Any]) -> "Configuration":
        return self._duplicate()

    def _duplicate(self) -> "Configuration":
        # A copy stays within the process and keeps the credentials; __getstate__, which pickle uses, leaves them out.
        copied = object.__new__(type(self))
        for name in self.__slots__:
            setattr(copied, name, getattr(self, name))
        return copied

    def __getstate__(self) -> dict[str, Any]:
        state = {name: getattr(self, name) for name in self.__slots__ if name not in _CREDENTIALS}
        state["proxy"] = _without_userinfo(self.proxy) if self.proxy else None
        state["_lost_credentials"] = any(getattr(self, name) is not None for name in _CREDENTIALS)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name in self.__slots__:
            setattr(self, name, state.get(name))


def _check_pairs(configuration: Configuration) -> None:
    headers, options = configuration.proxy_headers, configuration.socket_options
    if headers is not None and not (
        isinstance(headers, Mapping) and all(isinstance(part, str) for pair in headers.items() for part in pair)
    ):
        raise ValueError("proxy_headers: give a dict of names and values, all of them strings")
    if options is not None and not (
        isinstance(options, Sequence) and all(isinstance(each, tuple) and len(each) == 3 for each in options)
    ):
        raise ValueError("socket_options: give tuples of level, option and value")


def without_credentials(configuration: Configuration | None, **host: str | None) -> Configuration:
    """A copy for a service that has credentials of its own.

    Args:
        configuration: The options to copy; None for the defaults.
        **host: The address of the service, under the name of the argument that gave it; None leaves it as it is.

    Raises:
        ValueError: The configuration is none, or the address is no URL.
    """
    if configuration is not None and not isinstance(configuration, Configuration):
        raise ValueError(f"configuration: give a Configuration, not {type(configuration).__name__}")
    settings = Configuration() if configuration is None else copy(configuration)
    for name in ("client_id", "client_secret", "access_token", "username", "password"):
        setattr(settings, name, None)
    settings._lost_credentials = False
    for name, url in host.items():
        if url is not None:
            check_url(name, url, schemes=("http", "https"))
            settings.host = url
    return settings


def _check_credential(configuration: Configuration, name: str, secret: str) -> None:
    for one, other in ((name, secret), (secret, name)):
        value = getattr(configuration, one)
        if value is not None and (not isinstance(value, str) or not value):
            raise ValueError(f"{one}: give a string that is not empty")
        if value is not None and getattr(configuration, other) is None:
            raise ValueError(f"{one} was given without {other}; give both")


def check_url(name: str, url: object, schemes: tuple[str, ...], bare: bool = True) -> None:
    """The URL must be whole, and (if `bare`) hold no credentials: a URL ends up in logs and messages."""
    if not isinstance(url, str):
        raise ValueError(f"{name}: give a URL, not {type(url).__name__}")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"{name}: not a URL: {error}") from None
    if any(ord(character) <= 32 or ord(character) == 127 for character in url):
        raise ValueError(f"{name}: a URL has no spaces and no control characters")
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"{name}: give a URL that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    if bare and "@" in parts.netloc:
        raise ValueError(f"{name}: a URL must not hold credentials; give them as options")
    if parts.query or parts.fragment:
        raise ValueError(f"{name}: give the URL without a query or fragment")


def _without_userinfo(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"
