"""`doorstep replan`: plan the rest of a day. Law: nothing is written but a whole plan that was checked.

Beside it goes the programme that knows the day so far: with it the plan is checked, printed, and changed again.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import notes, results, say
from api.settings import read_settings
from routing.domain.errors import UsageError

if TYPE_CHECKING:
    from api.cli.sources import Source
    from routing.domain.events import Events
    from routing.domain.plan import Plan
    from routing.plan_day import Budget
    from routing.replanning import Replanned

PROGRAMME_NAME = "programme.json"


def replan(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="The plan under way, open or sealed.")],
    *,
    programme: Annotated[
        str, typer.Option(metavar="SOURCE", help="The scenario, or the programme's file, it was made from.")
    ],
    events: Annotated[
        Path, typer.Option(metavar="FILE", help="What has happened (docs/replanning.md), open or sealed.")
    ],
    out: Annotated[Path | None, typer.Option(help="Folder to write into; else below DOORSTEP_HOME.")] = None,
    time_limit: Annotated[float, typer.Option(metavar="S", help="Seconds to search for routes.")] = 3.0,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of the search.")] = 1,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Search so many rounds, however long: the same plan every time.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what differs as JSON.")] = False,
    extract: Annotated[Path | None, typer.Option(help="OpenStreetMap extract, if not the programme's own.")] = None,
) -> None:
    """Plan what is left of a day after something has happened; say what differs, and who has to be told.

    Writes plan.json and the programme that knows the day so far, programme.json (both sealed, unless all persons are
    made up).
    """
    from api.cli.differences import as_object, names_of, show_difference
    from api.cli.documents import write_json
    from api.cli.files import read_file
    from api.cli.plan import budget_of, seconds_of
    from api.cli.sources import read_source
    from api.security.folders import refuse_shared_folder
    from api.security.passphrases import Passphrases
    from routing.domain.events import load_events
    from routing.domain.plan import load_plan

    settings = read_settings()
    passphrases = Passphrases(settings)
    budget = budget_of(seconds_of(time_limit, "--time-limit"), iterations, seed)
    before = load_plan(passphrases.open(read_file(plan), str(plan)))
    read = read_source(programme, passphrases)
    told = load_events(passphrases.open(read_file(events), str(events)))
    folder = out or settings.plans / before.programme_id / f"{before.date}-{told.now_at:%H%M}"
    if not read.made_up:
        refuse_shared_folder(folder)
    _refuse_full(folder)
    passphrase = None if read.made_up else passphrases.for_sealing()
    made = _replanned(read, before, told, read.extract_path(extract), settings.cache, budget, folder)
    written = _write(folder, made, passphrase)
    if as_json:
        write_json(as_object(made.difference, made.programme))
    else:
        show_difference(results(), made.difference, names_of(made.programme), before.timezone)
    for path in written:
        say(notes() if as_json else results(), f"wrote {path}")
    sys.stdout.flush()


def _replanned(
    read: Source, before: Plan, told: Events, extract_path: Path, cache: Path, budget: Budget, folder: Path
) -> Replanned:
    from api.cli.progress import Progress
    from api.cli.update import moved
    from routing.network.extract import read_extract
    from routing.network.streets import load_streets
    from routing.network.warming import warm_up
    from routing.plan_day import plan_day
    from routing.replanning import replan as replan_day

    with Progress() as progress:
        extract = read_extract(extract_path)
        streets = load_streets(extract_path, cache)
        warm_up()
        return replan_day(
            read.programme,
            before,
            told,
            extract,
            lambda programme, earlier: plan_day(
                programme, earlier.date, extract, streets, budget, progress, before=earlier
            ),
            # It is planned as it will be written: it names its extract from there.
            lambda programme: moved(read, programme, folder.resolve() / PROGRAMME_NAME),
        )


def _refuse_full(folder: Path) -> None:
    """Refuse a folder with a plan or a programme in it: the one under way is still needed."""
    from api.security.sealing import SUFFIX
    from api.security.wiping import PLAN_NAME

    for name in (PLAN_NAME, PROGRAMME_NAME, PLAN_NAME + SUFFIX, PROGRAMME_NAME + SUFFIX):
        if (folder / name).exists():
            raise UsageError(
                "file_exists",
                "there is a plan or a programme in this folder already",
                where=str(folder / name),
                remedy="give another folder with --out",
            )


def _write(folder: Path, made: Replanned, passphrase: str | None) -> Sequence[Path]:
    from api.cli.outputs import write_outputs
    from api.security.private_files import write_private
    from api.security.sealing import SUFFIX, seal
    from routing.domain.loading import dump_programme

    name = PROGRAMME_NAME if passphrase is None else PROGRAMME_NAME + SUFFIX
    written = write_outputs(folder, made.plan, None, passphrase)
    data = dump_programme(made.programme)
    write_private(folder, {name: data if passphrase is None else seal(data, passphrase)})
    return (*written, folder / name)
