"""`doorstep check`: recompute every rule of a plan from the programme alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import plain, results, say
from api.cli.tables import show_table, texts, wholes
from api.settings import read_settings

if TYPE_CHECKING:
    from routing.checking import Violation

VIOLATIONS_FOUND = 1


def check(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan, open or sealed.")],
    *,
    programme: Annotated[
        str, typer.Option(metavar="SOURCE", help="The scenario, or the programme's file, it was made from.")
    ],
    extract: Annotated[Path | None, typer.Option(help="OpenStreetMap extract, if not the programme's own.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check a plan against every rule; list what it breaks.

    Nothing of the planner is used: rules and streets are read a second time.
    """
    found = _violations(plan, programme, extract)
    if as_json:
        sys.stdout.write(json.dumps(_as_object(found), ensure_ascii=False, indent=1) + "\n")
    elif found:
        show_table(
            results(),
            f"{len(found)} violation{'s' * (len(found) != 1)}",
            (*wholes("code"), *texts("where", "message")),
            [(violation.code, violation.where, violation.message) for violation in found],
        )
    else:
        say(results(), "ok")
    if found:
        raise typer.Exit(VIOLATIONS_FOUND)


def _violations(plan: Path, programme: str, extract: Path | None) -> tuple[Violation, ...]:
    from api.cli.files import read_file
    from api.cli.sources import read_source
    from api.security.passphrases import Passphrases
    from routing.checking import check as check_plan
    from routing.domain.plan import load_plan
    from routing.network.extract import read_extract

    passphrases = Passphrases(read_settings())
    made = load_plan(passphrases.open(read_file(plan), str(plan)))
    source = read_source(programme, passphrases)
    return check_plan(made, source.programme, read_extract(source.extract_path(extract)))


def _as_object(found: tuple[Violation, ...]) -> dict[str, object]:
    return {
        "ok": not found,
        "violations": [
            {
                "code": violation.code,
                "where": violation.where,
                "message": violation.message,
                "params": {key: plain(value) for key, value in violation.params.items()},
            }
            for violation in found
        ],
    }
