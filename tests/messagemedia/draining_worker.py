"""Drains replies or reports, and writes the id of each down once it is processed: a process that gets killed.

Arguments: the sandbox's URL, the API key, the API secret, `replies` or `delivery_reports`, the file for the ids, the
number of the item at which the process is killed (0 for none), and whether that is `before` or `after` it is processed.
"""

import os
import signal
import sys

from bandwidth_messaging.messagemedia import MessageMediaMessagesClient

ID = {"replies": "reply_id", "delivery_reports": "delivery_report_id"}


def main(url: str, api_key: str, api_secret: str, kind: str, path: str, number: str, moment: str) -> None:
    with (
        MessageMediaMessagesClient(api_key, api_secret, True, base_uri=url) as client,
        open(path, "a", encoding="utf-8") as processed,
    ):
        for count, item in enumerate(getattr(client, kind).drain(batch_size=20), 1):
            killed = count == int(number)
            if killed and moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            processed.write(getattr(item, ID[kind]) + "\n")
            processed.flush()
            os.fsync(processed.fileno())
            if killed:
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
