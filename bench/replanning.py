"""One no-show in a day of 100 clients: replanned beside planned afresh, with the same budget and seed.

Days stand on the streets of Denpasar. `riders`: clients of the scenario, over and over, at corners drawn by the seed;
eight riders without passes. `everything`: made up as for the benches of the search, with passes, two sites, breaks,
pairs and controlled goods; of three seeds in a row the second has shorter shifts, and in the third far more is due
than can be served. Early in the day the client whom one of them has just tried to see is not at home. Afresh: the same
programme without promises, so that nothing asks for few changes, and without the earlier routes.
"""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.solver.days import made_up
from bench.solver.made_up.clients import DAY as EVERYTHING_DAY
from routing.domain.events import Events, Failure, VisitFailed
from routing.domain.loading import load_programme
from routing.domain.orders import Tier
from routing.domain.plan import Plan, StepType
from routing.domain.programme import Programme
from routing.network import Streets, load_streets, read_extract
from routing.network.extract import Extract
from routing.network.warming import warm_up
from routing.plan_day import Budget, plan_day
from routing.replanning import difference_of, replan

SCENARIO = Path(__file__).parents[1] / "scenarios" / "denpasar"
DAY = date(2026, 11, 23)
CLIENTS, RIDERS = 100, 8
KINDS = ("riders", "everything")
BUDGET, FIRST_BUDGET = Budget(3.0), Budget(10.0)


@dataclass(frozen=True)
class Case:
    """A day, and how long its plan and what is planned after the no-show are searched for."""

    kind: str
    seed: int
    clients: int = CLIENTS
    first_budget: Budget = FIRST_BUDGET
    budget: Budget = BUDGET

    def programme(self, extract: Extract, streets: Streets) -> Programme:
        """Make the day up."""
        if self.kind == "riders":
            return made_up_day(self.seed, extract, self.clients)
        return made_up(self.kind, self.clients, self.seed - 1, streets)

    @property
    def on(self) -> date:
        """The day's date."""
        return DAY if self.kind == "riders" else EVERYTHING_DAY


@dataclass(frozen=True)
class Run:
    """One day: seconds, visits moved (to others, or in time), and what is unserved, of both."""

    seconds: float
    moves: int
    afresh_moves: int
    unserved: tuple[float, ...]
    afresh_unserved: tuple[float, ...]


def replanning_table(runs: int) -> Table:
    """Return the table, a row a day of each kind."""
    title = f"One no-show in a day of {CLIENTS} clients, {BUDGET.time_limit_s:g} s for the routes"
    table = Table(title=title)
    for heading in ("day", "seconds in all", "moved", "moved afresh", "unserved T0a to T4", "afresh", "no worse"):
        table.add_column(heading, justify="left" if heading == "day" else "right")
    for kind in KINDS:
        found = [measured(Case(kind, seed)) for seed in range(1, runs + 1)]
        for seed, run in enumerate(found, start=1):
            table.add_row(f"{kind} {seed}", *_cells(run))
        pairs = zip(*((run.seconds, run.moves, run.afresh_moves) for run in found), strict=True)
        table.add_row("median", *(f"{statistics.median(each):g}" for each in pairs), style="bold")
    return table


def _cells(run: Run) -> list[str]:
    lost, afresh = (" ".join(f"{each:g}" for each in some) for some in (run.unserved, run.afresh_unserved))
    no_worse = "yes" if run.unserved <= run.afresh_unserved else "NO"
    return [f"{run.seconds:.1f}", str(run.moves), str(run.afresh_moves), lost, afresh, no_worse]


def measured(case: Case) -> Run:
    """Plan a day, let one client be out, and plan the rest in both ways."""
    path = SCENARIO / "denpasar.osm.pbf"
    extract = read_extract(path)
    with tempfile.TemporaryDirectory() as folder:
        streets = load_streets(path, Path(folder))
        warm_up()
        programme = case.programme(extract, streets)
        plan = plan_day(programme, case.on, extract, streets, replace(case.first_budget, seed=case.seed))
        return _replanned(programme, plan, extract, streets, replace(case.budget, seed=case.seed))


def _replanned(programme: Programme, plan: Plan, extract: Extract, streets: Streets, budget: Budget) -> Run:
    began = time.monotonic()
    made = replan(
        programme,
        plan,
        one_no_show(plan),
        extract,
        lambda told, before: plan_day(told, plan.date, extract, streets, budget, before=before),
    )
    seconds = time.monotonic() - began
    day = made.programme.day
    assert day is not None  # noqa: S101
    afresh = plan_day(made.programme.changed(day=day.changed(promised=())), plan.date, extract, streets, budget)
    done = [order_id for each in day.served for order_id in each.order_ids]
    difference = difference_of(plan, afresh, tolerance_s=day.tolerance_s, done=done)
    weights = slice(1, 1 + len(Tier))
    return Run(
        seconds,
        made.difference.moves,
        difference.moves,
        made.plan.summary.objective[weights],
        afresh.summary.objective[weights],
    )


def one_no_show(plan: Plan) -> Events:
    """Return that the client of the third visit of the longest route is not at home, and nothing else."""
    route = max((each for each in plan.routes if each.accompanies is None), key=lambda each: len(each.steps))
    step = [each for each in route.steps if each.type is StepType.VISIT][2]
    event = VisitFailed(
        type="visit_failed",
        at=step.departure_at,
        volunteer_id=route.volunteer_id,
        client_id=step.client_id or "",
        reason=Failure.NOT_HOME,
    )
    return Events(schema_="doorstep.events/1", on=plan.date, now_at=step.departure_at, events=(event,))


def made_up_day(seed: int, extract: Extract, clients: int = CLIENTS) -> Programme:
    """Return a programme of so many clients and eight riders."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    raw: dict[str, Any] = json.loads((SCENARIO / "programme.json").read_text("utf-8"))
    corners = sorted({node for way in extract.ways.values() for node in way.nodes if _residential(way.tags)})
    usual = [each for each in raw["clients"] if _plain(each)]
    raw["clients"] = [
        _client(usual[number % len(usual)], number, extract.nodes[chance.choice(corners)]) for number in range(clients)
    ]
    riders = [each for each in raw["volunteers"] if each["vehicles"][0]["mode"] == "motorcycle"]
    raw["volunteers"] = [_rider(riders[number % len(riders)], number) for number in range(RIDERS)]
    for site in raw["sites"]:
        site["stock"] = [{**each, "quantity": each["quantity"] * 10} for each in site.get("stock", [])]
    raw |= {"passes": [], "movement_rules": [], "zones": [], "checkpoints": [], "ledger": []}
    return load_programme(json.dumps(raw).encode())


def _residential(tags: dict[str, str]) -> bool:
    return tags.get("highway") in {"residential", "tertiary", "secondary"}


def _plain(client: dict[str, Any]) -> bool:
    """Whether somebody is visited by one rider, at home, today."""
    special = {"pair_required", "edge_place", "guardian", "isolating", "vetoes", "requires", "consent", "household_id"}
    location = client["place"].get("location") or client["place"].get("pin")
    return not special & set(client) and location is not None and client["place"].get("kind", "home") == "home"


def _client(usual: dict[str, Any], number: int, corner: tuple[float, float]) -> dict[str, Any]:
    place = {"location": {"lon": round(corner[0], 6), "lat": round(corner[1], 6)}}
    kept = {key: value for key, value in usual.items() if key not in {"prefers", "phone"}}
    return {**kept, "client_id": f"c{number}", "code_name": f"client {number}", "place": place}


def _rider(usual: dict[str, Any], number: int) -> dict[str, Any]:
    kept = {key: value for key, value in usual.items() if key not in {"pairs_with", "vetoes", "max_stops", "absent_on"}}
    plates = [{**each, "plate": f"B {number}"} for each in usual["vehicles"]]
    return {**kept, "volunteer_id": f"v{number}", "code_name": f"rider {number}", "vehicles": plates}
