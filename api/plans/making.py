"""A day planned from its files: what the command and the service's workers do alike.

Law: kernels and streets are at hand before the time for the routes begins to run.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from routing.domain.programme import Programme

if TYPE_CHECKING:
    from routing.domain.plan import Plan
    from routing.explaining import Patience
    from routing.network.extract import Extract
    from routing.plan_day import Budget, Progress
    from routing.solver import Stop

# Two processes that search beside this one take some seconds to start.
TOGETHER_FROM_S = 10.0
# With iterations nothing goes by a clock: so many changed programmes are tried.
COUNTED_PROGRAMMES = 100


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked of a plan.

    Attributes
    ----------
    remedies_s
        Seconds to look for what would serve who is left out; 0: not at all.
    """

    budget: Budget
    remedies_s: float
    resilience: bool = False


def make_plan(
    programme: Programme,
    on: date,
    extract_path: Path,
    cache: Path,
    wanted: Wanted,
    progress: Progress,
    stop: Stop = lambda: False,
) -> tuple[Plan, Extract]:
    """Plan a day; return the plan, which the checker passed, and the extract.

    Parameters
    ----------
    cache
        Folder of compiled streets.
    stop
        Once it says so, the best so far is taken, and no remedies are looked for.

    Raises
    ------
    DoorstepError
        What `plan_day` raises, and what is wrong with the extract.
    """
    from routing.network import warming as street_kernels
    from routing.network.extract import read_extract
    from routing.network.streets import load_streets
    from routing.plan_day import add_remedies, plan_day
    from routing.solver import Portfolio
    from routing.solver import warming as search_kernels

    budget = wanted.budget
    together = budget.iterations is None and budget.time_limit_s >= TOGETHER_FROM_S and not stop()
    with ExitStack() as at_hand:
        # Its processes import what they need while the streets are read.
        portfolio = at_hand.enter_context(Portfolio()) if together else None
        extract = read_extract(extract_path)
        streets = load_streets(extract_path, cache)
        street_kernels.warm_up()
        search_kernels.warm_up()
        made = plan_day(
            programme,
            on,
            extract,
            streets,
            budget,
            progress,
            resilience=wanted.resilience,
            portfolio=portfolio,
            stop=stop,
        )
    if made.unserved and wanted.remedies_s > 0 and not stop():
        patience = _patience(wanted.remedies_s, counted=budget.iterations is not None)
        made = add_remedies(made, programme, extract, streets, patience, progress)
    return made, extract


def _patience(seconds: float, *, counted: bool) -> Patience:
    """Return how long to look for remedies: so many programmes, where the plan has to come out the same every time."""
    from routing.explaining import Patience

    return Patience(programmes=COUNTED_PROGRAMMES) if counted else Patience(seconds=seconds)
