"""Every page of a list, past the depth at which the service stops paging.

The service pages through the first 10,000 records of a list and no further. It lists the newest message first, so the
walk goes on by asking again for what is no newer than the last message seen.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing
from datetime import datetime, timedelta, timezone
from queue import SimpleQueue
from threading import Thread
from typing import Any

from ..exceptions import ApiException, InvalidRequestException, UnreadableAnswerException
from ..models.list_message_item import ListMessageItem
from ..models.messages_list import MessagesList

__all__ = ["each_page"]

_DEEPEST = 10_000  # the contract: the sum of limit and after cannot be more
_PAGE_SIZE = 1_000
# Whether `to_date_time` includes its instant is not published. One step of the service's clock is added, and what the
# step lets in a second time is known by its id.
_STEP = timedelta(milliseconds=1)
_LATEST = datetime.max.replace(tzinfo=timezone.utc) - timedelta(days=1)
_ORDER = "receiveTime:desc"
_OPERATION = "MessagesApi.iter_messages"

_Fetch = tuple["Future[MessagesList]", Callable[..., MessagesList], dict[str, Any]]


def each_page(fetch: Callable[..., MessagesList], filters: dict[str, Any], now: datetime) -> Iterator[MessagesList]:
    """The pages of all messages that match, each message once, the newest first."""
    if filters.get("sort") not in {None, _ORDER}:
        rule = f"the iterators list the newest message first ({_ORDER}); sort what they yield"
        raise InvalidRequestException(("sort", rule))
    if filters.get("page_token") is not None:
        raise InvalidRequestException(("page_token", "the iterators follow the page tokens themselves"))
    limit = filters.get("limit")
    if limit is not None and not (isinstance(limit, int) and 1 <= limit <= _DEEPEST):
        raise InvalidRequestException(("limit", f"give a page size from 1 to {_DEEPEST}"))
    filters = {name: value for name, value in filters.items() if value is not None}
    # With an end to the window, messages that arrive meanwhile move nothing.
    return _Walk(fetch, {"limit": _PAGE_SIZE, "limit_total_count": True, "to_date_time": now, **filters}).pages()


class _Walk:
    def __init__(self, fetch: Callable[..., MessagesList], filters: dict[str, Any]) -> None:
        self._fetch = fetch
        self._filters = filters
        # Messages that can come a second time: those of the last page, and those around the last instant.
        self._known: dict[tuple[Any, Any], Any] = {}
        self._last: object = None
        self._was_cut = False

    def pages(self) -> Iterator[MessagesList]:
        with closing(_Ahead()) as ahead:
            while True:
                for page in self._window(ahead):
                    yield self._without_known(page)
                if not self._was_cut:
                    return
                self._narrow()

    def _window(self, ahead: "_Ahead") -> Iterator[MessagesList]:
        """The pages that the service gives for one window of time. The next one is fetched while one is used."""
        tokens: set[str] = set()
        records = 0
        ahead.start(self._fetch, **self._filters)
        while True:
            page = ahead.result()
            records += len(rows_of(page))
            token = _next_token(page)
            if token in tokens:
                raise UnreadableAnswerException(200, "the same page token came twice", operation=_OPERATION)
            self._was_cut = token is not None and records + self._filters["limit"] > _DEEPEST
            if token is None or self._was_cut:
                yield page
                return
            tokens.add(token)
            ahead.start(self._fetch, **self._filters, page_token=token)
            yield page

    def _without_known(self, page: MessagesList) -> MessagesList:
        messages = rows_of(page)
        if messages:
            page.messages = [message for message in messages if _key(message) not in self._known]
            self._remember(messages)
        return page

    def _remember(self, messages: list[ListMessageItem]) -> None:
        self._last = _received_at(messages[-1])
        last = self._last
        around = {}
        if isinstance(last, datetime):
            around = {key: at for key, at in self._known.items() if isinstance(at, datetime) and at - last <= _STEP}
        keys = ((_key(message), _received_at(message)) for message in messages)
        self._known = around | {key: at for key, at in keys if key is not None}

    def _narrow(self) -> None:
        """Go on from the last instant seen."""
        last = self._last
        if not isinstance(last, datetime) or last > _LATEST:
            raise ApiException(200, "a message without a readable receiveTime ends the walk", operation=_OPERATION)
        if self._filters["to_date_time"] == last + _STEP:
            reason = f"more than {_DEEPEST} messages were received at {last.isoformat()}; narrow the list by a filter"
            raise ApiException(200, reason, operation=_OPERATION)
        self._filters["to_date_time"] = last + _STEP


def rows_of(page: MessagesList) -> list[ListMessageItem]:
    """The rows of a page, as they came: what is no row at all, such as null, stands among them."""
    rows: object = page.messages
    return rows if isinstance(rows, list) else []


def _next_token(page: MessagesList) -> str | None:
    """The token of the next page, if there is one; what stands in place of `pageInfo` may be anything."""
    token: object = getattr(page.page_info, "next_page_token", None)
    if isinstance(token, bool) or not isinstance(token, (str, int, type(None))):
        raise UnreadableAnswerException(200, "the token of the next page is no string", operation=_OPERATION)
    return str(token) if token not in {None, ""} else None


def _received_at(message: object) -> object:
    return getattr(message, "receive_time", None)


def _key(message: object) -> tuple[str, str] | None:
    """By what a message is known again; None for a row without an id, which is never taken for another."""
    message_id = getattr(message, "message_id", None)
    # A group message is listed once for each recipient, under one id. Either may be of any type.
    return None if message_id is None else (str(message_id), str(getattr(message, "destination_tn", None)))


class _Ahead:
    """Fetches one page in the background.

    Its thread is a daemon, unlike that of an executor: neither a caller that stops half-way nor the end of the process
    waits for a page that nobody will see.
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._work: SimpleQueue[_Fetch | None] = SimpleQueue()
        Thread(target=_serve, args=(self._work,), daemon=True, name="bandwidth-messaging-page").start()

    def start(self, fetch: Callable[..., MessagesList], **filters: Any) -> None:
        if self._process != os.getpid():
            self._begin()
        self._asked = fetch, filters
        self._future: Future[MessagesList] = Future()
        self._work.put((self._future, fetch, filters))

    def result(self) -> MessagesList:
        if self._process != os.getpid():
            # The thread that was asked stayed in the parent process.
            fetch, filters = self._asked
            return fetch(**filters)
        return self._future.result()

    def close(self) -> None:
        if self._process == os.getpid():
            self._work.put(None)


def _serve(work: "SimpleQueue[_Fetch | None]") -> None:
    while (fetching := work.get()) is not None:
        future, fetch, filters = fetching
        try:
            future.set_result(fetch(**filters))
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where the page is asked for
            future.set_exception(error)
        # While it waits for more, it must not keep a page.
        del fetching, future
