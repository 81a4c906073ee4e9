"""The callbacks that the service posts to an application: who sent them, what they say, and whether they came before.

```python
from bandwidth_messaging.callbacks import StatusCallback, parse_callback, verify_basic_auth

if not verify_basic_auth(request.headers, "username", "password"):
    ...  # answer 401
for event in parse_callback(request.body):  # ValueError: answer 400
    if is_new(event.idempotency_key) and isinstance(event, StatusCallback):
        ...  # keep it, answer 200 within 10 seconds, and only then work on it
```

The service posts a callback again until it is answered 2xx within 10 seconds, for up to 24 hours. The same event can
therefore arrive more than once, also after it was answered: `idempotency_key` tells.
"""

from .._lazy import lazy_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..models.callback import Callback as Callback
    from ..models.callback_message import CallbackMessage as CallbackMessage
    from ..models.callback_type_enum import CallbackTypeEnum as CallbackTypeEnum
    from ..models.inbound_callback import InboundCallback as InboundCallback
    from ..models.inbound_callback_message import InboundCallbackMessage as InboundCallbackMessage
    from ..models.multi_channel_message_channel_enum import (
        MultiChannelMessageChannelEnum as MultiChannelMessageChannelEnum,
    )
    from ..models.multi_channel_message_content import MultiChannelMessageContent as MultiChannelMessageContent
    from ..models.rbm_location_response import RbmLocationResponse as RbmLocationResponse
    from ..models.rbm_message_content_file import RbmMessageContentFile as RbmMessageContentFile
    from ..models.rbm_suggestion_response import RbmSuggestionResponse as RbmSuggestionResponse
    from ..models.status_callback import StatusCallback as StatusCallback
    from ..models.status_callback_message import StatusCallbackMessage as StatusCallbackMessage
    from .parsing import parse_callback as parse_callback
    from .verifying import verify_basic_auth as verify_basic_auth

__all__ = [
    "Callback",
    "CallbackMessage",
    "CallbackTypeEnum",
    "InboundCallback",
    "InboundCallbackMessage",
    "MultiChannelMessageChannelEnum",
    "MultiChannelMessageContent",
    "RbmLocationResponse",
    "RbmMessageContentFile",
    "RbmSuggestionResponse",
    "StatusCallback",
    "StatusCallbackMessage",
    "parse_callback",
    "verify_basic_auth",
]

_MODULES = {
    "Callback": ".models.callback",
    "CallbackMessage": ".models.callback_message",
    "CallbackTypeEnum": ".models.callback_type_enum",
    "InboundCallback": ".models.inbound_callback",
    "InboundCallbackMessage": ".models.inbound_callback_message",
    "MultiChannelMessageChannelEnum": ".models.multi_channel_message_channel_enum",
    "MultiChannelMessageContent": ".models.multi_channel_message_content",
    "RbmLocationResponse": ".models.rbm_location_response",
    "RbmMessageContentFile": ".models.rbm_message_content_file",
    "RbmSuggestionResponse": ".models.rbm_suggestion_response",
    "StatusCallback": ".models.status_callback",
    "StatusCallbackMessage": ".models.status_callback_message",
    "parse_callback": "parsing",
    "verify_basic_auth": "verifying",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
