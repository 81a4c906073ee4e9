"""The outbox: a message is written down under a key before it goes out.

```python
from bandwidth_messaging.outbox import Outbox

outbox = Outbox("sqlite:///messages.db")
entry = outbox.send(api, account_id, request, key="otp/4711")  # again with the same key: no second message
```

Needs the extra `[outbox]`: SQLAlchemy.
"""

from .._lazy import lazy_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .entry import STATES as STATES
    from .entry import Entry as Entry
    from .entry import Summary as Summary
    from .failures import DatabaseException as DatabaseException
    from .failures import KeyConflictException as KeyConflictException
    from .failures import OutboxException as OutboxException
    from .failures import RestoredException as RestoredException
    from .outbox import Outbox as Outbox
    from .tagging import parse_tag as parse_tag

__all__ = [
    "STATES",
    "DatabaseException",
    "Entry",
    "KeyConflictException",
    "Outbox",
    "OutboxException",
    "RestoredException",
    "Summary",
    "parse_tag",
]

_MODULES = {
    "DatabaseException": "failures",
    "Entry": "entry",
    "KeyConflictException": "failures",
    "Outbox": "outbox",
    "OutboxException": "failures",
    "RestoredException": "failures",
    "STATES": "entry",
    "Summary": "entry",
    "parse_tag": "tagging",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
