"""The models, one module each; a name is loaded when it is first used."""

from .._lazy import lazy_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .callback import Callback as Callback
    from .callback_message import CallbackMessage as CallbackMessage
    from .callback_type_enum import CallbackTypeEnum as CallbackTypeEnum
    from .create_message_request_error import CreateMessageRequestError as CreateMessageRequestError
    from .field_error import FieldError as FieldError
    from .inbound_callback import InboundCallback as InboundCallback
    from .inbound_callback_message import InboundCallbackMessage as InboundCallbackMessage
    from .inbound_callback_type_enum import InboundCallbackTypeEnum as InboundCallbackTypeEnum
    from .list_message_direction_enum import ListMessageDirectionEnum as ListMessageDirectionEnum
    from .list_message_item import ListMessageItem as ListMessageItem
    from .media import Media as Media
    from .message import Message as Message
    from .message_direction_enum import MessageDirectionEnum as MessageDirectionEnum
    from .message_request import MessageRequest as MessageRequest
    from .message_status_enum import MessageStatusEnum as MessageStatusEnum
    from .message_type_enum import MessageTypeEnum as MessageTypeEnum
    from .messages_list import MessagesList as MessagesList
    from .messaging_request_error import MessagingRequestError as MessagingRequestError
    from .multi_channel_message_channel_enum import MultiChannelMessageChannelEnum as MultiChannelMessageChannelEnum
    from .multi_channel_message_content import MultiChannelMessageContent as MultiChannelMessageContent
    from .page_info import PageInfo as PageInfo
    from .priority_enum import PriorityEnum as PriorityEnum
    from .product_type_enum import ProductTypeEnum as ProductTypeEnum
    from .rbm_location_response import RbmLocationResponse as RbmLocationResponse
    from .rbm_message_content_file import RbmMessageContentFile as RbmMessageContentFile
    from .rbm_suggestion_response import RbmSuggestionResponse as RbmSuggestionResponse
    from .status_callback import StatusCallback as StatusCallback
    from .status_callback_message import StatusCallbackMessage as StatusCallbackMessage
    from .status_callback_type_enum import StatusCallbackTypeEnum as StatusCallbackTypeEnum

__all__ = [
    "CreateMessageRequestError",
    "FieldError",
    "ListMessageDirectionEnum",
    "ListMessageItem",
    "Media",
    "Message",
    "MessageDirectionEnum",
    "MessageRequest",
    "MessageStatusEnum",
    "MessageTypeEnum",
    "MessagesList",
    "MessagingRequestError",
    "PageInfo",
    "PriorityEnum",
    "ProductTypeEnum",
]

_MODULES = {
    "CreateMessageRequestError": "create_message_request_error",
    "FieldError": "field_error",
    "ListMessageDirectionEnum": "list_message_direction_enum",
    "ListMessageItem": "list_message_item",
    "Media": "media",
    "Message": "message",
    "MessageDirectionEnum": "message_direction_enum",
    "MessageRequest": "message_request",
    "MessageStatusEnum": "message_status_enum",
    "MessageTypeEnum": "message_type_enum",
    "MessagesList": "messages_list",
    "MessagingRequestError": "messaging_request_error",
    "PageInfo": "page_info",
    "PriorityEnum": "priority_enum",
    "ProductTypeEnum": "product_type_enum",
}

# What the service posts; the page on callbacks describes them.
_FURTHER = {
    "Callback": "callback",
    "CallbackMessage": "callback_message",
    "CallbackTypeEnum": "callback_type_enum",
    "InboundCallback": "inbound_callback",
    "InboundCallbackMessage": "inbound_callback_message",
    "InboundCallbackTypeEnum": "inbound_callback_type_enum",
    "MultiChannelMessageChannelEnum": "multi_channel_message_channel_enum",
    "MultiChannelMessageContent": "multi_channel_message_content",
    "RbmLocationResponse": "rbm_location_response",
    "RbmMessageContentFile": "rbm_message_content_file",
    "RbmSuggestionResponse": "rbm_suggestion_response",
    "StatusCallback": "status_callback",
    "StatusCallbackMessage": "status_callback_message",
    "StatusCallbackTypeEnum": "status_callback_type_enum",
}

_GUIDE = "; docs/moving-over.md says what of the generated SDK is left out"

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, {**_MODULES, **_FURTHER}, _GUIDE)
