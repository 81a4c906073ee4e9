"""MediaApi: the files that picture messages carry."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import IO, Any, TypeVar

from typing_extensions import Unpack

from .. import models
from .._call.exchange import Answer
from .._call.operation import Attempt, Operation
from .._call.parameters import EncodedPath, path_segment
from .._call.returned import body_bytes, json_list_of, nothing
from .._transport.client import UnreadAnswer
from .._transport.raw_response import RawResponse
from ..api_client import CallOptions, model, unread, whole
from ..api_response import ApiResponse
from ..exceptions import UnreadableAnswerException
from .media_path import media_path
from .upload import MAX_SIZE, Source, Upload, content_type_of
from .v2_api import SERVER, V2Api, errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..models.media import Media

__all__ = ["DELETE_MEDIA", "GET_MEDIA", "LIST_MEDIA", "UPLOAD_MEDIA", "MediaApi"]

ReturnedT = TypeVar("ReturnedT")
ResultT = TypeVar("ResultT")
Finish = Callable[[Attempt[ReturnedT], UnreadAnswer | Answer], ResultT]

_FILE = "/users/{accountId}/media/{mediaId}"
_OF_FILE = {"accountId": "account_id", "mediaId": "media_id"}
_ERRORS = errors(400, 401, 403, 404, 406, 415, 429, 500)

LIST_MEDIA: "Operation[list[Media]]" = Operation(
    name="MediaApi.list_media",
    method="GET",
    path="/users/{accountId}/media",
    server=SERVER,
    path_parameters={"accountId": "account_id"},
    returns={200: json_list_of(lambda: models.Media)},
    errors=_ERRORS,
    causes_message=False,
    accept_encoding="gzip",
)

GET_MEDIA: Operation[bytes] = Operation(
    name="MediaApi.get_media",
    method="GET",
    path=_FILE,
    server=SERVER,
    path_parameters=_OF_FILE,
    accept="*/*",
    returns={200: body_bytes},
    errors=_ERRORS,
    causes_message=False,
)

UPLOAD_MEDIA: Operation[None] = Operation(
    name="MediaApi.upload_media",
    method="PUT",
    path=_FILE,
    server=SERVER,
    path_parameters=_OF_FILE,
    encode=lambda upload: upload,
    returns={204: nothing},
    errors=_ERRORS,
    causes_message=False,
)


DELETE_MEDIA: Operation[None] = Operation(
    name="MediaApi.delete_media",
    method="DELETE",
    path=_FILE,
    server=SERVER,
    path_parameters=_OF_FILE,
    returns={204: nothing},
    errors=_ERRORS,
    causes_message=False,
)


class MediaApi(V2Api):
    """Upload the files that picture messages carry, and fetch those that came in.

    None of its calls causes a message, so all of them are repeated as reads are.

    Args:
        api_client: The client to call with. None: one of its own, configured by `Configuration.from_env()`.

    Raises:
        ConfigurationException: It is no ApiClient, or the environment has no usable configuration.
    """

    def list_media(
        self, account_id: str, continuation_token: str | None = None, **options: "Unpack[CallOptions]"
    ) -> "list[Media]":
        """List the media files of the account, a page of up to 1,000. `iter_media` goes through all pages.

        Args:
            account_id: Your Bandwidth account id, 7 digits.
            continuation_token: The token of the page: the `Continuation-Token` header of the answer before, which
                `list_media_with_http_info` shows.
            **options: `_request_timeout`, `_request_auth`, `_headers`, as for every call.

        Returns:
            The files, each with its name, its size and its URL.

        Raises:
            ApiException: The call did not succeed.
            InvalidRequestException: An argument cannot be sent.
        """
        return self._list(account_id, continuation_token, options, model)

    def list_media_with_http_info(
        self, account_id: str, continuation_token: str | None = None, **options: "Unpack[CallOptions]"
    ) -> "ApiResponse[list[Media]]":
        """`list_media`, returning the files together with status, headers and raw body.

        Arguments and exceptions are those of `list_media`.
        """
        return self._list(account_id, continuation_token, options, whole)

    def list_media_without_preload_content(
        self, account_id: str, continuation_token: str | None = None, **options: "Unpack[CallOptions]"
    ) -> RawResponse:
        """`list_media`, returning the answer with its body unread. Use it in `with`, or close it.

        Arguments and exceptions are those of `list_media`; an error status raises here too.
        """
        return self._list(account_id, continuation_token, options, unread)

    def iter_media(self, account_id: str, **options: "Unpack[CallOptions]") -> "Iterator[Media]":
        """Every media file of the account, page after page as they are needed.

        Args:
            account_id: Your Bandwidth account id, 7 digits.
            **options: As for `list_media`; they hold for each page.

        Returns:
            The files, lazily: nothing is requested before the first is asked for.

        Raises:
            ApiException: A page could not be had, as `list_media` raises it; or a token came twice.
            InvalidRequestException: An argument cannot be sent.
        """
        path_segment("account_id", account_id)  # checked now, not when the first page is asked for
        return self._each_media(account_id, options)

    def _each_media(self, account_id: str, options: "CallOptions") -> "Iterator[Media]":
        token: str | None = None
        seen = set()
        while True:
            page = self.list_media_with_http_info(account_id, token, **options)
            yield from page.data
            token = page.headers.get("continuation-token")
            if not token:
                return
            if token in seen:
                raise UnreadableAnswerException(
                    page.status_code, "the same Continuation-Token came twice", operation="MediaApi.iter_media"
                )
            seen.add(token)

    def get_media(self, account_id: str, media_id: str, **options: "Unpack[CallOptions]") -> bytes:
        """Fetch a media file into memory. `save_media` fetches one into a file.

        Args:
            account_id: Your Bandwidth account id, 7 digits.
            media_id: The name of the file, as plain text; its slashes stay slashes. Or its URL, as callbacks have it
                in `media`: it must be of this account on the server that this client calls, and its path goes as it is.
            **options: `_request_timeout`, `_request_auth`, `_headers`, as for every call.

        Returns:
            The bytes of the file, at most `Configuration.max_response_size`. `get_media_with_http_info` shows its
            content type.

        Raises:
            NotFoundException: There is no such file, or no longer: files are kept for 48 hours.
            ApiException: Any other failure, and the base of the one above.
            InvalidRequestException: The id cannot be part of a path, or the URL is not one of this account's.
        """
        return self.api_client.call(GET_MEDIA, self._file(account_id, media_id), None, options, model)

    def get_media_with_http_info(
        self, account_id: str, media_id: str, **options: "Unpack[CallOptions]"
    ) -> ApiResponse[bytes]:
        """`get_media`, returning the bytes together with status and headers.

        Arguments and exceptions are those of `get_media`.
        """
        return self.api_client.call(GET_MEDIA, self._file(account_id, media_id), None, options, whole)

    def get_media_without_preload_content(
        self, account_id: str, media_id: str, **options: "Unpack[CallOptions]"
    ) -> RawResponse:
        """`get_media`, returning the answer with its body unread. Use it in `with`, or close it.

        Arguments and exceptions are those of `get_media`; an error status raises here too.
        """
        return self.api_client.call(GET_MEDIA, self._file(account_id, media_id), None, options, unread)

    def save_media(
        self,
        account_id: str,
        media_id: str,
        target: str | os.PathLike[str] | IO[bytes],
        *,
        max_size: int | None = None,
        progress: Callable[[int, int | None], object] | None = None,
        **options: "Unpack[CallOptions]",
    ) -> int:
        """Fetch a media file into a file, piece by piece.

        Args:
            account_id: Your Bandwidth account id, 7 digits.
            media_id: The name of the file, or its URL, as `get_media` takes it.
            target: A path, where a file appears only when all of it has come; or an open file to write to.
            max_size: The bytes that are accepted at most. None: `Configuration.max_response_size`.
            progress: Called after each piece with the bytes that have come and the bytes in all, None if not known.
            **options: `_request_timeout`, `_request_auth`, `_headers`, as for every call.

        Returns:
            The number of bytes.

        Raises:
            ApiException: As `get_media` raises it; also where the file is larger than `max_size` or is cut off.
            InvalidRequestException: As `get_media` raises it.
            OSError: The target cannot be written.
        """
        limit = self.api_client.configuration.max_response_size if max_size is None else max_size
        with self.get_media_without_preload_content(account_id, media_id, **options) as answer:
            if not isinstance(target, (str, os.PathLike)):
                return _copy(answer, target, limit, progress)
            part = f"{os.fspath(target)}.part"
            try:
                with open(part, "wb") as file:
                    size = _copy(answer, file, limit, progress)
                os.replace(part, target)
            except BaseException:
                with suppress(OSError):
                    os.unlink(part)
                raise
            return size

    def upload_media(
        self,
        account_id: str,
        media_id: str,
        body: Source,
        content_type: str | None = None,
        cache_control: str | None = None,
        *,
        max_size: int = MAX_SIZE,
        progress: Callable[[int, int], object] | None = None,
        _content_type: str | None = None,
        **options: "Unpack[CallOptions]",
    ) -> None:
        """Upload a file, which a message can then name by its URL: `media_url`.

        The size is checked before any byte goes out. A file is read while it is sent, anew for each repeat.

        Args:
            account_id: Your Bandwidth account id, 7 digits.
            media_id: The name that the file gets, as plain text; its slashes stay slashes. A file of that name is
                replaced.
            body: The file: bytes, a path (a str is one), or a file that is open in binary mode, which is read from
                where it stands. A pipe is read into memory first.
            content_type: Its media type. None: by the extension of the file's name, else of `media_id`, else
                "application/octet-stream".
            cache_control: How long those who fetch it may keep it, such as "max-age=3600".
            max_size: The bytes that it may have at most; 3.5 MB, which is what the service takes.
            progress: Called after each piece with the bytes sent and the bytes in all. A repeat begins at 0 again.
            _content_type: The same as `content_type`, under the name that generated SDKs have for it.
            **options: `_request_timeout`, `_request_auth`, `_headers`, as for every call.

        Raises:
            UnsupportedMediaTypeException: The service does not take files of this type.
            ApiException: Any other failure, and the base of the one above.
            InvalidRequestException: The file is too large, or an argument cannot be sent.
            OSError: The file cannot be opened.
        """
        upload = Upload(body, max_size, progress)
        kind = content_type or _content_type or content_type_of(body, media_id)
        self._upload(account_id, media_id, upload, kind, cache_control, options, model)

    def upload_media_with_http_info(
        self,
        account_id: str,
        media_id: str,
        body: Source,
        content_type: str | None = None,
        cache_control: str | None = None,
        *,
        max_size: int = MAX_SIZE,
        progress: Callable[[int, int], object] | None = None,
        _content_type: str | None = None,
        **options: "Unpack[CallOptions]",
    ) -> ApiResponse[None]:
        """`upload_media`, returning status and headers.

        Arguments and exceptions are those of `upload_media`.
        """
        upload = Upload(body, max_size, progress)
        kind = content_type or _content_type or content_type_of(body, media_id)
        return self._upload(account_id, media_id, upload, kind, cache_control, options, whole)

    def upload_media_without_preload_content(
        self,
        account_id: str,
        media_id: str,
        body: Source,
        content_type: str | None = None,
        cache_control: str | None = None,
        *,
        max_size: int = MAX_SIZE,
        progress: Callable[[int, int], object] | None = None,
        _content_type: str | None = None,
        **options: "Unpack[CallOptions]",
    ) -> RawResponse:
        """`upload_media`, returning the answer with its body unread. Use it in `with`, or close it.

        Arguments and exceptions are those of `upload_media`; an error status raises here too.
        """
        upload = Upload(body, max_size, progress)
        kind = content_type or _content_type or content_type_of(body, media_id)
        return self._upload(account_id, media_id, upload, kind, cache_control, options, unread)

    def delete_media(self, account_id: str, media_id: str, **options: "Unpack[CallOptions]") -> None:
        """Delete a media file. One that is not there, or no longer, is deleted too.

        Args:
            account_id: Your Bandwidth account id, 7 digits.
            media_id: The name of the file, or its URL, as `get_media` takes it.
            **options: `_request_timeout`, `_request_auth`, `_headers`, as for every call.

        Raises:
            ApiException: The call did not succeed.
            InvalidRequestException: The id cannot be part of a path, or the URL is not one of this account's.
        """
        self.api_client.call(DELETE_MEDIA, self._file(account_id, media_id), None, options, model)

    def delete_media_with_http_info(
        self, account_id: str, media_id: str, **options: "Unpack[CallOptions]"
    ) -> ApiResponse[None]:
        """`delete_media`, returning status and headers.

        Arguments and exceptions are those of `delete_media`.
        """
        return self.api_client.call(DELETE_MEDIA, self._file(account_id, media_id), None, options, whole)

    def delete_media_without_preload_content(
        self, account_id: str, media_id: str, **options: "Unpack[CallOptions]"
    ) -> RawResponse:
        """`delete_media`, returning the answer with its body unread. Use it in `with`, or close it.

        Arguments and exceptions are those of `delete_media`; an error status raises here too.
        """
        return self.api_client.call(DELETE_MEDIA, self._file(account_id, media_id), None, options, unread)

    def media_url(self, account_id: str, media_id: str) -> str:
        """The URL of a media file, to put into the `media` of a message. It makes no call.

        Args:
            account_id: Your Bandwidth account id, 7 digits.
            media_id: The name of the file, or its URL.

        Raises:
            InvalidRequestException: The id cannot be part of a path, or the URL is not one of this account's.
        """
        path = self._file(account_id, media_id)["media_id"]
        return f"{self._server()}/users/{path_segment('account_id', account_id)}/media/{path}"

    def _list(
        self,
        account_id: str,
        token: str | None,
        options: "CallOptions",
        finish: "Finish[list[Media], ResultT]",
    ) -> ResultT:
        headers = {} if token is None else {"Continuation-Token": token}
        arguments = _with_headers(options, headers)
        return self.api_client.call(LIST_MEDIA, {"account_id": account_id}, None, arguments, finish)

    def _upload(
        self,
        account_id: str,
        media_id: str,
        upload: Upload,
        content_type: str,
        cache_control: str | None,
        options: "CallOptions",
        finish: Finish[None, ResultT],
    ) -> ResultT:
        caching = {} if cache_control is None else {"Cache-Control": cache_control}
        arguments = _with_headers(options, {"Content-Type": content_type, **caching})
        return self.api_client.call(UPLOAD_MEDIA, self._file(account_id, media_id), upload, arguments, finish)

    def _server(self) -> str:
        return self.api_client.configuration.server(SERVER)

    def _file(self, account_id: str, media_id: str) -> dict[str, str | EncodedPath]:
        return {"account_id": account_id, "media_id": media_path(media_id, account_id, self._server())}


def _with_headers(options: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """The options, with headers that the caller's own `_headers` win over."""
    own = options.get("_headers")
    if not headers or (own is not None and not isinstance(own, Mapping)):
        return dict(options)
    names = {name.lower() for name in own or {}}
    kept = {name: value for name, value in headers.items() if name.lower() not in names}
    return {**options, "_headers": {**kept, **(own or {})}}


def _copy(
    answer: RawResponse, file: IO[bytes], limit: int, progress: Callable[[int, int | None], object] | None
) -> int:
    length = answer.getheader("content-length", "")
    total = int(length) if length.isdigit() else None
    size = 0
    for piece in answer:
        size += len(piece)
        if size > limit:
            raise UnreadableAnswerException(
                answer.status, f"the file is larger than {limit} bytes", operation=GET_MEDIA.name
            )
        file.write(piece)
        if progress is not None:
            progress(size, total)
    return size
