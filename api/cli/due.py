"""`doorstep due`: what a day asks for, or a calendar of the days ahead. Law: no street is read, nothing is searched."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.days import read_date, this_day
from api.cli.documents import refuse_both
from api.settings import read_settings

if TYPE_CHECKING:
    from api.cli.sources import Source

MOST_DAYS = 35


def due(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A scenario's name, or a programme's file.")],
    *,
    day: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The day; else the scenario's own, or today.")
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=2, max=MOST_DAYS, help="A calendar of so many days instead.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, to the output.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, and nothing else, to the output.")] = False,
) -> None:
    """Show who needs what: the day's orders, holds, gaps and short stock; or, with --days, a calendar."""
    from api.cli.sources import read_source
    from api.security.passphrases import Passphrases

    refuse_both(as_json=as_json, as_csv=as_csv)
    given_on = None if day is None else read_date(day)
    read = read_source(source, Passphrases(read_settings()))
    on = this_day(read, given_on)
    if days is None:
        _one_day(read, on, as_json=as_json, as_csv=as_csv)
    else:
        from api.cli.calendar_report import write_calendar

        write_calendar(read.programme, on, days, as_json=as_json, as_csv=as_csv)


def _one_day(read: Source, on: date, *, as_json: bool, as_csv: bool) -> None:
    from api.cli.due_report import due_document, write_due
    from routing.continuity import needs_of
    from routing.passes import reach_of

    document = due_document(read.programme, on, needs_of(read.programme, on, reach_of(read.programme, on)))
    names = {client.client_id: client.code_name for client in read.programme.clients}
    write_due(document, names, as_json=as_json, as_csv=as_csv)
