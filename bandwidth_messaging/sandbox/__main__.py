"""`python -m bandwidth_messaging.sandbox`: run the sandbox until it is interrupted."""

import argparse
import signal
import threading
from collections.abc import Sequence

from . import Sandbox

_SNIPPET = """\
import bandwidth_messaging

configuration = bandwidth_messaging.Configuration(
    host="{sandbox.url}",
    client_id="{sandbox.client_id}",
    client_secret="{sandbox.client_secret}",
    access_token_url="{sandbox.access_token_url}",
)
account_id = "{sandbox.account_id}"
application_id = "{sandbox.application_id}"
# For Basic instead: username="{sandbox.username}", password="{sandbox.password}"
# The classic client: "{sandbox.classic.user_id}", "{sandbox.classic.api_token}", "{sandbox.classic.api_secret}"
# The MessageMedia client: "{sandbox.messagemedia.api_key}", "{sandbox.messagemedia.api_secret}"
# What was sent, and a phone to answer with: {page}
# The sandbox runs until Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the sandbox, and print how to reach it as Python that can be pasted.

    Args:
        arguments: The command line after the program's name; None takes that of this process.
    """
    options = _parser().parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    sandbox = Sandbox(
        host=options.host,
        port=options.port,
        db=options.db,
        pace=options.pace,
        callback_origins=options.callback_origin,
        allow_remote=options.allow_remote,
    )
    with sandbox:
        if options.callback_url or options.inbound_callback_url:
            sandbox.set_callbacks(outbound_url=options.callback_url, inbound_url=options.inbound_callback_url)
        token = f"/?token={sandbox.token}" if sandbox.token else "/"
        print(_SNIPPET.format(sandbox=sandbox, page=sandbox.url + token), flush=True)
        stop.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bandwidth_messaging.sandbox",
        description="A local stand-in for the vendor's messaging services.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: a free one)")
    parser.add_argument("--db", metavar="FILE", help="SQLite file that keeps the messages (default: memory)")
    parser.add_argument("--pace", default="real", help="how messages move: real, fast or stepped (default: real)")
    parser.add_argument("--callback-url", metavar="URL", help="gets the events of messages that were sent")
    parser.add_argument("--inbound-callback-url", metavar="URL", help="gets the messages that phones send")
    parser.add_argument(
        "--callback-origin",
        metavar="ORIGIN",
        action="append",
        default=[],
        help="lets callbacks go to another machine, such as https://example.com; may be repeated",
    )
    parser.add_argument("--allow-remote", action="store_true", help="permit a --host that other machines can reach")
    return parser


if __name__ == "__main__":
    main()
