"""MessageMedia's own SDK against our sandbox, in an environment of its own that this script makes and throws away.

```sh
python tests/messagemedia/peer_sdk.py
```

It shows that the sandbox speaks the protocol, and not merely the dialect of our client. It needs a package index, so it
is no part of the suite. It ends with 1 if a call goes otherwise than it should, but for that SDK's own defects, which
are named below.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bandwidth_messaging.sandbox import Sandbox

PACKAGE = "messagemedia-messages-sdk"
RELEASES = ("2.1.3", "1.1.0")
WAYS = ("basic", "hmac")
PROGRAM = Path(__file__).with_name("peer_program.py")
PHONE = "+61491570156"
REFUSED = ("get_message_status, unknown id", "send, wrong number")
"""The calls that are to be refused."""

DEFECTS = {
    ("2.1.3", "basic", "send, scheduled"): "it reads the times of an accepted message as if they were datetimes",
    ("2.1.3", "hmac", "send, scheduled"): "it reads the times of an accepted message as if they were datetimes",
    ("2.1.3", "hmac", "cancel"): "it signs the PUT as a POST",
    ("1.1.0", "basic", "cancel"): "it sends the cancellation as a POST",
    ("1.1.0", "hmac", "send"): "its signature needs Python 2: it gives hmac a str",
}


def installed(folder: Path, release: str) -> str:
    """The interpreter of an environment with that release."""
    home = folder / release
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    python = str(home / "bin" / "python")
    quiet = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    # What it was made with is gone from newer environments.
    subprocess.run([*quiet, "setuptools<81", f"{PACKAGE}=={release}"], check=True, stderr=subprocess.DEVNULL)
    return python


def findings(python: str, way: str) -> list[dict[str, Any]]:
    """What came of each call."""
    found = []
    with Sandbox(pace="stepped") as sandbox:
        keys = sandbox.messagemedia
        command = [python, str(PROGRAM), sandbox.url, keys.api_key, keys.api_secret, way]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as peer:
            assert peer.stdin is not None
            assert peer.stdout is not None
            for line in peer.stdout:
                if not line.startswith('{"call"'):
                    continue  # the first generation prints on its own
                found.append(json.loads(line))
                later = ""
                if found[-1]["call"] == "send, scheduled":
                    sandbox.advance(60)
                    sandbox.receive(PHONE, "Yes, please")
                    later = sandbox.messages(text="Later")[-1].message_id
                peer.stdin.write(f"{later}\n")
                peer.stdin.flush()
    return found


def main() -> int:
    unexpected = 0
    with tempfile.TemporaryDirectory() as folder:
        for release in RELEASES:
            python = installed(Path(folder), release)
            for way in WAYS:
                print(f"\n{PACKAGE} {release}, {way}")
                for finding in findings(python, way):
                    call, good = finding["call"], finding["ok"] is (finding["call"] not in REFUSED)
                    defect = DEFECTS.get((release, way, call), "")
                    unexpected += not good and not defect
                    verdict = "as it should" if good else f"ITS DEFECT: {defect}" if defect else "UNEXPECTED"
                    print(f"  {call:32} {verdict:14} {finding['said'][:150]}")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
