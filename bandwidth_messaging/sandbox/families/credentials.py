"""Who is calling: Basic and bearer credentials, and the token endpoint of OAuth2 client credentials (RFC 6749, 4.4)."""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse

from ..messaging.accounts import Account

TOKEN_PATH = "/api/v1/oauth2/token"  # noqa: S105 - an address
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@dataclass(frozen=True)
class Caller:
    """Whom a credential belongs to.

    Attributes:
        account: The account that the caller may use.
        may_message: Whether the caller has access to messaging; without it every call is a 403.
    """

    account: Account
    may_message: bool = True


@dataclass(frozen=True)
class Credential:
    """A name and a secret, of a user or of an OAuth2 client, and whom they stand for."""

    name: str
    secret: str
    caller: Caller

    def sent_as(self) -> tuple[bytes, bytes]:
        """Tell what a Basic header carries that is right.

        The vendor does not say which charset it expects, so UTF-8 and Latin-1 both are.

        Returns:
            Digests of name, colon and secret.
        """
        own = f"{self.name}:{self.secret}"
        return _digest(own.encode()), _digest(own.encode("latin-1", "replace"))


class Tokens:
    """The bearer tokens that were issued, and since when they are no longer good."""

    def __init__(self, lifetime: int) -> None:
        """Start without a token.

        Args:
            lifetime: How long a token is good, in seconds on the clock of the account that it is issued to.
        """
        self.lifetime = lifetime
        self._issued: dict[bytes, tuple[float, Caller]] = {}

    def issue(self, caller: Caller) -> str:
        """Make a token.

        Args:
            caller: Whom it stands for.

        Returns:
            The token, which cannot be guessed.
        """
        for digest, (end, whose) in list(self._issued.items()):
            if end <= whose.account.clock():
                self._issued.pop(digest, None)
        token = secrets.token_urlsafe(32)
        self._issued[_digest(token.encode("utf-8", "surrogatepass"))] = (caller.account.clock() + self.lifetime, caller)
        return token

    def caller(self, token: str) -> Caller | None:
        """Look a token up.

        Args:
            token: What the request carried.

        Returns:
            Whom it stands for, or None if it was never issued, was revoked or has expired.
        """
        end, caller = self._issued.get(_digest(token.encode("utf-8", "surrogatepass")), (0.0, None))
        return caller if caller is not None and end > caller.account.clock() else None

    def revoke(self, account: Account) -> None:
        """Make every token of an account worthless.

        Args:
            account: Whose tokens.
        """
        for digest, (_, whose) in list(self._issued.items()):
            if whose.account is account:
                self._issued.pop(digest, None)


class Gate:
    """Knows every credential, and answers the token endpoint.

    Attributes:
        tokens: The bearer tokens.
        token_requests: How many requests the token endpoint has had, refused ones included.
    """

    def __init__(self, tokens: Tokens) -> None:
        """Start without credentials.

        Args:
            tokens: Where tokens are issued.
        """
        self._users: dict[bytes, Credential] = {}
        self._clients: dict[bytes, Credential] = {}
        self.tokens = tokens
        self.token_requests = 0

    def admit(self, user: Credential, client: Credential) -> None:
        """Let somebody in from now on.

        Args:
            user: A username and password for Basic.
            client: A client id and secret for the token endpoint.
        """
        self._users |= dict.fromkeys(user.sent_as(), user)
        self._clients |= dict.fromkeys(client.sent_as(), client)

    def caller(self, authorization: str | None) -> Caller | None:
        """Find out who is calling.

        Args:
            authorization: The Authorization header, if there was one.

        Returns:
            The caller, or None if the header is missing or its credential is wrong.
        """
        scheme, _, value = (authorization or "").partition(" ")
        if scheme.lower() == "bearer":
            return self.tokens.caller(value.strip())
        return _known(self._users, authorization)

    async def token(self, request: Request) -> JSONResponse:
        """Answer the token endpoint.

        Args:
            request: A form with `grant_type=client_credentials`, and the client's id and secret as Basic.

        Returns:
            200 with `access_token`, `token_type` and `expires_in` (seconds), or an error as RFC 6749, 5.2 has it.
        """
        self.token_requests += 1
        caller = _known(self._clients, request.headers.get("authorization"))
        if caller is None:
            return _refusal(401, "invalid_client", "The client id or the client secret is wrong")
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type != "application/x-www-form-urlencoded":
            return _refusal(400, "invalid_request", "The body must be application/x-www-form-urlencoded")
        grants = _grant_types(await request.body())
        if len(grants) != 1:
            return _refusal(400, "invalid_request", "The body must be a form with one grant_type")
        if grants[0] != "client_credentials":
            return _refusal(400, "unsupported_grant_type", "grant_type must be client_credentials")
        token = self.tokens.issue(caller)
        answer = {"access_token": token, "token_type": "bearer", "expires_in": self.tokens.lifetime}
        return JSONResponse(answer, headers=_NO_STORE)


def _digest(secret: bytes) -> bytes:
    # Looking up a digest tells nothing about a secret by the time it takes.
    return hashlib.sha256(secret).digest()


def basic_credential(authorization: str | None) -> bytes | None:
    """Read a Basic header (RFC 7617).

    Args:
        authorization: The Authorization header, if there was one.

    Returns:
        Name, colon and secret as they were sent; None if that is not what the header holds.
    """
    scheme, _, value = (authorization or "").partition(" ")
    try:
        return base64.b64decode(value.strip().encode("ascii"), validate=True) if scheme.lower() == "basic" else None
    except (binascii.Error, UnicodeEncodeError):
        return None


def _known(credentials: Mapping[bytes, Credential], authorization: str | None) -> Caller | None:
    sent = basic_credential(authorization)
    found = credentials.get(_digest(sent)) if sent is not None else None
    return found.caller if found is not None else None


def _grant_types(body: bytes) -> list[str]:
    try:
        fields = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return []
    return [value for name, value in fields if name == "grant_type"]


def _refusal(status: int, error: str, description: str) -> JSONResponse:
    headers = {**_NO_STORE, "WWW-Authenticate": 'Basic realm="sandbox"'} if status == 401 else _NO_STORE
    return JSONResponse({"error": error, "error_description": description}, status, headers)
