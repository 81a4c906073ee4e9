"""Message ids, in the shape that the vendor gives them."""

import secrets
import string

_ALPHABET = string.ascii_lowercase + string.digits


def message_id(now: int) -> str:
    """A message id of the V2 family: 13 digits of milliseconds and 16 of `a-z0-9`."""
    return f"{now:013d}" + "".join(secrets.choice(_ALPHABET) for _ in range(16))
