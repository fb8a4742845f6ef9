"""What SOURCE names: a scenario, or a programme's file, sealed or open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from api.cli.files import read_file
from api.security.passphrases import Passphrases
from routing.domain.errors import InputError
from routing.domain.loading import load_programme
from routing.domain.programme import Programme
from scenarios.finding import find_scenario, scenario_names


@dataclass(frozen=True, kw_only=True)
class Source:
    """A programme, and what is known of it besides.

    Attributes
    ----------
    extract
        The extract that scenario or programme names; None: none.
    day
        The scenario's day; None: it is no scenario.
    made_up
        Nobody in it exists: what is written needs no passphrase.
    path
        The programme's file; None: it is a scenario, which nothing changes.
    """

    name: str
    programme: Programme
    extract: Path | None
    day: date | None
    made_up: bool
    path: Path | None

    def extract_path(self, given: Path | None) -> Path:
        """Return the extract: the one given on the command line, else the source's own.

        Raises
        ------
        InputError
            `extract_not_named`.
        """
        path = given or self.extract
        if path is None:
            raise InputError(
                "extract_not_named",
                "the programme names no OpenStreetMap extract",
                where="/extract",
                remedy="give one with --extract, or write its path into the programme",
            )
        return path


def read_source(name: str, passphrases: Passphrases) -> Source:
    """Read a scenario (by name) or a programme (by path; `./name` where a file is called like a scenario).

    Raises
    ------
    DoorstepError
        Of the file, the passphrase or the programme.
    """
    if name in scenario_names() or _is_bare_name(name):
        return _scenario(name)
    path = Path(name)
    programme = load_programme(passphrases.open(read_file(path), name))
    return Source(
        name=name,
        programme=programme,
        extract=path.parent / programme.extract if programme.extract else None,
        day=None,
        made_up=programme.made_up,
        path=path,
    )


def _scenario(name: str) -> Source:
    scenario = find_scenario(name)
    return Source(
        name=name,
        programme=load_programme(read_file(scenario.programme)),
        extract=scenario.extract,
        day=scenario.day,
        made_up=True,
        path=None,
    )


def _is_bare_name(name: str) -> bool:
    """Say whether this reads like a scenario's name and is no file's."""
    path = Path(name)
    return path.name == name and not path.suffix and not path.exists()
