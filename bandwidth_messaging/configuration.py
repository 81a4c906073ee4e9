"""Configuration: where to call, as whom, how patiently. It holds values and does no I/O."""

import os
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import KW_ONLY, dataclass, field, fields
from typing import Any, overload
from urllib.parse import urlsplit

from ._call.timeouts import seconds
from ._field_docs import fields_in_help
from ._generated import LeftOut, left_out, options_by_position
from ._urls import check_proxy, check_url, without_userinfo
from .exceptions import ConfigurationException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Self

    from .retry import RetryPolicy

__all__ = ["Configuration"]

_LOCALHOST = "http://localhost"
_VENDOR = "bandwidth.com"
_MESSAGING_URL = "https://messaging.bandwidth.com/api/v2"
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
    "account_id": "BW_ACCOUNT_ID",
    "application_id": "BW_MESSAGING_APPLICATION_ID",
    "number": "BW_NUMBER",
}
# What a client reads anew after a change; the last three it does not read at all.
_READ_ANEW = {
    "host", "ignore_operation_servers", "access_token_url", "client_id", "client_secret", "access_token", "username",
    "password", "account_id", "application_id", "number",
}  # fmt: skip


class _Url:
    """A URL as it was given; where none was, it reads as what will be called (a descriptor-typed dataclass field)."""

    def __init__(self, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, configuration: None, owner: type) -> None: ...
    @overload
    def __get__(self, configuration: "Configuration", owner: type) -> str: ...
    def __get__(self, configuration: "Configuration | None", owner: type) -> str | None:
        if configuration is None:
            return None  # the default of the field
        given: str | None = getattr(configuration, f"_{self._name}")
        return configuration._unless_given(self._name) if given is None else given

    def __set__(self, configuration: "Configuration", value: str | None) -> None:
        if value is not None:
            check_url(self._name, value, schemes=("http", "https"))
            value = str.__str__(value)  # of a (str, Enum) member its value
        setattr(configuration, f"_{self._name}", value)


_API_KEYS = "the contract has no API keys"
_ONE_SERVER = "each operation has one server, without variables; give host for another"
_LOGGER = 'set up the logger "bandwidth_messaging", which shows no secret'
_CREDENTIALS_STAY = "credentials are put on requests, not handed out; api_client.auth puts them on one"
_UNUSED = "nothing read it there"


@left_out(
    **dict.fromkeys(("api_key", "api_key_prefix", "refresh_api_key_hook", "get_api_key_with_prefix"), _API_KEYS),
    **dict.fromkeys(("server_index", "server_variables", "get_host_settings", "get_host_from_settings"), _ONE_SERVER),
    **dict.fromkeys(("server_operation_index", "server_operation_variables"), _ONE_SERVER),
    **dict.fromkeys(("debug", "logger", "logger_file", "logger_format", "logger_formatter"), _LOGGER),
    **dict.fromkeys(("logger_file_handler", "logger_stream_handler"), _LOGGER),
    **dict.fromkeys(("get_access_token", "get_basic_auth_token", "auth_settings"), _CREDENTIALS_STAY),
    **dict.fromkeys(("temp_access_token", "temp_access_token_expiration"), _CREDENTIALS_STAY),
    **dict.fromkeys(("client_side_validation", "datetime_format", "date_format", "temp_folder_path"), _UNUSED),
    safe_chars_for_path_param="a path value is encoded once and whole; the slashes of a media id stay",
    set_default="give the configuration to ApiClient(...)",
    get_default="give the configuration to ApiClient(...), or use Configuration.from_env()",
    get_default_copy="use copy.copy(configuration), or Configuration.from_env()",
)
# The order of the generated SDK.
@options_by_position(
    "host", "api_key", "api_key_prefix", "username", "password", "access_token", "access_token_url", "client_id",
    "client_secret", "server_index", "server_variables", "server_operation_index", "server_operation_variables",
    "ignore_operation_servers", "ssl_ca_cert", "retries", "ca_cert_data", "cert_file", "key_file",
)  # fmt: skip
@fields_in_help
@dataclass(eq=False, repr=False)
class Configuration:
    """Where to call, as whom, and how patiently.

    Give OAuth2 client credentials, an access token, or a user name and password. OAuth2 wins where several are given;
    the vendor switches Basic authentication off on 2 December 2026. Every option is an attribute that can be set
    later. Once an `ApiClient` is made of the configuration, a change of credentials or addresses counts from the next
    call on; after a change of anything else calls raise, for the client has read it.

    Clients that are made of the same configuration share its token.

    Raises:
        ConfigurationException: A value cannot be used, or half a credential was given. The message names the option.
        TypeError: There is no such option.
    """

    host: _Url = _Url("host")
    """The base URL for all calls, such as "http://127.0.0.1:8080". None: each operation's production server."""
    _: KW_ONLY
    client_id: str | None = None
    """The OAuth2 client id."""
    client_secret: str | None = None
    """The OAuth2 client secret."""
    access_token_url: _Url = _Url("access_token_url")
    """The OAuth2 token endpoint; None for production's. `host` does not move it: client credentials together with a
    `host` that is not Bandwidth's are refused without it, so that a test never sends them to production."""
    access_token: str | Callable[[], str] | None = None
    """An OAuth2 access token from elsewhere, or a callable that returns the current one."""
    username: str | None = None
    """The user name for Basic authentication."""
    password: str | None = None
    """The password for Basic authentication."""
    ignore_operation_servers: bool = False
    """Call http://localhost where no host is given, rather than production."""
    connect_timeout: float = 5.0
    """Seconds to make a connection, TLS included."""
    # A send that takes longer than this is better looked up than waited for; a lookup is repeated.
    read_timeout: float = 30.0
    """Seconds without a byte before an answer counts as lost."""
    total_timeout: float = 60.0
    """Seconds for a call with everything in it: repeats and their pauses, the token, the pool."""
    retries: "int | RetryPolicy | None" = 2
    """How often a call may be repeated, a `RetryPolicy`, or None for never. See `RetryPolicy` for what is repeated: a
    message is never sent twice."""
    connection_pool_maxsize: int = 32
    """How many connections are kept open to a host, and how many there are at most."""
    # Load balancers commonly close idle connections after 60 s; half of that stays clear of the race.
    idle_timeout: float = 30.0
    """Seconds after which an idle connection is not used again."""
    max_response_size: int = 64 * 1024 * 1024
    """Bytes; an answer that is larger after decompression is refused."""
    verify_ssl: bool = True
    """Whether the server's certificate is verified."""
    ssl_ca_cert: str | None = None
    """A file with the certificates of the authorities to trust, PEM."""
    ca_cert_data: str | bytes | None = None
    """The same as a string (PEM) or bytes (DER)."""
    cert_file: str | None = None
    """The client's certificate, PEM."""
    key_file: str | None = None
    """The client's private key, PEM."""
    assert_hostname: str | bool | None = None
    """The host name that the certificate must have, if not the host's; False checks none."""
    tls_server_name: str | None = None
    """The host name to send in the TLS handshake (SNI)."""
    proxy: str | None = None
    """The URL of an HTTP, HTTPS or (with the extra `[socks]`) SOCKS proxy. None: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and
    NO_PROXY from the environment."""
    proxy_headers: Mapping[str, str] | None = None
    """Headers for the proxy, such as Proxy-Authorization."""
    socket_options: Sequence[tuple[int, int, int | bytes]] | None = None
    """Socket options as (level, option, value); None for urllib3's own."""
    account_id: str | None = None
    """For your own use, and read from the environment: your Bandwidth account id."""
    application_id: str | None = None
    """The same: the id of your messaging application."""
    number: str | None = None
    """The same: the number to send from."""

    _host: str | None = field(init=False)
    _access_token_url: str | None = field(init=False)
    # By how many changes a client can tell that it has to look.
    _changes: int = field(init=False, default=0)
    # Tokens, shared by the clients that are made of this and of its copies; see auth.py.
    _shared: dict[Any, Any] = field(init=False, default_factory=dict)
    # Whether this was loaded from a pickle, which leaves the credentials out.
    _lost_credentials: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.check()

    # Hidden from checkers, which would take it for leave to set any attribute.
    if not TYPE_CHECKING:

        def __setattr__(self, name, value):
            if name not in type(self).__dataclass_fields__ and not isinstance(vars(Configuration).get(name), LeftOut):
                raise AttributeError(f"Configuration has no option {name!r}")
            object.__setattr__(self, name, value)
            if not name.startswith("_") or name in ("_host", "_access_token_url"):
                object.__setattr__(self, "_changes", self._changes + 1)

    @classmethod
    def from_env(cls, **options: Any) -> "Configuration":
        """A configuration from the environment.

        BW_CLIENT_ID, BW_CLIENT_SECRET, BW_ACCESS_TOKEN_URL, BW_USERNAME, BW_PASSWORD and BW_HOST are read, and for your
        own use BW_ACCOUNT_ID, BW_MESSAGING_APPLICATION_ID and BW_NUMBER; one that is not set, or empty, counts as not
        given.

        Args:
            options: Further options, which win over the environment.

        Raises:
            ConfigurationException: There are no credentials, a value cannot be used, or half a credential was given.
        """
        configuration = cls(**{**environment(), **options})
        if not configuration._has_credentials():
            raise ConfigurationException(
                "the environment has no credentials: set BW_CLIENT_ID and BW_CLIENT_SECRET, "
                "or BW_USERNAME and BW_PASSWORD"
            )
        return configuration

    def _has_credentials(self) -> bool:
        return any(getattr(self, name) is not None for name in ("client_id", "access_token", "username"))

    def server(self, operation_server: str) -> str:
        """The base URL that a call goes to: the given host, else the operation's own server."""
        if self._host is not None:
            return self._host.rstrip("/")
        return _LOCALHOST if self.ignore_operation_servers else operation_server

    def check(self) -> None:
        """Check that the options can be used, alone and together. `ApiClient` does so too.

        Raises:
            ConfigurationException: An option cannot be used; the message names it.
        """
        if self._lost_credentials and not any(getattr(self, name) for name in _CREDENTIALS):
            raise ConfigurationException(
                "this Configuration was unpickled, and a pickle holds no credentials: "
                "set client_id and client_secret (or access_token, or username and password) again"
            )
        _check_credential(self, "client_id", "client_secret")
        _check_credential(self, "username", "password")
        self._check_where_credentials_go()
        if self.proxy is not None:
            check_proxy("proxy", self.proxy)
        for name in ("connect_timeout", "read_timeout", "total_timeout", "idle_timeout"):
            setattr(self, name, seconds(name, getattr(self, name)))
        for name in ("connection_pool_maxsize", "max_response_size"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ConfigurationException(f"{name}: give a whole number from 1 up, not {value!r}")
        _check_pairs(self)
        if isinstance(self.retries, bool) or (isinstance(self.retries, int) and self.retries < 0):
            raise ConfigurationException(
                f"retries: give how often a call may be repeated, 0 or more, not {self.retries!r}"
            )

    def _unless_given(self, name: str) -> str:
        """What a URL is that was not given."""
        if name == "access_token_url":
            return _TOKEN_URL
        return _LOCALHOST if self.ignore_operation_servers else _MESSAGING_URL

    def _check_where_credentials_go(self) -> None:
        if self.client_id is None or self.client_secret is None or self._access_token_url is not None:
            return
        name = urlsplit(self.host).hostname or ""
        if name != _VENDOR and not name.endswith(f".{_VENDOR}"):
            raise ConfigurationException(
                f"access_token_url: the host {name} is not Bandwidth's, and without an access_token_url "
                "client_id and client_secret would go to production all the same. Give that of your test server or, "
                "behind a gateway, "
                f'access_token_url="{_TOKEN_URL}"'
            )

    def _changed_since(self, settings: "Configuration") -> "Configuration":
        """A copy, to go on with in place of `settings`: credentials and addresses may have changed since.

        Raises:
            ConfigurationException: Another option has changed, which a client reads once, or one cannot be used.
        """
        self.check()
        copied = copy(self)
        for option in fields(self):
            name = option.name
            if option.init and name not in _READ_ANEW and getattr(copied, name) != getattr(settings, name):
                raise ConfigurationException(
                    f"{name}: it was changed after a client was made of this Configuration, which reads it once; "
                    "make another ApiClient"
                )
        return copied

    def to_debug_report(self) -> str:
        """What a bug report needs: versions, and the options with every secret left out."""
        import platform

        from ._version import __version__

        system = f"{platform.python_implementation()} {platform.python_version()} on {platform.system()}"
        return f"bandwidth_messaging {__version__}, {system}\n{self!r}"

    def __repr__(self) -> str:
        options = {option.name: getattr(self, option.name) for option in fields(self) if option.init}
        shown = [f"    {name}={_shown(name, value)!r},\n" for name, value in options.items() if value is not None]
        return f"Configuration(\n{''.join(shown)})"

    def __copy__(self) -> "Self":
        # A copy stays within the process and keeps the credentials; __getstate__, which pickle uses, leaves them out.
        copied = object.__new__(type(self))
        vars(copied).update(vars(self))
        copied.proxy_headers = None if self.proxy_headers is None else dict(self.proxy_headers)
        copied.socket_options = None if self.socket_options is None else list(self.socket_options)
        return copied

    def __deepcopy__(self, memo: dict[int, Any]) -> "Self":
        return self.__copy__()

    def __getstate__(self) -> dict[str, Any]:
        state = {name: value for name, value in vars(self).items() if name not in (*_CREDENTIALS, "_shared")}
        state["proxy"] = without_userinfo(self.proxy) if self.proxy else None
        state["_lost_credentials"] = any(getattr(self, name) is not None for name in _CREDENTIALS)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(dict.fromkeys(_CREDENTIALS), _shared={}, **state)


def environment() -> dict[str, Any]:
    """The options that environment variables give."""
    return {name: os.environ[variable] for name, variable in _FROM_ENV.items() if os.environ.get(variable)}


# What the signature shows; the descriptor behind it is nobody's business.
Configuration.__init__.__annotations__ |= {"host": "str | None", "access_token_url": "str | None"}


def _check_pairs(configuration: Configuration) -> None:
    headers, options = configuration.proxy_headers, configuration.socket_options
    if headers is not None and not (
        isinstance(headers, Mapping) and all(isinstance(part, str) for pair in headers.items() for part in pair)
    ):
        raise ConfigurationException("proxy_headers: give a dict of names and values, all of them strings")
    for name, value in (headers or {}).items():
        # http.client would refuse it too, and show it.
        if not value.isascii() or not value.isprintable():
            raise ConfigurationException(f"proxy_headers[{name!r}]: only printable ASCII can be sent in a header")
    if options is not None and not (
        isinstance(options, Sequence) and all(isinstance(each, tuple) and len(each) == 3 for each in options)
    ):
        raise ConfigurationException("socket_options: give tuples of level, option and value")


def without_credentials(configuration: Configuration | None, **host: str | None) -> Configuration:
    """A copy for a service that has credentials of its own."""
    if configuration is not None and not isinstance(configuration, Configuration):
        raise ConfigurationException(f"configuration: give a Configuration, not {type(configuration).__name__}")
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
            raise ConfigurationException(f"{one}: give a string that is not empty")
        if value is not None and getattr(configuration, other) is None:
            raise ConfigurationException(f"{one} was given without {other}; give both")


def _shown(name: str, value: Any) -> Any:
    """The value of an option as repr may show it."""
    if value is not None and name in _SECRETS:
        return "***"
    return without_userinfo(value) if name == "proxy" and value else value
