"""The models, one module each; a name is loaded when it is first used."""

from .._lazy import lazy_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .create_message_request_error import CreateMessageRequestError as CreateMessageRequestError
    from .field_error import FieldError as FieldError
    from .list_message_direction_enum import ListMessageDirectionEnum as ListMessageDirectionEnum
    from .list_message_item import ListMessageItem as ListMessageItem
    from .message import Message as Message
    from .message_direction_enum import MessageDirectionEnum as MessageDirectionEnum
    from .message_request import MessageRequest as MessageRequest
    from .message_status_enum import MessageStatusEnum as MessageStatusEnum
    from .message_type_enum import MessageTypeEnum as MessageTypeEnum
    from .messages_list import MessagesList as MessagesList
    from .messaging_request_error import MessagingRequestError as MessagingRequestError
    from .page_info import PageInfo as PageInfo
    from .priority_enum import PriorityEnum as PriorityEnum
    from .product_type_enum import ProductTypeEnum as ProductTypeEnum

__all__ = [
    "CreateMessageRequestError",
    "FieldError",
    "ListMessageDirectionEnum",
    "ListMessageItem",
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

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
