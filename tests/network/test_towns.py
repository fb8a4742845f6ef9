"""The engine in towns made up by Hypothesis: every entry and every leg against a search of the plainest kind."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from shapely import box

from routing.network import UNREACHABLE, LegalArea, StreetEngine, snap_all
from routing.network.speeds import speed_table
from routing.network.street_arrays import DISTANCE_BITS, INFINITE
from tests.network.towns import REMEMBERED, SECOND, Town, questions

STREET = {"highway": "residential"}
# A thousandth of a degree on the equator is 111.195 m: 20.02 s by car (20 km/h), 28.59 s by bicycle (14 km/h), 88.96 s
# on foot (4.5 km/h).
LINE = {n: (n / 1000, 0.0) for n in range(5)}


@settings(max_examples=100, deadline=None)
@given(question=questions())
def test_every_entry_and_every_leg_is_that_of_a_plain_search(question):
    streets, mode, area, places = question
    answer = StreetEngine(streets).travel(mode, area, places, [0] * len(places))
    town = Town(streets, mode, area)
    expected = town.matrix(places, answer.place_legal)
    assert answer.weights().tolist() == expected.tolist()
    answer.forget()
    for i, j in np.argwhere(expected < INFINITE).tolist():
        if i != j:
            check(town, answer.leg(i, j), places[i], places[j], int(expected[i, j]))


def check(town: Town, leg, start, end, weight: int) -> None:
    """The pieces of a leg lead there, may be driven in this order, and weigh what the matrix says."""
    runs = runs_of(town, leg)
    total, driven = sum(town.part(*run) for run in runs), ()
    for run, following in pairwise([*runs, None]):
        assert arc_of(run) in town.open
        driven = (*driven, arc_of(run))[-REMEMBERED:]
        if following is not None:
            assert town.corner(driven[-1], end=True) == town.corner(arc_of(following), end=False)
            total += 0 if town.mode == "foot" else town.turn(driven, arc_of(following))
    assert leg.checkpoint_s == sum(town.waits_s(*run) for run in runs)
    assert weight - total in {0, *first_turns(town, start)}
    if runs:
        assert any(near(spot, runs[0][:2]) for spot in town.spots(start))
        assert any(near(spot, runs[-1][::2]) for spot in town.spots(end))


def arc_of(run) -> int:
    return 2 * run[0] + (run[1] > run[2])


def near(spot, other) -> bool:
    """Pieces are written with six decimals."""
    return spot[0] == other[0] and abs(spot[1] - other[1]) < 1e-5


def first_turns(town: Town, start) -> set[int]:
    """A place at a node may be left by a turn, which the leg's pieces do not show."""
    costs = speed_table().modes[town.mode].turns
    if costs is None or town.at_node(start) is None:
        return set()
    return {round(s * 1000) << DISTANCE_BITS for s in (costs.ordinary_s, costs.sharp_s, costs.u_turn_s)}


def runs_of(town: Town, leg) -> list[tuple[int, float, float]]:
    """Return (chain, from, to) of a leg's pieces, those that go on along one chain together."""
    where = {}
    for chain, nodes in enumerate(town.nodes):
        way_id = int(town.streets.chain_way[chain])
        for k, (a, b) in enumerate(pairwise(town.streets.node_id[nodes].tolist())):
            where[way_id, a, b] = chain, k, k + 1
            where[way_id, b, a] = chain, k + 1, k
    runs: list[tuple[int, float, float]] = []
    for way_id, tail, head, f0, f1 in leg.streets:
        chain, from_, to = where[way_id, tail, head]
        begin, stop = (round(from_ + (to - from_) * f, 6) for f in (f0, f1))
        if runs and (runs[-1][0], runs[-1][2]) == (chain, begin) and 0 < begin < len(town.nodes[chain]) - 1:
            runs[-1] = chain, runs[-1][1], stop
        else:
            runs.append((chain, begin, stop))
    return runs


# What such towns have found, by hand


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_a_ring_leads_back_to_where_it_began_and_no_farther(streets_of, order):
    nodes = LINE | {10: (0.00125, 0.0001), 11: (0.0011, 0.00025)}  # a ring at node 1, about 83 m around: 21.3 s
    ways = dict(sorted(zip(order, ([1, 2], [0, 1], [1, 10, 11, 1]), strict=True)))
    streets = streets_of(nodes, {way: (refs, STREET) for way, refs in ways.items()})
    places = snap_all(streets, "bicycle", [nodes[0], nodes[1], nodes[2]])
    answer = StreetEngine(streets).travel("bicycle", LegalArea(), places, [0] * 3)
    assert answer.time_s.tolist() == [[0, 29, 58], [29, 0, 29], [58, 29, 0]]


def test_a_one_way_ring_is_driven_round_to_what_lies_behind(streets_of):
    # Node 1 lies on a ring 1-10-11-1, along it one-way; behind on the ring is all the way round, over node 1.
    nodes = LINE | {10: (0.002, 0.001), 11: (0.001, 0.001)}
    streets = streets_of(nodes, {1: ([0, 1], STREET), 2: ([1, 10, 11, 1], STREET | {"oneway": "yes"})})
    early, late = (0.0015, 0.0005), (0.001, 0.0005)  # the middles of 1-10 and 11-1
    places = snap_all(streets, "car", [early, late, nodes[1]])
    answer = StreetEngine(streets).travel("car", LegalArea(), places, [0] * 3)
    # early to late: 78.63 + 111.19 + 55.60 m = 44.18 s. Late to early: 55.60 + 78.63 m = 24.16 s and at node 1 an
    # angle of 135 degrees, a sharp turn.
    sharp_s = speed_table().modes["car"].turns.sharp_s
    assert answer.time_s[0, 1] == 45
    assert answer.weights()[1, 0] >> DISTANCE_BITS == pytest.approx(24162 + 1000 * sharp_s, abs=2)
    assert len(answer.leg(1, 0).streets) == 2


def test_who_stays_at_a_checkpoint_is_not_held_up_there(streets_of):
    streets = streets_of(LINE, {1: ([0, 1], STREET), 2: ([1, 2], STREET)})
    area = LegalArea(delays=((box(0.0009, -1, 0.0011, 1), 60),))  # around node 1
    for mode, drive_s in (("foot", 89), ("car", 21)):
        places = snap_all(streets, mode, [LINE[0], LINE[1], LINE[1], LINE[2]])
        answer = StreetEngine(streets).travel(mode, area, places, [0] * 4)
        # to node 1, or from there: one street that touches the place; from end to end: two
        assert answer.time_s[0, 1] == answer.time_s[1, 0] == answer.time_s[1, 3] == drive_s + 60
        assert answer.time_s[1, 2] == 0
        assert answer.leg(1, 3).checkpoint_s == 60
        assert answer.leg(0, 3).checkpoint_s == 120
        assert answer.weights()[0, 3] // SECOND == (2 * 88956 if mode == "foot" else 2 * 20015) // 1000 + 120


def test_two_nodes_at_one_spot_are_no_turn(streets_of):
    # A cross street 3-1-4 meets 0-1-2; the way on from node 1 begins with a second node at the same spot.
    nodes = LINE | {3: (0.001, 0.001), 4: (0.001, -0.001), 10: LINE[1]}
    streets = streets_of(nodes, {1: ([1, 10, 0], STREET), 2: ([1, 2], STREET), 3: ([3, 1, 4], STREET)})
    places = snap_all(streets, "car", [(0.0005, 0.0), (0.0015, 0.0), (0.001, 0.0005)])
    answer = StreetEngine(streets).travel("car", LegalArea(), places, [0] * 3)
    turn_ms = round(1000 * speed_table().modes["car"].turns.ordinary_s)
    # straight on; and a turn of 90 degrees, either way
    assert answer.weights()[0, 1] >> DISTANCE_BITS == answer.weights()[1, 0] >> DISTANCE_BITS == 2 * 10008
    assert answer.weights()[0, 2] >> DISTANCE_BITS == answer.weights()[2, 0] >> DISTANCE_BITS == 2 * 10008 + turn_ms


@pytest.mark.parametrize("maxspeed", ["0.0000001", "0.00000000000000001 mph"])
def test_a_limit_that_nobody_meant_makes_a_street_endless_and_no_more(streets_of, maxspeed):
    ways = {n + 1: ([n, n + 1], STREET | ({"maxspeed": maxspeed} if n == 1 else {})) for n in range(3)}
    streets = streets_of(LINE, ways)
    places = snap_all(streets, "car", [(0.0005, 0.0), (0.0015, 0.0), (0.0025, 0.0), LINE[0]])
    answer = StreetEngine(streets).travel("car", LegalArea(), places, [0] * 4)
    assert answer.time_s[0].tolist() == [0, UNREACHABLE, UNREACHABLE, 11]
    assert answer.time_s[2].tolist() == [UNREACHABLE, UNREACHABLE, 0, UNREACHABLE]


def test_a_street_across_the_world_is_no_error_and_leads_nowhere(streets_of):
    nodes = {1: (0.0, 0.0), 2: (0.0, 0.001), 3: (0.0, 40.0)}  # 4,448 km to a node somebody put elsewhere
    streets = streets_of(nodes, {1: ([1, 2], STREET), 2: ([2, 3], STREET)})
    for mode in ("foot", "car"):
        places = snap_all(streets, mode, [nodes[1], nodes[2], nodes[3]])
        answer = StreetEngine(streets).travel(mode, LegalArea(), places, [0] * 3)
        assert answer.time_s[0, 1] in (21, 89)
        assert answer.time_s[:2, 2].tolist() == [UNREACHABLE] * 2
