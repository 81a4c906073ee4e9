"""A MediaApi for the sandbox, and for any server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bandwidth_messaging import MediaApi, MessagesApi


@pytest.fixture
def media(sandbox_api: MessagesApi) -> MediaApi:
    return MediaApi(sandbox_api.api_client)


@pytest.fixture
def media_for(api_for: Callable[..., MessagesApi]) -> Callable[..., MediaApi]:
    """A MediaApi for the URL of a server."""

    def make(url: str, **options: object) -> MediaApi:
        return MediaApi(api_for(url, **options).api_client)

    return make
