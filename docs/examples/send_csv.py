"""Send a text to every recipient in a CSV file, once, whatever happens on the way.

    python send_csv.py recipients.csv --account 9900000 --application ID --sender +15557654321 --only-sender

The file has the columns `to` and `text`. Credentials come from BW_CLIENT_ID and BW_CLIENT_SECRET. What is about to be
sent is written to `recipients.csv.journal` before it goes out. After Ctrl-C, a crash or a lost answer run the same
command again: it goes on, and looks up what became of the messages that were on their way. Without arguments it sends
to 20 made-up recipients by way of the local sandbox.
"""

import argparse
import csv
import hashlib
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import bandwidth_messaging as bandwidth

SAMPLE = "to,text\n" + "".join(f"+155523456{n:02},Your code is {n:06}\n" for n in range(18))
SAMPLE += "5552345678,A number without its country\n+15552345699,\n"


@dataclass(frozen=True)
class Row:
    """One line of the file."""

    to: str
    text: str
    key: str
    """Stands for the line in the journal, which holds neither numbers nor texts."""


def read_rows(lines: Iterable[str]) -> list[Row]:
    """The lines of the file. Two equal lines are two messages."""
    seen: Counter[str] = Counter()
    rows = []
    for line in csv.DictReader(lines):
        digest = hashlib.sha256(f"{line['to']}\0{line['text']}".encode()).hexdigest()[:32]
        seen[digest] += 1
        rows.append(Row(line["to"], line["text"], f"{digest}-{seen[digest]}"))
    return rows


class Journal:
    """What is known of each row, on disk before anything goes out. One run at a time; use it in `with`."""

    def __init__(self, path: Path) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self._file = path.open("a+", encoding="utf-8")
        try:
            _lock(self._file.fileno())
        except OSError:
            self._file.close()
            raise SystemExit(f"{path} is in use by another run") from None
        self._file.seek(0)
        for line in self._file:
            if line.endswith("}\n"):  # a line that was being written when the power went says nothing
                entry = json.loads(line)
                self.entries[entry["key"]] = entry
        self._file.write("\n")

    def write(self, row: Row, state: str, **details: Any) -> None:
        """Write down the state of a row: sending, sent, refused, or open for another try."""
        entry = {"key": row.key, "state": state, **details}
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.entries[row.key] = entry

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def state(self, row: Row) -> str:
        """The state of a row; open if it was never tried."""
        return str(self.entries.get(row.key, {}).get("state", "open"))

    def ids(self) -> list[str]:
        """The ids of all messages that were sent."""
        return [entry["id"] for entry in self.entries.values() if entry.get("id")]


def _lock(descriptor: int) -> None:
    """Refuse a second run beside one that is only stopped (Ctrl-Z), where the system can tell."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@dataclass
class Sender:
    """Sends rows from one number."""

    api: bandwidth.MessagesApi
    account_id: str
    application_id: str
    number: str
    journal: Journal
    is_only_sender: bool = False
    """Nothing else sends from this number, so that the journal knows every message."""
    settle_time: float = 600

    def run(self, rows: list[Row]) -> None:
        """Look up what was on its way, send what is open, and look up what got lost now."""
        self.look_up(rows)
        for row in rows:
            if self.journal.state(row) == "open" and not self.send(row):
                break
        self.look_up(rows)

    def send(self, row: Row) -> bool:
        """Send one message. Returns whether those that follow are worth a try."""
        try:
            request = self.request(row)
        except bandwidth.InvalidRequestException as error:
            self.journal.write(row, "refused", note=str(error))
            return True
        self.journal.write(row, "sending", time=datetime.now(timezone.utc).isoformat())
        try:
            self.journal.write(row, "sent", id=self.api.create_message(self.account_id, request).id)
        except bandwidth.ApiException as error:
            return self.failed(row, error)
        return True

    def failed(self, row: Row, error: bandwidth.ApiException) -> bool:
        """Write down what a failure means. Of a message that may be out the journal goes on saying "sending"."""
        if error.accepted:
            self.journal.write(row, "sent", note="its answer could not be read")
        elif error.accepted is False:
            is_refused = isinstance(error, bandwidth.ClientException) and not error.dooms_others
            is_refused = is_refused and not isinstance(error, bandwidth.TooManyRequestsException)
            self.journal.write(row, "refused" if is_refused else "open", note=str(error))
            # The client has repeated what may be repeated: what is still open is better tried later.
            return is_refused
        return not error.dooms_others

    def look_up(self, rows: list[Row]) -> None:
        """Find out what became of the messages that were on their way."""
        # Whoever has a message without an id cannot explain what is listed of its recipient.
        without_id = Counter(row.to for row in rows if self.is_out_without_id(row))
        for row in [row for row in rows if self.journal.state(row) == "sending"]:
            began_at = datetime.fromisoformat(self.journal.entries[row.key]["time"])
            failure = self.api.interrupted_send(self.account_id, self.request(row), began_at)
            knows_all = self.is_only_sender and without_id[row.to] == 1
            known_ids = self.journal.ids() if knows_all else None
            try:
                outcome = self.api.look_up_outcome(failure, known_ids, self.settle_time)
            except bandwidth.ApiException as error:
                print(f"could not look up what became of a message: {error}", file=sys.stderr)
                return
            if outcome.state == "found":
                self.journal.write(row, "sent", id=outcome.message_id)
            elif outcome.state == "absent":
                self.journal.write(row, "open")

    def is_out_without_id(self, row: Row) -> bool:
        """Whether a message of this row may be out under an id that is not known."""
        return self.journal.state(row) in {"sending", "sent"} and not self.journal.entries[row.key].get("id")

    def request(self, row: Row) -> bandwidth.MessageRequest:
        """The message to a row's recipient."""
        return bandwidth.MessageRequest(
            application_id=self.application_id, to=[row.to], var_from=self.number, text=row.text
        )

    def report(self, rows: Iterable[Row]) -> Iterator[str]:
        """A line for each row: the status that the service gives, or why there is none."""
        words = {"sending": "not known: run again later, do not send by hand", "open": "not sent: run again"}
        for row in rows:
            entry = self.journal.entries.get(row.key, {})
            state = self.journal.state(row)
            told = [words.get(state, state), entry.get("note"), *self.statuses(entry.get("id"))]
            yield f"{row.to}: {', '.join(filter(None, told))}".replace("\n", " ")

    def statuses(self, message_id: str | None) -> list[str]:
        """The status of a message, where it can be had."""
        if message_id is None:
            return []
        try:
            found = self.api.list_messages(self.account_id, message_id=message_id).messages or []
        except bandwidth.ApiException as error:
            return [f"its status could not be read: {error}"]
        return [f"{item.message_status}, error code {item.error_code}" for item in found]


def run(configuration: bandwidth.Configuration, options: argparse.Namespace, path: Path) -> bool:
    """Send, and print what happened. Returns whether every row is done."""
    with path.open(newline="", encoding="utf-8") as lines:
        rows = read_rows(lines)
    journal_path = path.with_name(path.name + ".journal")
    with Journal(journal_path) as journal, bandwidth.ApiClient(configuration) as api_client:
        sender = Sender(
            bandwidth.MessagesApi(api_client), options.account, options.application, options.sender, journal,
            options.only_sender, options.settle_time,
        )  # fmt: skip
        try:
            sender.run(rows)
        except KeyboardInterrupt:
            print("interrupted; run the same command again to go on", file=sys.stderr)
            return False
        print(*sender.report(rows), sep="\n")
    states = Counter(journal.state(row) for row in rows)
    print(f"{states['sent']} of {len(rows)} sent")
    return states["sending"] + states["open"] == 0


def main() -> int:
    """Read the arguments; without any, use the sandbox. Returns 1 if it is worth to run again."""
    parser = argparse.ArgumentParser(description="Send a text to every recipient in a CSV file, once.")
    parser.add_argument("file", nargs="?", type=Path, help="CSV with the columns `to` and `text`")
    parser.add_argument("--account", help="the account id, 7 digits")
    parser.add_argument("--application", help="the messaging application's id")
    parser.add_argument("--sender", default="+15557654321", help="the number to send from")
    parser.add_argument("--only-sender", action="store_true", help="nothing else sends from this number")
    parser.add_argument("--settle-time", type=float, default=600, help="seconds until what was sent is surely listed")
    options = parser.parse_args()
    if options.file:
        return 0 if run(bandwidth.Configuration.from_env(), options, options.file) else 1
    from bandwidth_messaging.sandbox import Sandbox

    with Sandbox() as sandbox, tempfile.TemporaryDirectory() as directory:
        options.account, options.application = sandbox.account_id, sandbox.application_id
        configuration = bandwidth.Configuration(
            host=sandbox.url,
            access_token_url=sandbox.access_token_url,
            client_id=sandbox.client_id,
            client_secret=sandbox.client_secret,
        )
        path = Path(directory, "sample.csv")
        path.write_text(SAMPLE, "utf-8")
        return 0 if run(configuration, options, path) else 1


if __name__ == "__main__":
    sys.exit(main())
