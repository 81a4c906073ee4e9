"""MessagesApi: send messages, and list what happened to them."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from typing_extensions import Unpack

from .. import models
from .._call.operation import Operation, build
from .._call.returned import json_of
from .._field_docs import takes
from .._transport.raw_response import RawResponse
from ..api_client import CallOptions, model, unread, whole
from ..api_response import ApiResponse
from ..exceptions import ApiException, InvalidRequestException, OutcomeUnknownException
from .v2_api import SERVER, V2Api, errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..models.list_message_item import ListMessageItem
    from ..models.message import Message
    from ..models.message_request import MessageRequest
    from ..models.messages_list import MessagesList
    from .message_filters import MessageFilters
    from .outcomes import Outcome

__all__ = ["CREATE_MESSAGE", "LIST_MESSAGES", "MessagesApi"]


def _filters() -> type:
    from .message_filters import MessageFilters

    return MessageFilters


CREATE_MESSAGE: "Operation[Message]" = Operation(
    name="MessagesApi.create_message",
    method="POST",
    path="/users/{accountId}/messages",
    server=SERVER,
    path_parameters={"accountId": "account_id"},
    body=lambda: models.MessageRequest,
    body_name="message_request",
    returns={202: json_of(lambda: models.Message)},
    errors={
        400: lambda: models.CreateMessageRequestError,
        **errors(401, 403, 404, 405, 406, 415, 429, 500),
    },
    causes_message=True,
)

LIST_MESSAGES: "Operation[MessagesList]" = Operation(
    name="MessagesApi.list_messages",
    method="GET",
    path="/users/{accountId}/messages",
    server=SERVER,
    path_parameters={"accountId": "account_id"},
    filters=_filters,
    returns={200: json_of(lambda: models.MessagesList)},
    errors=errors(400, 401, 403, 404, 405, 415, 429, 500),
    causes_message=False,
    accept_encoding="gzip",
)


class MessagesApi(V2Api):
    """Send text and picture messages, and list what happened to them.

    Args:
        api_client: The client to call with. None: one of its own, configured by `Configuration.from_env()`.

    Raises:
        ConfigurationException: It is no ApiClient, or the environment has no usable configuration.
    """

    def create_message(
        self,
        account_id: str,
        message_request: "MessageRequest | Mapping[str, Any]",
        **options: "Unpack[CallOptions]",
    ) -> "Message":
        """Send a text or picture message.

        The answer means that the message is queued; what becomes of it is told by callbacks and by `list_messages`. The
        call is repeated only where the service provably did not take the message, so that none is sent twice.

        Args:
            account_id: Your Bandwidth account id, 7 digits.
            message_request: The message, as a MessageRequest or as a dict with its Python or wire names.
            **options: `_request_timeout`: seconds for the whole call, or a pair (connect, read) within the client's
                total. `_request_auth`: other credentials for this call, as a (username, password) pair or an auth
                object. `_headers`: headers that replace or join those of the operation.

        Returns:
            The message as the service accepted it, with its id.

        Raises:
            BadRequestException: The service refuses a field; `data.field_errors` says which and why.
            UnauthorizedException: The credentials are wrong, or are not for this account.
            ForbiddenException: The user has no access to messaging.
            TooManyRequestsException: The account's message queue is full, still after the repeats.
            ConnectException: No connection was made, so nothing was sent.
            OutcomeUnknownException: The answer was lost; the message may have been accepted. Do not repeat it: ask
                `look_up_outcome`.
            ApiException: Any other failure, and the base of those above; its `accepted` says what is known.
            InvalidRequestException: An argument cannot be sent; `errors` has the fields and the rules.
            ConfigurationException: There are no credentials, or an option of the call cannot be used.
            TypeError: There is no such option.
            RuntimeError: The client is closed.
        """
        return self.api_client.call(CREATE_MESSAGE, {"account_id": account_id}, message_request, options, model)

    def create_message_with_http_info(
        self,
        account_id: str,
        message_request: "MessageRequest | Mapping[str, Any]",
        **options: "Unpack[CallOptions]",
    ) -> "ApiResponse[Message]":
        """`create_message`, returning the model together with status, headers and raw body.

        Arguments and exceptions are those of `create_message`.
        """
        return self.api_client.call(CREATE_MESSAGE, {"account_id": account_id}, message_request, options, whole)

    def create_message_without_preload_content(
        self,
        account_id: str,
        message_request: "MessageRequest | Mapping[str, Any]",
        **options: "Unpack[CallOptions]",
    ) -> RawResponse:
        """`create_message`, returning the answer with its body unread. Use it in `with`, or close it.

        Arguments and exceptions are those of `create_message`; an error status raises here too.
        """
        return self.api_client.call(CREATE_MESSAGE, {"account_id": account_id}, message_request, options, unread)

    @takes(_filters)
    def list_messages(self, account_id: str, **filters: "Unpack[MessageFilters]") -> "MessagesList":
        """List the messages that match the filters, a page of them.

        The service asks for at least one filter. It allows 3500 requests per 5 minutes and source IP address; beyond
        that it answers 429 with Retry-After, which the client waits for within its budget.

        Args:
            account_id: Your Bandwidth account id, 7 digits.
            **filters: Which messages to list; None means not given. See below.

        Returns:
            The page, with `page_info.next_page_token` to give as `page_token` for the next one.

        Raises:
            BadRequestException: The service refuses a filter, or there was none.
            UnauthorizedException: The credentials are wrong, or are not for this account.
            TooManyRequestsException: The rate limit, still after the repeats; `retry_after` has the seconds to wait.
            ApiException: Any other failure, and the base of those above.
            InvalidRequestException: The value of a filter cannot be sent; the message names it and the rule.
            ConfigurationException: There are no credentials, or an option of the call cannot be used.
            TypeError: There is no such filter; the message names the nearest one.
        """
        return self.api_client.call(LIST_MESSAGES, {"account_id": account_id}, None, filters, model)

    @takes(_filters)
    def list_messages_with_http_info(
        self, account_id: str, **filters: "Unpack[MessageFilters]"
    ) -> "ApiResponse[MessagesList]":
        """`list_messages`, returning the page together with status, headers and raw body.

        Arguments and exceptions are those of `list_messages`.
        """
        return self.api_client.call(LIST_MESSAGES, {"account_id": account_id}, None, filters, whole)

    @takes(_filters)
    def list_messages_without_preload_content(
        self, account_id: str, **filters: "Unpack[MessageFilters]"
    ) -> RawResponse:
        """`list_messages`, returning the answer with its body unread. Use it in `with`, or close it.

        Arguments and exceptions are those of `list_messages`; an error status raises here too.
        """
        return self.api_client.call(LIST_MESSAGES, {"account_id": account_id}, None, filters, unread)

    @takes(_filters)
    def iter_messages(self, account_id: str, **filters: "Unpack[MessageFilters]") -> "Iterator[ListMessageItem]":
        """Every message that matches the filters, each once, the newest first: page after page, as they are needed.

        The walk is a generator with flat memory; the next page is fetched while one is used. It goes past the 10,000
        records at which the service stops paging, by narrowing the time window on `receive_time`. Messages that
        arrive after the start are not part of it: `to_date_time` is the start unless it is given.

        Args:
            account_id: Your Bandwidth account id, 7 digits.
            **filters: Those of `list_messages`. `limit` is the size of a page, 1000 unless given. `sort` can only be
                "receiveTime:desc", and `page_token` cannot be given. The options of a call hold for each page.

        Returns:
            The messages, lazily: nothing is requested before the first is asked for.

        Raises:
            ApiException: A page could not be had, as `list_messages` raises it; a page token came twice; or more than
                10,000 messages share one instant, so that no window separates them.
            InvalidRequestException: A filter cannot be used; the message names the filter and the rule.
            TypeError: There is no such filter.
        """
        from .message_pages import rows_of

        pages = self.iter_pages(account_id, **filters)
        return (message for page in pages for message in rows_of(page))

    @takes(_filters)
    def iter_pages(self, account_id: str, **filters: "Unpack[MessageFilters]") -> "Iterator[MessagesList]":
        """The pages of `iter_messages`, for those who want pages. Arguments and exceptions are those of that."""
        from .message_pages import each_page

        # Checked now, not when the first page is asked for.
        build(LIST_MESSAGES, "", {"account_id": account_id}, None, filters)
        return each_page(partial(self.list_messages, account_id), {**filters}, self.api_client.now())

    def interrupted_send(
        self, account_id: str, message_request: "MessageRequest | Mapping[str, Any]", time: datetime
    ) -> OutcomeUnknownException:
        """The exception of a send whose process died before the answer, to give to `look_up_outcome`.

        Args:
            account_id: The account that sent.
            message_request: The message, as it was given to `create_message`.
            time: When the send began, by this machine's clock; with a time zone. Write it down before you send.

        Raises:
            InvalidRequestException: The message could not have been sent, or `time` has no time zone.
        """
        if not isinstance(time, datetime) or time.tzinfo is None:
            raise InvalidRequestException(("time", "give a datetime with a time zone"))
        return OutcomeUnknownException(
            reason="the process ended before the answer came",
            operation=CREATE_MESSAGE.name,
            request=build(CREATE_MESSAGE, CREATE_MESSAGE.server, {"account_id": account_id}, message_request, {}),
            time=time,
            causes_message=True,
        )

    def look_up_outcome(
        self,
        failure: ApiException,
        known_ids: Collection[str] | None = None,
        settle_time: float = 600,
        **options: "Unpack[CallOptions]",
    ) -> "Outcome":
        """Find out by the list whether a message whose answer was lost went out.

        A message is "found" if, of all that `known_ids` does not explain, one message and no other was received from
        this sender by these recipients during the attempt, and its type, segments and length are those of the request.
        It is "absent" only if a list would show it by now: the settle time is over, nothing unexplained went between
        these numbers within a day before and after, and either the list has something that came after the attempt, or
        twice the settle time is over. All else is "unclear". The difference between this machine's clock and the
        service's is taken from the `Date` of the answers. Two lost messages of the same kind between the same numbers
        at the same time cannot be told apart: give `known_ids` only if no other is open.

        Args:
            failure: What `create_message` or one of its variants raised; the request, the account and the time are
                in it. For a send whose process died: what `interrupted_send` returns.
            known_ids: The ids of all other messages that went from this sender to these recipients within a day; an
                empty list is your word that there were none. None: you do not know, and the answer is never "found".
            settle_time: Seconds from the end of the call after which an accepted message is listed for certain.
            **options: As for `list_messages`: `_request_timeout`, `_request_auth` and `_headers` of each request.

        Returns:
            The state, the id of the message or the candidates, and the reason.

        Raises:
            ApiException: A list could not be had.
            InvalidRequestException: `failure` is no failure of `create_message`, `known_ids` is a string, or
                `settle_time` is no number of seconds.
        """
        from .outcomes import look_up

        def listed(account_id: str, **filters: Any) -> "ApiResponse[MessagesList]":
            return self.list_messages_with_http_info(account_id, **filters, **options)

        if isinstance(known_ids, str):
            raise InvalidRequestException(("known_ids", "give a list of message ids, not a string"))
        if isinstance(settle_time, bool) or not isinstance(settle_time, (int, float)) or not 0 <= settle_time <= 1e6:
            raise InvalidRequestException(("settle_time", "give a number of seconds from 0 to 1000000"))
        longest = timedelta(seconds=self.api_client.configuration.total_timeout)
        return look_up(listed, self.api_client.now, failure, known_ids, timedelta(seconds=settle_time), longest)
