"""How many POSTs reach a server that takes a message and then fails: this SDK and five others.

`python tests/benchmarks/contrast.py` installs each of the others in an environment of its own, which it throws away at
the end (`--environments DIR` keeps them for the next time). Each SDK runs in a process of its own, is pointed at a
local server with whatever it has for that, is given a time-out of 1 s where it takes one, and sends one message. Its
retry settings are its own defaults. A process that does not end within 20 s is stopped.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TIME_LIMIT = 20
COUNTED = "import sys; url = sys.argv[1]\n"


@dataclass(frozen=True)
class Sdk:
    """One SDK, and the script that sends one message with it to the URL in `sys.argv[1]`."""

    package: str
    pointed_by: str
    script: str
    tls: bool = False


SDKS = [
    Sdk(
        "bandwidth_messaging",
        "Configuration(host=...)",
        """
import bandwidth_messaging as bandwidth
configuration = bandwidth.Configuration(host=url, access_token="x", read_timeout=1)
message = {"application_id": "a", "to": ["+15552345678"], "from": "+15557654321", "text": "Hello"}
with bandwidth.ApiClient(configuration) as client:
    bandwidth.MessagesApi(client).create_message("9900000", message)
""",
    ),
    Sdk(
        "bandwidth-sdk",
        "Configuration(host=..., ignore_operation_servers=True)",
        """
import bandwidth
configuration = bandwidth.Configuration(host=url, access_token="x", ignore_operation_servers=True)
message = bandwidth.MessageRequest(application_id="a", to=["+15552345678"], var_from="+15557654321", text="Hello")
with bandwidth.ApiClient(configuration) as client:
    bandwidth.MessagesApi(client).create_message("9900000", message, _request_timeout=1)
""",
    ),
    Sdk(
        "twilio",
        "the base_url of client.api",
        """
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
client = Client("AC" + "0" * 32, "x", http_client=TwilioHttpClient(timeout=1))
client.api.base_url = url
client.messages.create(to="+15552345678", from_="+15557654321", body="Hello")
""",
    ),
    Sdk(
        "telnyx",
        "Telnyx(base_url=...)",
        """
import telnyx
client = telnyx.Telnyx(api_key="x", base_url=url, timeout=1)
client.messages.send(to="+15552345678", from_="+15557654321", text="Hello")
""",
    ),
    Sdk(
        "vonage",
        "HttpClientOptions(rest_host=...), always https: a local certificate",
        """
import vonage
from vonage_sms import SmsMessage
options = vonage.HttpClientOptions(rest_host=url.removeprefix("https://"), timeout=1)
client = vonage.Vonage(vonage.Auth(api_key="x", api_secret="y"), options)
client.sms.send(SmsMessage(to="15552345678", from_="15557654321", text="Hello"))
""",
        tls=True,
    ),
    Sdk(
        "plivo",
        "no setting: a constant of its module replaced",
        """
import plivo
import plivo.rest.client
plivo.rest.client.PLIVO_API_BASE_URI = url + "/v1/Account"
client = plivo.RestClient("MA" + "X" * 18, "x", timeout=1)
client.messages.create(src="+15557654321", dst="+15552345678", text="Hello")
""",
    ),
]


def faults() -> dict[str, Any]:
    from scripted_server import Exchange, answer

    def cut(exchange: Exchange) -> None:
        exchange.send(answer(202, b'{"id": "m-1"}' * 10)[:-60])
        exchange.close()

    return {
        "hangs": lambda exchange: exchange.hang(),
        "resets": lambda exchange: exchange.reset(),
        "answers 500": answer(500, {"message": "oops"}),
        "cuts the body": cut,
    }


def posts(sdk: Sdk, python: str, step: Any, authority: Any) -> str:
    """How many POSTs one send came to, and how the process ended."""
    from scripted_server import ScriptedServer

    tls = authority.server() if sdk.tls else None
    environment = {**os.environ, "REQUESTS_CA_BUNDLE": str(authority.file), "NO_PROXY": "*"}
    with ScriptedServer(step, tls=tls) as server:
        command = [python, "-c", COUNTED + sdk.script, server.url]
        try:
            ended = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=TIME_LIMIT, check=False
            )
            how = raised(ended.stderr) if ended.returncode else "reported as sent"
        except subprocess.TimeoutExpired:
            how = "still waiting"
        received = [request for request in server.requests if request.method == "POST"]
    keys = {request.headers.get("idempotency-key") for request in received}
    note = ", one idempotency key" if len(received) > 1 and len(keys) == 1 and None not in keys else ""
    return f"{len(received)} ({how}{note})"


def raised(stderr: str) -> str:
    """The name of the exception that a traceback ends with."""
    unindented = [line for line in stderr.splitlines() if line[:1].isidentifier() and not line.startswith("During")]
    names = [line.partition(":")[0] for line in unindented if "." in line.partition(":")[0] or line.endswith("Error")]
    return names[-1].rpartition(".")[2] if names else "failed"


def environment_of(sdk: Sdk, folder: Path) -> str:
    """The Python that has the SDK; the one that runs this has our own."""
    if sdk.package == "bandwidth_messaging":
        return sys.executable
    home = folder / sdk.package
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", sdk.package], check=True)
    return str(python)


def version_of(sdk: Sdk, python: str) -> str:
    script = f"from importlib.metadata import version; print(version({sdk.package.replace('_', '-')!r}))"
    return subprocess.run([python, "-c", script], capture_output=True, text=True, check=True).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environments", type=Path, help="where to keep the environments")
    options = parser.parse_args()
    # The helpers of the tests stand beside this folder.
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from faults.certificates import Authority

    with tempfile.TemporaryDirectory() as scratch:
        authority = Authority(Path(scratch))
        print(f"| SDK | {' | '.join(faults())} | pointed at the server by |\n|---{'|---' * (len(faults()) + 1)}|")
        with nullcontext(options.environments) if options.environments else tempfile.TemporaryDirectory() as folder:
            for sdk in SDKS:
                python = environment_of(sdk, Path(folder))
                cells = [posts(sdk, python, step, authority) for step in faults().values()]
                print(
                    f"| {sdk.package} {version_of(sdk, python)} | {' | '.join(cells)} | {sdk.pointed_by} |", flush=True
                )


if __name__ == "__main__":
    main()
