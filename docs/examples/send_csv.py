"""Send a text to every recipient in a CSV file, and list what happened to each.

    python send_csv.py recipients.csv --account 9900000 --application ID --sender +15557654321

The file has the columns `to` and `text`. Credentials come from BW_CLIENT_ID and BW_CLIENT_SECRET. Without arguments it
sends to 20 made-up recipients by way of the local sandbox.
"""

import argparse
import csv
import io
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import bandwidth_messaging as bandwidth

SAMPLE = "to,text\n" + "".join(f"+155523456{n:02},Your code is {n:06}\n" for n in range(18))
SAMPLE += "5552345678,A number without its country\n+15552345699,\n"
# With `accepted` False these say: not now. Others say: not like this.
LATER = (
    bandwidth.ConnectException,
    bandwidth.TokenException,
    bandwidth.TooManyRequestsException,
    bandwidth.ServiceException,
)


@dataclass
class Row:
    """One line of the file, and what became of it."""

    to: str
    text: str
    outcome: str = "not tried"
    message_id: str | None = None


def send_all(api: bandwidth.MessagesApi, account_id: str, application_id: str, sender: str, rows: list[Row]) -> None:
    """Send to one recipient after the other; stop where all that follow would fail too."""
    for row in rows:
        try:
            request = bandwidth.MessageRequest(
                application_id=application_id, to=[row.to], var_from=sender, text=row.text
            )
            send(api, account_id, request, row)
        except ValueError as error:
            # Refused before anything went out: the row is wrong. The next one need not be.
            row.outcome = f"wrong: {error}"
        except LATER as error:
            # The client has repeated it already. Nothing was sent; the rest is better tried later.
            row.outcome = f"not sent, try later: {error}"
            return
        except bandwidth.ApiException as error:
            # Credentials, account, host: no row that follows can do better.
            row.outcome = f"not sent: {error}"
            return


def send(api: bandwidth.MessagesApi, account_id: str, request: bandwidth.MessageRequest, row: Row) -> None:
    """Send one message. What remains to be raised concerns the rows that follow as well."""
    try:
        row.message_id = api.create_message(account_id, request).id
        row.outcome = "sent"
    except bandwidth.ApiException as error:
        if error.accepted:
            row.outcome = "sent, but the answer could not be read"
        elif error.accepted is None:
            row.message_id = look_up(api, account_id, request, error)
            row.outcome = "sent, though its answer was lost" if row.message_id else f"unknown, do not repeat: {error}"
        elif isinstance(error, bandwidth.BadRequestException):
            row.outcome = f"refused: {error}"
        else:
            raise


def look_up(
    api: bandwidth.MessagesApi, account_id: str, request: bandwidth.MessageRequest, error: bandwidth.ApiException
) -> str | None:
    """The id of the message whose answer was lost, if the service has it."""
    if error.time is None:
        return None
    time.sleep(1)  # a message can take a moment to be listed
    try:
        page = api.list_messages(
            account_id,
            source_tn=request.var_from,
            destination_tn=request.to[0],
            message_direction="OUTBOUND",
            from_date_time=error.time - timedelta(minutes=1),
        )
    except bandwidth.ApiException:
        return None
    return page.messages[0].message_id if page.messages else None


def report(api: bandwidth.MessagesApi, account_id: str, rows: Iterable[Row]) -> Iterator[str]:
    """A line for each row: the status that the service gives, or why there is none."""
    for row in rows:
        said = row.outcome
        if row.message_id:
            try:
                found = api.list_messages(account_id, message_id=row.message_id).messages or []
                said += "".join(f", {item.message_status}, error code {item.error_code}" for item in found)
            except bandwidth.ApiException as error:
                said += f"; its status could not be read: {error}"
        yield f"{row.to}: {said}".replace("\n", " ")


def run(configuration: bandwidth.Configuration, options: argparse.Namespace, lines: Iterable[str]) -> None:
    """Send, then print what happened."""
    rows = [Row(line["to"], line["text"]) for line in csv.DictReader(lines)]
    with bandwidth.ApiClient(configuration) as api_client:
        api = bandwidth.MessagesApi(api_client)
        send_all(api, options.account, options.application, options.sender, rows)
        print(*report(api, options.account, rows), sep="\n")
    print(f"{sum(row.outcome.startswith('sent') for row in rows)} of {len(rows)} sent")


def main() -> None:
    """Read the arguments; without any, use the sandbox."""
    parser = argparse.ArgumentParser(description="Send a text to every recipient in a CSV file.")
    parser.add_argument("file", nargs="?", help="CSV with the columns `to` and `text`")
    parser.add_argument("--account", help="the account id, 7 digits")
    parser.add_argument("--application", help="the messaging application's id")
    parser.add_argument("--sender", default="+15557654321", help="the number to send from")
    options = parser.parse_args()
    if options.file:
        with open(options.file, newline="", encoding="utf-8") as lines:
            run(bandwidth.Configuration.from_env(), options, lines)
        return
    from bandwidth_messaging.sandbox import Sandbox

    with Sandbox() as sandbox:
        options.account, options.application = sandbox.account_id, sandbox.application_id
        configuration = bandwidth.Configuration(
            host=sandbox.url,
            access_token_url=sandbox.access_token_url,
            client_id=sandbox.client_id,
            client_secret=sandbox.client_secret,
        )
        run(configuration, options, io.StringIO(SAMPLE))


if __name__ == "__main__":
    main()
