"""What becomes of a message, told by the number that it goes to: the sandbox's magic numbers.

Every other number gets its messages delivered. `+1555000` with four more digits is a number whose messages fail with
these four digits as the vendor's error code: `+15550004720` is unreachable, `+15550004770` takes them for spam.
"""

import re
from dataclasses import dataclass

_FAILING = re.compile(r"\+1555000([459][0-9]{3})")
NEVER_DELIVERED = "+15550000000"
SLOW = "+15550000001"
QUEUE_FULL = "+15550000429"
SLOW_SECONDS = 600.0

DESCRIPTIONS = {
    4301: "malformed-invalid-encoding",
    4360: "message-not-sent-expiration-date-passed",
    4403: "rejected-forbidden-from-number",
    4404: "rejected-forbidden-to-number",
    4410: "media-unavailable",
    4411: "media-content-invalid",
    4431: "rejected-forbidden-shortcode",
    4432: "forbidden to country",
    4470: "rejected-spam-detected",
    4475: "rejected-recipient-opted-out",
    4476: "rejected-sender-not-registered",
    4481: "rejected-from-number-in-blacklist",
    4482: "rejected-to-number-in-blacklist",
    4701: "service-unavailable",
    4702: "subscriber-unavailable",
    4720: "invalid-destination-address",
    4721: "destination-tn-deactivated",
    4730: "no-route-to-destination-carrier",
    4750: "destination-rejected-message",
    4770: "destination-spam-detected",
    4772: "rejected-shortened-url",
    4773: "rejected-tn-blocked",
    4775: "destination-rejected-due-to-user-opt-out",
    5620: "carrier-application-error",
    9902: "delivery-receipt-expired",
    9999: "unknown-error",
}


@dataclass(frozen=True)
class Outcome:
    """What becomes of a message to one number.

    Attributes:
        error_code: The vendor's code with which it fails; 0 if it does not.
        delivered: Whether a delivery is ever heard of.
        seconds: How long the last step takes.
    """

    error_code: int = 0
    delivered: bool = True
    seconds: float = 1.0


def outcome(number: str) -> Outcome:
    """What becomes of a message to a number in E.164 format: the same at all times."""
    failing = _FAILING.fullmatch(number)
    if failing:
        return Outcome(error_code=int(failing[1]))
    if number == NEVER_DELIVERED:
        return Outcome(delivered=False)
    return Outcome(seconds=SLOW_SECONDS) if number == SLOW else Outcome()


def describe(error_code: int) -> str:
    """What the vendor calls an error code; `unknown-error` if the sandbox has no name for it."""
    return DESCRIPTIONS.get(error_code, DESCRIPTIONS[9999])
