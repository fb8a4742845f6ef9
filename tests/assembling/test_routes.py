"""The plan says what the schedule says: steps, goods, passes, and who rides along."""

from datetime import time

import pytest

from routing.domain.orders import Tier
from routing.domain.plan import StepType
from routing.domain.volunteers import Authorisation, Break, CustodyCeiling, Mode, Vehicle
from tests.continuity.stories import FOOD, LIQUID, MONDAY, NALOXONE, noon, regimen, supply
from tests.solver.town import at, day, permit, plan, rider, rule, store, wanting


def only_route(told):
    (route,) = plan(told).routes
    return route


def kinds(route):
    return [str(step.type) for step in route.steps]


def clock(instant):
    return instant.strftime("%H:%M:%S")


def test_a_route_from_start_to_end():
    route = only_route(day(wanting("c1", at(3))))
    assert kinds(route) == ["start", "load", "visit", "end"]
    # Load at the start's own place 5:00, 49 s, service 5:00, 49 s.
    assert [(clock(step.arrival_at), clock(step.departure_at)) for step in route.steps] == [
        ("08:00:00", "08:00:00"), ("08:00:00", "08:05:00"), ("08:05:49", "08:10:49"), ("08:11:38", "08:11:38"),
    ]  # fmt: skip
    assert (route.travel_s, route.service_s, route.waiting_s, route.distance_m) == (98, 600, 0, 668)
    assert route.plate == "DK v1"
    assert [step.leg is None for step in route.steps] == [True, False, False, False]


def test_what_is_loaded_is_what_is_handed_over():
    route = only_route(day(wanting("c1", at(3), goods=(NALOXONE, FOOD)), wanting("c2", at(1))))
    load = next(step for step in route.steps if step.type is StepType.LOAD)
    handed = [item for step in route.steps if step.type is StepType.VISIT for item in step.items]
    assert sorted(load.items, key=lambda item: item.product_id) == sorted(handed, key=lambda item: item.product_id)
    assert {order for step in route.steps for order in step.order_ids} == {"c1.x0", "c1.x1", "c2.x0"}


def test_each_load_takes_its_own_trips_goods():
    heavy = FOOD.changed(mass_g=9000.0)
    clients = [wanting(f"c{x}", at(x), supplies=(supply(heavy),)) for x in (1, 2)]
    route = only_route(day(*clients, products=(heavy,), policies=()).changed(policies=()))
    assert kinds(route) == ["start", "load", "visit", "load", "visit", "end"]
    loads = [sum(item.quantity for item in step.items) for step in route.steps if step.type is StepType.LOAD]
    assert loads == [2, 2]


def test_goods_of_two_sites_are_loaded_at_each():
    client = wanting("c1", at(5), supplies=(supply(supply_id="x0"), supply(FOOD, supply_id="x1", site_id="s2")))
    route = only_route(day(client, sites=(store(), store("s2", place=at(2)))))
    assert [
        (step.site_id, [item.product_id for item in step.items]) for step in route.steps if step.type is StepType.LOAD
    ] == [("s1", ["p5"]), ("s2", ["p6"])]


def test_controlled_goods_are_counted_in():
    dosed = wanting("c1", at(3), supplies=(), regimens=(regimen(LIQUID),))
    trained = rider(
        custody=(CustodyCeiling(product_id="p1", quantity=999.0),),
        authorisations=(Authorisation(authorisation_id="controlled"),),
    )
    route = only_route(day(dosed, volunteers=(trained,)))
    assert kinds(route) == ["start", "load", "visit", "return", "end"]
    assert (route.steps[3].site_id, route.steps[3].items) == ("s1", ())


def test_every_leg_names_the_pass_it_is_driven_under():
    route = only_route(day(wanting("c1", at(3)), passes=(permit(),), movement_rules=(rule(),)))
    assert {step.leg.pass_ids for step in route.steps if step.leg is not None} == {("q1",)}


def test_no_pass_is_named_where_none_is_used():
    route = only_route(day(wanting("c1", at(3))))
    assert {step.leg.pass_ids for step in route.steps if step.leg is not None} == {()}


def test_who_rides_along_takes_the_vehicle_their_pass_is_for():
    a, b = (Vehicle(mode=Mode.MOTORCYCLE, plate=plate, max_mass_g=9000, max_volume_ml=9000) for plate in "AB")
    routes = plan(
        day(
            wanting("c1", at(3), pair_required=True),
            volunteers=(rider(pairs_with="v2", custody_blocked=True), rider("v2", vehicles=(a, b))),
            passes=(permit("q1", "v1"), permit("q2", "v2", plates=("B",))),
            movement_rules=(rule(),),
        )
    ).routes
    assert {(route.volunteer_id, route.plate) for route in routes} == {("v1", "DK v1"), ("v2", "B")}


LUNCH = Break(earliest_time=time(8, 5), latest_time=time(8, 30), duration_s=1800)
PAIR = {"passes": (permit("q1", "v1"), permit("q2", "v2")), "movement_rules": (rule(),)}


def pair(first=(), second=(), **fields):
    told = day(
        wanting("c1", at(3), pair_required=True),
        wanting("c2", at(6, 3), pair_required=True, service_s=1800),
        volunteers=(rider(pairs_with="v2", breaks=first), rider("v2", breaks=second)),
        **fields,
    )
    found = {route.volunteer_id: route for route in plan(told).routes}
    lead = next(route for route in found.values() if route.accompanies is None)
    escort = next(route for route in found.values() if route.accompanies is not None)
    return lead, escort


def test_who_rides_along_makes_the_same_visits_empty_handed_under_a_pass_of_their_own():
    lead, escort = pair(**PAIR)
    assert escort.accompanies == lead.volunteer_id
    assert [step.begin_at for step in escort.steps] == [step.begin_at for step in lead.steps]
    assert all(step.items == () for step in escort.steps)
    assert any(step.items for step in lead.steps)
    papers = [{step.leg.pass_ids for step in route.steps if step.leg is not None} for route in (lead, escort)]
    assert sorted(papers, key=str) == [{("q1",)}, {("q2",)}]
    assert escort.plate == f"DK {escort.volunteer_id}"


@pytest.mark.parametrize(
    ("first", "second", "taken"), [((LUNCH,), (), [1, 0]), ((), (LUNCH,), [0, 1]), ((LUNCH,), (LUNCH,), [1, 1])]
)
def test_a_pair_rests_when_either_must_and_each_sheet_names_its_own_breaks(first, second, taken):
    routes = {route.volunteer_id: route for route in pair(first, second)}
    assert [kinds(routes[name]).count("break") for name in ("v1", "v2")] == taken
    # Half an hour of rest: 2 x 5 min of loading and visiting c1, 30 min at c2, some travel.
    assert (routes["v1"].end_at - routes["v1"].start_at).total_seconds() > 1800 + 1800 + 600
    assert routes["v1"].service_s == routes["v2"].service_s == 300 + 300 + 1800


def test_routes_stand_by_volunteer_and_time():
    clients = [wanting(f"c{x}", at(x)) for x in range(1, 5)]
    found = plan(day(*clients, volunteers=(rider("v2", max_stops=2), rider("v1", max_stops=2))))
    assert [route.volunteer_id for route in found.routes] == ["v1", "v2"]


# --------------------------------------------------------------------------------------------------- the summary


def test_the_figures_of_a_day():
    late = {"latest_on": MONDAY}
    found = plan(
        day(
            wanting("c1", at(3), goods=(NALOXONE, FOOD)),
            wanting("c2", at(1), vetoes=("v1",), due=late),
            wanting("c3", at(2), goods=(NALOXONE, FOOD)),
            volunteers=(rider(max_stops=2),),
        )
    )
    summary = found.summary
    assert (summary.clients_due, summary.clients_served, summary.clients_served_in_part) == (3, 2, 0)
    assert (summary.routes, summary.missed_dose_days) == (1, 0)  # a supply is no dose
    assert summary.travel_s == found.routes[0].travel_s
    assert summary.objective[1 + Tier.T1.rank] > 0  # what was locked and left out comes first
    assert summary.engine == "insertion + ortools routing"


def test_a_client_served_in_part_and_a_dose_missed():
    dosed = wanting("c1", at(3), regimens=(regimen(LIQUID),))
    summary = plan(day(dosed)).summary  # nobody may carry the dose; the kits come
    assert (summary.clients_due, summary.clients_served, summary.clients_served_in_part) == (1, 0, 1)
    assert summary.missed_dose_days == 1


def test_a_day_nobody_is_due_has_no_route():
    summary = plan(day()).summary
    assert (summary.clients_due, summary.routes, summary.engine) == (0, 0, "none")


def test_instants_are_written_in_the_programmes_zone():
    route = only_route(day(wanting("c1", at(3))))
    assert route.start_at.isoformat() == "2026-11-23T08:00:00+08:00"
    assert route.start_at < noon(0)
