"""Which day a command is about. Law: the clock is read here, told of, and never deeper."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from api.cli.console import notes, say
from routing.domain.base import EARLIEST_ON, LATEST_ON
from routing.domain.errors import UsageError

if TYPE_CHECKING:
    from api.cli.sources import Source


def read_date(text: str) -> date:
    """Return the date that somebody gave with `--date`.

    Raises
    ------
    UsageError
        `bad_date`.
    """
    try:
        on = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
    except ValueError:
        on = None
    if on is None:
        raise UsageError("bad_date", "this is no date", where="--date", remedy="write it like 2026-11-23")
    if not EARLIEST_ON <= on < LATEST_ON:  # what a programme may say ends with the last day's first moment
        message = f"the date does not lie from {EARLIEST_ON} to before {LATEST_ON}"
        raise UsageError("bad_date", message, where="--date", remedy="correct the year")
    return on


def this_day(read: Source, given_on: date | None) -> date:
    """Return the date given, else the scenario's, else today where the programme is."""
    if given_on is not None:
        return given_on
    if read.day is not None:
        say(notes(), f"scenario day {read.day}")
        return read.day
    today = datetime.now(read.programme.zone).date()
    say(notes(), f"no --date given: today, {today}")
    return today
