"""DeliveryReportsController: what became of messages."""

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
    from ..models.check_delivery_reports_response import CheckDeliveryReportsResponse
    from ..models.confirm_delivery_reports_as_received_request import ConfirmDeliveryReportsAsReceivedRequest
    from ..models.delivery_report import DeliveryReport

__all__ = ["CHECK_DELIVERY_REPORTS", "CONFIRM_DELIVERY_REPORTS_AS_RECEIVED", "DeliveryReportsController"]

CHECK_DELIVERY_REPORTS: "Operation[CheckDeliveryReportsResponse]" = Operation(
    name="DeliveryReportsController.check_delivery_reports",
    method="GET",
    path="/v1/delivery_reports",
    server=SERVER,
    path_parameters={},
    returns={200: lambda: models.CheckDeliveryReportsResponse},
    errors=dict.fromkeys((401, 403, 404, 500), lambda: models.ErrorResponse),
    causes_message=False,
    accept_encoding="gzip",
)

# What is confirmed already may be confirmed again, so it is repeated as a read is.
CONFIRM_DELIVERY_REPORTS_AS_RECEIVED: Operation[Model] = Operation(
    name="DeliveryReportsController.confirm_delivery_reports_as_received",
    method="POST",
    path="/v1/delivery_reports/confirmed",
    server=SERVER,
    path_parameters={},
    body=lambda: models.ConfirmDeliveryReportsAsReceivedRequest,
    returns={202: lambda: Model},
    errors=dict.fromkeys((400, 401, 403, 404, 500), lambda: models.ErrorResponse),
    causes_message=False,
)


class DeliveryReportsController:
    """What became of messages: delivery reports, which wait until they are confirmed.

    Args:
        api_client: The client to call with.
    """

    def __init__(self, api_client: ApiClient) -> None:
        self.api_client = api_client

    def check_delivery_reports(self, **options: "Unpack[CallOptions]") -> "CheckDeliveryReportsResponse":
        """Fetch the oldest unconfirmed delivery reports, at most 100. Also called `get_check_delivery_reports`.

        The same ones come again until they are confirmed. `drain` does both.

        Args:
            **options: `_request_timeout`: seconds for the whole call, or a pair (connect, read) within the client's
                total. `_request_auth`: other credentials for this call. `_headers`: headers that replace or join those
                of the operation.

        Returns:
            The delivery reports, the oldest first.

        Raises:
            UnauthorizedException: The credentials are wrong. ForbiddenException in older versions of the service.
            ApiException: Any other failure, and the base of those above.
        """
        return self.api_client.call(CHECK_DELIVERY_REPORTS, {}, None, options, model)

    def confirm_delivery_reports_as_received(
        self, body: "ConfirmDeliveryReportsAsReceivedRequest | Mapping[str, Any]", **options: "Unpack[CallOptions]"
    ) -> None:
        """Confirm delivery reports, so that they do not come again.

        Also called `create_confirm_delivery_reports_as_received`.

        Confirm what you have processed, and only then. An id that the service does not know is no error.

        Args:
            body: The ids, at most 100, as a ConfirmDeliveryReportsAsReceivedRequest or as a dict such as
                `{"delivery_report_ids": ["011dcead-6988-4ad6-a1c7-6b6c68ea628d"]}`.
            **options: As in `check_delivery_reports`.

        Raises:
            BadRequestException: The service refuses the ids.
            UnauthorizedException: The credentials are wrong. ForbiddenException in older versions of the service.
            ApiException: Any other failure, and the base of those above.
            ValueError: There are more than 100 ids, or one is not a string.
            TypeError: There is no such option.
            RuntimeError: The client is closed.
        """
        self.api_client.call(CONFIRM_DELIVERY_REPORTS_AS_RECEIVED, {}, body, options, nothing)

    def drain(self, *, batch_size: int = 100, **options: "Unpack[CallOptions]") -> "Iterator[DeliveryReport]":
        """Every waiting delivery report, each confirmed once you are done with it.

        ```python
        for report in client.delivery_reports.drain():
            keep(report)
        ```

        You are done with one when the loop comes round to the next. One whose processing raised, and one at which the
        loop was left, is not confirmed and comes again; so do those of the last batch if the process dies. So each is
        processed at least once and none is lost. Do not collect them first: `list(...)` confirms what nobody has
        processed yet. The loop goes on with what arrives meanwhile, and ends when nothing waits.

        Args:
            batch_size: How many are confirmed at a time, 1 to 100. A small number costs more requests, and lets fewer
                come again after a crash.
            **options: As in `check_delivery_reports`, for each request.

        Returns:
            The delivery reports, lazily: nothing is requested before the first is asked for.

        Raises:
            ApiException: A check or a confirmation failed; raised where the next one is asked for.
            ValueError: `batch_size` is not 1 to 100, or an option cannot be used; raised at once.
            TypeError: There is no such option; raised at once.
        """
        check_batch_size(batch_size)
        # What is wrong is said at the call, not at the first item.
        build(CHECK_DELIVERY_REPORTS, "", {}, None, options)
        return drained(
            lambda: self.check_delivery_reports(**options).delivery_reports or [],
            lambda ids: self.confirm_delivery_reports_as_received({"delivery_report_ids": ids}, **options),
            "delivery_report_id",
            batch_size,
        )

    get_check_delivery_reports = check_delivery_reports
    create_confirm_delivery_reports_as_received = confirm_delivery_reports_as_received
