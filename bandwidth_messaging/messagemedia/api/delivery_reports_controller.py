"""DeliveryReportsController: what became of messages."""

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
    returns={200: json_of(lambda: models.CheckDeliveryReportsResponse)},
    errors=dict.fromkeys((401, 403, 404, 500), lambda: models.ErrorResponse),
    causes_message=False,
    accept_encoding="gzip",
)

# What is confirmed already may be confirmed again, so it is repeated as a read is.
CONFIRM_DELIVERY_REPORTS_AS_RECEIVED: Operation[None] = Operation(
    name="DeliveryReportsController.confirm_delivery_reports_as_received",
    method="POST",
    path="/v1/delivery_reports/confirmed",
    server=SERVER,
    path_parameters={},
    body=lambda: models.ConfirmDeliveryReportsAsReceivedRequest,
    returns={202: nothing},
    errors=dict.fromkeys((400, 401, 403, 404, 500), lambda: models.ErrorResponse),
    causes_message=False,
)


class DeliveryReportsController(QueueController["DeliveryReport"]):
    """What became of messages: delivery reports, which wait until they are confirmed.

    Args:
        api_client: The client to call with.
    """

    _check_operation = CHECK_DELIVERY_REPORTS
    _id_name = "delivery_report_id"

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
        self.api_client.call(CONFIRM_DELIVERY_REPORTS_AS_RECEIVED, {}, body, options, model)

    def _check(self, options: CallOptions) -> "list[DeliveryReport]":
        return self.check_delivery_reports(**options).delivery_reports or []

    def _confirm(self, ids: list[str], options: CallOptions) -> None:
        self.confirm_delivery_reports_as_received({"delivery_report_ids": ids}, **options)

    get_check_delivery_reports = check_delivery_reports
    create_confirm_delivery_reports_as_received = confirm_delivery_reports_as_received
