"""What the inbox page reads from the store. Everything is paged by key, so that a million messages cost as a thousand.

A message is shown once for each recipient, as each phone got it. The conversations and search results of an account
are those of its three families, merged.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from ..families.v2 import filters
from ..messaging.accounts import Account
from ..messaging.one_time_codes import one_time_code
from ..store.listing import Place, place_of
from ..store.queries import Condition, equals_in_any_case, tag_is, text_contains
from ..store.records import Content, Delivery, Message, ShownConversation, ShownDelivery
from ..store.store import Store

_END = 1 << 62
_UPLOADED = re.compile("(?:/api/v2)?/users/([^/]+)/media/(.+)")

Shown = dict[str, Any]


@dataclass(frozen=True)
class Search:
    """What is looked for; everything must hold.

    Attributes:
        family: `v2`, `classic` or `messagemedia`; None for all.
        text: A part of the text, in any case.
        tag: The tag.
        status: The status in the words of its family, in any case.
        filters: The filters of the V2 list, by wire name.
    """

    family: str | None = None
    text: str | None = None
    tag: str | None = None
    status: str | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)


class Reader:
    """Reads what belongs to one account."""

    def __init__(self, store: Store, account: Account, may_preview: Callable[[str], bool]) -> None:
        """Take the account whose messages are shown, and what tells whether the page may load a picture."""
        self._store = store
        self._account_ids = account.ids_by_family
        self._may_preview = may_preview

    def conversations(self, family: str | None, before: int | None, limit: int) -> Shown:
        """Conversations of one family or of all, the one with the newest message first; `next` goes on as `before`."""
        found: list[ShownConversation] = []
        for account_id in self._ids(family):
            found += self._store.conversations.newest(account_id, before or _END, limit + 1)
        found.sort(key=lambda each: each.position or 0, reverse=True)
        shown = [self._conversation(each) for each in found[:limit]]
        return {"conversations": shown, "next": found[limit - 1].position if len(found) > limit else None}

    def conversation(self, number: int) -> Shown | None:
        """One conversation: its members and its newest message."""
        found = self._store.conversations.get(number, list(self._account_ids.values()))
        return self._conversation(found) if found else None

    def messages(self, conversation: int, before: int | None, since: int | None, limit: int) -> Shown:
        """The messages of a conversation from the position `since` on, the newest first; `next` goes on as `before`."""
        found = self._store.messages.in_conversation(conversation, before or _END, since or 0, limit + 1)
        shown = [self.summary(each, each) for each in found[:limit]]
        return {"messages": shown, "next": found[limit - 1].position if len(found) > limit else None}

    def search(self, search: Search, before: Place | None, limit: int) -> Shown:
        """Look for messages, the newest first, among the next 20,000 of each family; a Problem for a malformed time.

        `searched` is the time down to which everything was looked at, in milliseconds since 1970, None for all of it;
        `next` looks further back as `before`.
        """
        conditions = _conditions(search)
        found: list[ShownDelivery] = []
        edges: list[Place] = []
        for account_id in self._ids(search.family):
            some, edge = self._store.listing.newest(account_id, conditions, before or (_END, _END), limit)
            found += some
            edges += [edge] if edge else []
        # Below the newest edge, another family might have messages that were not looked at.
        edge = max(edges, default=None)
        found = sorted((each for each in found if edge is None or place_of(each) >= edge), key=place_of, reverse=True)
        if len(found) > limit:
            found = found[:limit]
            edge = place_of(found[-1])
        return {
            "messages": [self.summary(each, each) for each in found],
            "searched": edge[0] if edge else None,
            "next": f"{edge[0]}.{edge[1]}" if edge else None,
        }

    def message(self, message_id: str) -> Message | None:
        """The message with this id, if it is the account's."""
        message = self._store.messages.get(message_id)
        return message if message is not None and message.account_id in self._account_ids.values() else None

    def summary(self, delivery: Delivery, content: Content) -> Shown:
        """What a list shows of a message as one of its recipients got it."""
        return {
            "position": delivery.position,
            "conversation": delivery.conversation,
            "message_id": delivery.message_id,
            "family": content.family,
            "direction": delivery.message_direction,
            "from": delivery.source_tn,
            "to": delivery.destination_tn,
            "recipients": content.recipients,
            "text": content.text,
            "media": [self._picture(url) for url in content.media or ()],
            "tag": content.tag,
            "status": delivery.message_status,
            "error_code": delivery.error_code,
            "type": delivery.message_type,
            "segments": delivery.segment_count,
            "time": delivery.receive_time,
            "code": one_time_code(content.text),
        }

    def _picture(self, url: str) -> Shown:
        """How the page shows a picture: one that was uploaded here is read from beside the page."""
        owner, media_id = _uploaded(url)
        if media_id and owner in self._account_ids.values() and self._store.media.has(owner, media_id):
            return {"url": url, "preview": True, "source": f"/sandbox/inbox/accounts/{owner}/media/{quote(media_id)}"}
        return {"url": url, "preview": self._may_preview(url)}

    def _conversation(self, found: ShownConversation) -> Shown:
        members = {"owner": found.owner, "phone": found.phone, "total": found.total}
        return {"id": found.conversation, **members, "family": found.family, "last": self.summary(found, found)}

    def _ids(self, family: str | None) -> list[str]:
        return [account_id for name, account_id in self._account_ids.items() if family in (None, name)]


def _uploaded(url: str) -> tuple[str, str]:
    """The account and the name in the address of an upload; nothing in another address."""
    try:
        found = _UPLOADED.fullmatch(urlsplit(url).path)
    except ValueError:
        found = None
    return (found[1], unquote(found[2])) if found is not None else ("", "")


def _conditions(search: Search) -> list[Condition]:
    conditions = [filters.condition(name, value) for name, value in search.filters.items()]
    if search.status is not None:
        conditions.append(equals_in_any_case("message_status", search.status))
    if search.text is not None:
        conditions.append(text_contains(search.text))
    if search.tag is not None:
        conditions.append(tag_is(search.tag))
    return conditions
