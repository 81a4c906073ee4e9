"""URLs that are options: checked, and shown without the credentials in them."""

from urllib.parse import urlsplit

from .exceptions import ConfigurationException

__all__ = ["check_proxy", "check_url", "without_userinfo"]

_PROXY_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


def check_proxy(name: str, url: object) -> None:
    """The URL of a proxy must be whole, and of a kind that can be used here."""
    check_url(name, url, _PROXY_SCHEMES, bare=False)
    if str(url).startswith("socks"):
        from importlib.util import find_spec

        if find_spec("socks") is None:
            raise ConfigurationException(f'{name}: SOCKS needs PySocks: pip install "bandwidth-messaging[socks]"')


def check_url(name: str, url: object, schemes: tuple[str, ...], bare: bool = True) -> None:
    """The URL must be whole, and (if `bare`) hold no credentials: a URL ends up in logs and messages."""
    if not isinstance(url, str):
        raise ConfigurationException(f"{name}: give a URL, not {type(url).__name__}")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        # Python's own text shows parts of the URL, which may hold a password.
        raise ConfigurationException(f"{name}: this cannot be read as a URL") from None
    if any(ord(character) <= 32 or ord(character) == 127 for character in url):
        raise ConfigurationException(f"{name}: a URL has no spaces and no control characters")
    if parts.scheme not in schemes or not parts.hostname:
        raise ConfigurationException(
            f"{name}: give a URL that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}"
        )
    if bare and "@" in parts.netloc:
        raise ConfigurationException(f"{name}: a URL must not hold credentials; give them as options")
    if parts.query or parts.fragment:
        raise ConfigurationException(f"{name}: give the URL without a query or fragment")


def without_userinfo(url: str) -> str:
    """The URL as it may be shown."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"
