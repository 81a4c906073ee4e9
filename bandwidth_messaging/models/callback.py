"""Callback: what all events have that the service posts to an application."""

from typing import Any

from pydantic import AwareDatetime
from typing_extensions import Self

from .._models.base import Model
from .._models.lenient import json_object
from .callback_message import CallbackMessage
from .callback_type_enum import CallbackTypeEnum

TYPE_CHECKING = False

__all__ = ["Callback"]

_OF_STATUS = frozenset(["message-sending", "message-sent", "message-delivered", "message-failed", "message-read"])
_INBOUND = frozenset(["message-received", "requested-location-response", "suggestion-response"])


class Callback(Model):
    """One event, as the service posts it to an application.

    What is known of its type makes it a `StatusCallback` or an `InboundCallback`. An event of a type that this version
    does not know is a plain `Callback`; `additional_properties` holds what else came with it.
    """

    time: AwareDatetime | None = None
    """When the event happened."""
    type: CallbackTypeEnum | None = None
    """The kind of event."""
    to: str | None = None
    """The number that the event is about: one recipient of an outbound message, or the account's own number."""
    description: str | None = None
    """The event in words. To be read by people, not by programs."""
    message: CallbackMessage | None = None
    """The message that the event is about."""
    carrier_name: str | None = None
    """The name of the carrier, for accounts with that feature."""

    if not TYPE_CHECKING:
        # The generated SDK wraps an event: `Callback(StatusCallback(...)).actual_instance`. Here the event itself is a
        # Callback, so that it wraps itself.

        def __new__(cls, actual_instance=None, /, **fields):  # noqa: D102 - the class says what it makes
            if actual_instance is None:
                return super().__new__(cls)
            if not isinstance(actual_instance, cls):
                raise TypeError(f"{cls.__name__}: give an event, or fields by their names")
            return actual_instance

        def __init__(self, actual_instance=None, /, **fields):
            if actual_instance is None:
                super().__init__(**fields)

    @property
    def actual_instance(self) -> Self:
        """The event itself, under the name that it has where a generated union is about it."""
        return self

    @classmethod
    def from_dict(cls, obj: dict[str, Any]) -> Self:
        """The event that a dict describes, as a `StatusCallback` or an `InboundCallback` if its type is known.

        Raises:
            ValueError: `obj` is not a dict.
        """
        kind: Any = _class_of(obj.get("type")) if cls is Callback and isinstance(obj, dict) else cls
        event: Self = super().from_dict(obj) if kind is cls else kind.from_dict(obj)
        return event

    @classmethod
    def from_json(cls, json_str: str | bytes) -> Self:
        """The event that a JSON object describes.

        Raises:
            ValueError: It is not JSON, or not an object.
        """
        return cls.from_dict(json_object(json_str))

    @property
    def message_id(self) -> str | None:
        """The ID of the message that the event is about, or None if the event names none."""
        found = self.message.id if isinstance(self.message, CallbackMessage) else None
        return found if isinstance(found, str) and found else None

    @property
    def idempotency_key(self) -> str:
        """What two deliveries of the same event share, and no two events do: 64 hexadecimal digits.

        An event is what it says about which message and which number: the key is made of the message's ID, the type,
        `to` and the error code. Times and words are left out, so that a redelivery may word them anew. An event of a
        type that this version does not know, or that lacks its ID or number, is the same only if all of it is: it
        may be handled twice, but is never taken for another.

        It holds no phone number in clear.
        """
        return _digest(_identity(self))


def _class_of(kind: object) -> Any:
    # They are made of this module's class, so they cannot be imported before it.
    from .inbound_callback import InboundCallback
    from .status_callback import StatusCallback

    if not isinstance(kind, str):
        return Callback
    return StatusCallback if kind in _OF_STATUS else InboundCallback if kind in _INBOUND else Callback


def _identity(event: Callback) -> Any:
    known = event.type in CallbackTypeEnum.__members__.values()
    if known and event.message_id and isinstance(event.to, str) and event.to:
        return [event.message_id, event.type, event.to, getattr(event, "error_code", None)]
    return event.to_dict()


def _digest(identity: Any) -> str:
    # Loaded by the first callback, not by every program that imports the models.
    import json
    from hashlib import sha256

    return sha256(json.dumps(identity, default=str, sort_keys=True).encode()).hexdigest()
