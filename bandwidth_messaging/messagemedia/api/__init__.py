"""The controllers, one module each."""

from ..._lazy import lazy_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .delivery_reports_controller import DeliveryReportsController as DeliveryReportsController
    from .messages_controller import MessagesController as MessagesController
    from .replies_controller import RepliesController as RepliesController

__all__ = ["DeliveryReportsController", "MessagesController", "RepliesController"]

_MODULES = {
    "DeliveryReportsController": "delivery_reports_controller",
    "MessagesController": "messages_controller",
    "RepliesController": "replies_controller",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
