"""The search for secrets in what a test of the fault suite leaves behind: log records and exceptions.

Each test is searched when it ends, in the process that ran it, so that parallel workers are searched too.
"""

from __future__ import annotations

import logging
import pickle
from base64 import b64encode

from faults.lab import CAUGHT, CLIENT_SECRET, PASSWORD, PROXY_PASSWORD, RECIPIENT, SENDER, TEXT, TOKEN

CREDENTIALS = [PASSWORD, CLIENT_SECRET, PROXY_PASSWORD, TOKEN, "s3cret"]
ENCODED = [b64encode(f"{name}:{secret}".encode()).decode() for name, secret in
           (("user", PASSWORD), ("client-1", CLIENT_SECRET), ("me", PROXY_PASSWORD))]  # fmt: skip
PERSONAL = [SENDER, RECIPIENT, TEXT, SENDER.replace("+", "%2B")]


def found(text: str, secrets: list[str]) -> list[str]:
    return [secret for secret in secrets if secret in text]


def chain(error: BaseException | None) -> list[BaseException]:
    return [] if error is None else [error, *chain(error.__cause__ or error.__context__)]


class LeftBehind(logging.Handler):
    """Everything that was logged at any level, and the exceptions that `Lab` caught, since the last check."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def check(self) -> None:
        """Forget all of it.

        Raises:
            AssertionError: There was a credential, a phone number or a text in it.
        """
        records, self.records = self.records, []
        errors = CAUGHT.copy()
        CAUGHT.clear()
        for record in records:
            text = f"{record.getMessage()} {vars(record)}"
            assert found(text, [*CREDENTIALS, *ENCODED, *PERSONAL]) == [], text
        for error in errors:
            text = "\n".join(f"{cause!r} {cause}" for cause in chain(error))
            assert found(text, [*CREDENTIALS, *ENCODED, *PERSONAL]) == [], text
            # Its pickle has the request, by which a lost message is looked up, but no credential.
            assert found(pickle.dumps(error).decode("latin-1"), [*CREDENTIALS, *ENCODED]) == [], text
