"""The API classes, one module each."""

from .._lazy import lazy_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .media_api import MediaApi as MediaApi
    from .messages_api import MessagesApi as MessagesApi

__all__ = ["MediaApi", "MessagesApi"]

_MODULES = {"MediaApi": "media_api", "MessagesApi": "messages_api"}

_GUIDE = "; docs/moving-over.md says what of the generated SDK is left out"

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, _MODULES, _GUIDE)
