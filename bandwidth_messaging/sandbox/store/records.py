"""What the store keeps, one class for each table. A column is declared here and nowhere else; see `schema.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

# When, in milliseconds since 1970; the status from then on, in the words of its family; and its error code.
Transition = Sequence[Any]


@dataclass(kw_only=True)
class Content:
    """What a list shows of a message besides the columns of a delivery."""

    family: str
    recipients: list[str]
    text: str | None = None
    media: list[str] | None = None
    tag: str | None = None


@dataclass(kw_only=True)
class Message(Content):
    """A message as it was accepted."""

    table: ClassVar[str] = "messages"

    message_id: str
    account_id: str
    direction: str
    sender: str
    receive_time: int
    application_id: str | None = None
    owner: str | None = None
    priority: str | None = None
    expiration: int | None = None
    extra: dict[str, Any] | None = None


@dataclass(kw_only=True)
class ListedDelivery:
    """What became of a message at one recipient: everything that is listed, filtered or sorted by."""

    position: int | None = None
    message_id: str
    account_id: str
    source_tn: str
    destination_tn: str
    message_status: str
    message_direction: str
    message_type: str
    segment_count: int
    error_code: int
    receive_time: int
    carrier_name: str | None = None
    message_size: int | None = None
    message_length: int
    attachment_count: int | None = None
    recipient_count: int | None = None
    campaign_class: str | None = None
    campaign_id: str | None = None
    bw_latency: int | None = None
    carrier_latency: int | None = None
    calling_number_country_a3: str | None = None
    called_number_country_a3: str | None = None
    product: str | None = None
    location: str | None = None
    bw_queued: bool = False
    carrier_queued: bool = False


@dataclass(kw_only=True)
class PageRow(ListedDelivery):
    """A delivery on a page of a list, and what the page is sorted by."""

    sort_key: Any


@dataclass(kw_only=True)
class Delivery(ListedDelivery):
    """What became of a message at one recipient, and what is still to come."""

    table: ClassVar[str] = "deliveries"

    conversation: int | None = None
    history: list[Transition] | None = None
    plan: list[Transition] | None = None
    next_due: int | None = None


@dataclass(kw_only=True)
class ShownDelivery(Content, Delivery):
    """A delivery together with what its message says."""


@dataclass(kw_only=True)
class Conversation:
    """The deliveries between one number of an account and one phone."""

    table: ClassVar[str] = "conversations"

    conversation: int
    account_id: str
    owner: str
    phone: str
    last_position: int
    total: int


@dataclass(kw_only=True)
class ShownConversation(ShownDelivery):
    """A conversation, shown by its newest delivery."""

    owner: str
    phone: str
    total: int


@dataclass(kw_only=True)
class Callback:
    """A request owed to the application."""

    table: ClassVar[str] = "callbacks"

    callback_id: int | None = None
    account_id: str
    message_id: str
    recipient: str
    type: str
    url: str
    headers: dict[str, str]
    body: str
    created: int
    state: str
    due: int | None
    attempts: list[dict[str, Any]]


@dataclass(kw_only=True)
class Notice:
    """What the MessageMedia family keeps until it is confirmed: a delivery report or a reply, as its JSON."""

    table: ClassVar[str] = "notices"

    position: int | None = None
    notice_id: str
    account_id: str
    kind: str
    message_id: str
    body: str
    confirmed: bool = False


@dataclass(kw_only=True)
class Exchange:
    """A request that made a message, as it came and was answered."""

    table: ClassVar[str] = "exchanges"

    exchange_id: int | None = None
    account_id: str
    message_id: str
    time: int
    request: dict[str, Any]
    answer: dict[str, Any]


@dataclass(kw_only=True)
class MediaFile:
    """A file that was uploaded."""

    table: ClassVar[str] = "media"

    account_id: str
    media_id: str
    content_type: str
    cache_control: str | None = None
    size: int
    stored: int
    content: bytes


@dataclass(kw_only=True)
class OptOut:
    """A phone that has sent STOP to a number of the account."""

    table: ClassVar[str] = "opt_outs"

    account_id: str
    owner: str
    phone: str


@dataclass(kw_only=True)
class StoredAccount:
    """An account with its credentials and its settings, as they are to be after a restart."""

    table: ClassVar[str] = "accounts"

    account_id: str
    application_id: str
    username: str
    password: str
    client_id: str
    client_secret: str
    classic: dict[str, Any]
    messagemedia: dict[str, Any]
    pace: str
    advanced: int
    callbacks: dict[str, Any]
    limits: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Update:
    """The columns of a row that exists which take the values of a record."""

    record: Delivery | Callback
    columns: tuple[str, ...]


@dataclass
class Batch:
    """What is written together: all of it, or none."""

    messages: list[Message] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)

    def add(self, other: "Batch") -> None:
        """Write everything of another batch too."""
        self.messages += other.messages
        self.deliveries += other.deliveries
        self.callbacks += other.callbacks
        self.notices += other.notices
        self.exchanges += other.exchanges
        self.updates += other.updates


def changed(record: Delivery | Callback, **columns: Any) -> Update:
    """Give a record new values, and say that they are to be written."""
    for name, value in columns.items():
        setattr(record, name, value)
    return Update(record, tuple(columns))
