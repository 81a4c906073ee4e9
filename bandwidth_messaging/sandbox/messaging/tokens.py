"""The bearer tokens that were issued, and since when they are no longer good."""

import hashlib
import secrets
from dataclasses import dataclass

from .accounts import Account


@dataclass(frozen=True)
class Caller:
    """Whom a credential belongs to; without access to messaging every call is a 403."""

    account: Account
    may_message: bool = True


class Tokens:
    """Issues tokens that are good for `lifetime` seconds on the clock of their account."""

    def __init__(self, lifetime: int) -> None:
        """Start without a token."""
        self.lifetime = lifetime
        self._issued: dict[bytes, tuple[float, Caller]] = {}

    def issue(self, caller: Caller) -> str:
        """Make a token that cannot be guessed."""
        for key, (end, whose) in list(self._issued.items()):
            if end <= whose.account.clock():
                self._issued.pop(key, None)
        token = secrets.token_urlsafe(32)
        self._issued[digest(token.encode("utf-8", "surrogatepass"))] = (caller.account.clock() + self.lifetime, caller)
        return token

    def caller(self, token: str) -> Caller | None:
        """Whom a token stands for; None if it was never issued, was revoked or has expired."""
        end, caller = self._issued.get(digest(token.encode("utf-8", "surrogatepass")), (0.0, None))
        return caller if caller is not None and end > caller.account.clock() else None

    def revoke(self, account: Account) -> None:
        """Make every token of an account worthless."""
        for key, (_, whose) in list(self._issued.items()):
            if whose.account is account:
                self._issued.pop(key, None)


def digest(secret: bytes) -> bytes:
    """What a secret is looked up by: that tells nothing about it by the time it takes."""
    return hashlib.sha256(secret).digest()
