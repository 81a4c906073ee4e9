"""Bandwidth's first messaging SDK, on this package's transport: `client("messaging", ...)` and its four calls.

```python
import bandwidth_messaging

messaging_api = bandwidth_messaging.client("messaging", "u-user", "t-token", "s-secret")
message_id = messaging_api.send_message(from_="+12345679800", to="+12345679810", text="SMS message")
```

`client("messaging-v2", ...)` puts the same four calls on the V2 API.
"""

from .._lazy import lazy_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .bridge import BridgeClient as BridgeClient
    from .entry import client as client
    from .messaging import MessagingClient as MessagingClient
    from .models import ClassicError as ClassicError
    from .models import ErrorDetail as ErrorDetail
    from .results import SendResult as SendResult

__all__ = ["BridgeClient", "ClassicError", "ErrorDetail", "MessagingClient", "SendResult", "client"]

_MODULES = {
    "BridgeClient": "bridge",
    "ClassicError": "models",
    "ErrorDetail": "models",
    "MessagingClient": "messaging",
    "SendResult": "results",
    "client": "entry",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
