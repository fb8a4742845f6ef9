"""The calendar of days ahead as tables, JSON and CSV. Law: the assumption it rests on is told with it, each time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from api.cli.console import results, say
from api.cli.documents import write_csv, write_json
from api.cli.tables import show_table, wholes
from routing.domain.programme import Programme
from routing.horizon import Calendar, Mark, calendar_of
from routing.horizon.calendar import ASSUMED, MEANINGS

FORTNIGHT_WIDTH = 90  # narrower, fourteen days leave too little for a name

SIGNS: dict[Mark, str] = {
    Mark.MUST: "!",
    Mark.LATE: "*",
    Mark.MAY: "+",
    Mark.CLOSED: "–",
    Mark.HOLD: "H",
    Mark.GAP: "G",
}


def write_calendar(programme: Programme, on: date, days: int, *, as_json: bool, as_csv: bool) -> None:
    """Work out a calendar, and print it as it was asked for: JSON, CSV, or a table."""
    calendar = calendar_of(programme, on, days)
    if as_json:
        write_json(calendar_document(programme, calendar))
    elif as_csv:
        write_csv(*calendar_sheet(calendar))
    else:
        show_calendar(calendar)


def show_calendar(calendar: Calendar) -> None:
    """Print a table for each fortnight, or week where the terminal is narrow, and what the signs mean."""
    console = results()
    say(console, f"{calendar.days[0]:%A %d %B %Y} to {calendar.days[-1]:%A %d %B %Y}", style="bold")
    length = 14 if console.width >= FORTNIGHT_WIDTH else 7
    shown = [row for row in calendar.clients if row.has_something]
    for first in range(0, len(calendar.days), length):
        days = calendar.days[first : first + length]
        columns = wholes("client", *(f"{day:%a}\n{day:%d}" for day in days))
        rows = [(row.code_name, *map(_signs, row.marks[first : first + length])) for row in shown]
        show_table(console, f"{days[0]} – {days[-1]}", columns, rows)
    for line in _legend(len(calendar.clients) - len(shown)):
        say(console, line)


def _legend(silent: int) -> Iterator[str]:
    yield from (f"{sign} {mark}: {MEANINGS[mark]}" for mark, sign in SIGNS.items())
    yield ASSUMED
    if silent:
        yield f"{silent} client{'s' * (silent != 1)} without a mark on these days not shown"


def _signs(marks: tuple[Mark, ...]) -> str:
    return "".join(SIGNS[mark] for mark in marks)


def calendar_document(programme: Programme, calendar: Calendar) -> dict[str, object]:
    """Return the calendar for JSON; days without a mark are left out."""
    return {
        "programme_id": programme.programme_id,
        "timezone": programme.timezone,
        "from_on": calendar.days[0],
        "to_on": calendar.days[-1],
        "assumed": ASSUMED,
        "legend": {str(mark): meaning for mark, meaning in MEANINGS.items()},
        "clients": [
            {
                "client_id": row.client_id,
                "client": row.code_name,
                "days": {
                    str(day): [str(mark) for mark in marks]
                    for day, marks in zip(calendar.days, row.marks, strict=True)
                    if marks
                },
            }
            for row in calendar.clients
        ],
    }


def calendar_sheet(calendar: Calendar) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Return columns and rows for CSV: a column for each date, the words of its marks in the cells."""
    columns = ("client", "client_id", *map(str, calendar.days))
    return columns, [(row.code_name, row.client_id, *map(" ".join, row.marks)) for row in calendar.clients]
