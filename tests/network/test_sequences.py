"""Forbidden sequences of any length, against a search that remembers all arcs driven.

A town of 3 x 3 crossings; sequences of two to four arcs are forbidden at random. The search below keeps the last four
arcs of every drive as its state: no automaton, no copies.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.network import MODES, LegalArea, StreetEngine, compile_streets, snap_all
from routing.network.extract import Extract, Way
from routing.network.speeds import speed_table
from routing.network.street_arrays import DISTANCE_BITS, INFINITE

SIDE = 3
CAR = MODES.index("car")


def grid():
    """Streets along the lines of a crooked grid, each crossing a node."""
    nodes = {1 + x + SIDE * y: (x / 1000 + y / 9000, y / 1000 - x / 7000) for x in range(SIDE) for y in range(SIDE)}
    rows = [[1 + x + SIDE * y for x in range(SIDE)] for y in range(SIDE)]
    lines = [*rows, *(list(column) for column in zip(*rows, strict=True))]
    ways = {k: Way(k, tuple(line), {"highway": "residential"}) for k, line in enumerate(lines, start=1)}
    lon, lat = zip(*nodes.values(), strict=True)
    return compile_streets(Extract(nodes, {}, ways, "0" * 64, (min(lon), min(lat), max(lon), max(lat))))


STREETS = grid()
ARCS = np.flatnonzero(STREETS.of("car").open_arcs).tolist()
FIRST, LAST = STREETS.chain_nodes_at_ends
START = {arc: int((LAST if arc & 1 else FIRST)[arc >> 1]) for arc in ARCS}
END = {arc: int((FIRST if arc & 1 else LAST)[arc >> 1]) for arc in ARCS}
NEXT = {arc: [other for other in ARCS if START[other] == END[arc]] for arc in ARCS}
MEETING = np.bincount(np.concatenate([FIRST, LAST]))


@st.composite
def sequences(draw):
    forbidden = {}
    for _ in range(draw(st.integers(1, 6))):
        run = [draw(st.sampled_from(ARCS))]
        for _ in range(draw(st.integers(1, 3))):
            run.append(draw(st.sampled_from(NEXT[run[-1]])))
        forbidden[tuple(run)] = draw(st.sampled_from([1 << CAR, 14, 1 << MODES.index("bicycle")]))
    return forbidden


def turn_ms(a: int, b: int) -> int:
    costs = speed_table().modes["car"].turns
    if a ^ 1 == b:
        return round(costs.u_turn_s * 1000)
    if MEETING[END[a]] == 2:
        return 0

    def heading(arc, *, first):
        xy = STREETS.node_xy[STREETS.chain_nodes(arc >> 1)]
        xy = xy[::-1] if arc & 1 else xy
        return math.atan2(*(xy[1] - xy[0] if first else xy[-1] - xy[-2])[::-1])

    degrees = (math.degrees(heading(b, first=True) - heading(a, first=False)) + 180) % 360 - 180
    return round(float(costs.seconds(degrees)) * 1000)


def allowed(driven: tuple[int, ...], arc: int, forbidden) -> bool:
    run = (*driven, arc)
    if any(modes >> CAR & 1 and run[-len(sequence) :] == sequence for sequence, modes in forbidden.items()):
        return False
    if driven[-1] ^ 1 == arc:  # within a sequence that is under way one may not turn round
        begun = {sequence[:n] for sequence in forbidden for n in range(2, len(sequence))}
        under_way = next((driven[k:] for k in range(len(driven)) if driven[k:] in begun), ())
        binding = (
            modes for sequence, modes in forbidden.items() if under_way and sequence[: len(under_way)] == under_way
        )
        return not any(modes >> CAR & 1 for modes in binding)
    return True


def shortest(forbidden, source: int, sink: int) -> int:
    """Return the packed weight from the middle of one chain to the middle of another."""
    weight = STREETS.of("car").arc_weight
    half = STREETS.of("car").weigh(np.arange(len(STREETS.chain_way)), STREETS.chain_m / 2).tolist()
    heap = [(half[source], (arc,)) for arc in (2 * source, 2 * source + 1)]
    done, best = set(), INFINITE
    while heap:
        so_far, driven = heapq.heappop(heap)
        if so_far >= best:
            return best
        if driven in done:
            continue
        done.add(driven)
        for arc in NEXT[driven[-1]]:
            if allowed(driven, arc, forbidden):
                at_arc = so_far + (turn_ms(driven[-1], arc) << DISTANCE_BITS)
                if arc >> 1 == sink:
                    best = min(best, at_arc + half[sink])
                heapq.heappush(heap, (at_arc + int(weight[arc]), (*driven, arc)[-4:]))
    return best


@settings(max_examples=60, deadline=None)
@given(forbidden=sequences())
def test_the_engine_forbids_what_a_search_with_memory_forbids(forbidden):
    streets = replace(STREETS, forbidden=forbidden, topologies={})
    middles = [
        tuple(STREETS.node_lon_lat[STREETS.chain_nodes(chain)].mean(axis=0).tolist())
        for chain in range(len(STREETS.chain_way))
    ]
    places = snap_all(streets, "car", middles)
    assert [(place.chain, place.position) for place in places] == [(chain, 0.5) for chain in range(len(middles))]
    answer = StreetEngine(streets).travel("car", LegalArea(), places, [0] * len(places))
    weights = answer.weights()
    for i in range(0, len(places), 3):
        for j in range(len(places)):
            if i != j:
                assert weights[i, j] == shortest(forbidden, i, j)
                if weights[i, j] < INFINITE:
                    assert answer.leg(i, j).travel_s == answer.time_s[i, j]
