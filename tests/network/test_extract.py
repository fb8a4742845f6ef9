"""Reading extracts: facts kept, and every unreadable file named as such."""

from __future__ import annotations

import bz2
import gzip
import hashlib
from pathlib import Path

import pytest

from routing.domain.errors import ExtractError
from routing.network import compile_streets, read_extract
from routing.network.extract import Restriction

ROAD = {"highway": "residential"}
NODES = {1: (0.0, 0.0), 2: (0.001, 0.0, {"barrier": "gate", "name": "x"}), 3: (0.002, 0.5), 9: (5.0, 5.0)}
WAYS = {
    20: ([1, 2, 77, 3], {"highway": "residential", "name": "Jalan Ålekistevej 'A'"}),
    10: ([3, 1], {"highway": "service"}),
    30: ([1, 3], {"highway": "service", "route": "ferry"}),
    40: ([1, 3], {"building": "yes"}),
}


def test_roads_and_their_nodes_are_kept_and_nothing_else(osm):
    path = osm(NODES, WAYS)
    extract = read_extract(path)
    assert list(extract.ways) == [10, 20]
    assert extract.ways[20].nodes == (1, 2, 77, 3)  # 77 is missing: the way stays whole
    assert extract.ways[20].tags == {"highway": "residential", "name": "Jalan Ålekistevej 'A'"}
    assert extract.nodes == {1: (0.0, 0.0), 2: (0.001, 0.0), 3: (0.002, 0.5)}
    assert extract.node_tags == {2: {"barrier": "gate"}}
    assert extract.bounds == (0.0, 0.0, 0.002, 0.5)
    assert extract.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(("suffix", "pack"), [(".osm.gz", gzip.compress), (".osm.bz2", bz2.compress)])
def test_packed_xml_reads_as_plain(osm, tmp_path, suffix, pack):
    plain = osm(NODES, WAYS)
    packed = tmp_path / f"packed{suffix}"
    packed.write_bytes(pack(plain.read_bytes()))
    assert read_extract(packed).ways == read_extract(plain).ways


def test_negative_ids_of_an_editor_are_read(osm):
    extract = read_extract(osm({-1: (0.0, 0.0), -2: (0.001, 0.0)}, {-5: ([-1, -2], {"highway": "path"})}))
    assert extract.ways[-5].nodes == (-1, -2)


def test_turn_restrictions_are_kept_as_mapped_in_order_of_id(osm):
    members = [("w", "from", 10), ("n", "via", 404), ("w", "", 20), ("r", "to", 7)]
    relations = {
        5: (members, {"type": "restriction", "restriction": "no_left_turn"}),
        3: ([], {"type": "restriction:hgv", "restriction": "whatever"}),
        4: (members, {"type": "multipolygon"}),
        6: (members, {"restriction": "no_left_turn"}),
    }
    assert read_extract(osm(NODES, WAYS, relations)).restrictions == (
        Restriction(3, {"type": "restriction:hgv", "restriction": "whatever"}, ()),
        Restriction(5, {"type": "restriction", "restriction": "no_left_turn"}, tuple(members)),
    )


def test_monaco_reads(monaco_pbf):
    extract = read_extract(monaco_pbf)
    assert (len(extract.ways), len(extract.restrictions)) == (3296, 46)  # counted with osmium alone
    assert all("highway" in way.tags for way in extract.ways.values())


def _code(path: Path) -> str:
    with pytest.raises(ExtractError) as caught:
        read_extract(path)
    assert caught.value.remedy
    assert str(path.parent) not in caught.value.message
    return caught.value.code


def test_missing_file(tmp_path):
    assert _code(tmp_path / "nowhere.osm.pbf") == "extract_not_found"


def test_folder_in_place_of_a_file(tmp_path):
    folder = tmp_path / "folder.osm.pbf"
    folder.mkdir()
    assert _code(folder) == "extract_unreadable"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.osm.pbf", b""),
        ("page.osm.pbf", b"<!doctype html><html><body>404</body></html>"),
        ("page.osm", b"<html><body>404</body></html>"),
        ("cut.osm", b'<osm version="0.6"><way id="1">'),
        ("odd.osm", b'<osm version="0.6"><way id="one"></way></osm>'),
        ("noise.osm.gz", b"noise"),
        ("notes.txt", b"hello"),
    ],
)
def test_what_is_no_extract_is_said_to_be_none(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    assert _code(path) == "extract_unreadable"


# 101,139 bytes: within the header, the nodes, the ways; the last byte alone.
@pytest.mark.parametrize("kept", [1, 3, 4, 40, 1_000, 20_000, 50_000, 80_000, 100_000, 101_138])
def test_a_pbf_cut_short_anywhere(tmp_path, denpasar_pbf, kept):
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(denpasar_pbf.read_bytes()[:kept])
    assert _code(path) == "extract_unreadable"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_xml_cut_short_anywhere(osm, share):
    path = osm(NODES, WAYS, {5: ([("n", "via", 1)], {"type": "restriction"})})
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: int(len(text) * share)], encoding="utf-8")
    assert _code(path) == "extract_unreadable"


def test_a_byte_changed_on_the_way(tmp_path, denpasar_pbf):
    data = bytearray(denpasar_pbf.read_bytes())
    data[50_000] ^= 0xFF
    path = tmp_path / "changed.osm.pbf"
    path.write_bytes(data)
    assert _code(path) == "extract_unreadable"


def test_extract_without_roads(osm):
    assert _code(osm({1: (0.0, 0.0)}, {1: ([1], {"building": "yes"})})) == "extract_without_roads"


def test_relations_alone_are_no_roads(osm):
    relations = {5: ([("w", "from", 1)], {"type": "restriction", "restriction": "no_u_turn"})}
    assert _code(osm({1: (0.0, 0.0)}, {}, relations)) == "extract_without_roads"


def test_a_way_with_missing_nodes_keeps_its_whole_stretches(osm):
    extract = read_extract(osm({1: (0.0, 0.0), 2: (0.001, 0.0), 4: (0.003, 0.0)}, {7: ([1, 2, 3, 4, 5], ROAD)}))
    assert extract.ways[7].nodes == (1, 2, 3, 4, 5)
    streets = compile_streets(extract)
    assert streets.node_id.tolist() == [1, 2]  # 2-3, 3-4 and 4-5 touch a missing node


def test_roads_whose_nodes_all_stand_alone_are_no_roads(osm):
    ways = {7: ([1, 99, 2], ROAD), 8: ([3, 98], ROAD)}
    assert _code(osm(NODES, ways)) == "extract_without_roads"


def test_roads_without_nodes_are_no_roads(osm):
    assert _code(osm({1: (0.0, 0.0)}, {1: ([1, 2], {"highway": "primary"})})) == "extract_without_roads"
