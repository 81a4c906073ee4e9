"""The API families that the sandbox answers. A new one is named here."""

from .classic.family import ClassicFamily
from .credentials import Gate
from .family import Family
from .messagemedia.family import MessageMediaFamily
from .v2.family import V2Family
from .v2.paging import PageTokens


def families(gate: Gate, page_key: bytes) -> dict[str, Family]:
    """All families by name."""
    known = (V2Family(gate, PageTokens(page_key)), ClassicFamily(), MessageMediaFamily())
    return {family.name: family for family in known}
