"""CallbackTypeEnum: the kinds of event that a callback tells of."""

from .._models.open_enum import OpenEnum

__all__ = ["CallbackTypeEnum"]


class CallbackTypeEnum(OpenEnum):
    """The kind of event.

    message-sending, message-sent, message-delivered, message-failed and message-read tell what became of an outbound
    message; message-received, requested-location-response and suggestion-response tell of an inbound one.
    """

    MESSAGE_SENDING = "message-sending"
    MESSAGE_SENT = "message-sent"
    MESSAGE_DELIVERED = "message-delivered"
    MESSAGE_FAILED = "message-failed"
    MESSAGE_READ = "message-read"
    MESSAGE_RECEIVED = "message-received"
    REQUESTED_LOCATION_RESPONSE = "requested-location-response"
    SUGGESTION_RESPONSE = "suggestion-response"

    # The names that a generator makes of these values.
    MESSAGE_MINUS_SENDING = MESSAGE_SENDING
    MESSAGE_MINUS_SENT = MESSAGE_SENT
    MESSAGE_MINUS_DELIVERED = MESSAGE_DELIVERED
    MESSAGE_MINUS_FAILED = MESSAGE_FAILED
    MESSAGE_MINUS_READ = MESSAGE_READ
    MESSAGE_MINUS_RECEIVED = MESSAGE_RECEIVED
    REQUESTED_MINUS_LOCATION_MINUS_RESPONSE = REQUESTED_LOCATION_RESPONSE
    SUGGESTION_MINUS_RESPONSE = SUGGESTION_RESPONSE
