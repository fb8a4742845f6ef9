"""On which days somebody may go where, as far as dates and areas tell."""

from datetime import timedelta

from routing.domain.places import Place
from routing.domain.programme import Calendar, ClosedDay
from routing.passes import reach_of
from tests.continuity.stories import MONDAY, day, noon
from tests.solver.town import area, at, permit, rider, rule, wanting, zone
from tests.solver.town import day as programme_of


def reach(client, *volunteers, days=4, **fields):
    """Return the days from Monday on which the client is reached."""
    told = programme_of(client, volunteers=volunteers or (rider(),), **fields)
    found = reach_of(told, MONDAY, days)
    return sorted((on - MONDAY).days for on in found["c1"]) if "c1" in found else None


HOME = wanting("c1", at(3))


def test_fourteen_days_are_looked_ahead():
    found = reach_of(programme_of(HOME), MONDAY)
    assert found["c1"] == {MONDAY + timedelta(days=offset) for offset in range(14)}


def test_closed_days_and_days_without_anybody_are_left_out():
    assert reach(HOME, calendar=Calendar(closed_days=(ClosedDay(on=day(2)),))) == [0, 1, 3]
    assert reach(HOME, rider(absent_on=(day(0), day(1)))) == [2, 3]
    assert reach(HOME, rider(clearance_to_on=day(1))) == [0, 1]


def test_a_pass_reaches_as_far_as_its_area_and_dates():
    required = {"movement_rules": (rule(),)}
    assert reach(HOME, passes=(permit(areas=(area(0, -1, 3, 1),)),), **required) == [0, 1, 2, 3]  # the border counts
    assert reach(HOME, passes=(permit(areas=(area(0, -1, 2.9, 1),)),), **required) == []
    assert reach(HOME, passes=(permit(valid_to_at=noon(1)),), **required) == [0, 1]
    assert reach(HOME, passes=(permit(valid_from_at=noon(2) - timedelta(hours=2)),), **required) == [2, 3]


def test_a_closed_zone_is_not_reached_until_it_ends():
    quarter = area(2.5, -1, 3.5, 1)
    assert reach(HOME, zones=(zone(quarter),)) == []
    assert reach(HOME, zones=(zone(quarter, valid_to_at=noon(0) - timedelta(hours=12)),)) == [0, 1, 2, 3]
    assert reach(HOME, zones=(zone(quarter, valid_to_at=noon(1)),)) == [2, 3]


def test_a_place_at_the_edge_is_as_good():
    closed = zone(area(2.5, -1, 3.5, 1))
    assert reach(HOME.changed(edge_place=at(2)), zones=(closed,)) == [0, 1, 2, 3]


def test_nothing_is_known_about_somebody_without_a_pin():
    assert reach(wanting("c1", Place())) is None
    assert reach(wanting("c1", Place(), edge_place=at(1))) == [0, 1, 2, 3]


def test_two_passes_reach_two_clients():
    papers = (permit("q1", areas=(area(0, 0, 1, 1),)), permit("q2", areas=(area(4, 0, 5, 1),)))
    clients = (wanting("c1", at(0.5)), wanting("c2", at(4.5)), wanting("c3", at(3)))
    found = reach_of(programme_of(*clients, passes=papers, movement_rules=(rule(),)), MONDAY, 1)
    assert {client_id: bool(days) for client_id, days in found.items()} == {"c1": True, "c2": True, "c3": False}
