"""StatusCallbackTypeEnum: CallbackTypeEnum under the name that the generated SDK has for this direction."""

from .callback_type_enum import CallbackTypeEnum

__all__ = ["StatusCallbackTypeEnum"]

StatusCallbackTypeEnum = CallbackTypeEnum
