"""A cell as it was read, and what its contents mean. Law: the readers here accept one stated form, or say why not.

Digits of any script count (Persian, Devanagari). Dates are ISO (`2026-11-22`), or day first (`22/11/2026`,
`22.11.2026`); never month first.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from api.exchange.facts import FollowUp
from routing.domain.clients import ClientStatus
from routing.domain.errors import InputError
from routing.domain.hours import Hours

NOTHING = {"", "-", "–", "—", "?", "n/a"}
EARLIEST_ON, LATEST_ON = date(2000, 1, 1), date(2099, 12, 31)
DONE = "done"
MOST_COUNT = 400
ALWAYS = "always"


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    FORMULA = "formula"
    MERGED = "merged"
    FAULTY = "faulty"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell. `serial_on`: the date that a workbook's number would be, were it formatted as one."""

    kind: Kind = Kind.TEXT
    text: str = ""
    number: float | None = None
    on: date | None = None
    at: time | None = None
    serial_on: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said: blank, a dash, a question mark, `n/a`."""
        return self.kind is Kind.TEXT and folded(self.text) in NOTHING


class CellError(InputError):
    """A cell that cannot be taken; the place is added by who knows it."""


def folded(text: str) -> str:
    """Return a text for comparing: composed, digits in ASCII, lower case, single spaces."""
    composed = unicodedata.normalize("NFKC", text)
    digits = "".join(str(unicodedata.decimal(sign, sign)) for sign in composed)
    return " ".join(digits.casefold().split())


def refuse_unread(cell: Cell) -> None:
    """Refuse cells whose value nobody has typed.

    Raises
    ------
    CellError
        `cell_formula`, `cell_merged`, `cell_faulty`.
    """
    if cell.kind is Kind.FORMULA:
        raise CellError("cell_formula", "the cell holds a formula", remedy="write the value itself")
    if cell.kind is Kind.MERGED:
        raise CellError("cell_merged", "the cell is merged with others", remedy="split it, and fill each cell")
    if cell.kind is Kind.FAULTY:
        raise CellError("cell_faulty", "the cell holds an error, or yes or no", remedy="write the value itself")


def read_count(cell: Cell) -> int:
    """Return a whole number from 0 to 400; a number stored as text is one, too.

    Raises
    ------
    CellError
        `cell_bad_count`.
    """
    text = folded(cell.text)
    if cell.kind is Kind.NUMBER and cell.number is not None and cell.number == int(cell.number):
        count = int(cell.number)
    elif cell.kind is Kind.TEXT and re.fullmatch(r"\+?\d{1,6}(\.0+)?", text, re.ASCII):
        count = int(float(text))
    else:
        raise CellError("cell_bad_count", "this is no whole number of 0 or more", remedy="write a number, like 3")
    if not 0 <= count <= MOST_COUNT:
        raise CellError(
            "cell_bad_count", f"the number is not between 0 and {MOST_COUNT}", remedy="correct the number of days"
        )
    return count


def read_past_date(cell: Cell, on: date) -> date:
    """Return a date that is not after `on`.

    Raises
    ------
    CellError
        `cell_bad_date`, `cell_future_date`.
    """
    found = _read_date(cell, "write it like 2026-11-22, or day first: 22/11/2026")
    if found > on:
        raise CellError(
            "cell_future_date",
            f"the date lies after the day of the register, {on}",
            remedy="correct the date (day first: 03/04/2026 is 3 April), or give the register's day with --date",
        )
    return found


def read_follow_up(cell: Cell) -> FollowUp:
    """Return the day of the next follow-up, or that it is done.

    Raises
    ------
    CellError
        `cell_bad_date`.
    """
    if cell.kind is Kind.TEXT and folded(cell.text) == DONE:
        return FollowUp(on=None)
    return FollowUp(on=_read_date(cell, f"write the day like 2026-11-22, or day first: 22/11/2026; or `{DONE}`"))


def _read_date(cell: Cell, remedy: str) -> date:
    found = cell.on or cell.serial_on or _date_in(folded(cell.text))
    if found is None or not EARLIEST_ON <= found <= LATEST_ON:
        raise CellError("cell_bad_date", "this is no date of this century that can be read", remedy=remedy)
    return found


_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ t]00:00(?::00)?)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)


def _date_in(text: str) -> date | None:
    if iso := _ISO.fullmatch(text):
        year, month, day = iso.groups()
    elif day_first := _DAY_FIRST.fullmatch(text):
        day, month, year = day_first.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


# what people write -> the status meant
STATUS_WORDS: dict[str, ClientStatus] = {
    **{str(status): status for status in ClientStatus},
    "on hold": ClientStatus.PAUSED,
    "in hospital": ClientStatus.HOSPITAL,
    "hospitalised": ClientStatus.HOSPITAL,
    "hospitalized": ClientStatus.HOSPITAL,
    "in custody": ClientStatus.CUSTODY,
    "detained": ClientStatus.CUSTODY,
    "arrested": ClientStatus.CUSTODY,
    "prison": ClientStatus.CUSTODY,
    "in prison": ClientStatus.CUSTODY,
    "dead": ClientStatus.DIED,
    "deceased": ClientStatus.DIED,
    "withdrawn": ClientStatus.WITHDREW,
}


def read_status(cell: Cell) -> ClientStatus:
    """Return the status that a word means.

    Raises
    ------
    CellError
        `cell_unknown_status`.
    """
    status = STATUS_WORDS.get(folded(cell.text).replace("_", " "))
    if cell.kind is not Kind.TEXT or status is None:
        words = ", ".join(ClientStatus)
        raise CellError("cell_unknown_status", "this word is no status", remedy=f"write one of: {words}")
    return status


YES, NO = {"yes", "y", "1", "true", "present"}, {"no", "n", "0", "false", "absent"}


def read_yes_or_no(cell: Cell) -> bool:
    """Return whether a cell says yes.

    Raises
    ------
    CellError
        `cell_not_yes_or_no`.
    """
    word = str(int(cell.number)) if cell.kind is Kind.NUMBER and cell.number in (0, 1) else folded(cell.text)
    if word not in YES | NO:
        raise CellError("cell_not_yes_or_no", "this is neither yes nor no", remedy="write yes or no")
    return word in YES


_CLOCK = r"(\d{1,2})[:.](\d{2})(?::00)?"


def read_time(cell: Cell) -> time:
    """Return a time of day, `9:00` or `9.00` on 24 hours.

    Raises
    ------
    CellError
        `cell_bad_time`.
    """
    found = cell.at or _time_in(folded(cell.text))
    if found is None:
        raise CellError("cell_bad_time", "this is no time of day", remedy="write it like 09:00")
    return found


def _time_in(text: str) -> time | None:
    match = re.fullmatch(_CLOCK, text, re.ASCII)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return time(int(match[1]), int(match[2]))


@dataclass(frozen=True)
class Windows:
    """Spans of the day; `always`: from now on, not for the register's day alone."""

    hours: tuple[Hours, ...]
    always: bool


def read_windows(cell: Cell) -> Windows:
    """Return spans like `09:00-11:00; 14:00-16:00`, with `always` before or after them.

    Raises
    ------
    CellError
        `cell_bad_windows`: unreadable, or a span that ends before it begins.
    """
    text = folded(cell.text)
    always = bool(re.search(rf"\b{ALWAYS}\b", text))
    spans = [span.strip() for span in re.split(r"[;,]", re.sub(rf"\b{ALWAYS}\b:?", " ", text)) if span.strip()]
    hours = [_span(span) for span in spans]
    if cell.kind is not Kind.TEXT or not hours:
        raise _bad_windows("these are no hours")
    return Windows(hours=tuple(hours), always=always)


def _span(text: str) -> Hours:
    ends = re.split(r"\s*(?:-|–|—|\bto\b)\s*", text)
    times = [_time_in(end) for end in ends]
    if len(times) != 2 or times[0] is None or times[1] is None:
        raise _bad_windows("these are no hours")
    if times[1] <= times[0]:
        raise _bad_windows("the hours end before they begin")
    return Hours(from_time=times[0], to_time=times[1])


def _bad_windows(message: str) -> CellError:
    return CellError(
        "cell_bad_windows", message, remedy="write them like 09:00-11:00; 14:00-16:00, or always 09:00-11:00"
    )
