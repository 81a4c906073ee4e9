"""What names a file: plain text is encoded once, a URL's path goes as it is, and neither leads elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from scripted_server import ScriptedServer, answer
from support import ACCOUNT

from bandwidth_messaging import InvalidRequestException, MediaApi
from bandwidth_messaging.sandbox import Sandbox

NAMES = ["cat.png", "m-1/0/picture.png", "a b.png", "50%.png", "%2e%2e", "%41", "写真/1.jpg", "é", "a+b&c?d#e;f",
         "a//b", "..png", "a/...", "~", "_.-"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_comes_back_as_it_went_also_by_its_url(name: str, media: MediaApi, sandbox: Sandbox) -> None:
    account_id = sandbox.account_id
    media.upload_media(account_id, name, name.encode())
    assert media.get_media(account_id, name) == name.encode()
    listed = {file.media_name: file.content for file in media.iter_media(account_id)}
    url = media.media_url(account_id, name)
    assert url == listed[name]
    assert media.get_media(account_id, url) == name.encode()


@pytest.mark.parametrize(
    ("name", "path"),
    [("a b/c.png", "a%20b/c.png"), ("50%", "50%25"), ("%2F", "%252F"), ("é", "%C3%A9"), ("a?b#c", "a%3Fb%23c")],
)
def test_a_name_is_encoded_once_and_keeps_its_slashes(name: str, path: str, media_for: Callable[..., MediaApi]) -> None:
    with ScriptedServer(answer(200, b"x")) as server:
        media_for(server.url).get_media(ACCOUNT, name)
        assert server.requests[0].target == f"/users/{ACCOUNT}/media/{path}"


@pytest.mark.parametrize("path", ["m-1/0/a%20b.png", "a+b", "%C3%A9;x=1", "a//b"])
def test_the_path_of_a_url_goes_as_it_is(path: str, media_for: Callable[..., MediaApi]) -> None:
    with ScriptedServer(answer(200, b"x")) as server:
        media_for(server.url).get_media(ACCOUNT, f"{server.url}/users/{ACCOUNT}/media/{path}")
        assert server.requests[0].target == f"/users/{ACCOUNT}/media/{path}"


@pytest.mark.parametrize(
    ("media_id", "rule"),
    [
        ("", "empty"), (".", "dots"), ("..", "dots"), ("a/../b", "dots"), ("./a", "dots"), ("a\0", "control"),
        ("a\n", "control"), ("\ud800", "surrogate"), (7, "string"), (None, "string"),
        ("{host}/users/9900000/media/%2e%2E/x", "dots"), ("{host}/users/9900000/media/a%2F..%2Fb", "dots"),
        ("{host}/users/9900000/media/../x", "dots"), ("{host}/users/9900000/media/", "empty"),
        ("{host}/users/1/media/x", "path that begins with"), ("{host}/media/x", "path that begins with"),
        ("{host}/users/9900000/../1/media/x", "path that begins with"),
        ("{host}/users/9900000/media/x?y=1", "query"), ("{host}/users/9900000/media/x#y", "fragment"),
        ("{host}/users/9900000/media/a b", "spaces"), ("https://example.com/users/9900000/media/x", "credentials"),
        ("HTTPS://example.com/users/9900000/media/x", "credentials"), ("http://127.0.0.1/users/9900000/media/x", "no"),
        ("http://user@127.0.0.1:1/users/9900000/media/x", "credentials"), ("http://[::1", "read as a URL"),
        ("http://127.0.0.1:1@example.com/users/9900000/media/x", "credentials"), ("http://127.0.0.1:x/", "as a URL"),
    ],
)  # fmt: skip
def test_what_leads_elsewhere_is_refused_before_any_io(
    media_id: str, rule: str, media_for: Callable[..., MediaApi]
) -> None:
    media = media_for("http://127.0.0.1:1")
    given = media_id.replace("{host}", "http://127.0.0.1:1") if isinstance(media_id, str) else media_id
    for call in (media.get_media, media.media_url):
        with pytest.raises(InvalidRequestException, match=f"media_id: .*{rule}"):
            call(ACCOUNT, given)


def test_a_url_may_name_the_port_that_the_scheme_has_and_any_case(media_for: Callable[..., MediaApi]) -> None:
    media = media_for("https://Messaging.example.com/api/v2")
    given = "https://messaging.EXAMPLE.com:443/api/v2/users/9900000/media/x"
    assert media.media_url(ACCOUNT, given) == "https://Messaging.example.com/api/v2/users/9900000/media/x"
