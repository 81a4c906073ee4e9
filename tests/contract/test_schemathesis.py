"""Schemathesis makes requests up from the contract, right ones and wrong ones, and judges the sandbox's answers.

All of its checks are on. The refusals that no schema can explain are listed in `schemathesis_hooks.py`; each is let
pass for one check, `positive_data_acceptance`, and for no other.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from operations import OPERATIONS

from bandwidth_messaging.sandbox import Sandbox

HERE = Path(__file__).parent
CONTRACT = HERE.parents[1] / "openapi.yaml"


def run_schemathesis(
    url: str, folder: Path, tag: str = "Messages", user: str = f"{Sandbox.username}:{Sandbox.password}"
) -> subprocess.CompletedProcess[str]:
    command = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert command is not None, "schemathesis is not installed: it is in the dependency group `contract`"
    own = f'"path.accountId" = "{Sandbox.account_id}"\n"path.userId" = "{Sandbox.classic.user_id}"\n'
    (folder / "schemathesis.toml").write_text(f"[parameters]\n{own}", "utf-8")
    arguments = [
        "--mode=all", "--max-examples=20", "--generation-deterministic", "--continue-on-failure", "--no-color",
        "--checks=all", "--exclude-checks=positive_data_acceptance",  # replaced, not dropped: see the hooks
    ]  # fmt: skip
    return subprocess.run(
        [command, "run", str(CONTRACT), f"--url={url}", f"--auth={user}", f"--include-tag={tag}", *arguments],
        env=os.environ | {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE), "PYTHONWARNINGS": ""},
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def test_the_sandbox_answers_as_the_contract_says_to_whatever_is_asked(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        done = run_schemathesis(sandbox.url, tmp_path)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    print(said)
    assert "Tested: 2" in said
    cases = re.search(r"(\d+) generated, (\d+) passed", said)
    assert cases is not None, said
    assert int(cases[1]) >= 300
    assert all(f"✅ {phase}\n" in said for phase in ("Examples", "Coverage", "Fuzzing", "Stateful"))


def test_the_sandbox_answers_as_the_contract_says_about_media(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        done = run_schemathesis(sandbox.url, tmp_path, "Media")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert f"Tested: {sum(declared.name.startswith('MediaApi') for declared in OPERATIONS)}" in said


def test_the_sandbox_answers_as_the_contract_says_in_the_classic_family(tmp_path: Path) -> None:
    user = f"{Sandbox.classic.api_token}:{Sandbox.classic.api_secret}"
    with Sandbox() as sandbox:
        sandbox.receive("+1234567981", "Hey there", to="+1234567980", family="classic")
        done = run_schemathesis(sandbox.url, tmp_path, "Classic", user)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "Tested: 3" in said


def test_the_sandbox_answers_as_the_contract_says_in_the_messagemedia_family(tmp_path: Path) -> None:
    user = f"{Sandbox.messagemedia.api_key}:{Sandbox.messagemedia.api_secret}"
    with Sandbox() as sandbox:
        sandbox.receive("+61491570156", "Hello", to="+61491570157", family="messagemedia")
        done = run_schemathesis(sandbox.url, tmp_path, "MessageMedia", user)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "Tested: 7" in said
