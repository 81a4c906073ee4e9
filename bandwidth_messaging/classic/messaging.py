"""MessagingClient: the four calls of the classic SDK over the classic API."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from functools import partial
from typing import Any, TypeVar

from .._call.exchange import Opened
from .._call.operation import Attempt, Operation, build, raise_failure, read
from .._call.parameters import Parameter
from ..api_client import ApiClient, model
from ..configuration import Configuration, without_credentials
from ..exceptions import ApiException, ConfigurationException, UnreadableAnswerException
from .calls import ClassicCalls
from .links import next_query
from .models import ClassicError
from .operations import V1, Page, operations
from .requests import check_several, require_credentials, to_wire
from .results import SendResult

__all__ = ["MessagingClient"]

ReturnedT = TypeVar("ReturnedT")
ResultT = TypeVar("ResultT")

MOST_PER_REQUEST = 50  # the service refuses more with `multi-message-limit`
_VERSION = re.compile(r"v[0-9]+")


class MessagingClient(ClassicCalls):
    """Bandwidth's first messaging API: send, fetch and list messages.

    It may be shared between threads; `with` closes its connections.

    Args:
        user_id: The user id, which begins with `u-`.
        api_token: The API token, which begins with `t-`.
        api_secret: The API secret.
        api_endpoint: Where the API is, without the version; None for the vendor's own address.
        api_version: The version in the path, `v` and a number.
        configuration: Time-outs, retries, TLS, proxy. Its `host` counts where `api_endpoint` is not given; its
            credentials do not.

    Raises:
        ValueError: A credential is missing, or something cannot be sent.
    """

    def __init__(
        self,
        user_id: str,
        api_token: str,
        api_secret: str,
        *,
        api_endpoint: str | None = None,
        api_version: str = "v1",
        configuration: Configuration | None = None,
    ) -> None:
        require_credentials(user_id=user_id, api_token=api_token, api_secret=api_secret)
        if ":" in api_token:
            raise ConfigurationException("api_token: a colon cannot be sent (RFC 7617, section 2)")
        if not isinstance(api_version, str) or not _VERSION.fullmatch(api_version):
            raise ConfigurationException(f"api_version: give a version such as v1, not {api_version!r}")
        settings = without_credentials(configuration, api_endpoint=api_endpoint)
        settings.username, settings.password = api_token, api_secret
        super().__init__(ApiClient(settings))
        self.user_id = user_id
        self._operations = V1 if api_version == "v1" else operations(api_version)

    def _send(self, message: Mapping[str, Any]) -> str | None:
        return self._call(self._operations.send_message, model, message)

    def send_messages(self, messages: Iterable[Mapping[str, Any]]) -> list[SendResult]:
        """Send several messages, each to one recipient. They go out 50 to a request, which is the service's limit.

        The answer may be partly successful: each message has a result of its own, and a refused message raises nothing.
        If a request fails, its messages' results say so and the others keep theirs. What dooms the other requests as
        well, such as credentials that are refused, raises, with the results so far on the exception.

        Args:
            messages: A dict for each message with the arguments of `send_message`, under their names in Python or on
                the wire (`callback_url` or `callbackUrl`, `from_` or `from`).

        Returns:
            A result for each message, in their order.

        Raises:
            ApiException: All further messages would fail alike (`dooms_others`). Its `results` has a result for each
                message that was tried; the others did not go out.
            ValueError: A message cannot be sent; nothing was. The error names the message and the field.
        """
        check_several(messages)
        listed = list(messages)
        wire = [to_wire(message, f"messages[{position}]") for position, message in enumerate(listed)]
        results: list[SendResult] = []
        for start in range(0, len(listed), MOST_PER_REQUEST):
            some = slice(start, start + MOST_PER_REQUEST)
            try:
                results += self._send_some(listed[some], wire[some])
            except Exception as failure:
                # Which messages of an accepted request were taken stood in the answer that could not be read.
                refused = isinstance(failure, ApiException) and failure.accepted is False
                taken = False if refused else None
                results += [SendResult(each, accepted=taken, error=failure) for each in listed[some]]
                if isinstance(failure, ApiException) and failure.dooms_others:
                    failure.results = results
                    raise
        return results

    def get_message(self, message_id: str) -> dict[str, Any]:
        """Fetch a message.

        Args:
            message_id: Its id.

        Returns:
            What the service knows of it, with keys in snake_case: `id` and `message_id`, `from`, `to`, `direction`,
            `text`, `media`, `state`, `time`, `callback_url`, `skip_mms_carrier_validation` and so on.

        Raises:
            NotFoundException: There is no such message; texts are kept for a few days only.
            ApiException: Any other failure, and the base of that.
            ValueError: The id cannot be part of a path.
        """
        return self._call(self._operations.get_message, model, None, message_id=message_id)

    def _list(self, filters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        operation = self._operations.list_messages
        # A wrong filter raises at the call, not at the first message.
        build(operation, operation.server, {"user_id": self.user_id}, None, filters)
        return self._each(operation, filters)

    def __repr__(self) -> str:
        return f"MessagingClient(user_id={self.user_id!r})"

    def _call(
        self,
        operation: Operation[ReturnedT],
        finish: Callable[[Attempt[ReturnedT], Opened], ResultT],
        body: Any = None,
        arguments: Mapping[str, Any] | None = None,
        **path_arguments: str,
    ) -> ResultT:
        path = {"user_id": self.user_id, **path_arguments}
        return self.api_client.call(operation, path, body, arguments or {}, finish)

    def _send_some(self, messages: list[Mapping[str, Any]], wire: list[dict[str, Any]]) -> list[SendResult]:
        answers = self._call(self._operations.send_messages, partial(_one_for_each, len(wire)), wire)
        return [_result(message, answer) for message, answer in zip(messages, answers, strict=True)]

    def _each(self, operation: Operation[Page], arguments: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        followed: set[frozenset[tuple[str, str]]] = set()
        while True:
            page, following = self._page(operation, arguments)
            yield from page.messages
            if following is None:
                return
            query = frozenset(following.items())
            if query in followed:
                raise UnreadableAnswerException(200, "the links lead in a circle", operation=operation.name)
            followed.add(query)
            operation, arguments = _following(operation, following), following

    def _page(self, operation: Operation[Page], arguments: Mapping[str, Any]) -> tuple[Page, dict[str, str] | None]:
        return self._call(operation, _page_and_next, None, arguments)


def _page_and_next(attempt: Attempt[Page], opened: Opened) -> tuple[Page, dict[str, str] | None]:
    answer = opened.read_all()
    page = read(attempt, answer)
    try:
        return page, next_query(page.link, attempt.request.server + attempt.request.path)
    except ValueError as refused:
        raise_failure(attempt, answer, str(refused))


def _following(operation: Operation[Page], query: Mapping[str, str]) -> Operation[Page]:
    """The same endpoint, with the parameters that a link names: its cursors are the service's own affair."""
    following = copy(operation)
    following.parameters = {name: Parameter(name, name, _verbatim) for name in query}
    return following


def _verbatim(_: str, value: str) -> str:
    return value


def _one_for_each(count: int, attempt: Attempt[list[Any]], opened: Opened) -> list[Any]:
    answer = opened.read_all()
    results = read(attempt, answer)
    if len(results) != count:
        raise_failure(attempt, answer, f"{len(results)} results for {count} messages")
    return results


def _result(message: Mapping[str, Any], answer: Any) -> SendResult:
    fields = answer if isinstance(answer, dict) else {}
    refused = fields.get("result") == "error" or fields.get("error") is not None
    if refused and fields.get("result") != "accepted":
        why = fields.get("error")
        error = ClassicError.from_dict(why if isinstance(why, dict) else {"message": why})
        return SendResult(message, accepted=False, error=error)
    if fields.get("result") != "accepted" and not fields.get("location"):
        return SendResult(message, error=ClassicError(message="the answer says nothing of this message"))
    location = str(fields["location"]) if fields.get("location") else None
    found = None if location is None else location.rpartition("/")[2]
    return SendResult(message, message_id=found, accepted=True, location=location)
