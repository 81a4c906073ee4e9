"""The API classes, one module each."""

from .._lazy import lazy_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .messages_api import MessagesApi as MessagesApi

__all__ = ["MessagesApi"]

_MODULES = {"MessagesApi": "messages_api"}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
