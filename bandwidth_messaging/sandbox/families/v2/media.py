"""The media of the V2 family over HTTP: what is checked, in which order, before a file is kept, given or listed."""

import base64
import binascii
from typing import ClassVar
from urllib.parse import quote, unquote_to_bytes

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ...contract import contract
from ...messaging.accounts import Account
from ...messaging.services import Services
from ...store.records import MediaFile
from ..credentials import Gate
from ..negotiation import accepts_json
from ..problems import Problem, bad_request
from .routes import admit

_KEPT_MS = 48 * 60 * 60 * 1000
_PAGE = 1000
_UPLOAD = "/users/{accountId}/media/{mediaId}"


def media_endpoints(gate: Gate) -> tuple[type[HTTPEndpoint], type[HTTPEndpoint]]:
    """`/users/{accountId}/media` and `/users/{accountId}/media/{mediaId}`, with what they need."""
    return type("MediaList", (_MediaList,), {"gate": gate}), type("MediaFile", (_File,), {"gate": gate})


def current(services: Services, account: Account, media_id: str) -> MediaFile | None:
    """A file of an account, if it was stored no longer than 48 hours ago."""
    file = services.store.media.get(account.account_id, media_id)
    return file if file is not None and file.stored >= account.clock.now() - _KEPT_MS else None


class _MediaList(HTTPEndpoint):
    gate: ClassVar[Gate]

    async def get(self, request: Request) -> Response:
        """List the files by their names, 1,000 to a page."""
        services, account = _admitted(self.gate, request)
        if not accepts_json(request.headers.get("accept")):
            raise Problem(406, "not-acceptable", "The answer is application/json, which the Accept header excludes")
        after = _read_token(request.headers.get("continuation-token"))
        services.store.media.forget_older(account.account_id, account.clock.now() - _KEPT_MS)
        files = services.store.media.page(account.account_id, after, _PAGE + 1)
        listed = [
            {
                "content": f"{request.url.replace(query='')}/{quote(file.media_id)}",
                "contentLength": file.size,
                "mediaName": file.media_id,
            }
            for file in files[:_PAGE]
        ]
        more = {"Continuation-Token": _token(files[_PAGE - 1].media_id)} if len(files) > _PAGE else {}
        return JSONResponse(listed, headers=more)

    head = get


class _File(HTTPEndpoint):
    gate: ClassVar[Gate]

    async def get(self, request: Request) -> Response:
        """Give a file with the content type that it came with."""
        services, account = _admitted(self.gate, request)
        file = current(services, account, _media_id(request))
        if file is None:
            raise Problem(404, "not-found", "There is no such media file")
        caching = {} if file.cache_control is None else {"Cache-Control": file.cache_control}
        # A header of our own: Starlette would add a charset to what is text.
        return Response(file.content, headers={"Content-Type": file.content_type, **caching})

    head = get

    async def put(self, request: Request) -> Response:
        """Keep a file: 204, and it is there by then."""
        services, account = _admitted(self.gate, request)
        content_type = request.headers.get("content-type", "application/octet-stream")
        if content_type.partition(";")[0].strip().lower() not in _content_types():
            raise Problem(415, "unsupported-content-type", f"Content type '{content_type}' not supported")
        content = await request.body()
        if not content and "content-type" not in request.headers:
            raise bad_request("The request has no body")
        services.store.media.put(
            MediaFile(
                account_id=account.account_id,
                media_id=_media_id(request),
                content_type=content_type,
                cache_control=request.headers.get("cache-control"),
                size=len(content),
                stored=account.clock.now(),
                content=content,
            )
        )
        return Response(status_code=204)

    async def delete(self, request: Request) -> Response:
        """Forget a file: 204, also where there was none, as the vendor's tests of the live service show."""
        services, account = _admitted(self.gate, request)
        services.store.media.delete(account.account_id, _media_id(request))
        return Response(status_code=204)


def _admitted(gate: Gate, request: Request) -> tuple[Services, Account]:
    return admit(gate, request, "Your request could not be authenticated")


def _media_id(request: Request) -> str:
    """The name of a file: what follows `/media/` to the end. An encoded slash is none, as with the service."""
    raw: bytes = request.scope["raw_path"].partition(b"/media/")[2]
    try:
        media_id = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        media_id = ""
    if not media_id or b"%2f" in raw.lower():
        raise Problem(404, "not-found", "There is no such media file")
    return media_id


def _content_types() -> frozenset[str]:
    return frozenset(contract.document()["paths"][_UPLOAD]["put"]["requestBody"]["content"])


def _token(media_id: str) -> str:
    return base64.urlsafe_b64encode(media_id.encode()).decode()


def _read_token(token: str | None) -> str:
    try:
        return base64.b64decode((token or "").encode(), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise bad_request("'Continuation-Token' was not issued by this server") from None
