"""Read an OpenStreetMap extract into plain dictionaries.

Law: the file's facts only. Nothing here may say who may use a street or in which direction: the plan checker
reads extracts through this file too, and its reading of the law must stay independent of the router's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import osmium
import osmium.filter
import osmium.osm

from routing.domain.errors import ExtractError

# Keys of a node that can say something about passing it; addresses, shops and the like are left in the file.
_ACCESS_KEYS = ("access", "foot", "vehicle", "bicycle", "motor_vehicle", "motorcycle", "motorcar")
_NODE_KEYS = frozenset({"barrier", "highway", "locked", *_ACCESS_KEYS, *(f"{key}:conditional" for key in _ACCESS_KEYS)})


@dataclass(frozen=True)
class Way:
    """A way as mapped: its id, its nodes in order and its tags."""

    way_id: int
    nodes: tuple[int, ...]
    tags: dict[str, str]


@dataclass(frozen=True)
class Restriction:
    """A relation of type `restriction` as mapped; nothing is said here of what it forbids, or whether it can be read.

    `members` are (type, role, ref) in the relation's order; the type is `n`, `w` or `r`.
    """

    relation_id: int
    tags: dict[str, str]
    members: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Extract:
    """The ways with a `highway` tag, their nodes, and what restricts turning from one into another.

    Attributes
    ----------
    nodes
        Node id -> (lon, lat) in degrees, for nodes of `ways` only. A clipped extract lacks some: a way may name
        a node that is not here, and readers skip the pairs that touch it.
    node_tags
        Node id -> tags, for nodes of `ways` that carry a barrier, highway or access tag.
    ways
        Way id -> way, in increasing order of id.
    sha256
        Hexadecimal digest of the file's bytes.
    bounds
        (west, south, east, north) of `nodes`, in degrees.
    restrictions
        Turn restrictions, in increasing order of id. A clipped extract names members that are not here.
    """

    nodes: dict[int, tuple[float, float]]
    node_tags: dict[int, dict[str, str]]
    ways: dict[int, Way]
    sha256: str
    bounds: tuple[float, float, float, float]
    restrictions: tuple[Restriction, ...] = ()


def read_extract(path: Path) -> Extract:
    """Read the roads of a `.osm.pbf`, `.osm`, `.osm.bz2` or `.osm.gz` file.

    Raises
    ------
    ExtractError
        `extract_not_found`, `extract_unreadable` or `extract_without_roads`.
    """
    sha256 = digest(path)
    try:
        reader = _Reader()
        reader.apply_file(path)
    except (RuntimeError, ValueError, OSError, OverflowError) as error:
        raise _unreadable(path, str(error)) from error
    ways = dict(sorted(reader.ways.items()))
    wanted = {node_id for way in ways.values() for node_id in way.nodes}
    nodes = {node_id: point for node_id, point in reader.points.items() if node_id in wanted}
    if not _has_a_street(ways.values(), nodes):
        raise ExtractError(
            "extract_without_roads",
            f"{path.name} holds no way with a highway tag and located nodes",
            where=path.name,
            remedy="Export it again with roads and their nodes (osmium extract --strategy complete_ways).",
        )
    node_tags = {node_id: tags for node_id, tags in reader.node_tags.items() if node_id in nodes}
    restrictions = tuple(sorted(reader.restrictions, key=lambda each: each.relation_id))
    return Extract(nodes, node_tags, ways, sha256, _bounds(nodes.values()), restrictions)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal; raise `ExtractError` if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise ExtractError(
            "extract_not_found",
            f"there is no extract {path.name}",
            where=path.name,
            remedy="Put the .osm.pbf file where the programme names it, or correct the name.",
        ) from error
    except OSError as error:
        raise _unreadable(path, error.strerror or "cannot be opened") from error


def _unreadable(path: Path, cause: str) -> ExtractError:
    # osmium's texts name the whole path, which may hold a person's name.
    return ExtractError(
        "extract_unreadable",
        f"{path.name} is not a readable OpenStreetMap file: {cause.replace(str(path), path.name)}",
        where=path.name,
        remedy="Download the extract again; it may be cut short, or not be .osm.pbf, .osm, .osm.gz or .osm.bz2.",
    )


class _Reader(osmium.SimpleHandler):
    """Collects in one pass, in whatever order the file has: callbacks cost a third of osmium's iteration."""

    def __init__(self) -> None:
        super().__init__()
        self.points: dict[int, tuple[float, float]] = {}
        self.node_tags: dict[int, dict[str, str]] = {}
        self.ways: dict[int, Way] = {}
        self.restrictions: list[Restriction] = []

    def node(self, node: osmium.osm.Node) -> None:
        """Keep a node's coordinates and telling tags; osmium takes the object back afterwards."""
        location = node.location
        if not location.valid():
            return
        self.points[node.id] = (location.lon, location.lat)
        if len(node.tags):
            tags = {tag.k: tag.v for tag in node.tags if tag.k in _NODE_KEYS}
            if tags:
                self.node_tags[node.id] = tags

    def way(self, way: osmium.osm.Way) -> None:
        """Keep a way with a highway tag, ferries aside."""
        if "highway" in way.tags:
            tags = {tag.k: tag.v for tag in way.tags}
            if tags.get("route") != "ferry":
                self.ways[way.id] = Way(way.id, tuple(node.ref for node in way.nodes), tags)

    def relation(self, relation: osmium.osm.Relation) -> None:
        """Keep turn restrictions; `type=restriction:hgv` is an older way to say that one binds lorries only."""
        tags = {tag.k: tag.v for tag in relation.tags}
        if tags.get("type", "").partition(":")[0] == "restriction":
            members = tuple((member.type, member.role, member.ref) for member in relation.members)
            self.restrictions.append(Restriction(relation.id, tags, members))


def _has_a_street(ways: Iterable[Way], nodes: dict[int, tuple[float, float]]) -> bool:
    return any(a in nodes and b in nodes for way in ways for a, b in pairwise(way.nodes))


def _bounds(places: Iterable[tuple[float, float]]) -> tuple[float, float, float, float]:
    lons, lats = zip(*places, strict=True)
    return min(lons), min(lats), max(lons), max(lats)
