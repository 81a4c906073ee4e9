"""RbmSuggestionResponse: the suggestion of a rich message that a recipient chose."""

from .._models.base import Model

__all__ = ["RbmSuggestionResponse"]


class RbmSuggestionResponse(Model):
    """The suggestion of a rich message that the recipient chose."""

    text: str | None = None
    """The words of the suggestion."""
    postback_data: str | None = None
    """The data that the suggestion carried."""
    paired_message_id: str | None = None
    """The ID of the message that held the suggestion."""
