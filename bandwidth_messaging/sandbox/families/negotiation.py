"""Which media types and encodings a request sends and takes (RFC 9110, section 12)."""


def is_json(content_type: str) -> bool:
    """Whether a Content-Type header says JSON in UTF-8, or JSON without a charset."""
    media_type, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = [part.removeprefix("charset=").strip('"') for part in parameters if part.startswith("charset=")]
    return media_type == "application/json" and all(charset in ("utf-8", "utf8") for charset in charsets)


def accepts_json(accept: str | None) -> bool:
    """Whether the caller takes JSON: not only if an Accept header excludes it."""
    return not accept or not accept.strip() or _takes(accept, ("application/json", "application/*", "*/*"))


def accepts_gzip(accept_encoding: str | None) -> bool:
    """Whether an Accept-Encoding header allows gzip."""
    return _takes(accept_encoding or "", ("gzip", "*"))


def _takes(header: str, names: tuple[str, ...]) -> bool:
    """Decide by the most specific of the names, which are in that order, whether its weight is above 0."""
    weights = {}
    for entry in header.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        weights[name] = next((_weight(part[2:]) for part in parameters if part.startswith("q=")), 1.0)
    return next((weights[name] > 0 for name in names if name in weights), False)


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
