"""CallbackContent: what an inbound message holds besides text and media."""

from .._models.base import Model
from .location_response import LocationResponse
from .suggestion_response import SuggestionResponse

__all__ = ["CallbackContent"]


class CallbackContent(Model):
    """The rich content of an inbound message."""

    suggestion_response: SuggestionResponse | None = None
    """The suggestion that the recipient chose."""
    location_response: LocationResponse | None = None
    """The place that the recipient shared."""
