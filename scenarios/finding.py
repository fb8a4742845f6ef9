"""Find the scenarios that come with Doorstep, in a checkout and in an installed wheel alike.

A scenario is a folder beside this file with `scenario.json`, `programme.json`, its extract and a README.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from routing.domain.base import Document, Text
from routing.domain.errors import UsageError

FOLDER = Path(__file__).resolve().parent


class _Description(Document):
    """The contents of `scenario.json`."""

    title: Text
    day: date
    extract: Text


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A made-up programme, the day it is about and the streets it stands on."""

    name: str
    title: str
    day: date
    programme: Path
    extract: Path


def scenario_names() -> tuple[str, ...]:
    """Return the names of all scenarios, sorted."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/scenario.json")))


def find_scenario(name: str) -> Scenario:
    """Return a scenario by its name.

    Raises
    ------
    UsageError
        `scenario_unknown`; the remedy names the nearest, or all.
    """
    names = scenario_names()
    if name not in names:
        raise UsageError(
            "scenario_unknown",
            "there is no scenario of this name, and no such file",
            where=name,
            remedy=_nearest(name, names),
        )
    folder = FOLDER / name
    description = _Description.model_validate_json((folder / "scenario.json").read_bytes())
    return Scenario(
        name=name,
        title=description.title,
        day=description.day,
        programme=folder / "programme.json",
        extract=folder / description.extract,
    )


def _nearest(name: str, names: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"give the path of a programme, or one of: {', '.join(names)}"
