"""A local server that stands in for the vendor's services: no account, no network, no bill.

```python
import bandwidth_messaging
from bandwidth_messaging.sandbox import Sandbox

with Sandbox() as sandbox:
    configuration = bandwidth_messaging.Configuration(
        host=sandbox.url,
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
        access_token_url=sandbox.access_token_url,
    )
```

Needs the extra: `pip install "bandwidth-messaging[sandbox]"`.
"""

try:
    from .messaging.views import SandboxCallback, SandboxMessage
    from .sandbox import Sandbox, SandboxAccount
except ModuleNotFoundError as error:
    if (error.name or "").startswith(__name__.partition(".")[0]):
        raise
    raise ImportError(
        f'The sandbox needs {error.name}, which is not installed. Run: pip install "bandwidth-messaging[sandbox]"'
    ) from error

__all__ = ["Sandbox", "SandboxAccount", "SandboxCallback", "SandboxMessage"]
