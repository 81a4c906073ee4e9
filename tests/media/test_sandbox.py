"""The sandbox keeps media as the service does, and its page shows the pictures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from bandwidth_messaging import MediaApi, MessagesApi, NotFoundException, UnauthorizedException
from bandwidth_messaging.sandbox import Sandbox

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "send_picture.py"


def test_files_are_listed_a_thousand_to_a_page(media: MediaApi, sandbox: Sandbox) -> None:
    before = {file.media_name for file in media.iter_media(sandbox.account_id)}
    for number in range(1002):
        media.upload_media(sandbox.account_id, f"page/{number:04}", b"x")
    first = media.list_media_with_http_info(sandbox.account_id)
    assert len(first.data) == 1000
    rest = media.list_media(sandbox.account_id, first.headers["Continuation-Token"])
    names = [file.media_name for file in [*first.data, *rest]]
    assert set(names) == before | {f"page/{number:04}" for number in range(1002)}
    assert len(names) == len(set(names))


def test_files_are_kept_for_48_hours(media: MediaApi, sandbox: Sandbox) -> None:
    media.upload_media(sandbox.account_id, "old.png", b"x")
    sandbox.advance(47 * 3600)
    assert media.get_media(sandbox.account_id, "old.png") == b"x"
    sandbox.advance(2 * 3600)
    with pytest.raises(NotFoundException):
        media.get_media(sandbox.account_id, "old.png")
    assert "old.png" not in {file.media_name for file in media.iter_media(sandbox.account_id)}


def test_another_account_has_no_access(media: MediaApi, sandbox: Sandbox) -> None:
    with pytest.raises(UnauthorizedException):
        media.list_media("9900001")


def test_a_picture_from_a_file_is_sent_and_shown_on_the_page(
    media: MediaApi, sandbox_api: MessagesApi, sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "first cat.png"
    path.write_bytes(b"\x89PNG picture")
    media.upload_media(sandbox.account_id, "cats/first cat.png", path)
    url = media.media_url(sandbox.account_id, "cats/first cat.png")
    sandbox_api.create_message(
        sandbox.account_id,
        {"application_id": sandbox.application_id, "to": ["+15552345678"], "from": "+15557654321", "media": [url]},
    )
    with urlopen(f"{sandbox.url}/sandbox/inbox/accounts/{sandbox.account_id}/messages") as answered:
        shown = json.load(answered)["messages"][0]["media"]
    assert [(each["url"], each["preview"]) for each in shown] == [(url, True)]
    with urlopen(sandbox.url + shown[0]["source"]) as picture:
        assert (picture.read(), picture.headers["Content-Type"]) == (b"\x89PNG picture", "image/png")
    assert urlsplit(url).path.endswith("/media/cats/first%20cat.png")


def test_the_example_sends_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "cat.gif"
    path.write_bytes(b"GIF89a")
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), str(path)], capture_output=True, text=True, timeout=60, check=True
    )
    lines = done.stdout.splitlines()
    assert lines[0] == "6 of 6 bytes"
    assert lines[1].endswith("/users/9900000/media/cat.gif']")
    assert lines[2].startswith("mms 1 ")
