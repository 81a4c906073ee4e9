"""`python -m bandwidth_messaging.sandbox`: run the sandbox until it is interrupted."""

import argparse
import contextlib
import os
import signal
import sqlite3
import threading
from collections.abc import Sequence
from typing import get_args

from . import Sandbox
from .account_handle import CallbackOptions
from .messaging.accounts import CALLBACK_DISORDERS
from .messaging.clock import Pace

_PASSWORD = "BW_SANDBOX_CALLBACK_PASSWORD"  # noqa: S105 - the name of a variable
_SNIPPET = """\
import bandwidth_messaging
from bandwidth_messaging.messagemedia import MessageMediaMessagesClient

configuration = bandwidth_messaging.Configuration(
    host="{sandbox.url}",
    client_id="{sandbox.client_id}",
    client_secret="{sandbox.client_secret}",
    access_token_url="{sandbox.access_token_url}",
)
account_id = "{sandbox.account_id}"
application_id = "{sandbox.application_id}"
# For Basic instead: username="{sandbox.username}", password="{sandbox.password}"

user_id, token, secret = "{classic.user_id}", "{classic.api_token}", "{classic.api_secret}"
classic = bandwidth_messaging.client("messaging", user_id, token, secret, api_endpoint="{sandbox.url}")

key, secret = "{messagemedia.api_key}", "{messagemedia.api_secret}"
messagemedia = MessageMediaMessagesClient(key, secret, base_uri="{sandbox.url}")

# What was sent, and a phone to answer with: {page}
# The sandbox runs until Ctrl-C."""

_ELSEWHERE = "\n# From another machine: this machine's name or address in place of 127.0.0.1."


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the sandbox, and print how to reach it as Python that can be pasted.

    Args:
        arguments: The command line after the program's name; None takes that of this process.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        sandbox = _started(options)
    except (OSError, ValueError, sqlite3.Error) as error:
        parser.error(str(error))
    with contextlib.closing(sandbox):
        page = sandbox.url + (f"/?token={sandbox.token}" if sandbox.token else "/")
        families = {"classic": sandbox.classic, "messagemedia": sandbox.messagemedia}
        print(
            _SNIPPET.format(sandbox=sandbox, page=page + (_ELSEWHERE if sandbox.token else ""), **families), flush=True
        )
        stop.wait()


def _started(options: argparse.Namespace) -> Sandbox:
    sandbox = Sandbox(
        host=options.host,
        port=options.port,
        db=options.db,
        keep=options.keep,
        pace=options.pace,
        callback_origins=options.callback_origin,
        allow_remote=options.allow_remote,
        allow_hosts=options.allow_host,
        callbacks=_callbacks(options),
    )
    sandbox.start()
    if options.limits:
        sandbox.set_limits()
    return sandbox


def _callbacks(options: argparse.Namespace) -> CallbackOptions | None:
    """The callback settings of the command line; None, which leaves those of the file, where it has none."""
    settings: CallbackOptions = {
        "outbound_url": options.callback_url,
        "inbound_url": options.inbound_callback_url,
        "username": options.callback_username,
        "password": options.callback_password,
        "disorder": options.callback_disorder,
    }
    named = (options.callback_url, options.inbound_callback_url, options.callback_username, options.callback_disorder)
    return settings if any(named) else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bandwidth_messaging.sandbox",
        description="A local stand-in for the vendor's messaging services.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: a free one)")
    parser.add_argument("--db", metavar="FILE", help="SQLite file that keeps the messages (default: memory)")
    parser.add_argument("--keep", metavar="COUNT", type=int, help="forgets the oldest messages beyond (default: none)")
    parser.add_argument("--pace", default="real", choices=get_args(Pace), help="how messages move (default: real)")
    parser.add_argument("--callback-url", metavar="URL", help="gets the events of messages that were sent")
    parser.add_argument("--inbound-callback-url", metavar="URL", help="gets the messages that phones send")
    parser.add_argument(
        "--callback-origin",
        metavar="ORIGIN",
        action="append",
        default=[],
        help="lets callbacks go to another machine, such as https://example.com; may be repeated",
    )
    parser.add_argument("--callback-username", metavar="NAME", help="sent as Basic with each callback")
    parser.add_argument(
        "--callback-password",
        metavar="PASSWORD",
        default=os.environ.get(_PASSWORD),
        help=f"the password of that name (default: the environment variable {_PASSWORD})",
    )
    parser.add_argument(
        "--callback-disorder",
        action="append",
        default=[],
        choices=CALLBACK_DISORDERS,
        help="posts callbacks twice, the end before the rest, or before the answer to the request; may be repeated",
    )
    parser.add_argument("--limits", action="store_true", help="switch the vendor's rate limits on")
    parser.add_argument("--allow-remote", action="store_true", help="permit a --host that other machines can reach")
    parser.add_argument(
        "--allow-host",
        metavar="NAME",
        action="append",
        default=[],
        help="another name that the sandbox may be called by; may be repeated",
    )
    return parser


if __name__ == "__main__":
    main()
