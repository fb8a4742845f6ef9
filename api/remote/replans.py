"""`doorstep replan` on a server: what has happened is told there, and the rest of the day planned there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import notes, results, say
from api.cli.files import read_file
from api.cli.plan import seconds_of
from api.remote.following import follow
from api.remote.opening import (
    OutOption,
    PlanArgument,
    ProgrammeOption,
    opened,
    refuse_open_folder,
    say_plan,
)
from api.remote.plans import fetched_plan, write_plan
from api.remote.programmes import identifier
from api.remote.reading import show_differences
from api.security.passphrases import Passphrases
from api.settings import read_settings
from routing.domain.events import load_events


def replan(
    context: typer.Context,
    plan: PlanArgument,
    *,
    programme: ProgrammeOption,
    events: Annotated[
        Path, typer.Option(metavar="FILE", help="What has happened (docs/replanning.md), open or sealed.")
    ],
    out: OutOption = None,
    time_limit: Annotated[float, typer.Option(metavar="S", help="Seconds to search for routes.")] = 3.0,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of the search.")] = 1,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Search so many rounds, however long: the same plan every time.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what differs as JSON.")] = False,
) -> None:
    """Have what is left of a day planned, from the plan that is published; say what differs, and whom to tell.

    It is not published by this. With --out, plan.json is written here.
    """
    given = Passphrases(read_settings()).open(read_file(events), str(events))
    load_events(given)  # every fault of it is told at once, and nothing is sent
    body = {
        "events": json.loads(given),
        "time_limit_s": seconds_of(time_limit, "--time-limit"),
        "seed": seed,
        **({} if iterations is None else {"iterations": iterations}),
    }
    with opened(context, programme) as remote:
        passphrase = refuse_open_folder(remote, out)
        asked = remote.connection.post(f"{remote.plan_path(plan)}/replans", body)
        plan_id = identifier(str(asked["plan_id"]))
        say_plan(plan_id)
        follow(remote.connection, remote.plan_path(plan_id))
        written = () if out is None else write_plan(out, fetched_plan(remote, plan_id), passphrase)
        show_differences(remote, plan_id, as_json=as_json)
    for path in written:
        say(notes() if as_json else results(), f"wrote {path}")
