"""Message ids, in the shape that the vendor gives them."""

import secrets
import string

_ALPHABET = string.ascii_lowercase + string.digits


def message_id(now: int) -> str:
    """Make a message id of the V2 family: 13 digits of milliseconds and 16 of `a-z0-9`.

    Args:
        now: Milliseconds since 1970.

    Returns:
        29 characters.
    """
    return f"{now:013d}" + "".join(secrets.choice(_ALPHABET) for _ in range(16))
