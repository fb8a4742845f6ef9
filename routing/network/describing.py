"""What an extract and its streets are, for people: how much, how old, what is missing.

Law: nothing is left out silently: islands that were dropped, restrictions that were not read, streets without a name.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import osmium.io

from routing.network.access import MODES, directions
from routing.network.extract import Extract, Way
from routing.network.projection import haversine_m
from routing.network.restrictions import read_restrictions
from routing.network.street_arrays import Streets

_FIRST_BYTES = 4096
_OSM_BASE = re.compile(rb'osm_base="([0-9TZ:.-]{10,30})"')
_HEADER_KEYS = ("osmosis_replication_timestamp", "timestamp")

Described = dict[str, object]


def describe(path: Path, extract: Extract, streets: Streets) -> Described:
    """Describe an extract file and the streets compiled from it, as a document.

    Returns
    -------
    dict
        What `Streets.info` says, and `file`; `dated`, the instant of the data as the file says it, or None;
        `bounds` (west, south, east, north); `unnamed_share` of the metres that any mode may use; `restrictions` with
        the number of `relations`, the `turns` they forbid or alone allow, and those `unread` with the reason.
    """
    return {
        "file": path.name,
        "dated": dated(path),
        **streets.info(),
        "bounds": list(extract.bounds),
        "unnamed_share": round(unnamed_share(extract, streets), 3),
        "restrictions": _restrictions(extract),
    }


def dated(path: Path) -> str | None:
    """Return the instant that an extract's data are of: in a PBF's header, or as Overpass writes it in XML."""
    with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        header = reader.header()
        said = next((header.get(key) for key in _HEADER_KEYS if header.get(key)), None)
    if said is not None:
        return str(said)
    with path.open("rb") as file:
        found = _OSM_BASE.search(file.read(_FIRST_BYTES))
    return found[1].decode() if found else None


def unnamed_share(extract: Extract, streets: Streets) -> float:
    """Return which part of the metres that some mode may use has neither name nor number, from 0 to 1."""
    metres = {True: 0.0, False: 0.0}
    for way in extract.ways.values():
        if any(any(directions(way.tags, mode)) for mode in MODES):
            metres[streets.street_name(way.way_id) is not None] += _length_m(way, extract)
    total = sum(metres.values())
    return metres[False] / total if total else 0.0


def _length_m(way: Way, extract: Extract) -> float:
    located = [extract.nodes.get(node) for node in way.nodes]
    pairs = [(*a, *b) for a, b in pairwise(located) if a is not None and b is not None]
    return float(haversine_m(*zip(*pairs, strict=True)).sum()) if pairs else 0.0


def _restrictions(extract: Extract) -> Described:
    read = read_restrictions(extract)
    return {
        "relations": len(extract.restrictions),
        "turns": len(read.turns),
        "unread": [
            {"relation_id": one.relation_id, "code": one.why_code, "message": one.message} for one in read.unread
        ],
        "unread_by_code": dict(sorted(Counter(one.why_code for one in read.unread).items())),
    }
