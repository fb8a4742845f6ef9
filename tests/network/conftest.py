"""Small street networks written as OpenStreetMap XML, and the real one of Denpasar."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from routing.network import Streets, compile_streets, read_extract

ROOT = Path(__file__).parents[2]

Nodes = Mapping[int, tuple[float, float] | tuple[float, float, Mapping[str, str]]]
Ways = Mapping[int, tuple[Sequence[int], Mapping[str, str]]]
Relations = Mapping[int, tuple[Sequence[tuple[str, str, int]], Mapping[str, str]]]
TYPES = {"n": "node", "w": "way", "r": "relation"}


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def osm_xml(nodes: Nodes, ways: Ways, relations: Relations | None = None) -> str:
    """Write nodes {id: (lon, lat[, tags])}, ways {id: (node ids, tags)}, relations {id: (members, tags)} as OSM XML."""
    node_lines = [
        f'<node id="{node}" version="1" lon="{row[0]}" lat="{row[1]}">{_tags(row[2] if len(row) > 2 else {})}</node>'
        for node, row in nodes.items()
    ]
    way_lines = [
        f'<way id="{way}" version="1">{"".join(f"""<nd ref="{ref}"/>""" for ref in refs)}{_tags(tags)}</way>'
        for way, (refs, tags) in ways.items()
    ]
    relation_lines = [
        f'<relation id="{relation}" version="1">{"".join(map(_member, members))}{_tags(tags)}</relation>'
        for relation, (members, tags) in (relations or {}).items()
    ]
    return f'<?xml version="1.0"?><osm version="0.6">{"".join(node_lines + way_lines + relation_lines)}</osm>'


def _member(member: tuple[str, str, int]) -> str:
    kind, role, ref = member
    return f'<member type="{TYPES[kind]}" role={quoteattr(role)} ref="{ref}"/>'


@pytest.fixture
def osm(tmp_path: Path) -> Callable[..., Path]:
    def write(nodes: Nodes, ways: Ways, relations: Relations | None = None) -> Path:
        path = tmp_path / "small.osm"
        path.write_text(osm_xml(nodes, ways, relations), encoding="utf-8")
        return path

    return write


@pytest.fixture
def streets_of(osm: Callable[..., Path]) -> Callable[..., Streets]:
    return lambda *document: compile_streets(read_extract(osm(*document)))


@pytest.fixture(scope="session")
def denpasar_pbf() -> Path:
    return ROOT / "scenarios" / "denpasar" / "denpasar.osm.pbf"


@pytest.fixture(scope="session")
def monaco_pbf() -> Path:
    return ROOT / "tests" / "data" / "osm" / "monaco.osm.pbf"


@pytest.fixture(scope="session")
def copenhagen_pbf() -> Path:
    return ROOT / "tests" / "data" / "osm" / "copenhagen_centre.osm.pbf"


@pytest.fixture(scope="session")
def denpasar(denpasar_pbf: Path) -> Streets:
    return compile_streets(read_extract(denpasar_pbf))
