"""MessagesController: send, schedule and cancel messages, and ask for their status."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import Unpack

from ..._call.operation import Operation
from ..._call.returned import json_of, nothing
from ...api_client import ApiClient, CallOptions, model
from .. import models
from .server import SERVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..models.cancel_scheduled_message_request import CancelScheduledMessageRequest
    from ..models.send_messages_request import SendMessagesRequest
    from ..models.send_messages_response import SendMessagesResponse
    from ..models.submitted_message import SubmittedMessage

__all__ = ["CANCEL_SCHEDULED_MESSAGE", "GET_MESSAGE_STATUS", "SEND_MESSAGES", "MessagesController"]

SEND_MESSAGES: "Operation[SendMessagesResponse]" = Operation(
    name="MessagesController.send_messages",
    method="POST",
    path="/v1/messages",
    server=SERVER,
    path_parameters={},
    body=lambda: models.SendMessagesRequest,
    returns={202: json_of(lambda: models.SendMessagesResponse)},
    errors=dict.fromkeys((400, 401, 403, 500), lambda: models.ErrorResponse),
    causes_message=True,
)

GET_MESSAGE_STATUS: "Operation[SubmittedMessage]" = Operation(
    name="MessagesController.get_message_status",
    method="GET",
    path="/v1/messages/{messageId}",
    server=SERVER,
    path_parameters={"messageId": "message_id"},
    returns={200: json_of(lambda: models.SubmittedMessage)},
    errors=dict.fromkeys((401, 403, 404, 500), lambda: models.ErrorResponse),
    causes_message=False,
)

# A repeat cancels what is cancelled already: it can send nothing, so it is repeated as a read is.
CANCEL_SCHEDULED_MESSAGE: Operation[None] = Operation(
    name="MessagesController.cancel_scheduled_message",
    method="PUT",
    path="/v1/messages/{messageId}",
    server=SERVER,
    path_parameters={"messageId": "message_id"},
    body=lambda: models.CancelScheduledMessageRequest,
    returns={200: nothing},
    errors=dict.fromkeys((400, 401, 403, 404, 500), lambda: models.ErrorResponse),
    causes_message=False,
)


class MessagesController:
    """Send, schedule and cancel messages, and ask for their status.

    Args:
        api_client: The client to call with.
    """

    def __init__(self, api_client: ApiClient) -> None:
        self.api_client = api_client

    def send_messages(
        self, body: "SendMessagesRequest | Mapping[str, Any]", **options: "Unpack[CallOptions]"
    ) -> "SendMessagesResponse":
        """Send up to 100 messages, now or when each is scheduled. Also called `create_send_messages`.

        They are sent all or none. The answer means that they are queued; what becomes of one is told by
        `get_message_status`, and by delivery reports where it asked for them. The call is repeated only where the
        service provably did not take the messages, so that none is sent twice.

        Args:
            body: The messages, as a SendMessagesRequest or as a dict such as
                `{"messages": [{"content": "Hello", "destination_number": "+61491570156"}]}`.
            **options: `_request_timeout`: seconds for the whole call, or a pair (connect, read) within the client's
                total. `_request_auth`: other credentials for this call, as a (user name, password) pair or an auth
                object such as `HmacAuth`. `_headers`: headers that replace or join those of the operation, such as
                `{"Account": "..."}` for a sub-account.

        Returns:
            The messages in their order, each with its `message_id`.

        Raises:
            BadRequestException: The service refuses a message, and so sent none; `data.details` says which and why.
            UnauthorizedException: The credentials are wrong. ForbiddenException in older versions of the service.
            ConnectException: No connection was made, so nothing was sent.
            OutcomeUnknownException: The answer was lost; the messages may have been accepted.
            ApiException: Any other failure, and the base of those above; its `accepted` says what is known.
            ValueError: A message breaks a rule, and none was sent; the text names the field, such as
                `messages[3].metadata`, and the rule.
            TypeError: There is no such option.
            RuntimeError: The client is closed.
        """
        return self.api_client.call(SEND_MESSAGES, {}, body, options, model)

    def get_message_status(self, message_id: str, **options: "Unpack[CallOptions]") -> "SubmittedMessage":
        """Ask how far a message has come.

        Args:
            message_id: The id that the answer to the send gave.
            **options: As in `send_messages`.

        Returns:
            The message with its status.

        Raises:
            NotFoundException: There is no such message.
            UnauthorizedException: The credentials are wrong. ForbiddenException in older versions of the service.
            ApiException: Any other failure, and the base of those above.
            ValueError: `message_id` cannot be part of a path.
            TypeError: There is no such option.
            RuntimeError: The client is closed.
        """
        return self.api_client.call(GET_MESSAGE_STATUS, {"message_id": message_id}, None, options, model)

    def cancel_scheduled_message(
        self,
        message_id: str,
        body: "CancelScheduledMessageRequest | Mapping[str, Any] | None" = None,
        **options: "Unpack[CallOptions]",
    ) -> None:
        """Cancel a scheduled message before its time. Also called `update_cancel_scheduled_message`.

        Only a message whose status is `scheduled` can be cancelled. The call can send nothing, so it is repeated after
        a lost answer too; a 400 from such a repeat can mean that the attempt before did cancel the message, which
        `get_message_status` tells.

        Args:
            message_id: The id that the answer to the send gave.
            body: A CancelScheduledMessageRequest or `{"status": "cancelled"}`, which is what None means.
            **options: As in `send_messages`.

        Raises:
            BadRequestException: The message is not scheduled (any more).
            NotFoundException: There is no such message.
            UnauthorizedException: The credentials are wrong. ForbiddenException in older versions of the service.
            ApiException: Any other failure, and the base of those above.
            ValueError: `message_id` cannot be part of a path, or `body` holds another status.
            TypeError: There is no such option.
            RuntimeError: The client is closed.
        """
        request = {} if body is None else body
        self.api_client.call(CANCEL_SCHEDULED_MESSAGE, {"message_id": message_id}, request, options, model)

    create_send_messages = send_messages
    update_cancel_scheduled_message = cancel_scheduled_message
