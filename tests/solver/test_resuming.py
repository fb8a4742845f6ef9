"""A day begun from an earlier plan: what is lawful stays, what is missing comes in, what is to be kept is kept."""

from __future__ import annotations

from routing.continuity import needs_of
from routing.domain.passes import ZoneEntry
from routing.domain.plan import Plan
from routing.domain.products import Purpose
from routing.domain.programme import Programme
from routing.network import StreetEngine
from routing.passes import duties_of, reach_of
from routing.plan_day import Budget, plan_day
from routing.solver import Posed, Start, pose
from routing.solver.resuming import carried
from tests.continuity.stories import FOOD, MONDAY, NALOXONE
from tests.solver.town import area, at, day, hours, plan, rider, served, store, town, wanting, zone

MANY = tuple(wanting(f"c{number}", at(number)) for number in range(1, 6))


def posed(told: Programme) -> Posed:
    orders = needs_of(told, MONDAY, reach_of(told, MONDAY)).orders
    streets = town()[1]
    return pose(told, MONDAY, orders, duties_of(told, MONDAY), StreetEngine(streets), streets)


def orders(found: Plan) -> set[str]:
    return {order for route in found.routes for step in route.steps for order in step.order_ids}


def again(told: Programme, start: Start) -> Plan:
    """Plan from a start; the checker passes it."""
    return plan_day(told, MONDAY, *town(), Budget(iterations=1), start=start)


def test_an_unchanged_day_keeps_its_routes():
    told = day(*MANY, volunteers=(rider(), rider("v2")))
    made = plan(told)
    assert again(told, Start(routes=made.routes)).routes == made.routes


def test_without_earlier_routes_everything_is_put_in():
    assert served(again(day(*MANY), Start())) == {client.client_id for client in MANY}


def test_a_route_whose_volunteer_is_away_goes_to_another():
    told = day(*MANY)
    made = plan(told)
    changed = told.changed(volunteers=(rider(absent_on=(MONDAY,)), rider("v2")))
    assert carried(posed(changed), made.routes).routes == {}
    assert {route.volunteer_id for route in again(changed, Start(routes=made.routes)).routes} == {"v2"}


def test_an_order_that_is_no_longer_asked_for_is_left_out():
    told = day(*MANY)
    made = plan(told)
    assert served(again(told.changed(clients=MANY[1:]), Start(routes=made.routes))) == {"c2", "c3", "c4", "c5"}


def test_a_duty_is_given_nothing_that_it_may_not_carry():
    """A zone that lets medicine in makes a second duty, on which food must not travel, though its times would fit."""
    clients = (wanting("c1", at(5), goods=(NALOXONE,)), wanting("c2", at(2), goods=(FOOD,)))
    told = day(*clients, zones=(zone(area(3.6, -9, 4.4, 9), entry=ZoneEntry.BLOCKED),))
    made = plan(told)
    assert served(made) == {"c2"}
    opened = zone(area(3.6, -9, 4.4, 9), entry=ZoneEntry.ESSENTIAL_ALLOWED, essential_purposes=(Purpose.MEDICINE,))
    changed = told.changed(zones=(opened,))
    assert served(again(changed, Start(routes=made.routes))) == {"c1", "c2"}


def test_what_is_wanted_comes_before_all_that_is_missing():
    told = day(*MANY, volunteers=(rider(max_stops=2),))
    made = plan(told)
    missing = sorted({client.client_id for client in MANY} - served(made))
    changed = told.changed(volunteers=(rider(max_stops=3),))
    for client_id in missing:
        found = again(
            changed, Start(routes=made.routes, first=frozenset({f"{client_id}.x0"}), kept=frozenset(orders(made)))
        )
        assert served(found) == served(made) | {client_id}


def test_room_is_made_by_moving_a_visit():
    """V1 alone may go to c1, and has a visit that v2 could make."""
    told = day(MANY[1], volunteers=(rider(max_stops=1),))
    made = plan(told)
    changed = told.changed(
        clients=(MANY[0].changed(vetoes=("v2",)), MANY[1]), volunteers=(rider(max_stops=1), rider("v2", max_stops=1))
    )
    found = again(changed, Start(routes=made.routes, first=frozenset({"c1.x0"}), kept=frozenset({"c2.x0"})))
    assert {
        (route.volunteer_id, step.client_id) for route in found.routes for step in route.steps if step.order_ids
    } == {
        ("v1", "c1"),
        ("v2", "c2"),
    }


def test_what_is_kept_is_not_given_up_and_the_rest_may_be():
    told = day(MANY[1], volunteers=(rider(max_stops=1),))
    made = plan(told)
    changed = told.changed(clients=MANY[:2])
    wanted = frozenset({"c1.x0"})
    kept = again(changed, Start(routes=made.routes, first=wanted, kept=frozenset({"c2.x0"})))
    assert served(kept) == {"c2"}
    assert served(again(changed, Start(routes=made.routes, first=wanted))) == {"c1"}


def test_two_who_ride_together_stay_together():
    two = (rider(pairs_with="v2"), rider("v2"))
    told = day(MANY[0].changed(pair_required=True), MANY[1], volunteers=two)
    made = plan(told)
    found = again(told, Start(routes=made.routes))
    assert orders(found) == orders(made) == {"c1.x0", "c2.x0"}


def test_a_site_that_opens_later_moves_the_route_and_keeps_it():
    told = day(*MANY)
    made = plan(told)
    found = again(told.changed(sites=(store(hours=(hours("09:00", "15:00"),)),)), Start(routes=made.routes))
    assert orders(found) == orders(made)
