"""The `Link` header of a list: where the next page is, if it may be followed. Pure."""

import re
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

__all__ = ["next_query"]

# RFC 8288, section 3: a URL in angle brackets, then parameters; quoted strings may hold anything.
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[^\s=;,]+\s*(?:=\s*(?:\"(?:[^\"\\]|\\.)*\"|[^\s;,\"]+))?)*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
_MOST_PARAMETERS = 50
_PORTS = {"http": 80, "https": 443}


def next_query(link: str | None, page_url: str) -> dict[str, str] | None:
    """The query of the next page by wire name; None if there is none, ValueError if it cannot be followed."""
    target = _target(link or "")
    if target is None:
        return None
    page, found = urlsplit(page_url), urlsplit(urljoin(page_url, target))
    # Whoever answers elsewhere would be sent the credentials.
    if _origin(found) != _origin(page):
        raise ValueError("the link to the next page leads to another origin")
    if found.path != page.path:
        raise ValueError("the link to the next page leads to another path")
    pairs = parse_qsl(found.query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    query = dict(pairs)
    if len(query) < len(pairs) or any(name.startswith("_") for name in query):
        raise ValueError("the link to the next page has a query that cannot be followed")
    return query


def _origin(url: SplitResult) -> tuple[str, str | None, int | None, bool]:
    return url.scheme, url.hostname, url.port or _PORTS.get(url.scheme), "@" in url.netloc


def _target(link: str) -> str | None:
    for url, parameters in _LINK.findall(link):
        rel = _REL.search(parameters)
        if rel is not None and "next" in (rel[1] or rel[2] or "").lower().split():
            return str(url)
    return None
