"""The proxy that the environment asks for. Imported only where one of its variables is set."""

import re
from ipaddress import ip_address, ip_network
from os import environ

__all__ = ["proxy_for"]


def proxy_for(scheme: str, host: str, port: int | None) -> str | None:
    """The proxy URL for a server by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY; None for a direct connection.

    Lower-case names win, as in curl. A server on this machine is never reached by way of a proxy.

    Args:
        scheme: "http" or "https".
        host: The server's host name or address.
        port: Its port, if the URL has one.
    """
    proxy = _variable(f"{scheme}_proxy") or _variable("all_proxy")
    # Under CGI, HTTP_PROXY is a header that the client chose (CVE-2016-5385).
    if scheme == "http" and "REQUEST_METHOD" in environ and not environ.get("http_proxy"):
        proxy = _variable("all_proxy")
    if not proxy or _is_loopback(host) or _is_exempt(host, port):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _variable(name: str) -> str:
    return (environ.get(name) or environ.get(name.upper()) or "").strip()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")


def _is_exempt(host: str, port: int | None) -> bool:
    # People write the list with commas, spaces and line ends; any of them separates.
    for entry in re.split(r"[\s,]+", _variable("no_proxy").lower()):
        # An IPv6 address has colons of its own; it has a port only after brackets.
        has_port = entry.count(":") == 1 or "]:" in entry
        name, _, only_port = entry.rpartition(":") if has_port else (entry, "", "")
        name = name.strip("[]")
        if only_port and only_port != str(port):
            continue
        if name == "*" or (name and (_same_domain(host.lower(), name) or _in_network(host, name))):
            return True
    return False


def _same_domain(host: str, name: str) -> bool:
    domain = name.removeprefix("*").removeprefix(".")
    return host == domain or host.endswith(f".{domain}")


def _in_network(host: str, network: str) -> bool:
    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False
