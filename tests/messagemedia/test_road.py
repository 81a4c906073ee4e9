"""The road of a call is no longer than in the V2 family: nothing of it is built twice."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from scripted_server import ScriptedServer, answer
from support import ACCOUNT, MESSAGE

import bandwidth_messaging
from bandwidth_messaging import MessagesApi

from .conftest import ClientFor
from .examples import ACCEPTED, BODY

PACKAGE = str(Path(bandwidth_messaging.__file__).parent)


def lines_run(call: Callable[[], object]) -> dict[str, set[int]]:
    """The lines of this package that a call runs, file by file."""
    found: dict[str, set[int]] = {}

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        if event == "line":
            name = Path(frame.f_code.co_filename).relative_to(PACKAGE).as_posix()
            found.setdefault(name, set()).add(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return found


def opened(call: Callable[[], object]) -> set[str]:
    """The files that a newcomer must open to follow a warm call: those of which ten lines or more are run."""
    call()
    return {name for name, lines in lines_run(call).items() if len(lines) >= 10}


@pytest.mark.parametrize(
    ("hmac", "more"), [(False, set()), (True, {"messagemedia/signature.py"})], ids=["basic", "hmac"]
)
def test_a_send_opens_the_files_that_it_opens_in_v2_and_the_signature_if_it_is_signed(
    hmac: bool, more: set[str], api_for: Callable[..., MessagesApi], client_for: ClientFor
) -> None:
    with ScriptedServer(answer(202, {"id": "m-1"})) as server:
        api = api_for(server.url)
        of_v2 = opened(lambda: api.create_message(ACCOUNT, MESSAGE))
    with ScriptedServer(ACCEPTED) as server:
        client = client_for(server.url, hmac)
        here = opened(lambda: client.messages.send_messages(BODY))
    assert {"api_client.py", "_call/operation.py", "_transport/client.py"} <= of_v2
    assert here == of_v2 | more
