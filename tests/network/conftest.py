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


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def osm_xml(nodes: Nodes, ways: Ways) -> str:
    """Write nodes {id: (lon, lat[, tags])} and ways {id: (node ids, tags)} as OSM XML."""
    node_lines = [
        f'<node id="{node}" version="1" lon="{row[0]}" lat="{row[1]}">{_tags(row[2] if len(row) > 2 else {})}</node>'
        for node, row in nodes.items()
    ]
    way_lines = [
        f'<way id="{way}" version="1">{"".join(f"""<nd ref="{ref}"/>""" for ref in refs)}{_tags(tags)}</way>'
        for way, (refs, tags) in ways.items()
    ]
    return f'<?xml version="1.0"?><osm version="0.6">{"".join(node_lines + way_lines)}</osm>'


@pytest.fixture
def osm(tmp_path: Path) -> Callable[[Nodes, Ways], Path]:
    def write(nodes: Nodes, ways: Ways) -> Path:
        path = tmp_path / "small.osm"
        path.write_text(osm_xml(nodes, ways), encoding="utf-8")
        return path

    return write


@pytest.fixture
def streets_of(osm: Callable[[Nodes, Ways], Path]) -> Callable[[Nodes, Ways], Streets]:
    return lambda nodes, ways: compile_streets(read_extract(osm(nodes, ways)))


@pytest.fixture(scope="session")
def denpasar_pbf() -> Path:
    return ROOT / "scenarios" / "denpasar" / "denpasar.osm.pbf"


@pytest.fixture(scope="session")
def monaco_pbf() -> Path:
    return ROOT / "tests" / "data" / "osm" / "monaco.osm.pbf"


@pytest.fixture(scope="session")
def denpasar(denpasar_pbf: Path) -> Streets:
    return compile_streets(read_extract(denpasar_pbf))
