"""Eight threads in each of four processes send the same 1,000 keys at once: how many messages, and what each call got.

`python tests/benchmarks/outbox_race.py` needs the package with its extras `[outbox,sandbox]`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import threading
import time
from collections import Counter
from typing import Any

from bandwidth_messaging import ApiClient, Configuration, MessagesApi
from bandwidth_messaging.outbox import Outbox
from bandwidth_messaging.sandbox import Sandbox


def send_all(url: str, login: dict[str, Any], account: tuple[str, str], keys: int, threads: int, results: Any) -> None:
    """Every thread sends every key; what each call returned is counted."""
    states: Counter[str] = Counter()
    lock = threading.Lock()

    def send(outbox: Outbox, api: MessagesApi) -> None:
        mine: Counter[str] = Counter()
        for number in range(keys):
            request = {
                "applicationId": account[1], "to": [f"+1555234{number:04d}"], "from": "+15557654321", "text": "Hello",
            }  # fmt: skip
            mine[outbox.send(api, account[0], request, key=f"key {number}").state] += 1
        with lock:
            states.update(mine)

    with Outbox(url) as outbox, ApiClient(Configuration(**login)) as client:
        senders = [threading.Thread(target=send, args=(outbox, MessagesApi(client))) for _ in range(threads)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
    results.put(dict(states))


def main() -> None:
    options = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    options.add_argument("--keys", type=int, default=1000)
    options.add_argument("--processes", type=int, default=4)
    options.add_argument("--threads", type=int, default=8)
    given = options.parse_args()
    began = time.monotonic()
    with Sandbox(pace="stepped") as sandbox, tempfile.TemporaryDirectory() as folder:
        login: dict[str, Any] = {"host": sandbox.url, "username": sandbox.username, "password": sandbox.password}
        account = (sandbox.account_id, sandbox.application_id)
        context = multiprocessing.get_context("spawn")
        results = context.Queue()
        arguments = (f"sqlite:///{folder}/messages.db", login, account, given.keys, given.threads, results)
        processes = [context.Process(target=send_all, args=arguments) for _ in range(given.processes)]
        for process in processes:
            process.start()
        states: Counter[str] = Counter()
        for _ in processes:
            states.update(results.get())
        for process in processes:
            process.join()
        with Outbox(arguments[0]) as outbox, ApiClient(Configuration(**login)) as client:
            left = len(list(outbox.entries("planned")))
            print(f"planned again, since the service could not be reached: {left}")
            outbox.run(MessagesApi(client))
        messages = sandbox.messages()
        print(f"keys {given.keys}, calls {sum(states.values())}, messages {len(messages)}")
        print(f"recipients {len({message.to for message in messages})}")
        print("what the calls returned:", ", ".join(f"{state} {count}" for state, count in states.most_common()))
        print(f"{time.monotonic() - began:.0f} s")
        sys.exit(len(messages) != given.keys)


if __name__ == "__main__":
    main()
