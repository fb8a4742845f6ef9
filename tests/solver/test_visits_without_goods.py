"""Visits that bring nothing, in whole days: with the client's goods, alone, by two; and what the checker says."""

from typing import Any

import pytest

from routing.checking import check
from routing.domain.clients import Client, ClientStatus, StatusChange
from routing.domain.orders import Tier
from routing.domain.plan import Plan, Step, StepType
from routing.domain.policies import ClientClass
from routing.domain.programme import Programme
from tests.continuity.stories import CONTROLLED_ITEM, FOOD, MONDAY, client, noon, supply
from tests.continuity.stories import day as day_of
from tests.solver.town import at, day, hours, plan, reasons, rider, rule, town, wanting

LEAD = (StatusChange(status=ClientStatus.LEAD, from_at=noon(-3)),)


def new(client_id: str = "c1", x: float = 2, **fields: Any) -> Client:
    return Client(
        client_id=client_id,
        code_name=client_id,
        place=at(x),
        **{"status": LEAD, "assessment_on": MONDAY, **fields},
    )


def visits(found: Plan) -> list[Step]:
    return [step for route in found.routes for step in route.steps if step.type is StepType.VISIT]


def test_a_visit_that_brings_nothing_needs_no_call_at_a_site():
    found = plan(day(new()))
    (route,) = found.routes
    assert [step.type for step in route.steps] == ["start", "visit", "end"]
    (step,) = visits(found)
    assert (step.client_id, step.order_ids, step.items) == ("c1", ("c1.assessment",), ())
    # two lengths there and two back, 16.013 s each
    assert (route.travel_s, found.summary.clients_served) == (66, 1)


def test_one_visit_brings_the_goods_too():
    found = plan(day(new(supplies=(supply(),), follow_up_on=MONDAY)))
    (step,) = visits(found)
    assert set(step.order_ids) == {"c1.x1", "c1.assessment", "c1.follow_up"}
    assert [item.product_id for item in step.items] == ["p5"]


def test_goods_that_nobody_may_bring_keep_nobody_from_the_visit():
    # Nobody may have the controlled item in custody.
    active = new(status=(), supplies=(supply(CONTROLLED_ITEM),))
    found = plan(day(active))
    assert [step.order_ids for step in visits(found)] == [("c1.assessment",)]
    assert reasons(found) == {"c1": ["custody_ceiling"]}


def test_a_lead_gets_food_and_a_visit_and_nothing_controlled():
    found = plan(day(new(supplies=(supply(FOOD), supply(CONTROLLED_ITEM, supply_id="x2")))))
    (step,) = visits(found)
    assert (set(step.order_ids), [hold.code for hold in found.holds]) == (
        {"c1.x1", "c1.assessment"},
        ["not_prescribed"],
    )


def test_a_minor_is_visited_by_two():
    minor = new(client_class=ClientClass.MINOR)
    assert reasons(plan(day(minor))) == {"c1": ["no_pair"]}
    two = (rider("v1", pairs_with="v2"), rider("v2"))
    found = plan(day(minor, volunteers=two))
    assert sorted((route.volunteer_id, route.accompanies) for route in found.routes) == [("v1", None), ("v2", "v1")]
    assert [step.order_ids for step in visits(found)] == [("c1.assessment",)] * 2


def test_goods_of_a_higher_tier_come_first():
    # A shift of 400 s holds one visit of 300 s.
    short = (rider(shifts=(hours("08:00", "08:07"),)),)
    urgent = wanting("c2", at(0), due={"latest_on": MONDAY})
    quick = day(new(x=0), urgent, volunteers=short)
    site = quick.sites[0].changed(load_s=0)
    found = plan(quick.changed(sites=(site,)))
    assert [step.client_id for step in visits(found)] == ["c2"]
    (left,) = found.unserved
    assert (left.order_id, left.tier, left.reasons[0].code) == ("c1.assessment", Tier.T3, "displaced_by_higher_tier")


def test_where_a_pass_is_asked_for_it_is_for_this_visit_too():
    assert reasons(plan(day(new(), movement_rules=(rule(),)))) == {"c1": ["no_valid_pass"]}


def test_ids_that_would_be_alike_are_told_apart_by_the_checker_too():
    one = client("a", supplies=(supply(supply_id="b.x"),)).changed(code_name="one", place=at(1))
    other = client("a.b", supplies=(supply(supply_id="x"),)).changed(code_name="other", place=at(2))
    third = new("a.c", follow_up_on=MONDAY, supplies=())
    fourth = client("a", supplies=(supply(supply_id="c.follow_up"),)).changed(code_name="four", place=at(3))
    assert plan(day(one, other)).summary.clients_served == 2
    assert plan(day(third, fourth)).summary.clients_served == 2
    long = new("c" * 64, follow_up_on=MONDAY)
    assert plan(day(long)).summary.clients_served == 1


# ------------------------------------------------------------------------------------ what the checker says


def said(told: Programme, found: Plan) -> set[str]:
    return {str(each.code) for each in check(found, told, town()[0])}


@pytest.mark.parametrize(
    "changed",
    [
        {"assessment_on": day_of(1)},
        {"assessment_on": None},
        {"status": (StatusChange(status=ClientStatus.PAUSED, from_at=noon(-1)),)},
        {"status": (*LEAD, StatusChange(status=ClientStatus.ASSESSED, from_at=noon(0)))},
    ],
)
def test_a_visit_nobody_is_down_for_is_a_violation(changed: dict[str, Any]):
    told = day(new())
    found = plan(told)
    assert said(told, found) == set()
    other = told.changed(clients=(told.clients[0].changed(**changed),))
    assert said(other, found) - {"wrong_inputs"} == {"order_not_due"}


def test_a_visit_that_is_forgotten_is_a_violation():
    told = day(new(), client("c2"))
    found = plan(told)
    idle = found.changed(routes=(), summary=found.summary.changed(routes=0, travel_s=0, distance_m=0))
    assert "order_forgotten" in said(told, idle)
    known = told.changed(clients=(told.clients[0].changed(assessment_on=None), told.clients[1]))
    assert "order_forgotten" not in said(known, idle)
