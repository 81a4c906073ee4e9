"""Files go up and come down byte by byte the same, bounded, and again where a repeat is needed."""

from __future__ import annotations

import io
import os
import pickle
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripted_server import ScriptedServer, answer
from support import ACCOUNT

from bandwidth_messaging import (
    ApiException,
    BrokenAnswerException,
    InvalidRequestException,
    MediaApi,
    NotFoundException,
    ServiceException,
    UnreadableAnswerException,
    UnsupportedMediaTypeException,
)
from bandwidth_messaging.api.upload import MAX_SIZE, Upload
from bandwidth_messaging.sandbox import Sandbox

MediaFor = Callable[..., MediaApi]
LARGEST = bytes(range(250)) * 14_000


def pipe_of(content: bytes) -> Any:
    reading, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "wb") as file:
            file.write(content)

    threading.Thread(target=write).start()
    return os.fdopen(reading, "rb")


@pytest.mark.parametrize("form", ["bytes", "bytearray", "memoryview", "str", "path", "file", "in memory", "pipe"])
def test_a_file_may_be_given_in_any_form(form: str, media: MediaApi, sandbox: Sandbox, tmp_path: Path) -> None:
    content = bytes(range(256)) * 200
    path = tmp_path / "cat.png"
    path.write_bytes(content)
    forms: dict[str, Callable[[], Any]] = {
        "bytes": lambda: content,
        "bytearray": lambda: bytearray(content),
        "memoryview": lambda: memoryview(content),
        "str": lambda: str(path),
        "path": lambda: path,
        "file": lambda: path.open("rb"),
        "in memory": lambda: io.BytesIO(content),
        "pipe": lambda: pipe_of(content),
    }
    body = forms[form]()
    media.upload_media(sandbox.account_id, f"forms/{form}", body)
    if hasattr(body, "close"):
        assert not body.closed
        body.close()
    assert media.get_media(sandbox.account_id, f"forms/{form}") == content


def test_the_largest_file_goes_up_and_comes_down_unchanged(media: MediaApi, sandbox: Sandbox, tmp_path: Path) -> None:
    assert len(LARGEST) == MAX_SIZE
    shown: list[tuple[int, int]] = []
    media.upload_media(sandbox.account_id, "large", LARGEST, progress=lambda sent, total: shown.append((sent, total)))
    assert shown[-1] == (MAX_SIZE, MAX_SIZE)
    assert [sent for sent, _ in shown] == sorted({sent for sent, _ in shown})
    assert media.get_media(sandbox.account_id, "large") == LARGEST
    target = tmp_path / "large"
    come: list[tuple[int, int | None]] = []
    size = media.save_media(sandbox.account_id, "large", target, progress=lambda *each: come.append(each))
    assert (size, target.read_bytes() == LARGEST, come[-1]) == (MAX_SIZE, True, (MAX_SIZE, MAX_SIZE))
    into = io.BytesIO()
    assert media.save_media(sandbox.account_id, "large", into) == MAX_SIZE
    assert into.getvalue() == LARGEST


def test_an_open_file_is_sent_from_where_it_stands(media: MediaApi, sandbox: Sandbox) -> None:
    file = io.BytesIO(b"skipped and sent")
    file.seek(12)
    media.upload_media(sandbox.account_id, "rest", file)
    assert media.get_media(sandbox.account_id, "rest") == b"sent"


@pytest.mark.parametrize(
    ("body", "name", "content_type"),
    [(b"x", "cat.png", "image/png"), (b"x", "cat", "application/octet-stream"), ("song.mp3", "cat.png", "audio/mpeg"),
     (b"x", "notes.txt", "text/plain")],
)  # fmt: skip
def test_the_type_is_guessed_by_the_file_else_by_the_name(
    body: Any, name: str, content_type: str, media: MediaApi, sandbox: Sandbox, tmp_path: Path
) -> None:
    if isinstance(body, str):
        body = tmp_path / body
        body.write_bytes(b"x")
    media.upload_media(sandbox.account_id, name, body)
    found = media.get_media_with_http_info(sandbox.account_id, name)
    assert (found.status_code, found.headers["content-type"], found.data) == (200, content_type, b"x")


def test_type_and_caching_can_be_said(media: MediaApi, sandbox: Sandbox) -> None:
    media.upload_media(sandbox.account_id, "said", b"x", "image/gif", "max-age=60")
    headers = media.get_media_with_http_info(sandbox.account_id, "said").headers
    assert (headers["content-type"], headers["cache-control"]) == ("image/gif", "max-age=60")
    sent = media.upload_media_with_http_info(sandbox.account_id, "said", b"x", _content_type="image/bmp")
    assert (sent.status_code, sent.data, sent.raw_data) == (204, None, b"")
    with pytest.raises(UnsupportedMediaTypeException):
        media.upload_media(sandbox.account_id, "said", b"x", "image/heic")


@pytest.mark.parametrize(
    ("body", "rule"),
    [(b"x" * (MAX_SIZE + 1), "it has 3500001 bytes, and may have 3500000"), (io.StringIO("x"), "binary mode"),
     (7, "give bytes, a path or an open file"), (None, "give bytes, a path or an open file")],
    ids=["too large", "text", "number", "nothing"],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_before_any_io(body: Any, rule: str, media_for: MediaFor) -> None:
    with ScriptedServer(answer(204, b"")) as server:
        with pytest.raises(InvalidRequestException, match=f"body: .*{rule}"):
            media_for(server.url).upload_media(ACCOUNT, "x", body)
        assert server.connections == 0


def test_a_pipe_that_is_too_large_is_refused_before_any_io(media_for: MediaFor) -> None:
    with ScriptedServer(answer(204, b"")) as server:
        with pytest.raises(InvalidRequestException, match="may have 5"), pipe_of(b"123456") as pipe:
            media_for(server.url).upload_media(ACCOUNT, "x", pipe, max_size=5)
        assert server.connections == 0


def test_a_file_that_is_not_there_raises_before_any_io(media_for: MediaFor, tmp_path: Path) -> None:
    with ScriptedServer(answer(204, b"")) as server:
        with pytest.raises(FileNotFoundError):
            media_for(server.url).upload_media(ACCOUNT, "x", tmp_path / "none")
        assert server.connections == 0


def test_a_file_that_shrinks_or_goes_while_it_is_sent_says_so(media_for: MediaFor, tmp_path: Path) -> None:
    path = tmp_path / "cat.png"

    def shrink(sent: int, total: int) -> None:
        os.truncate(path, sent)

    path.write_bytes(bytes(300_000))
    shrunk = pytest.raises(InvalidRequestException, match="body: it ended after 65536 of 300000 bytes")
    with ScriptedServer(answer(204, b"")) as server, shrunk:
        media_for(server.url).upload_media(ACCOUNT, "x", path, progress=shrink)
    path.write_bytes(b"x")
    with ScriptedServer(answer(503, b""), answer(204, b"")) as server:
        media = media_for(server.url, retries=1)

        def vanish(sent: int, total: int) -> None:
            path.unlink()

        with pytest.raises(InvalidRequestException, match="cannot be read any more: FileNotFoundError"):
            media.upload_media(ACCOUNT, "x", path, progress=vanish)


@pytest.mark.parametrize("form", ["bytes", "path", "file", "pipe"])
def test_an_upload_that_is_cut_in_the_middle_is_sent_again_whole(
    form: str, media_for: MediaFor, tmp_path: Path
) -> None:
    content = bytes(range(250)) * 100
    path = tmp_path / "cat.png"
    path.write_bytes(content)
    if form in {"file", "pipe"}:
        with path.open("rb") if form == "file" else pipe_of(content) as body:
            bodies = _sent_thrice(media_for, body)
    else:
        bodies = _sent_thrice(media_for, path if form == "path" else content)
    assert [body == content for body in bodies] == [True, True, True]


def _sent_thrice(media_for: MediaFor, body: Any) -> list[bytes]:
    with ScriptedServer(lambda exchange: exchange.reset(), answer(503, b""), answer(204, b"")) as server:
        media_for(server.url, retries=2).upload_media(ACCOUNT, "x", body)
        return [request.body for request in server.requests]


def test_a_failed_upload_is_no_message_and_can_be_pickled(media_for: MediaFor) -> None:
    with ScriptedServer(answer(503, b"")) as server, pytest.raises(ServiceException) as caught:
        media_for(server.url, retries=0).upload_media(ACCOUNT, "x", io.BytesIO(b"123"))
    assert caught.value.accepted is None
    assert len(pickle.loads(pickle.dumps(caught.value)).request.body) == 3


def test_a_download_that_is_cut_or_too_large_leaves_no_file(media_for: MediaFor, tmp_path: Path) -> None:
    target = tmp_path / "cat.png"
    target.write_bytes(b"before")

    def cut(exchange: Any) -> None:
        exchange.send(answer(200, bytes(1000))[:-10])
        exchange.close()

    with ScriptedServer(cut, answer(200, bytes(1000)), answer(404, b"")) as server:
        media = media_for(server.url, retries=0)
        with pytest.raises(BrokenAnswerException):
            media.save_media(ACCOUNT, "x", target)
        with pytest.raises(UnreadableAnswerException, match="larger than 999 bytes"):
            media.save_media(ACCOUNT, "x", target, max_size=999)
        with pytest.raises(NotFoundException):
            media.save_media(ACCOUNT, "x", target)
    assert (target.read_bytes(), [*tmp_path.iterdir()]) == (b"before", [target])


def test_a_file_in_memory_is_bounded_by_the_client(media_for: MediaFor) -> None:
    with ScriptedServer(answer(200, bytes(1000))) as server, pytest.raises(ApiException, match="larger than 500 bytes"):
        media_for(server.url, max_response_size=500).get_media(ACCOUNT, "x")


def test_a_file_is_read_piece_by_piece_while_it_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    path.write_bytes(LARGEST)
    upload = Upload(path, MAX_SIZE, None)
    tracemalloc.start()
    try:
        sizes = [len(piece) for piece in upload]
        assert tracemalloc.get_traced_memory()[1] < MAX_SIZE / 10
    finally:
        tracemalloc.stop()
    assert (sum(sizes), len(upload), max(sizes) <= 64 * 1024) == (MAX_SIZE, MAX_SIZE, True)


def test_a_file_that_is_deleted_is_gone(media: MediaApi, sandbox: Sandbox) -> None:
    media.upload_media(sandbox.account_id, "gone/x.png", b"x")
    answered = media.delete_media_with_http_info(sandbox.account_id, media.media_url(sandbox.account_id, "gone/x.png"))
    assert (answered.status_code, answered.data) == (204, None)
    media.delete_media(sandbox.account_id, "gone/x.png")
    with pytest.raises(NotFoundException):
        media.get_media(sandbox.account_id, "gone/x.png")


def test_every_page_of_a_list_is_followed_by_the_token_in_its_header(media_for: MediaFor) -> None:
    pages = [
        answer(200, [{"mediaName": "a"}], {"Continuation-Token": "2"}),
        answer(200, [], {"Continuation-Token": "3"}),
        answer(200, [{"mediaName": "b", "new": 1}, "odd"]),
    ]
    with ScriptedServer(*pages) as server:
        found = list(media_for(server.url).iter_media(ACCOUNT))
        assert [file.media_name for file in found] == ["a", "b"]
        assert found[1].additional_properties == {"new": 1}
        assert [request.headers.get("continuation-token") for request in server.requests] == [None, "2", "3"]
        assert all(request.headers["authorization"].startswith("Basic ") for request in server.requests)


def test_a_token_that_comes_twice_ends_the_walk(media_for: MediaFor) -> None:
    with ScriptedServer(answer(200, [], {"Continuation-Token": "2"})) as server:
        with pytest.raises(UnreadableAnswerException, match="the same Continuation-Token came twice"):
            list(media_for(server.url).iter_media(ACCOUNT))
        assert len(server.requests) == 2


def test_a_list_that_is_none_is_told(media_for: MediaFor) -> None:
    with ScriptedServer(answer(200, {"media": []})) as server, pytest.raises(UnreadableAnswerException, match="array"):
        media_for(server.url, retries=0).list_media(ACCOUNT)
