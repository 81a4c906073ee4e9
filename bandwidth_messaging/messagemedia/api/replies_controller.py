"""RepliesController: what phones answered."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import Unpack

from ..._call.operation import Operation
from ..._call.returned import json_of, nothing
from ...api_client import CallOptions, model
from .. import models
from .queue_controller import QueueController
from .server import SERVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..models.check_replies_response import CheckRepliesResponse
    from ..models.confirm_replies_as_received_request import ConfirmRepliesAsReceivedRequest
    from ..models.reply import Reply

__all__ = ["CHECK_REPLIES", "CONFIRM_REPLIES_AS_RECEIVED", "RepliesController"]

CHECK_REPLIES: "Operation[CheckRepliesResponse]" = Operation(
    name="RepliesController.check_replies",
    method="GET",
    path="/v1/replies",
    server=SERVER,
    path_parameters={},
    returns={200: json_of(lambda: models.CheckRepliesResponse)},
    errors=dict.fromkeys((401, 403, 404, 500), lambda: models.ErrorResponse),
    causes_message=False,
    accept_encoding="gzip",
)

# What is confirmed already may be confirmed again, so it is repeated as a read is.
CONFIRM_REPLIES_AS_RECEIVED: Operation[None] = Operation(
    name="RepliesController.confirm_replies_as_received",
    method="POST",
    path="/v1/replies/confirmed",
    server=SERVER,
    path_parameters={},
    body=lambda: models.ConfirmRepliesAsReceivedRequest,
    returns={202: nothing},
    errors=dict.fromkeys((400, 401, 403, 404, 500), lambda: models.ErrorResponse),
    causes_message=False,
)


class RepliesController(QueueController["Reply"]):
    """What phones answered: replies, which wait until they are confirmed.

    Args:
        api_client: The client to call with.
    """

    _check_operation = CHECK_REPLIES
    _id_name = "reply_id"

    def check_replies(self, **options: "Unpack[CallOptions]") -> "CheckRepliesResponse":
        """Fetch the oldest unconfirmed replies, at most 100. Also called `get_check_replies`.

        The same ones come again until they are confirmed. `drain` does both.

        Args:
            **options: `_request_timeout`: seconds for the whole call, or a pair (connect, read) within the client's
                total. `_request_auth`: other credentials for this call. `_headers`: headers that replace or join those
                of the operation.

        Returns:
            The replies, the oldest first.

        Raises:
            UnauthorizedException: The credentials are wrong. ForbiddenException in older versions of the service.
            ApiException: Any other failure, and the base of those above.
        """
        return self.api_client.call(CHECK_REPLIES, {}, None, options, model)

    def confirm_replies_as_received(
        self, body: "ConfirmRepliesAsReceivedRequest | Mapping[str, Any]", **options: "Unpack[CallOptions]"
    ) -> None:
        """Confirm replies, so that they do not come again.

        Also called `create_confirm_replies_as_received`.

        Confirm what you have processed, and only then. An id that the service does not know is no error.

        Args:
            body: The ids, at most 100, as a ConfirmRepliesAsReceivedRequest or as a dict such as
                `{"reply_ids": ["011dcead-6988-4ad6-a1c7-6b6c68ea628d"]}`.
            **options: As in `check_replies`.

        Raises:
            BadRequestException: The service refuses the ids.
            UnauthorizedException: The credentials are wrong. ForbiddenException in older versions of the service.
            ApiException: Any other failure, and the base of those above.
            ValueError: There are more than 100 ids, or one is not a string.
            TypeError: There is no such option.
            RuntimeError: The client is closed.
        """
        self.api_client.call(CONFIRM_REPLIES_AS_RECEIVED, {}, body, options, model)

    def _check(self, options: CallOptions) -> "list[Reply]":
        return self.check_replies(**options).replies or []

    def _confirm(self, ids: list[str], options: CallOptions) -> None:
        self.confirm_replies_as_received({"reply_ids": ids}, **options)

    get_check_replies = check_replies
    create_confirm_replies_as_received = confirm_replies_as_received
