"""`doorstep validate`: say everything that is wrong with a programme, at once."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from api.cli.console import notes, results, say
from api.cli.failures import problem_object
from api.settings import read_settings
from routing.domain.errors import ProgrammeError

COUNTED = ("clients", "volunteers", "sites", "products", "policies", "passes", "zones", "checkpoints")


def validate(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A scenario's name, or a programme's file.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Read a programme and its streets, and tell everything that is wrong."""
    try:
        counts = _counts(source)
    except ProgrammeError as error:
        if not as_json:
            raise
        found = {"valid": False, "problems": [problem_object(problem) for problem in error.problems]}
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        raise typer.Exit(error.exit_code) from error
    if as_json:
        sys.stdout.write(json.dumps({"valid": True, "counts": counts, "problems": []}, indent=1) + "\n")
    else:
        say(results(), "valid: " + ", ".join(f"{count} {name}" for name, count in counts.items()))


def _counts(source: str) -> dict[str, int]:
    """Return how many entries of each kind a programme has; it and its extract can be read then."""
    from api.cli.sources import read_source
    from api.security.passphrases import Passphrases
    from routing.domain.extent import refuse_beside
    from routing.network.extract import read_extract

    read = read_source(source, Passphrases(read_settings()))
    counts = {name: len(getattr(read.programme, name)) for name in COUNTED}
    if read.extract is None:
        say(notes(), "the programme names no extract: give one with --extract when planning")
        return counts
    extract = read_extract(read.extract)
    refuse_beside(read.programme, extract.bounds)
    return {**counts, "streets": len(extract.ways)}
