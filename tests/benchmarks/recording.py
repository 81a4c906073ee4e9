"""Records every byte between the installed SDK and its sandbox while a script runs through the three families.

`--out FILE` keeps the record, `--compare FILE` holds this run against a kept one: a change that must not change the
wire is recorded before and after. What differs in each run (ids, times, tokens, signatures, ports) is replaced by names
that count. It uses the public API only, so that it runs against older editions of the package too.
"""

from __future__ import annotations

import argparse
import difflib
import gzip
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import bandwidth_messaging
from bandwidth_messaging import ApiClient, ApiException, Clock, Configuration, MessagesApi
from bandwidth_messaging.messagemedia import MessageMediaMessagesClient
from bandwidth_messaging.sandbox import Sandbox

NOW = 1663179616.0  # 2022-09-14T18:20:16Z
OURS, PHONE, OTHER = "+15557654321", "+15552345678", "+15554443333"
_PIECE = 65536

_DATE = re.compile(rb"(?i)(?<=\ndate: )[^\r]+")
_LENGTH = re.compile(rb"(?i)(?<=\ncontent-length: )\d+")
_COMPRESSED = re.compile(rb"(?i)\ncontent-encoding: gzip\r\n")
# In this order: what stands in a longer value is replaced with it.
_CHANGING = [
    ("SIGNATURE", rb'(?<=signature=")[^"]+'),
    ("MD5", rb"(?<=Content-MD5: )[0-9a-f]{32}"),
    ("BEARER", rb"(?<=Bearer )[^\r]+"),
    ("BEARER", rb'(?<="access_token":")[^"]+'),
    ("PAGE_TOKEN", rb"(?<=pageToken=)[^&\s\"]+"),
    ("PAGE_TOKEN", rb'(?<="nextPageToken":")[^"]+'),
    ("PAGE_TOKEN", rb'(?<="prevPageToken":")[^"]+'),
    ("UUID", rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    ("MESSAGE", rb"(?<![\w-])\d{13,}[a-z0-9]{10,}(?![\w-])"),
    ("MESSAGE", rb"(?<![\w-])m-[a-z0-9]{20,}"),
    ("PORT", rb"(?<=127\.0\.0\.1:)\d+"),
    ("VERSION", rb"(?i)(?<=bandwidth_messaging/)[\w.]+"),
]


class StandingClock(Clock):
    """A clock that stands still until the client sleeps: no pause is waited for."""

    def __init__(self) -> None:
        seconds = [0.0]

        def sleep(pause: float) -> None:
            seconds[0] += pause

        self.monotonic = lambda: seconds[0]
        self.sleep = sleep
        self.random = lambda: 0.5
        self.now = lambda: datetime.fromtimestamp(NOW, timezone.utc) + timedelta(seconds=seconds[0])


class SigningClock(StandingClock):
    """The same, but for the date of a signature: the sandbox holds it against this machine's clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = Clock().now


@dataclass(frozen=True)
class Piece:
    """A request or an answer; connection 0 has the names of the steps."""

    step: int
    connection: int
    way: str
    data: bytes


class Relay:
    """Passes connections on to a server, and keeps what goes either way."""

    def __init__(self, target: str) -> None:
        self._target = (urlsplit(target).hostname or "", urlsplit(target).port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._connections = 0
        self._step = 0
        self._pieces: list[Piece] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Relay:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def note(self, step: str) -> None:
        """Write the name of the step that follows into the record."""
        self._step += 1
        self._keep(0, "##", step.encode())

    def text(self) -> str:
        """The record so far, step by step and connection by connection.

        A client may open one connection before it has read what came over another.
        """
        ordered = sorted(self._pieces, key=lambda piece: (piece.step, self._first_use(piece)))
        parts = [f"{piece.way} {piece.connection}\n".encode() + decompressed(piece.data) for piece in ordered]
        return normalized(b"\n".join(parts)).decode("utf-8", "backslashreplace").replace("\r\n", "\\r\\n\n") + "\n"

    def _first_use(self, piece: Piece) -> int:
        """Where in the record the step of a piece first used its connection."""
        same = (place for place, each in enumerate(self._pieces) if each.step == piece.step
                and each.connection == piece.connection)  # fmt: skip
        return next(same)

    def _keep(self, connection: int, way: str, data: bytes) -> None:
        with self._lock:
            self._pieces.append(Piece(self._step, connection, way, data))

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._connections += 1
            for source, sink, way in ((client, server, ">>"), (server, client, "<<")):
                arguments = (source, sink, self._connections, way)
                threading.Thread(target=self._pump, args=arguments, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, connection: int, way: str) -> None:
        with suppress(OSError):
            for message in messages(source):
                # First kept, then passed on: the record has them in the order in which they caused each other.
                self._keep(connection, way, message)
                sink.sendall(message)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def messages(source: socket.socket) -> Iterator[bytes]:
    """Each request or answer as a whole, so that nothing depends on how much of it the other end reads."""
    buffer = b""
    while data := source.recv(_PIECE):
        buffer += data
        while 0 < (size := _size(buffer)) <= len(buffer):
            yield buffer[:size]
            buffer = buffer[size:]
    if buffer:
        yield buffer


def _size(buffer: bytes) -> int:
    """How long the message at the beginning is; 0 if its head has not come."""
    head, end, _ = buffer.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return len(head) + len(end) + (int(length[0]) if length else 0) if end else 0


def decompressed(message: bytes) -> bytes:
    """An answer with its body as it was before compression, which makes ids of it that differ differ in length too."""
    head, _, body = message.partition(b"\r\n\r\n")
    if not _COMPRESSED.search(head):
        return message
    return _LENGTH.sub(b"<COMPRESSED>", head) + b"\r\n\r\n" + gzip.decompress(body)


def normalized(record: bytes) -> bytes:
    """The record with a name in place of each value that differs from run to run."""
    record = _DATE.sub(b"<DATE>", record)
    for kind, pattern in _CHANGING:
        names: dict[bytes, bytes] = {}

        def name(match: re.Match[bytes], kind: str = kind, names: dict[bytes, bytes] = names) -> bytes:
            return names.setdefault(match[0], b"<%b-%d>" % (kind.encode(), len(names) + 1))

        record = re.sub(pattern, name, record)
    return record


class Script:
    """The calls, family by family, against one sandbox."""

    def __init__(self, sandbox: Sandbox, relay: Relay) -> None:
        self.sandbox = sandbox
        self.relay = relay

    def step(self, name: str, call: Callable[[], Any]) -> Any:
        """Make a call; its exception is part of the record."""
        self.relay.note(name)
        try:
            return call()
        except ApiException as error:
            kind, status, accepted = type(error).__name__, error.status, error.accepted
            self.relay.note(f"{name} raised {kind}, status {status}, accepted {accepted}")
        except ValueError:
            self.relay.note(f"{name} was refused before anything was sent")
        return None

    @contextmanager
    def v2_client(self, **credentials: Any) -> Iterator[MessagesApi]:
        token_url = self.sandbox.access_token_url.replace(self.sandbox.url, self.relay.url)
        if "client_id" in credentials:
            credentials["access_token_url"] = token_url
        with ApiClient(Configuration(host=self.relay.url, **credentials), clock=StandingClock()) as client:
            yield MessagesApi(client)

    def run(self) -> None:
        with self.v2_client(client_id=self.sandbox.client_id, client_secret=self.sandbox.client_secret) as api:
            self.v2("v2 oauth", api)
            self.sandbox.revoke_tokens()
            self.step("v2 oauth: a revoked token", lambda: api.list_messages(self.sandbox.account_id, limit=1))
        self.sandbox.clear()
        with self.v2_client(username=self.sandbox.username, password=self.sandbox.password) as api:
            self.v2("v2 basic", api)
            self.v2_failures(api)
        self.v2_stranger("v2 wrong user", username="nobody", password="x")
        self.v2_stranger("v2 denied user", username="denied-user", password="denied-password")
        self.v2_stranger("v2 wrong client", client_id="nobody", client_secret="x")
        self.classic()
        for signed in (False, True):
            self.sandbox.clear()
            self.messagemedia(signed)

    def v2_stranger(self, name: str, **credentials: str) -> None:
        with self.v2_client(**credentials) as api:
            self.step(name, lambda: api.list_messages(self.sandbox.account_id, limit=1))

    def v2(self, name: str, api: MessagesApi) -> None:
        account = self.sandbox.account_id
        every_field = {
            "media": ["https://example.com/a%20b.png"], "tag": "täg", "priority": "high",
            "expiration": "2022-09-14T19:20:16Z",
        }  # fmt: skip
        self.step(f"{name}: send", lambda: api.create_message(account, self.message()))
        self.step(f"{name}: send every field", lambda: api.create_message(account, self.message(**every_field)))
        self.step(f"{name}: send to two", lambda: api.create_message(account, self.message(to=[PHONE, OTHER])))
        self.step(
            f"{name}: send with http info",
            lambda: api.create_message_with_http_info(account, self.message(text="x" * 200)),
        )
        self.sandbox.advance(60)
        self.step(f"{name}: list", lambda: api.list_messages(account, source_tn=OURS, limit=2))
        self.step(f"{name}: list by filters", lambda: api.list_messages(account, **self.filters()))
        self.step(f"{name}: iterate", lambda: len(list(api.iter_messages(account, source_tn=OURS, limit=2))))
        self.step(f"{name}: pages", lambda: len(list(api.iter_pages(account, source_tn=OURS, limit=3))))

        def read_unread() -> None:
            with api.list_messages_without_preload_content(account, limit=1) as opened:
                opened.read()

        self.step(f"{name}: unread", read_unread)

    def filters(self) -> dict[str, Any]:
        return {
            "message_status": "DELIVERED", "message_direction": "OUTBOUND", "destination_tn": "%2B15552345678",
            "from_date_time": datetime(2022, 9, 14, 18, 0, 0, 1, timezone.utc),
            "to_date_time": "2022-09-15T00:00:00.000Z",
            "sort": "sourceTn:desc", "carrier_name": "AT%26T", "limit": 3, "limit_total_count": True,
        }  # fmt: skip

    def v2_failures(self, api: MessagesApi) -> None:
        account, fail = self.sandbox.account_id, self.sandbox.fail_next
        self.step("no such field value", lambda: api.create_message(account, self.message(to=["nobody"])))
        self.step("another application", lambda: api.create_message(account, self.message(application_id="other")))
        self.step("another account", lambda: api.create_message("9999999", self.message()))
        self.step("no filter", lambda: api.list_messages(account))
        self.step("refused here", lambda: api.list_messages(account, limit=0))
        for status, retry_after in ((429, 1), (500, None), (503, 2), (503, None), (404, None), (415, None)):
            fail(status=status, retry_after=retry_after)
            self.step(f"send, {status} once", lambda: api.create_message(account, self.message()))
            self.sandbox.clear_faults()
            fail(status=status, retry_after=retry_after)
            self.step(f"list, {status} once", lambda: api.list_messages(account, source_tn=OURS, limit=1))
            self.sandbox.clear_faults()
        for fault in ("truncate", "garbage"):
            fail(after=True, **{fault: True})  # type: ignore[arg-type]  # one of two switches
            self.step(f"send, {fault}", lambda: api.create_message(account, self.message()))
            self.sandbox.clear_faults()

    def message(self, **changes: Any) -> dict[str, Any]:
        application = self.sandbox.application_id
        return {"application_id": application, "to": [PHONE], "from": OURS, "text": "Hello, wörld ✓", **changes}

    def classic(self) -> None:
        keys = self.sandbox.classic
        with bandwidth_messaging.client(
            "messaging", keys.user_id, keys.api_token, keys.api_secret, api_endpoint=self.relay.url
        ) as client:
            sent = self.step("classic: send", lambda: client.send_message("+1234567980", "+1234567981", "Hello"))
            self.step("classic: get", lambda: client.get_message(sent))
            self.step("classic: get nobody's", lambda: client.get_message("m-nobody"))
            several = [{"from": "+1234567980", "to": f"+123456798{n}", "text": f"№ {n}"} for n in range(3)]
            self.step("classic: send several", lambda: client.send_messages(several))
            self.step("classic: send none", lambda: client.send_messages([]))
            self.step("classic: wrong number", lambda: client.send_message("+1234567980", "nobody", "Hello"))
            self.step("classic: list", lambda: list(client.list_messages(size=2)))
            self.step("classic: list by direction", lambda: list(client.list_messages(direction="out", size=2)))
        with bandwidth_messaging.client("messaging", keys.user_id, "x", "y", api_endpoint=self.relay.url) as stranger:
            self.step("classic: wrong credentials", lambda: stranger.get_message("m-1"))

    def messagemedia(self, signed: bool) -> None:
        keys, name = self.sandbox.messagemedia, f"messagemedia {'hmac' if signed else 'basic'}"
        body = {
            "messages": [
                {"content": "Hello, wörld", "destination_number": "+61491570156", "delivery_report": True,
                 "metadata": {"key": "value"}, "source_number": "+61491570157"},
                {"content": "Later", "destination_number": "+61491570156", "scheduled": "2022-09-15T18:20:16.000Z"},
            ]
        }  # fmt: skip
        with MessageMediaMessagesClient(
            keys.api_key, keys.api_secret, signed, base_uri=self.relay.url, clock=SigningClock()
        ) as client:
            answered = self.step(f"{name}: send", lambda: client.messages.send_messages(body))
            first, later = (message.message_id for message in answered.messages)
            self.step(f"{name}: status", lambda: client.messages.get_message_status(first))
            cancel = {"status": "cancelled"}
            self.step(f"{name}: cancel", lambda: client.messages.cancel_scheduled_message(later, cancel))
            self.step(f"{name}: cancel again", lambda: client.messages.cancel_scheduled_message(later, cancel))
            self.step(f"{name}: status of nobody's", lambda: client.messages.get_message_status("nobody"))
            self.sandbox.advance(60)
            self.sandbox.receive("+61491570156", "Yes", to="+61491570157", family="messagemedia")
            self.notices(name, client)

    def notices(self, name: str, client: MessageMediaMessagesClient) -> None:
        reports = self.step(f"{name}: reports", client.delivery_reports.check_delivery_reports)
        ids = {"delivery_report_ids": [report.delivery_report_id for report in reports.delivery_reports]}
        self.step(
            f"{name}: confirm reports",
            lambda: client.delivery_reports.confirm_delivery_reports_as_received(ids),
        )
        replies = self.step(f"{name}: replies", client.replies.check_replies)
        reply_ids = {"reply_ids": [reply.reply_id for reply in replies.replies]}
        self.step(f"{name}: confirm replies", lambda: client.replies.confirm_replies_as_received(reply_ids))
        self.step(f"{name}: no more replies", client.replies.check_replies)


def record() -> str:
    """Run the script once, and return its record."""
    with Sandbox(clock=lambda: NOW, pace="stepped") as sandbox, Relay(sandbox.url) as relay:
        Script(sandbox, relay).run()
        return relay.text()


def main() -> int:
    """Record, keep or compare; returns 1 where the record differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="keep the record in this file")
    parser.add_argument("--compare", type=Path, help="hold the record against this file")
    options = parser.parse_args()
    text = record()
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    if options.compare is None:
        if not options.out:
            print(text, end="")
        return 0
    kept = options.compare.read_text(encoding="utf-8").splitlines()
    difference = list(difflib.unified_diff(kept, text.splitlines(), "kept", "now", lineterm=""))
    calls = text.count("\n>> ")
    print("\n".join(difference) or f"equal: {calls} requests and their answers, {len(text.encode())} bytes")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())
