"""What is told of an extract: age, names, restrictions, islands."""

from __future__ import annotations

from pathlib import Path

import pytest

from routing.network import compile_streets, read_extract
from routing.network.describing import dated, describe, unnamed_share

LIVING = {"highway": "residential"}


def test_the_unnamed_share_counts_metres_of_streets_that_some_mode_may_use(osm):
    # 1 thousandth named, 3 nameless, and what nobody may use or has no nodes does not count: 3 of 4
    nodes = {1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.004, 0.0), 4: (0.009, 0.0)}
    ways = {
        10: ([1, 2], {**LIVING, "ref": "B 7"}),
        11: ([2, 3], LIVING),
        12: ([3, 4], {"highway": "construction", "name": "To come"}),
        13: ([3, 99], LIVING),
    }
    extract = read_extract(osm(nodes, ways))
    assert unnamed_share(extract, compile_streets(extract)) == pytest.approx(0.75)


def test_monaco_is_described_with_date_restrictions_and_what_was_not_read(monaco_pbf: Path):
    extract = read_extract(monaco_pbf)
    told = describe(monaco_pbf, extract, compile_streets(extract))
    assert (told["file"], told["dated"]) == ("monaco.osm.pbf", "2025-01-01T21:21:00Z")
    assert told["attribution"] == "© OpenStreetMap contributors, ODbL 1.0"
    restrictions = told["restrictions"]
    assert restrictions["relations"] == 46
    assert all({"relation_id", "code", "message"} == set(one) for one in restrictions["unread"])
    assert sum(restrictions["unread_by_code"].values()) == len(restrictions["unread"])
    assert set(told["modes"]) == {"foot", "bicycle", "motorcycle", "car"}
    assert 0 < told["unnamed_share"] < 1


def test_a_file_that_does_not_say_is_of_no_known_date(denpasar_pbf: Path, osm):
    assert dated(denpasar_pbf) is None
    assert dated(osm({1: (0.0, 0.0), 2: (0.001, 0.0)}, {10: ([1, 2], LIVING)})) is None
