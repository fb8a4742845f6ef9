"""Edits applied on one screen: locks first, then visits one after the other, then the plan written and judged."""

from __future__ import annotations

from collections.abc import Sequence

from routing.assembling import assemble_routes, replans_of, summarise
from routing.checking import check
from routing.domain.edits import Edit
from routing.domain.plan import Plan, Replans
from routing.domain.programme import Programme
from routing.editing.desk import Desk, Edited, Posing
from routing.editing.locking import locks_after, locks_of, with_locks
from routing.editing.placing import Placing
from routing.editing.refusing import refuse_edits
from routing.explaining import unserved_of
from routing.solver import Solution, all_home, taken_over


def apply_edits(plan: Plan, programme: Programme, edits: Sequence[Edit], desk: Desk) -> Edited:
    """Return a plan as edits leave it, with what it breaks.

    All locks are taken together, before any visit moves. Routes that no edit touches stay as they are, unless the
    programme has changed since the plan was made.

    Parameters
    ----------
    programme
        With the locks that the plan has; it may have changed since the plan was made.

    Raises
    ------
    DayError
        Edits that cannot be, each with a code, its place and what to do; locks that contradict each other.
    """
    refuse_edits(programme, edits)
    on = plan.date
    locked = with_locks(programme, on, locks_after(locks_of(programme, on), edits))
    posing = desk.posing(locked, on)
    placing = Placing(posing.posed, taken_over(posing.posed, plan.routes))
    for number, edit in enumerate(edits):
        placing.apply(number, edit)
    edited = _written(plan, locked, posing, placing.solution, desk)
    return Edited(plan=edited, programme=locked, violations=check(edited, locked, desk.extract))


def _written(plan: Plan, programme: Programme, posing: Posing, solution: Solution, desk: Desk) -> Plan:
    """Write the plan; what was proved of the one before (remedies, a bound, absences) holds no more."""
    posed, needs = posing.posed, posing.needs
    solution, stranded = all_home(posed, solution)
    routes = assemble_routes(posed, solution, programme.zone)
    replans = replans_of(programme.so_far(plan.date), None, routes, stranded)
    return plan.changed(
        inputs=plan.inputs.changed(programme_sha256=posing.digest, extract_sha256=desk.extract.sha256),
        routes=routes,
        unserved=unserved_of(programme, plan.date, posed, solution),
        proposals=(),
        gaps=needs.gaps,
        holds=needs.holds,
        shortfalls=needs.shortfalls,
        notices=needs.notices,
        summary=summarise(programme, needs, routes, solution, plan.date),
        resilience=None,
        replans=_still_of(plan, replans),
    )


def _still_of(plan: Plan, replans: Replans | None) -> Replans | None:
    """Keep which plan the rest of the day goes on from."""
    if replans is None or plan.replans is None:
        return replans
    return replans.changed(plan_sha256=plan.replans.plan_sha256)
