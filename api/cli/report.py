"""`doorstep report`: what a volunteer's digits say. Law: a code that may be another is refused, never guessed.

Nothing is recorded: until there is a service with visits, the dispatcher ticks the run sheet.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import results
from api.cli.documents import write_json
from api.cli.tables import numbers, show_table, texts, wholes
from api.settings import read_settings
from routing.domain.errors import UsageError

if TYPE_CHECKING:
    from routing.sheets.day_names import DayNames
    from routing.sheets.reports import Told

WORD_DOES_NOT_FIT = 1
_BETWEEN = re.compile(r"[,;\n]+")


def report(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="The plan the sheets were printed from.")],
    code: Annotated[list[str], typer.Argument(metavar="CODE…", help="Digits as sent or read out; commas part codes.")],
    *,
    programme: Annotated[
        str, typer.Option(metavar="SOURCE", help="The scenario, or the programme's file, it was made from.")
    ],
    word: Annotated[
        str | None, typer.Option(metavar="WORD", help="What was said at the door: tells whether it is the word.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, to the output.")] = False,
) -> None:
    """Say what a report code means: whose stop, which client, what happened.

    A wrong digit or two swapped ones are always found; the nearest code that would fit is then named.
    """
    from routing.sheets.reports import word_fits

    names = _names(plan, programme)
    told = [entry for text in _codes(code) for entry in _read(names, text)]
    fits = None if word is None else word_fits(names, _one_client(told), word)
    if as_json:
        write_json(_document(names, told, fits=fits))
    else:
        _show(told, fits=fits)
    if fits is False:
        raise typer.Exit(WORD_DOES_NOT_FIT)


def _names(plan: Path, programme: str) -> DayNames:
    from api.cli.files import read_file
    from api.cli.sources import read_source
    from api.security.day_keys import sheet_key
    from api.security.passphrases import Passphrases
    from routing.domain.plan import load_plan
    from routing.sheets.day_names import DayNames

    settings = read_settings()
    passphrases = Passphrases(settings)
    made = load_plan(passphrases.open(read_file(plan), str(plan)))
    return DayNames(made, read_source(programme, passphrases).programme, sheet_key(settings))


def _codes(arguments: list[str]) -> list[str]:
    """Return the codes: groups of digits belong together until a comma or a new line."""
    return [part for part in _BETWEEN.split(" ".join(arguments)) if part.strip()]


def _read(names: DayNames, text: str) -> tuple[Told, ...]:
    from routing.sheets.reports import told_by

    return told_by(names, text)


def _one_client(told: list[Told]) -> str:
    clients = {entry.client_id for entry in told}
    if len(clients) != 1:
        raise UsageError(
            "bad_usage",
            "a word belongs to one stop",
            where="--word",
            remedy="give the code of that stop alone",
        )
    return clients.pop()


def _show(told: list[Told], *, fits: bool | None) -> None:
    columns = (*wholes("volunteer"), *numbers("route", "stop"), *wholes("client"), *texts("what happened", "word"))
    said = {None: "", True: "fits", False: "does not fit"}[fits]
    rows = [(entry.volunteer, entry.trip, entry.stop, entry.client, _outcome(entry), said) for entry in told]
    show_table(results(), "Reported", columns, rows)


def _outcome(entry: Told) -> str:
    return entry.outcome.name.lower().replace("_", " ")


def _document(names: DayNames, told: list[Told], *, fits: bool | None) -> dict[str, object]:
    return {
        "programme_id": names.plan.programme_id,
        "date": names.plan.date,
        "word_fits": fits,
        "reports": [
            {
                "volunteer_id": entry.volunteer_id,
                "trip": entry.trip,
                "stop": entry.stop,
                "client_id": entry.client_id,
                "outcome": entry.outcome.name.lower(),
            }
            for entry in told
        ],
    }
