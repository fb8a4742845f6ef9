"""The list of codes and the page of rules are one list."""

from __future__ import annotations

import re
from pathlib import Path

from routing.checking import ViolationCode

RULES = Path(__file__).parents[2] / "docs" / "rules.md"


def codes_on_the_page() -> set[str]:
    """Codes stand in the last cell of a table's row, and in brackets in the last paragraph."""
    page = RULES.read_text("utf-8").split("## 2. Visits")[1]
    cells = [line.rstrip(" |").rsplit("|", 1)[1] for line in page.splitlines() if line.startswith("| ")]
    last_paragraph = re.findall(r"\(`(\w+)`\)", page[page.rindex("|") :])
    return {code for cell in cells for code in re.findall(r"`(\w+)`", cell)} | set(last_paragraph)


def test_every_code_is_on_the_page_and_every_code_of_the_page_is_known() -> None:
    assert codes_on_the_page() == {code.value for code in ViolationCode}
