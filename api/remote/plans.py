"""`doorstep plan` on a server: asked for, followed, shown, and taken here if somebody says where to.

Law: what is shown is what one's roles see; what is written here is sealed unless nobody in the programme exists.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.console import notes, results, say
from api.cli.plan import (
    REMEDIES_S,
    BoundOption,
    IterationsOption,
    NoRemediesOption,
    PlanJsonOption,
    RemediesOption,
    ResilienceOption,
    SeedOption,
    TimeLimitOption,
    seconds_of,
)
from api.remote.following import follow
from api.remote.opening import OutOption, SourceArgument, opened, refuse_open_folder, say_plan
from api.remote.programmes import Remote, identifier
from routing.domain.errors import PlanError
from routing.domain.plan import Plan, dump_plan, load_plan


def plan(
    context: typer.Context,
    source: SourceArgument,
    *,
    day: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The day; else tomorrow there.")
    ] = None,
    out: OutOption = None,
    time_limit: TimeLimitOption = 30.0,
    seed: SeedOption = 1,
    iterations: IterationsOption = None,
    bound: BoundOption = False,
    as_json: PlanJsonOption = False,
    resilience: ResilienceOption = False,
    remedies: RemediesOption = REMEDIES_S,
    no_remedies: NoRemediesOption = False,
    follow_plan: Annotated[
        str | None, typer.Option("--follow", metavar="PLAN", help="Ask for none; follow the plan of this id.")
    ] = None,
) -> None:
    """Have a day planned, and follow how. Ctrl-C asks whether to stop with the best so far, or to cancel.

    Shows the plan as one's roles see it. With --out, plan.json is written here (sealed, unless all persons in the
    programme are made up).
    """
    asked = {
        "time_limit_s": seconds_of(time_limit, "--time-limit"),
        "iterations": iterations,
        "seed": seed,
        "remedies_s": 0.0 if no_remedies else seconds_of(remedies, "--remedies", least=0.0),
        "bound": bound,
        "resilience": resilience,
    }
    with opened(context, source) as remote:
        passphrase = refuse_open_folder(remote, out)
        plan_id = follow_plan or _asked_for(remote, {"date": str(remote.day(day, ahead=1)), **asked})
        say_plan(plan_id)
        follow(remote.connection, remote.plan_path(plan_id))
        document = fetched_plan(remote, plan_id)
        written = write_plan(out, document, passphrase)
        _show(remote, document, as_json=as_json)
    for path in written:
        say(notes() if as_json else results(), f"wrote {path}")


def _asked_for(remote: Remote, body: Mapping[str, object]) -> str:
    given = {key: value for key, value in body.items() if value is not None}
    return identifier(str(remote.connection.post(f"{remote.path}/plans", given)["plan_id"]))


def fetched_plan(remote: Remote, plan_id: str) -> dict[str, Any]:
    """Return a plan that is made, as one's roles see it.

    Raises
    ------
    ToldError
        `plan_not_made`, and what a connection raises.
    """
    found = remote.connection.get(remote.plan_path(plan_id))["plan"]
    if not isinstance(found, dict):
        raise PlanError(
            "plan_not_made", "the plan is not made", where=plan_id, remedy=f"follow it: plan --follow {plan_id}"
        )
    return found


def whole(document: Mapping[str, Any]) -> Plan | None:
    """Return a plan of which one sees all; None: one's roles see a part."""
    try:
        return load_plan(json.dumps(document).encode())
    except PlanError:
        return None


def write_plan(folder: Path | None, document: Mapping[str, Any], passphrase: str | None) -> tuple[Path, ...]:
    """Write plan.json, if a folder is given; return what was written."""
    from api.cli.outputs import write_outputs
    from api.security.private_files import write_private
    from api.security.sealing import SUFFIX, seal
    from api.security.wiping import PLAN_NAME

    if folder is None:
        return ()
    made = whole(document)
    if made is not None:
        return write_outputs(folder, made, None, passphrase)
    data, name = _dumped(document), PLAN_NAME if passphrase is None else PLAN_NAME + SUFFIX
    write_private(folder, {name: data if passphrase is None else seal(data, passphrase)})
    return (folder / name,)


def _dumped(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _show(remote: Remote, document: Mapping[str, Any], *, as_json: bool) -> None:
    from api.cli.day_report import show_day
    from api.remote.seen_plans import show_seen

    made = whole(document)
    if as_json:
        sys.stdout.buffer.write(_dumped(document) if made is None else dump_plan(made))
        sys.stdout.buffer.flush()
    elif made is None:
        show_seen(results(), document, remote)
    else:
        show_day(results(), made, remote.document())
