"""The MessageMedia family: send, schedule and cancel messages, and fetch delivery reports and replies.

```python
from bandwidth_messaging.messagemedia import MessageMediaMessagesClient

with MessageMediaMessagesClient("API key", "API secret") as client:
    client.messages.send_messages({"messages": [{"content": "Hello", "destination_number": "+61491570156"}]})
```
"""

from .._lazy import lazy_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import api as api
    from . import models as models
    from .api.delivery_reports_controller import DeliveryReportsController as DeliveryReportsController
    from .api.messages_controller import MessagesController as MessagesController
    from .api.replies_controller import RepliesController as RepliesController
    from .hmac_auth import HmacAuth as HmacAuth
    from .message_media_messages_client import MessageMediaMessagesClient as MessageMediaMessagesClient
    from .models.cancel_scheduled_message_request import CancelScheduledMessageRequest as CancelScheduledMessageRequest
    from .models.message import Message as Message
    from .models.send_messages_request import SendMessagesRequest as SendMessagesRequest
    from .signature import signed_by as signed_by
    from .signature import verify_signature as verify_signature

__all__ = [
    "CancelScheduledMessageRequest",
    "DeliveryReportsController",
    "HmacAuth",
    "Message",
    "MessageMediaMessagesClient",
    "MessagesController",
    "RepliesController",
    "SendMessagesRequest",
    "models",
    "signed_by",
    "verify_signature",
]

_MODULES = {
    "CancelScheduledMessageRequest": "models.cancel_scheduled_message_request",
    "DeliveryReportsController": "api.delivery_reports_controller",
    "HmacAuth": "hmac_auth",
    "Message": "models.message",
    "MessageMediaMessagesClient": "message_media_messages_client",
    "MessagesController": "api.messages_controller",
    "RepliesController": "api.replies_controller",
    "SendMessagesRequest": "models.send_messages_request",
    "models": "",
    "signed_by": "signature",
    "verify_signature": "signature",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
