"""Callback: what all events have that the service posts to an application."""

from typing import Any

from pydantic import AwareDatetime

from .._models.base import Model
from .callback_message import CallbackMessage
from .callback_type_enum import CallbackTypeEnum

__all__ = ["Callback"]


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
