"""Sheets of twelve stops: milliseconds and bytes of PDF and page in every language, and a thousand sheets in a row.

One process, warm: Typst has read its fonts, as it has from the second sheet on. Each sheet has other names and hints,
so that nothing is taken from a cache but the fonts and the template. Milliseconds are the processor's, so that they say
the same on a machine that does something else besides; of the thousand sheets both are told.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.table import Table

from routing.domain.volunteers import Mode
from routing.sheets.directions import Direction, Turn
from routing.sheets.languages import LANGUAGES, Language
from routing.sheets.page import sheet_page
from routing.sheets.papers import Mark, Stop, VolunteerSheet
from routing.sheets.printing.sheet_size import typeset_sheet
from routing.sheets.wording import sheet_words

STOPS = 12
THOUSAND = 1000
BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Makassar"))
STREETS = ("Jalan Diponegoro", "Jalan Pulau Nusakambangan", "Gang VII", "Jalan Gunung Tambora", "", "Jalan Yos Sudarso")


@dataclass(frozen=True)
class Measured:
    """Milliseconds of each run, and the size of what came out."""

    ms: tuple[float, ...]
    size: int


def sheets_table(runs: int) -> Table:
    """Return the table: median (smallest – largest) of `runs` sheets a language; last, a thousand sheets."""
    table = Table(title=f"a sheet of {STOPS} stops, {runs} runs: median (smallest – largest)")
    for heading in ("language", "PDF, ms", "PDF, kB", "page, ms", "page, kB"):
        table.add_column(heading, justify="right")
    typeset_sheet(sheet_words(_sheet(0), Language("en")))
    for code in LANGUAGES:
        pdf = _measured(range(1, runs + 1), lambda number, code=code: _pdf(number, code))
        page = _measured(range(1, runs + 1), lambda number, code=code: _page(number, code))
        table.add_row(code, _spread(pdf.ms), f"{pdf.size / 1000:.0f}", _spread(page.ms), f"{page.size / 1000:.0f}")
    began, worked = time.perf_counter(), time.process_time()
    codes = list(LANGUAGES)
    for number in range(THOUSAND):
        _pdf(runs + 1 + number, codes[number % len(codes)])
    table.add_section()
    spent_s, passed_s = time.process_time() - worked, time.perf_counter() - began
    table.add_row(f"{THOUSAND} sheets", f"{spent_s:.0f} s (by the clock {passed_s:.0f} s)")
    return table


def _measured(numbers: Sequence[int], make: Callable[[int], bytes]) -> Measured:
    ms, size = [], 0
    for number in numbers:
        began = time.process_time()
        size = max(size, len(make(number)))
        ms.append((time.process_time() - began) * 1000)
    return Measured(tuple(ms), size)


def _pdf(number: int, code: str) -> bytes:
    return typeset_sheet(sheet_words(_sheet(number), Language(code)))


def _page(number: int, code: str) -> bytes:
    return sheet_page(_sheet(number), Language(code)).encode()


def _spread(ms: Sequence[float]) -> str:
    return f"{statistics.median(ms):.0f} ({min(ms):.0f} – {max(ms):.0f})"


def _sheet(seed: int) -> VolunteerSheet:
    return VolunteerSheet(
        on=BEGIN.date(),
        route=f"{1000 + seed % 9000}",
        volunteer="Kingfisher",
        mode=Mode.MOTORCYCLE,
        entries=tuple(_stop(seed, number) for number in range(1, STOPS + 1)),
        coordinator_phone="+62 361 000 000",
        ends_at=BEGIN + timedelta(hours=6),
    )


def _stop(seed: int, number: int) -> Stop:
    way = Direction(turn=Turn.LEFT, street="", distance_m=40 + seed % 900)
    ways = tuple(replace(way, street=STREETS[(seed + number + place) % len(STREETS)]) for place in range(5))
    return Stop(
        number=number,
        code_name=f"Lantern {seed % 90 + 10}",
        from_at=BEGIN + timedelta(minutes=20 * number),
        to_at=BEGIN + timedelta(minutes=20 * number + 15),
        hint=f"green gate {seed}, second door",
        directions=ways,
        parcels=(f"K{seed % 10_000:04}", f"X{number:04}"),
        marks=(Mark.NOBODY_ELSE,),
        junction=None,
    )
