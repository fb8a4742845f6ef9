"""The tables of `docs/streets.md`: tags, and what they mean to each mode."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from routing.network.access import MODES

PAGE = Path(__file__).parents[2] / "docs" / "streets.md"


@dataclass(frozen=True)
class Row:
    """One row of a table: the tags, the answer by mode, the wiki's page."""

    tags: dict[str, str]
    answers: dict[str, str]
    page: str

    def __str__(self) -> str:
        return " ".join(f"{key}={value}" for key, value in self.tags.items())


def rows(heading: str) -> list[Row]:
    """Return the rows of the table under a heading."""
    section = PAGE.read_text(encoding="utf-8").split(f"### {heading}\n")[1].split("\n#")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [_row([cell.strip() for cell in line.strip("|").split("|")]) for line in lines]


def _row(cells: list[str]) -> Row:
    tags, *answers, page = cells
    named = dict(tag.split("=", 1) for tag in re.findall(r"`([^`]+)`", tags))
    return Row(named, dict(zip(MODES, answers, strict=True)), page)
