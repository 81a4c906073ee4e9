"""The magic numbers that docs/sandbox.md names are those of the sandbox."""

from __future__ import annotations

import re
from pathlib import Path

from bandwidth_messaging.sandbox.messaging import magic_numbers as outcomes

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text("utf-8")


def test_every_number_of_the_sandbox_stands_on_the_page_and_no_other() -> None:
    table = PAGE.partition("| Number |")[2].partition("\n\n")[0]
    numbers = set(re.findall(r"\+1555000[0-9]{4}", table))
    failing = {number for number in numbers if outcomes.outcome(number).error_code}
    assert numbers - failing == {outcomes.NEVER_DELIVERED, outcomes.SLOW, outcomes.QUEUE_FULL}
    assert outcomes.outcome(outcomes.NEVER_DELIVERED).delivered is False
    assert outcomes.outcome(outcomes.SLOW).seconds == 600
    for code in map(int, re.findall(r"`(4[0-9]{3})`", table)):
        assert outcomes.outcome(f"+1555000{code}").error_code == code
        assert outcomes.describe(code) != outcomes.describe(0)
