"""What differs between two plans, and at which limit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from routing.domain.plan import Plan, StepType
from routing.replanning import ChangeKind, difference_of
from tests.replanning.days import order_of_visits, visits
from tests.replanning.story import planned

PLAN = planned()
WHO = visits(PLAN)[0][0].volunteer_id
ORDER = order_of_visits(PLAN, WHO)


def with_steps(plan: Plan, change) -> Plan:
    """Return a plan with its steps changed, times and figures as they are: a difference reads no more."""
    routes = (route.changed(steps=tuple(each for s in route.steps if (each := change(s)))) for route in plan.routes)
    return plan.changed(routes=tuple(routes))


def shifted(plan: Plan, client_id: str, seconds: int) -> Plan:
    by = timedelta(seconds=seconds)
    return with_steps(plan, lambda s: s.changed(begin_at=s.begin_at + by) if s.client_id == client_id else s)


@pytest.mark.parametrize(
    ("seconds", "kinds"),
    [(599, []), (600, []), (601, [ChangeKind.LATER]), (-600, []), (-601, [ChangeKind.EARLIER])],
)
def test_a_time_beyond_the_tolerance_is_another_time(seconds, kinds):
    found = difference_of(PLAN, shifted(PLAN, ORDER[1], seconds), tolerance_s=600)
    assert [change.kind for change in found.changes] == kinds
    assert found.clients_to_tell == ((ORDER[1],) if kinds else ())
    assert found.volunteers_to_tell == ((WHO,) if kinds else ())
    assert found.moves == len(kinds)


def test_a_visit_by_another_is_moved():
    other = "v2" if WHO == "v1" else "v1"
    found = difference_of(PLAN, PLAN.changed(routes=(PLAN.routes[0].changed(volunteer_id=other),)))
    assert {change.kind for change in found.changes} == {ChangeKind.MOVED}
    assert [(c.from_volunteer_id, c.to_volunteer_id, c.retimed) for c in found.changes] == [(WHO, other, False)] * 4
    assert found.volunteers_to_tell == ("v1", "v2")


def test_a_visit_dropped_or_added_is_no_move():
    fewer = with_steps(PLAN, lambda s: None if s.client_id == ORDER[2] else s)
    dropped, added = difference_of(PLAN, fewer), difference_of(fewer, PLAN)
    assert [(change.kind, change.client_id) for change in dropped.changes] == [(ChangeKind.DROPPED, ORDER[2])]
    assert [(change.kind, change.client_id) for change in added.changes] == [(ChangeKind.ADDED, ORDER[2])]
    assert (dropped.moves, added.moves) == (0, 0)
    assert (dropped.figures[0].visits, dropped.figures[1].visits) == (4, 3)


def test_what_is_done_is_no_difference():
    fewer = with_steps(PLAN, lambda s: None if s.client_id == ORDER[0] else s)
    done = [order for _, step in visits(PLAN) if step.client_id == ORDER[0] for order in step.order_ids]
    assert difference_of(PLAN, fewer, done=done).changes == ()


def test_no_place_and_no_product_is_told():
    found = str(difference_of(PLAN, with_steps(PLAN, lambda s: None if s.type is StepType.VISIT else s)))
    assert "p7" not in found.replace("c1.x0", "")
    assert "Location" not in found
