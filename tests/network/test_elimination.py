"""Orders and chordal graphs: any order gives the same answers; METIS only gives them sooner."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.network import LegalArea, StreetEngine, compile_streets, ordering, read_extract, snap_all
from routing.network.elimination import build_hierarchy
from routing.network.ordering import adjacency, dissect_map, nested_dissection


@st.composite
def graphs(draw):
    vertices = draw(st.integers(1, 30))
    ends = st.integers(0, vertices - 1)
    edges = draw(st.lists(st.tuples(ends, ends), max_size=60))
    tail, head = (np.array([edge[k] for edge in edges], np.int64) for k in (0, 1))
    xy = np.array(draw(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=vertices, max_size=vertices)))
    return tail, head, xy.astype(np.float64)


@settings(deadline=None)
@given(graph=graphs(), order=st.sampled_from([nested_dissection, dissect_map]))
def test_an_order_is_a_permutation(graph, order):
    assert sorted(order(*graph).tolist()) == list(range(len(graph[2])))


@settings(deadline=None)
@given(graph=graphs())
def test_the_hierarchy_is_chordal_and_its_ranks_a_postorder(graph):
    tail, head, xy = graph
    hierarchy = build_hierarchy(tail, head, xy)
    rank = hierarchy.rank.tolist()
    assert sorted(rank) == list(range(len(xy)))
    up = {x: hierarchy.up[hierarchy.first[x] : hierarchy.first[x + 1]].tolist() for x in range(len(xy))}
    for a, b in zip(tail.tolist(), head.tolist(), strict=True):
        low, high = sorted((rank[a], rank[b]))
        assert low == high or high in up[low]
    for x, above in up.items():
        assert above == sorted(above)
        assert all(y > x for y in above)
        assert hierarchy.parent[x] == (above[0] if above else -1)
        assert hierarchy.depth[x] == (hierarchy.depth[above[0]] + 1 if above else 0)
        # upper neighbours are neighbours of each other, hence all on the path to the root
        assert all(z in up[y] for k, y in enumerate(above) for z in above[k + 1 :])
    # a subtree is a run of ranks that ends with its root
    size = dict.fromkeys(up, 1)
    for x in up:
        if hierarchy.parent[x] >= 0:
            size[int(hierarchy.parent[x])] += size[x]
    for x in up:
        below = [y for y in up if is_below(hierarchy, y, x)]
        assert below == list(range(x - size[x] + 1, x + 1))


def is_below(hierarchy, y: int, x: int) -> bool:
    while y >= 0 and y != x:
        y = int(hierarchy.parent[y])
    return y == x


@settings(deadline=None)
@given(graph=graphs())
def test_edges_stand_under_both_their_ends(graph):
    hierarchy = build_hierarchy(*graph)
    first, low, slot = hierarchy.down
    listed = {
        (int(low[k]), high): int(slot[k]) for high in range(len(graph[2])) for k in range(first[high], first[high + 1])
    }
    lows = np.repeat(np.arange(len(graph[2])), np.diff(hierarchy.first))
    assert listed == {(x, y): k for k, (x, y) in enumerate(zip(lows.tolist(), hierarchy.up.tolist(), strict=True))}
    if len(lows):
        assert hierarchy.slots(lows, hierarchy.up.astype(np.int64)).tolist() == list(range(len(lows)))


def test_slots_are_those_of_edges_only():
    # Vertices 0 and 1 are joined, 2 stands alone.
    hierarchy = build_hierarchy(np.array([0]), np.array([1]), np.array([[0.0, 0.0], [1.0, 0.0], [9.0, 0.0]]))
    joined, alone = sorted(hierarchy.rank[:2].tolist()), int(hierarchy.rank[2])
    assert hierarchy.slots(np.array([joined[0], alone]), np.array([joined[1], alone])).tolist() == [0, -1]
    for rank in joined:
        with pytest.raises(ValueError, match="no edge"):
            hierarchy.slots(np.array([min(rank, alone)]), np.array([max(rank, alone)]))


def test_neighbours_are_listed_once_and_without_loops():
    first, neighbour = adjacency(3, np.array([0, 1, 1, 2, 2]), np.array([1, 0, 2, 1, 2]))
    assert (first.tolist(), neighbour.tolist()) == ([0, 1, 3, 4], [1, 0, 2, 1])


def test_a_cut_goes_last():
    # Two squares joined at vertex 4, in the middle of the map.
    tail, head = np.array([0, 1, 2, 3, 4, 5, 6, 7]), np.array([1, 2, 3, 4, 5, 6, 7, 8])
    xy = np.column_stack([np.arange(9.0), np.zeros(9)])
    assert dissect_map(tail, head, xy).argmax() in (3, 4)


@pytest.mark.parametrize("mode", ["foot", "car"])
def test_without_metis_the_answers_are_the_same(monkeypatch, monaco_pbf, mode):
    extract = read_extract(monaco_pbf)
    rng = np.random.default_rng(3)
    west, south, east, north = extract.bounds
    pins = [
        (float(x), float(y)) for x, y in zip(rng.uniform(west, east, 60), rng.uniform(south, north, 60), strict=True)
    ]

    def weights():
        streets = compile_streets(extract)
        return StreetEngine(streets).travel(mode, LegalArea(), snap_all(streets, mode, pins), [0] * 60).weights()

    with_metis = weights()
    monkeypatch.setattr(ordering, "_METIS", False)
    assert np.array_equal(weights(), with_metis)
