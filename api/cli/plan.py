"""`doorstep plan`: plan a day, show it, and write it. Law: nothing is written but a whole plan that was checked."""

from __future__ import annotations

import math
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import notes, say
from api.cli.days import read_date
from api.settings import read_settings
from routing.domain.errors import UsageError

if TYPE_CHECKING:
    from api.cli.sources import Source
    from api.plans.making import Wanted
    from routing.domain.plan import Plan
    from routing.network.extract import Extract
    from routing.plan_day import Budget

REMEDIES_S = 10.0
# Options of a plan that is made here or on a server.
TimeLimitOption = Annotated[float, typer.Option(metavar="S", help="Seconds to search for routes.")]
SeedOption = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of the search.")]
IterationsOption = Annotated[
    int | None, typer.Option(min=1, help="Search so many rounds, however long: the same plan every time.")
]
BoundOption = Annotated[
    bool, typer.Option("--bound", help="Prove how short the routes could be, for as long again at most.")
]
PlanJsonOption = Annotated[bool, typer.Option("--json", help="Print plan.json, and nothing else, to the output.")]
ResilienceOption = Annotated[
    bool, typer.Option("--resilience", help="Find out, too, who is served if one volunteer is missing.")
]
NoRemediesOption = Annotated[bool, typer.Option("--no-remedies", help="Look for no remedies.")]
RemediesOption = Annotated[
    float,
    typer.Option("--remedies", metavar="S", help="Seconds to look for what would serve who is left out; 0: none."),
]


def plan(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A scenario's name, or a programme's file.")],
    *,
    day: Annotated[
        str | None,
        typer.Option("--date", metavar="YYYY-MM-DD", help="The day; else the scenario's own, or tomorrow."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write into; else below DOORSTEP_HOME.")] = None,
    time_limit: TimeLimitOption = 30.0,
    seed: SeedOption = 1,
    iterations: IterationsOption = None,
    bound: BoundOption = False,
    as_json: PlanJsonOption = False,
    resilience: ResilienceOption = False,
    draw_map: Annotated[bool, typer.Option("--map", help="Write a map page and GeoJSON, too.")] = False,
    extract: Annotated[Path | None, typer.Option(help="OpenStreetMap extract, if not the programme's own.")] = None,
    remedies: RemediesOption = REMEDIES_S,
    no_remedies: NoRemediesOption = False,
) -> None:
    """Plan a day's deliveries.

    Shows routes, who is not served and why, gaps and holds, and writes plan.json (sealed, unless all persons in the
    programme are made up). Maps are written for scenarios, and with --map.
    """
    from api.cli.outputs import write_outputs
    from api.cli.sources import read_source
    from api.plans.making import Wanted
    from api.security.folders import refuse_shared_folder
    from api.security.passphrases import Passphrases

    settings = read_settings()
    passphrases = Passphrases(settings)
    limit_s = seconds_of(time_limit, "--time-limit")
    patience_s = 0.0 if no_remedies else seconds_of(remedies, "--remedies", least=0.0)
    given_on = None if day is None else read_date(day)
    read = read_source(source, passphrases)
    on = given_on or _usual_day(read)
    extract_path = read.extract_path(extract)
    folder = out or settings.plans / read.programme.programme_id / on.isoformat()
    if not read.made_up:
        refuse_shared_folder(folder)
    passphrase = None if read.made_up else passphrases.for_sealing()
    budget = budget_of(limit_s, iterations, seed, bound=bound)
    wanted = Wanted(budget=budget, remedies_s=patience_s, resilience=resilience)
    made, streets = _planned(read, on, extract_path, settings.cache, wanted)
    drawn = streets if draw_map or read.day else None
    written = write_outputs(folder, made, drawn, passphrase)
    _show(made, read, written, as_json=as_json)


def _planned(read: Source, on: date, extract_path: Path, cache: Path, wanted: Wanted) -> tuple[Plan, Extract]:
    from api.cli.progress import Progress
    from api.plans.making import make_plan

    with Progress() as progress:
        return make_plan(read.programme, on, extract_path, cache, wanted, progress)


def budget_of(limit_s: float, iterations: int | None, seed: int, *, bound: bool = False) -> Budget:
    """Return how long to search."""
    from routing.plan_day import Budget

    return Budget(time_limit_s=limit_s, iterations=iterations, seed=seed, bound=bound)


def _show(made: Plan, read: Source, written: tuple[Path, ...], *, as_json: bool) -> None:
    from api.cli.console import results
    from api.cli.day_report import show_day
    from routing.domain.plan import dump_plan

    if as_json:
        sys.stdout.buffer.write(dump_plan(made))
        sys.stdout.buffer.flush()
    else:
        show_day(results(), made, read.programme)
    for path in written:
        say(notes() if as_json else results(), f"wrote {path}")


def _usual_day(read: Source) -> date:
    """Return the scenario's day, or tomorrow where the programme is."""
    if read.day is not None:
        say(notes(), f"scenario day {read.day}")
        return read.day
    tomorrow = datetime.now(read.programme.zone).date() + timedelta(days=1)
    say(notes(), f"no --date given: tomorrow, {tomorrow}")
    return tomorrow


def seconds_of(seconds: float, where: str, least: float | None = None) -> float:
    """Return seconds given on the command line: above 0, or from `least` on.

    Raises
    ------
    UsageError
        `bad_time_limit`.
    """
    if math.isfinite(seconds) and (seconds > 0 if least is None else seconds >= least):
        return seconds
    raise UsageError(
        "bad_time_limit",
        "the time limit is no time",
        where=where,
        remedy="give a number of seconds, like 30",
    )
