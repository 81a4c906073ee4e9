"""CancelScheduledMessageRequest: the new status of a message that is to be cancelled."""

from typing import Any

from pydantic import Field

from ..model import FamilyRequest

__all__ = ["CancelScheduledMessageRequest"]


class CancelScheduledMessageRequest(FamilyRequest):
    """What cancels a scheduled message: its new status. It need not be given."""

    status: str = Field(default="cancelled", pattern="^cancelled$")
    """The new status of the message: `cancelled`, the only one that can be given."""

    def model_post_init(self, _: Any) -> None:
        """Count the default as given: it is sent."""
        self.model_fields_set.add("status")
