"""The whole check on one screen. Law: collects all findings; a plan, however broken, never makes it raise."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from routing.checking.case import Case
from routing.checking.checkpoints import checkpoint_violations
from routing.checking.clock import clock_violations
from routing.checking.documents import forgotten_orders, input_violations, summary_violations
from routing.checking.legs import leg_violations
from routing.checking.loads import load_violations
from routing.checking.movement import movement_violations
from routing.checking.orders import order_violations
from routing.checking.people import people_violations
from routing.checking.preferences import preference_violations
from routing.checking.resilience import resilience_violations
from routing.checking.so_far import so_far_violations
from routing.checking.violations import Violation, ViolationCode, violation
from routing.checking.visits import visit_violations
from routing.checking.volunteers import volunteer_violations
from routing.checking.walks import walk_violations
from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.network.extract import Extract

# Within these years a date has days before and after it that the calendar of Python can write.
_YEARS = range(1900, 2200)

_RULES: tuple[Callable[[Case], Iterator[Violation]], ...] = (
    input_violations,
    clock_violations,
    order_violations,
    forgotten_orders,
    visit_violations,
    people_violations,
    load_violations,
    volunteer_violations,
    leg_violations,
    walk_violations,
    movement_violations,
    checkpoint_violations,
    so_far_violations,
    summary_violations,
    preference_violations,
    resilience_violations,
)


def check(plan: Plan, programme: Programme, extract: Extract) -> tuple[Violation, ...]:
    """Judge a plan; empty: it is lawful.

    Returns
    -------
    All violations, by group of rules and then in the plan's order; none stands twice.
    """
    if plan.date.year not in _YEARS:
        message = "the plan's date is in no year anybody plans for"
        return (violation(ViolationCode.WRONG_INPUTS, "/date", message),)
    case = Case(plan, programme, extract)
    found = (each for rules in _RULES for each in rules(case))
    return tuple({(each.code, each.where, each.message): each for each in found}.values())
