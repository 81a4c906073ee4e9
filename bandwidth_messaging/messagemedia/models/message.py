"""Message: one message to send, checked for what the contract states."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, ValidationInfo, field_validator

from ..model import SENDABLE, FamilyRequest, UtcTime, known
from .format_enum import FormatEnum
from .source_number_type_enum import SourceNumberTypeEnum

__all__ = ["Message"]

# ITU-T E.164, and the length that the service's own check asks for: 8 to 15 digits.
_E164 = re.compile(r"\+[1-9][0-9]{7,14}")
_Text = Annotated[str, SENDABLE]
_MOST_PAIRS, _LONGEST_KEY, _LONGEST_VALUE = 10, 100, 256


def _number(value: str) -> str:
    if not _E164.fullmatch(value):
        raise ValueError("give a phone number in E.164 form, such as +61491570156")
    return value


def _metadata(value: Any) -> Any:
    # Keys and values may be personal: a message shows neither.
    if not isinstance(value, dict):
        raise ValueError("give a dict of strings")
    if len(value) > _MOST_PAIRS:
        raise ValueError(f"give at most {_MOST_PAIRS} pairs, not {len(value)}")
    for position, (key, text) in enumerate(value.items(), 1):
        if not isinstance(key, str) or not isinstance(text, str):
            raise ValueError(f"keys and values are strings; pair {position} is {_kind(key)} and {_kind(text)}")
        if not 1 <= len(key) <= _LONGEST_KEY:
            raise ValueError(f"a key has 1 to {_LONGEST_KEY} characters; that of pair {position} has {len(key)}")
        if len(text) > _LONGEST_VALUE:
            raise ValueError(
                f"a value has at most {_LONGEST_VALUE} characters; that of pair {position} has {len(text)}"
            )
    return value


def _kind(value: object) -> str:
    return type(value).__name__


class Message(FamilyRequest):
    """A message to be sent.

    Raises:
        ValueError: A required field is missing, a value breaks its rule, or a name is not a field. The message names
            the field and the rule, and shows no value.
    """

    content: Annotated[str, Field(min_length=1, max_length=5000), SENDABLE]
    """The content of the message. At most 5000 Unicode characters."""
    destination_number: Annotated[str, AfterValidator(_number)]
    """The phone number that the message goes to, in E.164 format."""
    callback_url: Annotated[str, Field(min_length=1), SENDABLE] | None = None
    """A URL that the service posts the delivery reports and the replies of this message to."""
    delivery_report: StrictBool | None = None
    """Whether delivery reports are made for the message. False if not given."""
    format: Annotated[FormatEnum, AfterValidator(known)] | None = None
    """What the message is delivered as. SMS if not given."""
    message_expiry_timestamp: UtcTime | None = None
    """The latest time at which the message should be delivered; after it the message is discarded. ISO 8601, in UTC. A
    datetime needs a time zone; any is converted to UTC."""
    metadata: Annotated[dict[_Text, _Text], BeforeValidator(_metadata)] | None = None
    """Data of your own, which the delivery reports and replies of the message carry. At most 10 pairs; a key has at
    most 100 characters, a value at most 256."""
    scheduled: UtcTime | None = None
    """When the message is to be delivered; at once if not given, or past. ISO 8601, in UTC. A datetime needs a time
    zone; any is converted to UTC."""
    source_number: Annotated[str, Field(min_length=1), SENDABLE] | None = None
    """The number or name that the message appears to come from. The service ignores it unless the feature is enabled
    for the account, and assigns one where it is not given."""
    source_number_type: Annotated[SourceNumberTypeEnum, AfterValidator(known)] | None = None
    """The type of the source number. Only valid together with `source_number`."""
    media: Annotated[list[Annotated[str, Field(min_length=1), SENDABLE]], Field(min_length=1)] | None = None
    """URLs of pictures (PNG, JPEG or GIF), for the format MMS."""
    subject: Annotated[str, Field(max_length=64), SENDABLE] | None = None
    """The subject of the message, for the format MMS. At most 64 characters."""

    @field_validator("source_number_type")
    @classmethod
    def _only_with_source_number(
        cls, value: SourceNumberTypeEnum | None, info: ValidationInfo
    ) -> SourceNumberTypeEnum | None:
        # A source number that was refused is not in the data; its own error says enough.
        if value is not None and info.data.get("source_number", "") is None:
            raise ValueError("give it only together with source_number")
        return value
