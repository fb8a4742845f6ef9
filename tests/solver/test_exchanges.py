"""Whole days on which older doses are fetched: custody, the way back to the site, and what the checker says."""

from typing import Any

import pytest

from routing.checking import check
from routing.domain.clients import Client
from routing.domain.ledger import LedgerState
from routing.domain.places import PlaceKind
from routing.domain.plan import Plan, Step, StepType
from routing.domain.programme import Programme
from routing.domain.volunteers import Authorisation, CustodyCeiling, Mode, Vehicle, Volunteer
from tests.continuity.stories import FOOD, client, entry, policy
from tests.continuity.test_changes import TOP_UP, changing, exchanging
from tests.solver.town import at, day, plan, reasons, rider, store, town, wanting

RULE = policy(early_days=2)


def carrier(millilitres: float, **fields: Any) -> Volunteer:
    return rider(
        custody=(CustodyCeiling(product_id="p1", quantity=millilitres),),
        authorisations=(Authorisation(authorisation_id="controlled"),),
        **fields,
    )


def swapping(client_id: str = "c1", x: float = 2) -> Client:
    """Return somebody with three bottles of 12 mL to give, and seven of 8 mL to get."""
    return client(client_id, exchanging()).changed(code_name=client_id, place=at(x))


def steps(found: Plan, kind: StepType) -> list[Step]:
    return [step for route in found.routes for step in route.steps if step.type is kind]


def told(*clients: Client, **fields: Any) -> Programme:
    return day(*clients, **{"policies": (RULE,), "volunteers": (carrier(999),), **fields})


def test_older_doses_are_fetched_at_the_visit_and_handed_in_at_the_site():
    found = plan(told(swapping()))
    (visit,) = steps(found, StepType.VISIT)
    assert [(item.product_id, item.quantity) for item in visit.items] == [("p1", 56.0)]
    assert [(item.product_id, item.quantity) for item in visit.fetched] == [("p1", 36.0)]
    (route,) = found.routes
    assert [step.type for step in route.steps] == ["start", "load", "visit", "return", "end"]


@pytest.mark.parametrize(("millilitres", "served"), [(92.0, True), (91.9, False)])
def test_there_and_back_count_against_custody(millilitres: float, served: bool):
    # 7 x 8 mL out and 3 x 12 mL back.
    found = plan(told(swapping(), volunteers=(carrier(millilitres),)))
    assert bool(steps(found, StepType.VISIT)) is served
    if not served:
        assert reasons(found) == {"c1": ["custody_ceiling"]}


@pytest.mark.parametrize(("grams", "served"), [(400, True), (399, False)])
def test_there_and_back_count_against_the_vehicle(grams: int, served: bool):
    bag = Vehicle(mode=Mode.MOTORCYCLE, plate="DK v1", max_mass_g=grams, max_volume_ml=9000)
    found = plan(told(swapping(), volunteers=(carrier(999, vehicles=(bag,)),)))
    assert bool(steps(found, StepType.VISIT)) is served


def test_of_two_exchanges_each_is_handed_in():
    found = plan(told(swapping(), swapping("c2", 4), volunteers=(carrier(92.0),)))
    assert len(steps(found, StepType.VISIT)) == 2
    assert len(steps(found, StepType.LOAD)) == 2  # one at a time, 92 mL each; the second load hands in the first's


def test_what_was_fetched_is_not_aboard_on_the_way_to_an_institution():
    prison = wanting("c2", at(4, kind=PlaceKind.INSTITUTION), goods=(FOOD,))
    stores = (store("s1"), store("s2", place=at(6)))
    far = prison.changed(supplies=(prison.supplies[0].changed(site_id="s2"),))
    found = plan(told(swapping(), far, sites=stores))
    assert {step.client_id for step in steps(found, StepType.VISIT)} == {"c1", "c2"}


def test_differences_are_planned_as_any_goods():
    found = plan(told(client("c1", changing(70.0, dose_change=TOP_UP)).changed(place=at(2))))
    (visit,) = steps(found, StepType.VISIT)
    assert [(item.quantity, len(item.units)) for item in visit.items] == [(4.0, 2)]
    assert visit.fetched == ()


# ------------------------------------------------------------------------------------ what the checker says


def spoilt(found: Plan, kind: StepType, **fields: Any) -> Plan:
    routes = tuple(
        route.changed(steps=tuple(step.changed(**fields) if step.type is kind else step for step in route.steps))
        for route in found.routes
    )
    return found.changed(routes=routes)


def said(programme: Programme, found: Plan) -> set[str]:
    return {str(each.code) for each in check(found, programme, town()[0])}


def test_what_is_fetched_is_exactly_what_was_made_before():
    programme = told(swapping())
    found = plan(programme)
    (visit,) = steps(found, StepType.VISIT)
    (item,) = visit.fetched
    assert said(programme, found) == set()
    for units in (item.units[:-1], (item.units[0].changed(quantity=8.0), *item.units[1:])):
        fewer = item.changed(units=units, quantity=sum(unit.quantity for unit in units))
        assert "wrong_quantity" in said(programme, spoilt(found, StepType.VISIT, fetched=(fewer,)))
    assert "wrong_quantity" in said(programme, spoilt(found, StepType.VISIT, fetched=()))
    other = item.changed(product_id="p2")
    assert "order_not_due" in said(programme, spoilt(found, StepType.VISIT, fetched=(item, other)))


def test_what_is_fetched_comes_back_to_its_site():
    programme = told(swapping())
    found = plan(programme)
    (route,) = found.routes
    without = found.changed(
        routes=(route.changed(steps=tuple(step for step in route.steps if step.type is not StepType.RETURN)),)
    )
    assert {"controlled_not_returned", "goods_left_aboard"} <= said(programme, without)


def test_what_is_fetched_counts_in_custody_and_is_given_to_nobody_else():
    programme = told(swapping())
    found = plan(programme)
    poorer = programme.changed(volunteers=(carrier(35.9),))  # 56 mL out are too much, 36 mL back too
    assert "custody_exceeded" in said(poorer, found)
    (visit,) = steps(found, StepType.VISIT)
    assert "wrong_quantity" in said(programme, spoilt(found, StepType.LOAD, fetched=visit.fetched))


def test_differences_left_out_or_wrong_are_violations():
    programme = told(client("c1", changing(70.0, dose_change=TOP_UP)).changed(place=at(2)))
    found = plan(programme)
    (visit,) = steps(found, StepType.VISIT)
    (item,) = visit.items
    one = item.changed(units=item.units[:1], quantity=2.0)
    assert "wrong_quantity" in said(programme, spoilt(found, StepType.VISIT, items=(one,)))
    whole = item.changed(units=tuple(unit.changed(quantity=14.0) for unit in item.units), quantity=28.0)
    assert "wrong_quantity" in said(programme, spoilt(found, StepType.VISIT, items=(whole,)))
    settled = programme.changed(ledger=(entry(LedgerState.HANDED_OVER, 0, 1, 2, tops_up=True),))
    assert "double_supply" in said(settled, found)
