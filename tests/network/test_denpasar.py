"""The engine against a search of another kind, over all of Denpasar's streets.

`shortest_s` below knows no chains, no packed weights and no scipy: it runs a heap over OSM nodes and single stretches.
"""

from __future__ import annotations

import heapq
import math
import random
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.network import (
    MODES,
    UNREACHABLE,
    LegalArea,
    StreetEngine,
    compile_streets,
    haversine_m,
    read_extract,
    snap_all,
)
from routing.network.access import directions, passable
from routing.network.legal import LegalGround
from routing.network.speeds import street_kph

WEST, SOUTH, EAST, NORTH = 115.205, -8.675, 115.235, -8.645


@cache
def stretches(path, mode):
    """Return (way, from, to, seconds, metres) of every stretch in each permitted direction."""
    extract, rows = read_extract(path), []
    for way in extract.ways.values():
        for a, b in pairwise(way.nodes):
            if a == b or a not in extract.nodes or b not in extract.nodes:
                continue
            metres = float(haversine_m(*extract.nodes[a], *extract.nodes[b]))
            for pair, allowed in zip([(a, b), (b, a)], directions(way.tags, mode), strict=True):
                if allowed:
                    rows.append((way.way_id, *pair, metres * 3.6 / street_kph(way.tags, mode), metres))
    return extract, rows


GOAL = -1


def plain_graph(extract, rows, legal):
    """Return {node: [(seconds, node)]} over all legal stretches."""
    graph = {}
    for _, a, b, seconds, _ in rows:
        if legal(extract.nodes[a], extract.nodes[b]):
            graph.setdefault(a, []).append((seconds, b))
    return graph


def ends(extract, rows, legal, start, end):
    """Return where to begin, [(seconds, node)], and the ways into the goal, {node: [(seconds, GOAL)]}."""
    begin, into = [], {}
    for way, a, b, seconds, _ in rows:
        here, there = on_stretch(start, way, a, b), on_stretch(end, way, a, b)
        at = {f: point(extract, a, b, f) for f in (here, there, 0.0, 1.0) if f is not None}
        if here is not None and legal(at[here], at[1.0]):
            begin.append((seconds * (1 - here), b))
        if there is not None and legal(at[0.0], at[there]):
            into.setdefault(a, []).append((seconds * there, GOAL))
        if here is not None and there is not None and here <= there and legal(at[here], at[there]):
            begin.append((seconds * (there - here), GOAL))
        begin += [(0.0, a)] if here == 0.0 else []
        if there == 1.0:
            into.setdefault(b, []).append((0.0, GOAL))
    return begin, into


def shortest_s(graph, stopped, begin, into):
    """Return seconds from where we begin to the goal, or inf."""
    heap, done = sorted(begin), set()
    while heap:
        seconds, node = heapq.heappop(heap)
        if node == GOAL:
            return seconds
        if node not in done and node not in stopped:
            for more, to in [*graph.get(node, ()), *into.get(node, ())]:
                heapq.heappush(heap, (seconds + more, to))
        done.add(node)
    return math.inf


def point(extract, a, b, f):
    (x, y), (u, v) = extract.nodes[a], extract.nodes[b]
    return x + f * (u - x), y + f * (v - y)


def on_stretch(place, way, a, b):
    """Return how far along a -> b the place (way, from, to, fraction) lies, or None."""
    if place[:3] == (way, a, b):
        return place[3]
    return 1 - place[3] if place[:3] == (way, b, a) else None


def named(streets, place):
    nodes = streets.node_id[streets.chain_nodes(place.chain)]
    return (
        int(streets.chain_way[place.chain]),
        int(nodes[place.stretch]),
        int(nodes[place.stretch + 1]),
        place.fraction,
    )


def random_pins(seed, n):
    rng = random.Random(seed)  # noqa: S311  a fixed scatter of places, no secret
    return [(rng.uniform(WEST, EAST), rng.uniform(SOUTH, NORTH)) for _ in range(n)]


PASS = shapely.Point(115.22, -8.66).buffer(0.011)
ZONE = shapely.box(115.218, -8.663, 115.221, -8.660)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("area", [LegalArea(), LegalArea(PASS, (ZONE,))], ids=["everywhere", "pass"])
def test_times_are_those_of_a_plain_search(denpasar, denpasar_pbf, mode, area):
    places = [place for place in snap_all(denpasar, mode, random_pins(3, 14)) if place][:10]
    answer = StreetEngine(denpasar).travel(mode, area, places, [0] * len(places))
    extract, rows = stretches(denpasar_pbf, mode)
    ground = LegalGround(area, denpasar.projection)

    @cache
    def legal(a, b):
        if area.allowed is None:
            return True
        xy = denpasar.projection.to_m([a, b])
        shape = shapely.Point(xy[0]) if a == b else shapely.LineString(xy)
        return bool(ground.covers(np.array([shape], np.object_))[0])

    graph, reached = plain_graph(extract, rows, legal), 0
    stopped = {node for node, tags in extract.node_tags.items() if not passable(tags, mode)}
    names = [named(denpasar, place) for place in places]
    for i, start in enumerate(names):
        for j, end in enumerate(names):
            if i == j or not (answer.place_legal[i] and answer.place_legal[j]):
                continue
            near = [row for row in rows if row[0] in (start[0], end[0])]
            seconds = shortest_s(graph, stopped, *ends(extract, near, legal, start, end))
            if seconds == math.inf:
                assert answer.time_s[i, j] == UNREACHABLE
            else:
                reached += 1
                assert math.ceil(seconds - 0.01) <= answer.time_s[i, j]
                # The plain search turns for nothing; vehicles do not (test_exactness.py has the turns).
                assert mode != "foot" or answer.time_s[i, j] <= math.ceil(seconds) + 1
    assert reached > (60 if area.allowed is None else 8)


@st.composite
def areas(draw):
    """Draw a pass of any outline around some point, sometimes with a zone in it, sometimes none."""
    lon, lat = draw(st.floats(WEST, EAST)), draw(st.floats(SOUTH, NORTH))
    radii = draw(st.lists(st.floats(0.003, 0.02), min_size=3, max_size=9))
    outline = [
        (lon + r * math.cos(2 * math.pi * k / len(radii)), lat + r * math.sin(2 * math.pi * k / len(radii)))
        for k, r in enumerate(radii)
    ]
    zone = shapely.Point(lon, lat).buffer(draw(st.floats(0.0003, 0.003)))
    return LegalArea(shapely.Polygon(outline), (zone,) if draw(st.booleans()) else ())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(area=areas(), mode=st.sampled_from(MODES), seed=st.integers(0, 50))
def test_every_leg_reproduces_the_matrix_and_stays_lawful(denpasar, denpasar_pbf, area, mode, seed):
    places = snap_all(denpasar, mode, random_pins(seed, 25))
    answer = StreetEngine(denpasar).travel(mode, area, places, [7] * len(places))
    extract, rows = stretches(denpasar_pbf, mode)
    lawful = {(way, a, b): (seconds, metres) for way, a, b, seconds, metres in rows}
    for i in range(0, len(places), 3):
        for j in range(len(places)):
            if i == j or answer.time_s[i, j] == UNREACHABLE:
                continue
            check_leg(answer.leg(i, j), answer, i, j, places, extract, lawful, area, mode)


def check_leg(leg, answer, i, j, places, extract, lawful, area, mode):
    seconds = sum(lawful[piece[:3]][0] * (piece[4] - piece[3]) for piece in leg.streets)
    metres = sum(lawful[piece[:3]][1] * (piece[4] - piece[3]) for piece in leg.streets)
    assert seconds + 14 <= leg.travel_s
    if mode == "foot":
        assert leg.travel_s <= seconds + 14 + 2  # ceil once, and a millisecond an arc
    assert leg.travel_s == answer.time_s[i, j]
    assert leg.distance_m == answer.distance_m[i, j]
    assert abs(leg.distance_m - metres) <= 1 + 0.05 * len(leg.streets)
    for before, after in pairwise(leg.streets):
        assert (before[2], before[4], after[3]) == (after[1], 1.0, 0.0)
        assert passable(extract.node_tags.get(after[1], {}), mode)
    assert all(0.0 <= piece[3] < piece[4] <= 1.0 for piece in leg.streets)
    assert leg.coordinates[0] == (places[i].lon, places[i].lat)
    assert leg.coordinates[-1] == (places[j].lon, places[j].lat)
    line = shapely.LineString(leg.coordinates)
    assert area.allowed.covers(line)  # the true pass, not the shrunk one
    assert not any(zone.intersects(line) for zone in area.blocked)
    assert math.isclose(line_m(leg.coordinates), metres, abs_tol=0.1 + 0.02 * len(leg.coordinates))


def line_m(coordinates):
    return sum(float(haversine_m(*a, *b)) for a, b in pairwise(coordinates))


def test_the_same_question_has_the_same_answer(denpasar, denpasar_pbf):
    again = compile_streets(read_extract(denpasar_pbf))
    pins, area = random_pins(5, 12), LegalArea(PASS)
    one, two = (
        StreetEngine(streets).travel("foot", area, snap_all(streets, "foot", pins), [None] * 12)
        for streets in (denpasar, again)
    )
    assert one.time_s.tolist() == two.time_s.tolist()
    legal = [(i, j) for i in range(12) for j in range(12) if one.time_s[i, j] < UNREACHABLE and one.place_legal[i]]
    assert len(legal) > 6
    assert [one.leg(*pair) for pair in legal] == [two.leg(*pair) for pair in legal]
