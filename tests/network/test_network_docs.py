"""The page on streets tells of every manoeuvre and side, and of no other."""

import re
from dataclasses import fields
from pathlib import Path

from routing.network.directions import Instruction, Manoeuvre, Side
from routing.network.unreached import WHY

PAGE = (Path(__file__).parents[2] / "docs" / "network.md").read_text(encoding="utf-8")


def first_column(title: str) -> set[str]:
    """Return the code words in the first column of the table with this heading."""
    table = PAGE.split(f"| {title} |", 1)[1].split("\n\n", 1)[0]
    rows = [line for line in table.splitlines()[2:] if line.startswith("|")]
    return {word for row in rows for word in re.findall(r"`(\w+)`", row.split("|")[1])}


def test_the_page_has_every_manoeuvre():
    assert first_column("`manoeuvre` | turn") == set(Manoeuvre)


def test_the_page_has_every_key_of_an_instruction_and_every_side():
    assert first_column("key") == {field.name for field in fields(Instruction)}
    assert set(re.findall(r"`(\w+)`", re.search(r"\| `side` \|(.*)\|", PAGE)[1])) == set(Side)


def test_the_page_has_every_code_of_a_pair_without_a_way():
    assert first_column("code") == {str(code) for code in WHY if code}
