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
    from ..models.callback_content import CallbackContent as CallbackContent
    from ..models.callback_message import CallbackMessage as CallbackMessage
    from ..models.callback_type_enum import CallbackTypeEnum as CallbackTypeEnum
    from ..models.inbound_callback import InboundCallback as InboundCallback
    from ..models.location_response import LocationResponse as LocationResponse
    from ..models.status_callback import StatusCallback as StatusCallback
    from ..models.suggestion_response import SuggestionResponse as SuggestionResponse
    from .parsing import parse_callback as parse_callback
    from .verifying import verify_basic_auth as verify_basic_auth

__all__ = [
    "Callback",
    "CallbackContent",
    "CallbackMessage",
    "CallbackTypeEnum",
    "InboundCallback",
    "LocationResponse",
    "StatusCallback",
    "SuggestionResponse",
    "parse_callback",
    "verify_basic_auth",
]

_MODULES = {
    "Callback": ".models.callback",
    "CallbackContent": ".models.callback_content",
    "CallbackMessage": ".models.callback_message",
    "CallbackTypeEnum": ".models.callback_type_enum",
    "InboundCallback": ".models.inbound_callback",
    "LocationResponse": ".models.location_response",
    "StatusCallback": ".models.status_callback",
    "SuggestionResponse": ".models.suggestion_response",
    "parse_callback": "parsing",
    "verify_basic_auth": "verifying",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
