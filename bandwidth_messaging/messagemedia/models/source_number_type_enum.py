"""SourceNumberTypeEnum: what kind of sender a source number is."""

from ..._models.open_enum import OpenEnum

__all__ = ["SourceNumberTypeEnum"]


class SourceNumberTypeEnum(OpenEnum):
    """The type of a source number. The service infers it where it is not given, not always rightly."""

    INTERNATIONAL = "INTERNATIONAL"
    ALPHANUMERIC = "ALPHANUMERIC"
    SHORTCODE = "SHORTCODE"
