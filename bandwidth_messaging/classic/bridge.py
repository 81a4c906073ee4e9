"""BridgeClient: the classic SDK's four calls, put on the V2 API. The one place where a family imports another."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from itertools import islice
from typing import Any

from .._models.display import iso_time
from ..api.messages_api import MessagesApi
from ..api_client import ApiClient
from ..configuration import Configuration, without_credentials
from ..exceptions import ApiException, ConfigurationException, InvalidRequestException, NotFoundException
from ..models.list_message_item import ListMessageItem
from ..models.message_request import MessageRequest
from .calls import ClassicCalls
from .filters import FILTERS
from .keys import snake_case
from .requests import check_several, require, require_credentials, to_wire
from .results import SendResult

__all__ = ["BridgeClient"]

_NAME = "BridgeClient"
# What a message of the classic API says that one of the V2 API does not, and where it is said instead.
_UNSAYABLE = {
    "receiptRequested": "V2 sends receipts as the application is set up, not by message",
    "callbackUrl": "V2 calls the application's callback URL, not one of the message",
    "callbackHttpMethod": "V2 callbacks are always POST",
    "callbackTimeout": "V2 waits 10 seconds for the answer to a callback",
    "fallbackUrl": "V2 has no second callback URL",
}
_STATES = {
    "RECEIVED": "queued", "QUEUED": "queued", "SENDING": "sending", "SENT": "sent", "DELIVERED": "sent",
    "FAILED": "error", "UNDELIVERED": "error", "ACCEPTED": "received",
}  # fmt: skip
_DELIVERY_STATES = {"DELIVERED": "delivered", "FAILED": "not-delivered", "UNDELIVERED": "not-delivered"}


class BridgeClient(ClassicCalls):
    """The classic SDK's four calls over the V2 API, so that an old script goes on with one line changed.

    What V2 cannot say raises a ValueError rather than being dropped: `receipt_requested` and the four arguments of
    callbacks must be None, `sort_order` can only be `desc`, since V2 lists the newest first. A
    message is looked up among those of the last 14 days. V2 keeps no texts, pictures or callback URLs, so these keys of
    a message are None, and one that has several recipients is listed once for each. `state` and `delivery_state` are
    chosen among what V2 lists, since V2 has other states.

    Args:
        account_id: Your Bandwidth account id, 7 digits.
        client_id: The OAuth2 client id.
        client_secret: The OAuth2 client secret.
        application_id: The messaging application that the senders belong to. It decides the callback URLs.
        api_endpoint: Where the V2 API is; None for the vendor's own address.
        access_token_url: The token endpoint; None for the vendor's own.
        concurrency: How many messages `send_messages` has on their way at a time, from 1.
        configuration: Time-outs, retries, TLS, proxy; its credentials do not count.

    Raises:
        ValueError: A credential is missing, or something cannot be sent.
    """

    def __init__(
        self,
        account_id: str,
        client_id: str,
        client_secret: str,
        *,
        application_id: str,
        api_endpoint: str | None = None,
        access_token_url: str | None = None,
        concurrency: int = 8,
        configuration: Configuration | None = None,
    ) -> None:
        require_credentials(
            account_id=account_id, client_id=client_id, client_secret=client_secret, application_id=application_id
        )
        if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 1:
            raise ConfigurationException(f"concurrency: give a whole number from 1 up, not {concurrency!r}")
        settings = without_credentials(configuration, api_endpoint=api_endpoint)
        settings.client_id, settings.client_secret = client_id, client_secret
        # A thread that waits for a connection would send no faster, and may run out of time.
        settings.connection_pool_maxsize = max(settings.connection_pool_maxsize, concurrency)
        if access_token_url is not None:
            settings.access_token_url = access_token_url
        self.account_id = account_id
        self.application_id = application_id
        self.concurrency = concurrency
        super().__init__(ApiClient(settings))
        self.messages_api: MessagesApi = MessagesApi(self.api_client)

    def _send(self, message: Mapping[str, Any]) -> str | None:
        return self._create(self._request(message, ""))

    def send_messages(self, messages: Iterable[Mapping[str, Any]]) -> list[SendResult]:
        """Send several messages, each by a call of its own, `concurrency` of them at a time.

        Args:
            messages: A dict for each message with the arguments of `send_message`, under their names in Python or on
                the wire. An iterator is read as the sending goes on, so a long list need not be in memory; what it
                raises ends the sending, and the results so far are lost with it.

        Returns:
            A result for each message, in their order. A message whose call failed has the exception as its `error`, and
            `accepted` says whether it was taken: None where its answer was lost.

        Raises:
            ApiException: All further messages would fail alike (`dooms_others`), such as for a refused credential. Its
                `results` has a result for each message that was tried; the others did not go out.
            ValueError: A message of a list cannot be sent; nothing was. An iterator, which cannot be looked through
                beforehand, gives such a message a result with the ValueError as its `error`, and the others go on.
            KeyboardInterrupt: Ctrl-C; no further message is sent, those under way are waited for, and the results are
                lost. Send in several lists what may be interrupted.
        """
        check_several(messages)
        if isinstance(messages, Sequence):
            for position, message in enumerate(messages):
                self._request(message, f"messages[{position}]")
        results = list(self._results(messages))
        for result in results:
            doom = _doom(result)
            if doom is not None:
                doom.results = results
                raise doom
        return results

    def get_message(self, message_id: str) -> dict[str, Any]:
        """Look a message up by `MessagesApi.list_messages`, which knows the last 14 days.

        Args:
            message_id: Its id.

        Returns:
            The dict of the classic SDK; `text`, `media`, `callback_url` and `skip_mms_carrier_validation` are None. A
            group message has a list of recipients in `to`.

        Raises:
            NotFoundException: There is no such message.
            ApiException: As `MessagesApi.list_messages` does.
            ValueError: The id is missing, or is no string.
        """
        require(message_id=message_id)
        listed: object = self.messages_api.list_messages(self.account_id, message_id=message_id).messages
        found = listed if isinstance(listed, list) else []
        if not found:
            raise NotFoundException(404, "there is no message with this id", operation=f"{_NAME}.get_message")
        message = _as_classic(found[0])
        return (
            {**message, "to": [getattr(item, "destination_tn", None) for item in found]} if len(found) > 1 else message
        )

    def _list(self, filters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        if filters.get("sort_order") == "asc":
            raise InvalidRequestException(("sort_order", "V2 lists the newest message first; sort what comes"))
        written = {name: FILTERS[name].encode(name, value) for name, value in filters.items()}
        states = {name: written[name] for name in ("state", "delivery_state") if name in written}
        items = self.messages_api.iter_messages(
            self.account_id,
            source_tn=filters.get("from_"),
            destination_tn=filters.get("to"),
            from_date_time=_in_iso(written.get("from_date_time")),
            to_date_time=_in_iso(written.get("to_date_time")),
            message_direction={"in": "INBOUND", "out": "OUTBOUND"}.get(written.get("direction", "")),
            limit=filters.get("size"),
        )
        return (message for message in map(_as_classic, items) if states.items() <= message.items())

    def __repr__(self) -> str:
        return f"{_NAME}(account_id={self.account_id!r})"

    def _request(self, message: Mapping[str, Any], place: str) -> MessageRequest:
        wire = {name: value for name, value in to_wire(message, place).items() if value is not None}
        dot = f"{place}." if place else ""
        for name in wire:
            if name in _UNSAYABLE:
                raise InvalidRequestException((f"{dot}{snake_case(name)}", _UNSAYABLE[name]))
        media = wire.get("media")
        fields = {**wire, "to": [wire["to"]], "applicationId": self.application_id}
        if media is not None:
            fields["media"] = [media] if isinstance(media, str) else media
        try:
            return MessageRequest.from_dict(fields)
        except InvalidRequestException as error:
            subject = f"{place}: {error.subject}" if place else error.subject
            raise InvalidRequestException(*error.errors, subject=subject) from None

    def _create(self, request: MessageRequest) -> str | None:
        return self.messages_api.create_message(self.account_id, request).id

    def _results(self, messages: Iterable[Mapping[str, Any]]) -> Iterator[SendResult]:
        """The results in order; never more than twice `concurrency` messages are read ahead of them."""
        coming: Iterator[tuple[int, Mapping[str, Any]]] = iter(enumerate(messages))
        under_way: deque[Future[SendResult]] = deque()
        pool = ThreadPoolExecutor(self.concurrency, thread_name_prefix="bandwidth-send")
        try:
            while True:
                for position, message in islice(coming, 2 * self.concurrency - len(under_way)):
                    under_way.append(pool.submit(self._result, position, message))
                if not under_way:
                    return
                result = under_way.popleft().result()
                yield result
                if _doom(result) is not None:
                    # Those under way are waited for; none is begun any more.
                    coming = iter(())
                    under_way = deque(future for future in under_way if not future.cancel())
        finally:
            # Who interrupts wants no further message sent: those that wait for a thread are dropped.
            pool.shutdown(cancel_futures=True)

    def _result(self, position: int, message: Mapping[str, Any]) -> SendResult:
        try:
            sent = self._create(self._request(message, f"messages[{position}]"))
        except ApiException as failure:
            return SendResult(message, accepted=failure.accepted, error=failure)
        except ValueError as unsendable:
            return SendResult(message, accepted=False, error=unsendable)
        except Exception as surprise:  # noqa: BLE001 - the results of the other messages must not be lost to it
            # Without a client nothing was sent; of anything else nobody knows.
            closed = isinstance(surprise, RuntimeError) and self.api_client.closed
            return SendResult(message, accepted=False if closed else None, error=surprise)
        return SendResult(message, message_id=sent, accepted=True)


def _doom(result: SendResult) -> ApiException | None:
    """Why a message failed, if all others would fail alike."""
    error = result.error
    return error if isinstance(error, ApiException) and error.dooms_others else None


def _as_classic(row: ListMessageItem) -> dict[str, Any]:
    # What came in place of a row, such as null, is a message of which nothing is known.
    item = row if isinstance(row, ListMessageItem) else ListMessageItem()
    status = str(item.message_status)
    inbound = str(item.message_direction) == "INBOUND"
    received_at = item.receive_time
    return {
        "callback_url": None,
        "delivery_code": item.error_code,
        "delivery_state": _DELIVERY_STATES.get(status, "waiting"),
        "direction": "in" if inbound else "out",
        "from": item.source_tn,
        "id": item.message_id,
        "media": None,
        "message_id": item.message_id,
        "segment_count": item.segment_count,
        "skip_mms_carrier_validation": None,
        "state": "received" if inbound else _STATES.get(status, status.lower()),
        "text": None,
        "time": iso_time(received_at) if isinstance(received_at, datetime) else received_at,
        "to": item.destination_tn,
    }


def _in_iso(time: str | None) -> str | None:
    if time is None or " " not in time:
        return time
    # The classic API takes an hour without minutes, which ISO 8601 times have.
    return f"{time.replace(' ', 'T')}{'' if ':' in time else ':00'}Z"
