"""RepliesController: what phones answered."""

from collections.abc import Iterator, Mapping
from typing import Any

from typing_extensions import Unpack

from ..._call.operation import Operation, build
from ..._models.base import Model
from ...api_client import ApiClient, CallOptions, model
from .. import models
from ..draining import check_batch_size, drained
from .answers import SERVER, nothing

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
    returns={200: lambda: models.CheckRepliesResponse},
    errors=dict.fromkeys((401, 403, 404, 500), lambda: models.ErrorResponse),
    causes_message=False,
    accept_encoding="gzip",
)

# What is confirmed already may be confirmed again, so it is repeated as a read is.
CONFIRM_REPLIES_AS_RECEIVED: Operation[Model] = Operation(
    name="RepliesController.confirm_replies_as_received",
    method="POST",
    path="/v1/replies/confirmed",
    server=SERVER,
    path_parameters={},
    body=lambda: models.ConfirmRepliesAsReceivedRequest,
    returns={202: lambda: Model},
    errors=dict.fromkeys((400, 401, 403, 404, 500), lambda: models.ErrorResponse),
    causes_message=False,
)


class RepliesController:
    """What phones answered: replies, which wait until they are confirmed.

    Args:
        api_client: The client to call with.
    """

    def __init__(self, api_client: ApiClient) -> None:
        self.api_client = api_client

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
        self.api_client.call(CONFIRM_REPLIES_AS_RECEIVED, {}, body, options, nothing)

    def drain(self, *, batch_size: int = 100, **options: "Unpack[CallOptions]") -> "Iterator[Reply]":
        """Every waiting reply, each confirmed once you are done with it.

        ```python
        for reply in client.replies.drain():
            keep(reply)
        ```

        You are done with one when the loop comes round to the next. One whose processing raised, and one at which the
        loop was left, is not confirmed and comes again; so do those of the last batch if the process dies. So each is
        processed at least once and none is lost. Do not collect them first: `list(...)` confirms what nobody has
        processed yet. The loop goes on with what arrives meanwhile, and ends when nothing waits.

        Args:
            batch_size: How many are confirmed at a time, 1 to 100. A small number costs more requests, and lets fewer
                come again after a crash.
            **options: As in `check_replies`, for each request.

        Returns:
            The replies, lazily: nothing is requested before the first is asked for.

        Raises:
            ApiException: A check or a confirmation failed; raised where the next one is asked for.
            ValueError: `batch_size` is not 1 to 100, or an option cannot be used; raised at once.
            TypeError: There is no such option; raised at once.
        """
        check_batch_size(batch_size)
        # What is wrong is said at the call, not at the first item.
        build(CHECK_REPLIES, "", {}, None, options)
        return drained(
            lambda: self.check_replies(**options).replies or [],
            lambda ids: self.confirm_replies_as_received({"reply_ids": ids}, **options),
            "reply_id",
            batch_size,
        )

    get_check_replies = check_replies
    create_confirm_replies_as_received = confirm_replies_as_received
