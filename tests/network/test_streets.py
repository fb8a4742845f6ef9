"""Compiling: chains, weights, barriers, islands, gaps, and the cache.

Near (0, 0) a thousandth of a degree is pi / 180 * 6,371,009 m / 1000 = 111.195 m in both directions. A motorcycle
in a residential street (25 km/h) takes 111.19508 * 3600 / 25 = 16,012.09 -> 16,013 ms for it, and 1112 dm.
"""

from __future__ import annotations

import stat
from dataclasses import fields

import numpy as np
import pytest

from routing.domain.errors import ExtractError
from routing.network import ATTRIBUTION, MODES, Streets, compile_streets, load_streets, read_extract
from routing.network.street_arrays import DISTANCE_BITS

ROAD = {"highway": "residential"}
LINE = {1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.002, 0.0), 4: (0.003, 0.0)}


def arcs_of(streets: Streets, mode: str) -> list[tuple[int, int, int]]:
    """Return (way, first node, last node) of each arc as driven."""
    arcs = np.flatnonzero(streets.of(mode).open_arcs).tolist()
    ends = [streets.node_id[streets.chain_nodes(arc >> 1)[[0, -1]]].tolist() for arc in arcs]
    return sorted(
        (int(streets.chain_way[arc >> 1]), *(pair[::-1] if arc & 1 else pair))
        for arc, pair in zip(arcs, ends, strict=True)
    )


def test_a_plain_line_is_one_chain_with_its_nodes_kept(streets_of):
    streets = streets_of(LINE, {7: ([1, 2, 3, 4], ROAD | {"name": "Gang Mawar"})})
    assert arcs_of(streets, "car") == [(7, 1, 4), (7, 4, 1)]
    assert streets.node_id[streets.chain_nodes(0)].tolist() == [1, 2, 3, 4]
    assert streets.street_name(7) == "Gang Mawar"
    assert streets.street_name(8) is None
    assert streets.attribution == ATTRIBUTION == "© OpenStreetMap contributors, ODbL 1.0"


def test_time_and_length_of_an_arc_are_rounded_once(streets_of):
    streets = streets_of(LINE, {7: ([1, 2], ROAD)})
    assert streets.of("motorcycle").arc_weight.tolist() == [(16_013 << DISTANCE_BITS) | 1112] * 2


def test_a_maxspeed_slows_the_arc(streets_of):
    streets = streets_of(LINE, {7: ([1, 2], ROAD | {"maxspeed": "10 mph"})})
    # 16.09344 km/h: 111.19508 * 3600 / 16.09344 = 24,873.6 ms
    assert (streets.of("motorcycle").arc_weight >> DISTANCE_BITS).tolist() == [24_874] * 2


def test_ways_are_split_where_they_meet(streets_of):
    nodes = LINE | {5: (0.001, 0.001)}
    streets = streets_of(nodes, {7: ([1, 2, 3], ROAD), 8: ([5, 2], ROAD)})
    assert arcs_of(streets, "foot") == [(7, 1, 2), (7, 2, 1), (7, 2, 3), (7, 3, 2), (8, 2, 5), (8, 5, 2)]


def test_a_lollipop_is_split_where_its_ring_closes(streets_of):
    nodes = LINE | {5: (0.001, 0.001)}
    streets = streets_of(nodes, {7: ([1, 2, 3, 5, 2], ROAD)})
    assert arcs_of(streets, "car") == [(7, 1, 2), (7, 2, 1), (7, 2, 2), (7, 2, 2)]


def test_oneway_minus_one_gives_the_arc_against_the_way(streets_of):
    ways = {7: ([1, 2], ROAD | {"oneway": "-1"}), 8: ([1, 3, 2], ROAD | {"oneway": "yes"})}
    nodes = {1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.0005, 0.001)}
    assert arcs_of(streets_of(nodes, ways), "car") == [(7, 2, 1), (8, 1, 2)]


def test_a_missing_node_leaves_a_gap_and_no_more(streets_of):
    streets = streets_of(LINE, {7: ([1, 2, 99, 3, 4], ROAD), 8: ([2, 1], {"highway": "footway"})})
    # 2-99 and 99-3 are gone; 3-4 is an island as long as 1-2, which the footway makes longer on foot.
    assert arcs_of(streets, "foot") == [(7, 1, 2), (7, 2, 1), (8, 1, 2), (8, 2, 1)]
    assert streets.info()["modes"]["foot"]["dropped_arcs"] == 2


def test_repeated_nodes_and_nodes_at_one_place_do_no_harm(streets_of):
    streets = streets_of({1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.001, 0.0)}, {7: ([1, 1, 2, 3, 3], ROAD)})
    assert streets.stretch_m.round().tolist() == [111.0, 0.0]
    assert arcs_of(streets, "car") == [(7, 1, 3), (7, 3, 1)]


def test_a_barrier_cuts_only_the_modes_it_stops(streets_of):
    nodes = LINE | {2: (0.001, 0.0, {"barrier": "bollard"})}
    streets = streets_of(nodes, {7: ([1, 2, 3, 4], ROAD)})
    assert arcs_of(streets, "foot") == [(7, 1, 2), (7, 2, 1), (7, 2, 4), (7, 4, 2)]
    assert arcs_of(streets, "car") == [(7, 2, 4), (7, 4, 2)]  # the shorter side is an island now
    assert streets.info()["modes"]["car"]["dropped_metres"] == 222


def test_islands_are_dropped_per_mode_and_counted(streets_of):
    nodes = LINE | {5: (0.01, 0.0), 6: (0.0105, 0.0)}
    ways = {7: ([1, 2], ROAD), 8: ([2, 3], {"highway": "footway"}), 9: ([5, 6], ROAD)}
    streets = streets_of(nodes, ways)
    assert arcs_of(streets, "foot") == [(7, 1, 2), (7, 2, 1), (8, 2, 3), (8, 3, 2)]
    assert arcs_of(streets, "car") == [(7, 1, 2), (7, 2, 1)]
    assert streets.info()["modes"]["foot"] == {
        "arcs": 4, "metres": 445, "dropped_arcs": 2, "dropped_metres": 111,  # 2 * 55.6 m
    }  # fmt: skip


def test_a_one_way_street_into_nowhere_is_dropped(streets_of):
    streets = streets_of(LINE, {7: ([1, 2], ROAD), 8: ([2, 3], ROAD | {"oneway": "yes"})})
    assert arcs_of(streets, "car") == [(7, 1, 2), (7, 2, 1)]


def test_a_mode_without_streets_is_empty(streets_of):
    streets = streets_of(LINE, {7: ([1, 2], {"highway": "steps"})})
    assert arcs_of(streets, "car") == []
    assert streets.info()["modes"]["car"]["arcs"] == 0


def test_an_extract_no_mode_can_use_compiles_to_nothing(streets_of):
    streets = streets_of(LINE, {7: ([1, 2], {"highway": "proposed"})})
    assert all(arcs_of(streets, mode) == [] for mode in MODES)


def test_monaco_compiles(monaco_pbf):
    streets = compile_streets(read_extract(monaco_pbf))
    assert all(streets.info()["modes"][mode]["arcs"] > 1000 for mode in MODES)


def same(a: Streets, b: Streets) -> bool:
    return all(
        np.array_equal(getattr(a, field.name), getattr(b, field.name))
        and getattr(getattr(a, field.name), "dtype", None) == getattr(getattr(b, field.name), "dtype", None)
        for field in fields(Streets)
        if field.name not in ("names", "forbidden", "topologies")
    ) and (dict(a.names), dict(a.forbidden)) == (dict(b.names), dict(b.forbidden))


def test_a_warm_cache_gives_what_a_cold_one_gives(denpasar, denpasar_pbf, tmp_path):
    folder = tmp_path / "cache" / "networks"
    cold, warm = load_streets(denpasar_pbf, folder), load_streets(denpasar_pbf, folder)
    assert same(cold, denpasar)
    assert same(warm, denpasar)
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not really", None])
def test_a_broken_cache_is_rebuilt_without_a_word(osm, tmp_path, damage):
    path, folder = osm(LINE, {7: ([1, 2], ROAD)}), tmp_path / "cache"
    first = load_streets(path, folder)
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-200] if damage is None else damage)
    assert same(load_streets(path, folder), first)
    assert same(load_streets(path, folder), first)


def test_another_extract_is_not_served_from_the_cache(osm, tmp_path):
    folder = tmp_path / "cache"
    first = load_streets(osm(LINE, {7: ([1, 2], ROAD)}), folder)
    second = load_streets(osm(LINE, {7: ([1, 2, 3], ROAD)}), folder)
    assert not same(first, second)
    assert len(list(folder.iterdir())) == 2


def test_a_cache_that_cannot_be_written_is_no_error(osm, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert arcs_of(load_streets(osm(LINE, {7: ([1, 2], ROAD)}), tmp_path / "file"), "car")


def test_a_missing_extract_is_named_with_a_cache_too(tmp_path):
    with pytest.raises(ExtractError, match="extract_not_found"):
        load_streets(tmp_path / "no.osm.pbf", tmp_path)
