"""The models, one module each; a name is loaded when it is first used."""

from ..._lazy import lazy_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .cancel_scheduled_message_request import CancelScheduledMessageRequest as CancelScheduledMessageRequest
    from .check_delivery_reports_response import CheckDeliveryReportsResponse as CheckDeliveryReportsResponse
    from .check_replies_response import CheckRepliesResponse as CheckRepliesResponse
    from .confirm_delivery_reports_as_received_request import (
        ConfirmDeliveryReportsAsReceivedRequest as ConfirmDeliveryReportsAsReceivedRequest,
    )
    from .confirm_replies_as_received_request import ConfirmRepliesAsReceivedRequest as ConfirmRepliesAsReceivedRequest
    from .delivery_report import DeliveryReport as DeliveryReport
    from .error_response import ErrorResponse as ErrorResponse
    from .format_enum import FormatEnum as FormatEnum
    from .message import Message as Message
    from .reply import Reply as Reply
    from .send_messages_request import SendMessagesRequest as SendMessagesRequest
    from .send_messages_response import SendMessagesResponse as SendMessagesResponse
    from .source_number_type_enum import SourceNumberTypeEnum as SourceNumberTypeEnum
    from .status_enum import StatusEnum as StatusEnum
    from .submitted_message import SubmittedMessage as SubmittedMessage
    from .vendor_account_id import VendorAccountId as VendorAccountId

__all__ = [
    "CancelScheduledMessageRequest",
    "CheckDeliveryReportsResponse",
    "CheckRepliesResponse",
    "ConfirmDeliveryReportsAsReceivedRequest",
    "ConfirmRepliesAsReceivedRequest",
    "DeliveryReport",
    "ErrorResponse",
    "FormatEnum",
    "Message",
    "Reply",
    "SendMessagesRequest",
    "SendMessagesResponse",
    "SourceNumberTypeEnum",
    "StatusEnum",
    "SubmittedMessage",
    "VendorAccountId",
]

_MODULES = {
    "CancelScheduledMessageRequest": "cancel_scheduled_message_request",
    "CheckDeliveryReportsResponse": "check_delivery_reports_response",
    "CheckRepliesResponse": "check_replies_response",
    "ConfirmDeliveryReportsAsReceivedRequest": "confirm_delivery_reports_as_received_request",
    "ConfirmRepliesAsReceivedRequest": "confirm_replies_as_received_request",
    "DeliveryReport": "delivery_report",
    "ErrorResponse": "error_response",
    "FormatEnum": "format_enum",
    "Message": "message",
    "Reply": "reply",
    "SendMessagesRequest": "send_messages_request",
    "SendMessagesResponse": "send_messages_response",
    "SourceNumberTypeEnum": "source_number_type_enum",
    "StatusEnum": "status_enum",
    "SubmittedMessage": "submitted_message",
    "VendorAccountId": "vendor_account_id",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
