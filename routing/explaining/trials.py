"""What a changed programme would do, found without planning it whole: posed, begun from the plan's routes, filled.

Law: a trial goes the way that `plan_day` goes from a start, and leaves out writing and checking alone; so what a trial
denies, planning again denies. What it grants is offered only once planning again has granted it.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from routing.continuity import needs_of
from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.domain.remedies import RemedyCode
from routing.explaining.alone import fits_alone
from routing.explaining.changes import Change, applied
from routing.network import StreetEngine, Streets
from routing.network.legal import LegalArea
from routing.network.snapping import Snap
from routing.network.travel import Travel
from routing.passes import duties_of, reach_of
from routing.solver import Posed, Solution, Start, pose, resume
from routing.solver.resuming import carried

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")
# Posed days and answers of the street engine that are kept; a day of 300 clients weighs some megabytes.
KEPT_DAYS = 128
KEPT_TRAVELS = 64


UNCHANGED = Change(code=RemedyCode.LONGER_SEARCH)


class OutOfPatienceError(Exception):
    """The time, or the number of trials, is used up."""


@dataclass
class Patience:
    """How long to look for remedies: seconds, or a number of programmes tried; None: no limit."""

    seconds: float | None = None
    programmes: int | None = None
    _begun_s: float = field(default_factory=time.monotonic)
    _tried: int = 0

    def spend(self) -> None:
        """Take note of one more programme to be tried; raise `OutOfPatienceError` where that is too many."""
        late = self.seconds is not None and time.monotonic() - self._begun_s >= self.seconds
        if late or (self.programmes is not None and self._tried >= self.programmes):
            raise OutOfPatienceError
        self._tried += 1


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What a change has to bring about.

    Attributes
    ----------
    wanted
        Orders to be served.
    kept
        Orders served by the plan, of equal or higher tier, which must stay served.
    """

    wanted: frozenset[str]
    kept: frozenset[str]


class Trials:
    """Tries changes of one day's programme; remembers what it has tried."""

    def __init__(self, programme: Programme, plan: Plan, streets: Streets, patience: Patience) -> None:
        self.programme = programme
        self.plan = plan
        self.on: date = plan.date
        self._streets = streets
        self._patience = patience
        self._engine = _RememberingEngine(StreetEngine(streets))
        self._days: _Few[Change, tuple[Posed, Solution] | None] = _Few(KEPT_DAYS)
        self._results: dict[tuple[Change, Aim], bool] = {}

    def after(self, programme: Programme, plan: Plan) -> Trials:
        """Return trials of a day that has been changed and planned again."""
        later = Trials(programme, plan, self._streets, self._patience)
        later._engine = self._engine
        return later

    def unchanged(self) -> tuple[Posed, Solution] | None:
        """Return the day as it is."""
        return self.day(UNCHANGED)

    def day(self, change: Change) -> tuple[Posed, Solution] | None:
        """Return the changed day with the plan's routes as far as they are lawful; None where there is no change."""
        return self._days.get(change, lambda: self._made(change))

    def does(self, change: Change, aim: Aim) -> bool:
        """Whether a change serves what is wanted and loses nothing that is to be kept."""
        key = (change, aim)
        if key not in self._results:
            self._results[key] = self._does(change, aim)
        return self._results[key]

    def served_by(self, change: Change, start: Start) -> frozenset[str]:
        """Return the orders served on a changed day."""
        made = self.day(change)
        return frozenset() if made is None else orders_served(resume(made[0], start, made[1]))

    def _does(self, change: Change, aim: Aim) -> bool:
        made = self.day(change)
        if made is None or not self._possible(made[0], change, aim):
            return False
        solution = resume(made[0], self.start(aim), made[1])
        served = orders_served(solution)
        return aim.kept <= served and aim.wanted <= served | _covered(change, made[0])

    def start(self, aim: Aim) -> Start:
        """Return where planning again begins."""
        return Start(routes=self.plan.routes, first=aim.wanted, kept=aim.kept)

    def _possible(self, posed: Posed, change: Change, aim: Aim) -> bool:
        """Whether each of the jobs that are wanted has somebody who could do it, had they nothing else to do."""
        due = {order for job in posed.problem.jobs for order in job.order_ids}
        if not aim.kept <= due or not aim.wanted <= due | _covered(change, posed):
            return False
        jobs = [index for index, job in enumerate(posed.problem.jobs) if aim.wanted & set(job.order_ids)]
        numbers = range(len(posed.problem.vehicles))
        return all(any(fits_alone(posed.problem, number, index) for number in numbers) for index in jobs)

    def _made(self, change: Change) -> tuple[Posed, Solution] | None:
        changed = applied(change, self.programme, self.on)
        if changed is None:
            return None
        self._patience.spend()
        orders = needs_of(changed, self.on, reach_of(changed, self.on)).orders
        posed = pose(changed, self.on, orders, duties_of(changed, self.on), self._engine, self._streets)
        return posed, carried(posed, self.plan.routes)


def orders_served(solution: Solution) -> frozenset[str]:
    """Return the orders on a day's routes."""
    return frozenset(order for index in solution.served for order in solution.problem.jobs[index].order_ids)


def _covered(change: Change, posed: Posed) -> frozenset[str]:
    """Return what need not be brought any more where the client has it from the day before."""
    due = {order for job in posed.problem.jobs for order in job.order_ids}
    return frozenset(change.covers) - due


class _Few(OrderedDict[_Key, _Value]):
    """A memory of the last few."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def get(self, key: _Key, make: Callable[[], _Value]) -> _Value:  # type: ignore[override]  # it makes what is missing
        if key not in self:
            self[key] = make()
            if len(self) > self._most:
                self.popitem(last=False)
        self.move_to_end(key)
        return self[key]


class _RememberingEngine:
    """A travel engine that answers the same question once."""

    def __init__(self, engine: StreetEngine) -> None:
        self._engine = engine
        self._answers: _Few[Hashable, Travel] = _Few(KEPT_TRAVELS)

    def travel(self, mode: str, area: LegalArea, places: Sequence[Snap | None], walk_s: Sequence[int | None]) -> Travel:
        key = (mode, _key_of(area), tuple(places), tuple(walk_s))
        return self._answers.get(key, lambda: self._engine.travel(mode, area, places, walk_s))


def _key_of(area: LegalArea) -> Hashable:
    return (
        None if area.allowed is None else area.allowed.wkb,
        tuple(zone.wkb for zone in area.blocked),
        tuple((shape.wkb, seconds) for shape, seconds in area.delays),
    )
