"""What the two clients of the classic calls share: the calls' signatures, and closing."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from typing_extensions import Self

from ..api_client import ApiClient

__all__ = ["ClassicCalls"]


class ClassicCalls(ABC):
    """The four calls of the classic SDK. A subclass says how a message is sent, and how messages are listed."""

    def __init__(self, api_client: ApiClient) -> None:
        self.api_client: ApiClient = api_client

    @abstractmethod
    def _send(self, message: Mapping[str, Any]) -> str | None:
        """Send a message, given by all arguments of `send_message`; return its id."""

    @abstractmethod
    def _list(self, filters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """List messages, given the filters that are not None; what is wrong with them raises at once."""

    def send_message(
        self,
        from_: str,
        to: str,
        text: str | None = None,
        media: str | Sequence[str] | None = None,
        receipt_requested: str | None = None,
        callback_url: str | None = None,
        callback_http_method: str | None = None,
        callback_timeout: int | str | None = None,
        fallback_url: str | None = None,
        tag: str | None = None,
    ) -> str | None:
        """Send a text or picture message.

        It is repeated only where the service provably did not take it, so that no message is sent twice.

        Args:
            from_: The sender: one of your numbers, in E.164 format.
            to: The recipient's number, in E.164 format.
            text: The text, at most 2048 characters. Text or media must be given.
            media: The URL of a picture, or a list of them; makes it a picture message.
            receipt_requested: Which delivery receipts to send to the callback URL: `none`, `all` or `error`.
            callback_url: Where the events of this message go.
            callback_http_method: `GET` or `POST`.
            callback_timeout: How long the service waits for the callback's answer, in milliseconds, at most 10000.
            fallback_url: Where events go if the callback fails.
            tag: Any text; it comes back with the events.

        Returns:
            The id of the message, which begins with `m-`. None if the service accepted it without naming an id.

        Raises:
            BadRequestException: The service refuses a field; `data.code` and `data.message` say why.
            UnauthorizedException: The credentials are wrong.
            ForbiddenException: The account may not send this, or sends too quickly (`data.code` is
                `message-rate-limit`).
            ConnectException: No connection was made, so nothing was sent.
            OutcomeUnknownException: The answer was lost; the message may have been accepted.
            ApiException: Any other failure, and the base of those above.
            ValueError: An argument cannot be sent.
        """
        message = {
            "from_": from_, "to": to, "text": text, "media": media,
            "receipt_requested": receipt_requested, "callback_url": callback_url,
            "callback_http_method": callback_http_method, "callback_timeout": callback_timeout,
            "fallback_url": fallback_url, "tag": tag,
        }  # fmt: skip
        return self._send(message)

    def list_messages(
        self,
        from_: str | None = None,
        to: str | None = None,
        from_date_time: datetime | str | None = None,
        to_date_time: datetime | str | None = None,
        direction: str | None = None,
        state: str | None = None,
        delivery_state: str | None = None,
        sort_order: str | None = None,
        size: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """List messages, page after page, as they are asked for: nothing is sent before the first one is.

        Args:
            from_: Only messages from this number.
            to: Only messages to this number.
            from_date_time: The start of the time to search: `yyyy-MM-dd hh:mm:ss` in UTC, or a datetime with a zone.
            to_date_time: The end of the time to search, in the same form.
            direction: `in` or `out`.
            state: `received`, `queued`, `sending`, `sent` or `error`.
            delivery_state: `waiting`, `delivered` or `not-delivered`.
            sort_order: `asc` or `desc`.
            size: How many messages a page has, from 1 to 1000.

        Returns:
            An iterator over the messages, as dicts like those of `get_message`.

        Raises:
            ApiException: A page could not be fetched; raised while iterating.
            UnreadableAnswerException: The link to the next page leads to another address, or in a circle.
            ValueError: An argument cannot be sent; raised at once.
        """
        filters = {
            "from_": from_, "to": to, "from_date_time": from_date_time, "to_date_time": to_date_time,
            "direction": direction, "state": state, "delivery_state": delivery_state, "sort_order": sort_order,
            "size": size,
        }  # fmt: skip
        return self._list({name: value for name, value in filters.items() if value is not None})

    def close(self) -> None:
        """Close every connection."""
        self.api_client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
