"""The engine against an independent Dijkstra: every time, every distance, every way, to the millisecond.

The usual run takes the extracts of the repository and a few legal areas. `make exactness DATA=FOLDER` takes every
extract of a folder, 20 areas, 50 starts and 1,000 ends in each mode.
"""

from __future__ import annotations

import os
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely

from routing.network import MODES, LegalArea, StreetEngine, Streets, compile_streets, read_extract, snap_all
from routing.network.speeds import speed_table
from routing.network.street_arrays import DISTANCE_BITS, INFINITE
from tests.network.reference import Reference

ROOT = Path(__file__).parents[2]
FOLDER = os.environ.get("DOORSTEP_BENCH_DATA")
EXTRACTS = (
    sorted(Path(FOLDER).glob("*.osm.pbf"))
    if FOLDER
    else [ROOT / "scenarios/denpasar/denpasar.osm.pbf", ROOT / "tests/data/osm/monaco.osm.pbf"]
)
AREAS, STARTS, ENDS, LEGS = (20, 50, 1000, 100) if FOLDER else (4, 20, 250, 30)


@pytest.fixture(scope="module", params=EXTRACTS, ids=lambda path: path.name.partition(".")[0])
def streets(request: pytest.FixtureRequest) -> Streets:
    return compile_streets(read_extract(request.param))


def random_areas(streets: Streets, rng: np.random.Generator) -> list[LegalArea]:
    """Return everywhere, and passes and zones of wild shapes."""
    west, south = streets.node_lon_lat.min(axis=0)
    width, height = np.ptp(streets.node_lon_lat, axis=0)

    def star(reach: float) -> shapely.Geometry:
        angles = np.sort(rng.random(12)) * 2 * np.pi
        radii = reach * (0.5 + rng.random(12))
        x, y = west + width * rng.random(), south + height * rng.random()
        outline = np.column_stack([x + width * radii * np.cos(angles), y + height * radii * np.sin(angles)])
        return shapely.make_valid(shapely.Polygon(outline))

    def area(number: int) -> LegalArea:
        allowed = shapely.union_all([star(0.5) for _ in range(1 + number % 2)]) if number % 4 else None
        return LegalArea(allowed, tuple(star(0.1) for _ in range(number % 3)))

    return [area(number) for number in range(AREAS)]


def random_places(streets: Streets, mode: str, rng: np.random.Generator):
    """Return places on streets, some of them at junctions, several on one street."""
    stretch = rng.integers(0, len(streets.stretch_m), ENDS)
    along = np.where(rng.random(ENDS) < 0.2, 0.0, rng.random(ENDS))[:, None]
    tail, head = (streets.node_lon_lat[nodes[stretch]] for nodes in (streets.stretch_tail, streets.stretch_head))
    return snap_all(streets, mode, [tuple(pin) for pin in (tail + along * (head - tail)).tolist()])


@pytest.mark.parametrize("mode", MODES)
def test_times_distances_and_ways_are_those_of_dijkstra(streets, mode):
    rng = np.random.default_rng(MODES.index(mode))
    places = random_places(streets, mode, rng)
    reference, engine = Reference(streets, mode), StreetEngine(streets)
    reached = 0
    for area in random_areas(streets, rng):
        answer = engine.travel(mode, area, places, [0] * ENDS)
        legal = np.flatnonzero(answer.place_legal)
        starts = rng.choice(legal, min(STARTS, len(legal)), replace=False).tolist()
        expected = reference.weights(area, starts, places, answer.place_legal)
        assert np.array_equal(answer.weights()[starts], expected)
        ways = np.argwhere((expected < INFINITE) & (expected > 0))
        reached += len(ways)
        for row, j in rng.permutation(ways)[:LEGS].tolist():
            leg = answer.leg(starts[row], j)
            rest = int(expected[row, j]) - weight_of(streets, mode, leg, places[starts[row]], places[j])
            assert rest == 0 or rest in first_turns(streets, mode, places[starts[row]])
    assert reached > STARTS * ENDS / 2


def first_turns(streets: Streets, mode: str, start) -> set[int]:
    """A place at a node may be left by a turn, which the leg's pieces do not show."""
    costs = speed_table().modes[mode].turns
    at_node = start.position in (0.0, streets.chain_length(start.chain))
    return {round(s * 1000) << DISTANCE_BITS for s in (costs.ordinary_s, costs.sharp_s)} if costs and at_node else set()


def weight_of(streets: Streets, mode: str, leg, start, end) -> int:
    """Return the packed weight of a leg's pieces: each drive on a chain rounded once, and the turns between them."""
    view, costs = streets.of(mode), speed_table().modes[mode].turns
    drives = list(drives_of(streets, leg))
    assert (drives[0][1], drives[-1][2]) == (
        on_chain(start, drives[0][0], drives[0][1]),
        on_chain(end, *drives[-1][::2]),
    )
    total = 0
    for chain, from_, to in drives:
        metres = abs(along_m(streets, chain, to) - along_m(streets, chain, from_))
        total += int(view.weigh(np.array([chain]), np.array([metres]))[0])
        assert view.opens(chain)[0 if from_ < to else 1]
    meeting = np.bincount(np.concatenate(streets.chain_nodes_at_ends))
    for before, after in pairwise(drives):
        one, other = heading(streets, before, first=False), heading(streets, after, first=True)
        node = streets.chain_nodes(before[0])[int(before[2])]
        back = before[0] == after[0] and (before[1] < before[2]) != (after[1] < after[2])
        assert streets.forbidden.get((arc_of(before), arc_of(after)), 0) >> MODES.index(mode) & 1 == 0
        assert back or not streets.blocked[MODES.index(mode), node]
        if costs is not None and (back or meeting[node] != 2):
            angle = (np.degrees(other - one) + 180) % 360 - 180
            total += round((costs.u_turn_s if back else float(costs.seconds(angle))) * 1000) << DISTANCE_BITS
    return total


def arc_of(drive) -> int:
    return 2 * drive[0] + (drive[1] > drive[2])


def on_chain(place, chain: int, position: float) -> float:
    """A place at a node may be left and reached along any street there."""
    return round(place.position, 6) if place.chain == chain else position if position == int(position) else -1.0


def drives_of(streets: Streets, leg):
    """Yield (chain, from, to) of a leg's pieces, those on one chain in one direction together."""
    where = {}
    for way_id in {piece[0] for piece in leg.streets}:
        for chain in np.flatnonzero(streets.chain_way == way_id).tolist():
            nodes = streets.node_id[streets.chain_nodes(chain)].tolist()
            for k, pair in enumerate(pairwise(nodes)):
                where[way_id, *pair] = (chain, k, k + 1)
                where[way_id, *pair[::-1]] = (chain, k + 1, k)
    positions = []
    for way_id, tail, head, f0, f1 in leg.streets:
        chain, from_, to = where[way_id, tail, head]
        step = to - from_
        positions.append((chain, step, round(from_ + step * f0, 6), round(from_ + step * f1, 6)))
    for (chain, _), group in groupby(split_at_ends(positions), key=lambda piece: piece[:2]):
        pieces = list(group)
        yield chain, pieces[0][2], pieces[-1][3]


def split_at_ends(positions):
    """A chain driven twice in a row (a ring) is two drives: give the second another direction mark."""
    mark = 0
    for k, (chain, step, from_, to) in enumerate(positions):
        if k and positions[k - 1][0] == chain and positions[k - 1][3] != from_:
            mark += 2
        yield chain, step + mark, from_, to


def along_m(streets: Streets, chain: int, position: float) -> float:
    first, last = streets.chain_first[chain], streets.chain_first[chain + 1] - 1
    index = min(first + int(position), last)
    return streets.along_m[index] + (position - (index - first)) * streets.stretch_m[index]


def heading(streets: Streets, drive, *, first: bool) -> float:
    chain, from_, to = drive
    xy = streets.node_xy[streets.chain_nodes(chain)]
    xy = xy if from_ < to else xy[::-1]
    xy = xy[np.append(True, (xy[1:] != xy[:-1]).any(axis=1))]  # nodes at one spot show no direction
    dx, dy = xy[1] - xy[0] if first else xy[-1] - xy[-2]
    return np.arctan2(dy, dx)
