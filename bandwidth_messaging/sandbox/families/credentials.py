"""Who is calling: Basic and bearer credentials, and the token endpoint of OAuth2 client credentials (RFC 6749, 4.4)."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Scope

from ..messaging.accounts import Account, Accounts
from ..messaging.tokens import Caller, Tokens, digest

TOKEN_PATH = "/api/v1/oauth2/token"  # noqa: S105 - an address
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@dataclass(frozen=True)
class Credential:
    """A name and a secret, of a user or of an OAuth2 client, and whom they stand for."""

    name: str
    secret: str
    caller: Caller

    def sent_as(self) -> tuple[bytes, bytes]:
        """Digests of the Basic headers that are right.

        The vendor does not say which charset it expects, so UTF-8 and Latin-1 both are.
        """
        own = f"{self.name}:{self.secret}"
        return digest(own.encode()), digest(own.encode("latin-1", "replace"))


class Gate:
    """Knows every credential, and answers the token endpoint.

    Attributes:
        tokens: The bearer tokens.
        token_requests: How many requests the token endpoint has had, refused ones included.
    """

    def __init__(self, tokens: Tokens) -> None:
        """Start without credentials."""
        self._users: dict[bytes, Credential] = {}
        self._clients: dict[bytes, Credential] = {}
        self.tokens = tokens
        self.token_requests = 0

    def admit(self, user: Credential, client: Credential) -> None:
        """Let a user in by Basic, and a client at the token endpoint."""
        self._users |= dict.fromkeys(user.sent_as(), user)
        self._clients |= dict.fromkeys(client.sent_as(), client)

    def caller(self, authorization: str | None) -> Caller | None:
        """Who is calling, by an Authorization header; None if it is missing or its credential is wrong."""
        scheme, _, value = (authorization or "").partition(" ")
        if scheme.lower() == "bearer":
            return self.tokens.caller(value.strip())
        return _known(self._users, authorization)

    async def token(self, request: Request) -> JSONResponse:
        """Answer the token endpoint; errors are as RFC 6749, 5.2 has them."""
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


def basic_credential(authorization: str | None) -> bytes | None:
    """Name, colon and secret of a Basic header (RFC 7617) as they were sent; None if it holds none."""
    scheme, _, value = (authorization or "").partition(" ")
    try:
        return base64.b64decode(value.strip().encode("ascii"), validate=True) if scheme.lower() == "basic" else None
    except (binascii.Error, UnicodeEncodeError):
        return None


def _known(credentials: Mapping[bytes, Credential], authorization: str | None) -> Caller | None:
    sent = basic_credential(authorization)
    found = credentials.get(digest(sent)) if sent is not None else None
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


def authorization_of(scope: Scope) -> str:
    """The Authorization header of a request; empty if there is none."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"), "")


def basic_name(scope: Scope) -> str:
    """The name in the Basic header of a request; empty if there is none."""
    return (basic_credential(authorization_of(scope)) or b"").partition(b":")[0].decode("latin-1")


def account_in_path(scope: Scope, accounts: Accounts) -> Account | None:
    """The account that follows `users` in the path of a request."""
    parts = scope["path"].split("/")
    return accounts.of(parts[parts.index("users") + 1]) if "users" in parts[:-1] else None
