"""`doorstep validate` and `doorstep due` on a server."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from api.cli.console import notes, results, say
from api.cli.documents import refuse_both
from api.cli.due import MOST_DAYS
from api.cli.due_report import write_due
from api.cli.failures import problem_object
from api.cli.validate import COUNTED
from api.remote.opening import JsonOption, SourceArgument, opened
from api.remote.programmes import Remote, identifier
from routing.domain.errors import InputError, ProgrammeError


def validate(context: typer.Context, source: SourceArgument, *, as_json: JsonOption = False) -> None:
    """Read a programme as it is kept, and its extract, and tell everything that is wrong.

    Needs all roles of care, since all of the programme is read.
    """
    with opened(context, source) as remote:
        try:
            counts = _counts(remote)
        except ProgrammeError as error:
            if as_json:
                found = {"valid": False, "problems": [problem_object(problem) for problem in error.problems]}
                sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
                raise typer.Exit(error.exit_code) from error
            raise
    if as_json:
        sys.stdout.write(json.dumps({"valid": True, "counts": counts, "problems": []}, indent=1) + "\n")
    else:
        say(results(), "valid: " + ", ".join(f"{count} {name}" for name, count in counts.items()))


def _counts(remote: Remote) -> dict[str, int]:
    from routing.domain.extent import refuse_beside

    read = remote.document()
    counts = {name: len(getattr(read, name)) for name in COUNTED}
    if not read.extract:
        say(notes(), "the programme names no extract: upload one (PUT /v1/networks/…), and name it there")
        return counts
    network = remote.connection.get(f"/v1/networks/{identifier(read.extract)}")
    if network["state"] != "ready":
        raise InputError(
            "extract_unreadable",
            "the extract is not ready on the server",
            where="/extract",
            remedy="see GET /v1/networks/… for the reason, and upload it again",
            params={"state": str(network["state"]), "reason": str(network["reason"])},
        )
    west, south, east, north = network["bounds"]
    refuse_beside(read, (west, south, east, north))
    return {**counts, "streets": int(network["ways"])}


def due(
    context: typer.Context,
    source: SourceArgument,
    *,
    day: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The day; else today there.")] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=2, max=MOST_DAYS, help="A calendar of so many days instead.")
    ] = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, and nothing else, to the output.")] = False,
) -> None:
    """Show who needs what, as one's roles see it; or, for whoever has all roles of care, a calendar."""
    refuse_both(as_json=as_json, as_csv=as_csv)
    with opened(context, source) as remote:
        on = remote.day(day, ahead=0)
        if days is not None:
            from api.cli.calendar_report import write_calendar

            write_calendar(remote.document(), on, days, as_json=as_json, as_csv=as_csv)
            return
        document = remote.connection.get(f"{remote.path}/days/{on}")
        names = remote.names("clients") if document.get("shortfalls") else {}
    write_due(document, names, as_json=as_json, as_csv=as_csv)
