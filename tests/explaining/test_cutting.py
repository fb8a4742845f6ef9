"""A pass or a zone that cuts the town in two: the far side is unreachable, and the plan says by whom and what.

Streets go north at x = 0 .. 6 and east at y = 0 .. 3; the site and the volunteers are at (0, 0), c1 and c2 east of the
cut, c3 west of it.
"""

import pytest

from routing.domain.passes import Zone
from tests.solver.town import area, at, day, permit, plan, rider, rule, served, wanting, zone

# Both sides, without the ground between x = 2.5 and x = 3.5.
HALVES = (area(-1, -1, 2.5, 4), area(3.5, -1, 8, 4))
WALL = area(2.4, -1, 2.6, 4)
ALONE = (rider(),)
CLIENTS = (wanting("c1", at(5)), wanting("c2", at(4, 2)), wanting("c3", at(2)))


def why(*, passes=(), zones: tuple[Zone, ...] = (), volunteers=ALONE):
    told = day(*CLIENTS, volunteers=volunteers, passes=passes, zones=zones, movement_rules=(rule(),) if passes else ())
    found = plan(told)
    assert served(found) == {"c3"}
    return {entry.client_id: [(str(each.code), each.params) for each in entry.reasons] for entry in found.unserved}


def cut(volunteers, passes=(), zones=()):
    params = {"volunteers": list(volunteers), "passes": list(passes), "zones": list(zones)}
    return {client: [("cut_off_by_pass", params)] for client in ("c1", "c2")}


def test_a_pass_that_cuts_the_town_in_two():
    assert why(passes=(permit("q1", areas=HALVES),)) == cut(["v1"], passes=["q1"])


def test_a_zone_that_cuts_the_town_in_two():
    assert why(zones=(zone(WALL),)) == cut(["v1"], zones=["z1"])


def test_a_pass_leaves_one_street_and_a_zone_closes_it():
    # the halves and a bridge along y = 0 between them, closed at x = 3
    bridge = (*HALVES, area(2, -0.2, 4, 0.2))
    closed = zone(area(2.9, -0.1, 3.1, 0.1))
    assert why(passes=(permit("q1", areas=bridge),), zones=(closed,)) == cut(["v1"], passes=["q1"], zones=["z1"])


def test_a_zone_elsewhere_is_not_blamed():
    corner = zone(area(5.5, 2.5, 8, 4), zone_id="z9")
    assert why(passes=(permit("q1", areas=HALVES),), zones=(corner,)) == cut(["v1"], passes=["q1"])


def test_everybody_who_is_cut_off_is_named_and_nobody_who_may_not_stand_there():
    papers = (
        permit("q1", "v1", areas=HALVES),
        permit("q2", "v2", areas=HALVES),
        permit("q3", "v3", areas=HALVES[:1]),
    )
    found = why(passes=papers, volunteers=(rider("v1"), rider("v2"), rider("v3")))
    assert found == cut(["v1", "v2"], passes=["q1", "q2"])


@pytest.mark.parametrize("joined", [False, True])
def test_who_holds_a_pass_that_joins_both_sides_goes(joined):
    bridge = (*HALVES, area(2, -0.2, 4, 0.2)) if joined else HALVES
    found = plan(day(*CLIENTS, passes=(permit("q1", areas=bridge),), movement_rules=(rule(),)))
    assert served(found) == ({"c1", "c2", "c3"} if joined else {"c3"})


def test_the_message_names_them():
    told = day(CLIENTS[0], passes=(permit("q1", areas=HALVES),), movement_rules=(rule(),))
    ((entry,),) = (found.reasons for found in plan(told).unserved)
    assert entry.message == (
        "the place is legal ground, but no street there and back is left to v1: cut off by passes: q1; by zones: none"
    )


def test_who_may_stand_there_cannot_get_there_and_who_can_may_not():
    # At the steps: v1, whose pass holds everywhere, walks nowhere; v2 would walk, but the pass ends before.
    steps = wanting("c9", at(6.8, 3))
    unwilling = rider("v1", vehicles=(rider("v1").vehicles[0].changed(walk_max_m=0),))
    papers = (permit("q1", "v1"), permit("q2", "v2", areas=HALVES[:1]))
    found = plan(day(steps, volunteers=(unwilling, rider("v2")), passes=papers, movement_rules=(rule(),)))
    ((entry,),) = (each.reasons for each in found.unserved)
    assert entry.code == "rules_combined"
    assert entry.params == {"rules": ["no_street_connection", "outside_pass_area"], "volunteers": ["v1", "v2"]}
