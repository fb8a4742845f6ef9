"""Facts of the day and locks -> the least changed lawful plan of what is left of it.

Law: plans nothing itself: it is given `again`, which plans a programme with an earlier plan to begin from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from routing.domain.events import Events
from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.network.extract import Extract
from routing.replanning.applying import Applied, apply_events
from routing.replanning.differences import Change, ChangeKind, Difference, Figures, difference_of

__all__ = [
    "Applied",
    "Change",
    "ChangeKind",
    "Difference",
    "Figures",
    "Replanned",
    "apply_events",
    "difference_of",
    "replan",
]


@dataclass(frozen=True)
class Replanned:
    """The plan of the rest of the day, the programme it was made from, and what is otherwise than before."""

    plan: Plan
    programme: Programme
    difference: Difference


def replan(
    programme: Programme,
    plan: Plan,
    events: Events,
    extract: Extract,
    again: Callable[[Programme, Plan], Plan],
    finish: Callable[[Programme], Programme] = lambda programme: programme,
) -> Replanned:
    """Plan the rest of a day.

    Parameters
    ----------
    programme, plan
        The plan under way, and what it was made from.
    again
        Plans a programme's day, beginning with the routes of an earlier plan.
    finish
        What is still to be done to the programme before it is planned, and kept.

    Raises
    ------
    DayError
        The events cannot be, or locks cannot be kept.
    """
    applied = apply_events(programme, plan, events, extract)
    changed = finish(applied.programme)
    made = again(changed, plan)
    day = changed.day
    done = () if day is None else (order_id for each in day.served for order_id in each.order_ids)
    tolerance_s = 0 if day is None else day.tolerance_s
    difference = difference_of(plan, made, tolerance_s=tolerance_s, done=done, exposed=applied.exposed)
    return Replanned(made, changed, difference)
