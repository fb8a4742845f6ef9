"""Compile an extract into streets for all modes, or take them from a cache.

Law: access and speed are asked of `access` and `speeds` once per way, here and nowhere later. Order is fixed
(ways by id, stretches along the way), so equal extracts compile to equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np

from routing.network.access import MODES, directions, passable
from routing.network.extract import Extract, Way, digest, read_extract
from routing.network.forbidden_turns import forbidden_sequences
from routing.network.islands import without_islands
from routing.network.projection import Floats, haversine_m
from routing.network.restrictions import read_restrictions
from routing.network.speeds import street_kph
from routing.network.street_arrays import ATTRIBUTION, Bools, Ints, Streets
from routing.network.street_cache import read_cached, write_cached
from routing.network.topology import topology_of

__all__ = ["ATTRIBUTION", "Streets", "compile_streets", "load_streets"]


def load_streets(path: Path, cache: Path | None = None) -> Streets:
    """Return the streets of an extract file, compiled or from the folder `cache`.

    A cached network is used when it was made from the same bytes by the same format version; anything else in
    its place is made anew without a word. Raises what `read_extract` raises.
    """
    cached = read_cached(cache, digest(path)) if cache else None
    if cached is not None:
        return cached
    streets = compile_streets(read_extract(path))
    if cache:
        for mode in MODES:
            topology_of(streets, mode)
        write_cached(cache, streets)
    return streets


def compile_streets(extract: Extract) -> Streets:
    """Compile an extract: split ways at junctions and barriers, time them per mode, drop islands."""
    rules = {way.way_id: [directions(way.tags, mode) for mode in MODES] for way in extract.ways.values()}
    ways = [way for way in extract.ways.values() if any(map(any, rules[way.way_id]))]
    node_id, tail, head, way_row = _stretches(extract, ways)
    node_lon_lat = np.array([extract.nodes[node] for node in node_id.tolist()], np.float64).reshape(-1, 2)
    blocked = _blocked(extract.node_tags, node_id)
    chain_first = _chain_starts(tail, head, way_row, blocked)
    chain_row = way_row[chain_first[:-1]]
    permitted = np.array([rules[way.way_id] for way in ways], np.bool_).reshape(-1, len(MODES), 2)
    streets = Streets(
        extract_sha256=extract.sha256,
        node_id=node_id,
        node_lon_lat=node_lon_lat,
        stretch_tail=tail,
        stretch_head=head,
        stretch_m=haversine_m(*node_lon_lat[tail].T, *node_lon_lat[head].T),
        chain_first=chain_first,
        chain_way=np.array([way.way_id for way in ways], np.int64)[chain_row],
        forward=permitted[chain_row, :, 0].T.copy(),
        backward=permitted[chain_row, :, 1].T.copy(),
        kph=_way_kph(ways)[:, chain_row],
        blocked=blocked,
        dropped_arcs=np.zeros(len(MODES), np.int64),
        dropped_m=np.zeros(len(MODES), np.float64),
        names=_names(ways),
    )
    forbidden = forbidden_sequences(streets, read_restrictions(extract).turns)
    return without_islands(replace(streets, forbidden=forbidden))


def _stretches(extract: Extract, ways: Sequence[Way]) -> tuple[Ints, Ints, Ints, Ints]:
    """Return node ids, and tail node, head node and row in `ways` of every stretch.

    Pairs that touch a node without coordinates (clipped extracts) or repeat one node are no stretches.
    """
    refs = np.fromiter(chain.from_iterable(way.nodes for way in ways), np.int64)
    row = np.repeat(np.arange(len(ways)), [len(way.nodes) for way in ways])
    located = np.isin(refs, np.fromiter(extract.nodes, np.int64))
    kept = (row[:-1] == row[1:]) & located[:-1] & located[1:] & (refs[:-1] != refs[1:])
    tail_ids, head_ids = refs[:-1][kept], refs[1:][kept]
    node_id, index = np.unique(np.concatenate([tail_ids, head_ids]), return_inverse=True)
    return node_id, index[: len(tail_ids)], index[len(tail_ids) :], row[:-1][kept]


def _blocked(node_tags: Mapping[int, Mapping[str, str]], node_id: Ints) -> Bools:
    """Return, of shape [mode, N], the nodes each mode may not pass."""
    blocked = np.zeros((len(MODES), len(node_id)), np.bool_)
    for index, node in enumerate(node_id.tolist()):
        if node in node_tags:
            blocked[:, index] = [not passable(node_tags[node], mode) for mode in MODES]
    return blocked


def _chain_starts(tail: Ints, head: Ints, way_row: Ints, blocked: Bools) -> Ints:
    """Return the first stretch of each chain, and the number of stretches last.

    A chain ends where its way ends or has a gap, at a node where other than two stretches meet, and at a node
    that some mode may not pass.
    """
    meeting = np.bincount(np.concatenate([tail, head]), minlength=blocked.shape[1])
    splits = (meeting != 2) | blocked.any(axis=0)
    breaks = (way_row[1:] != way_row[:-1]) | (head[:-1] != tail[1:]) | splits[tail[1:]]
    inner = np.flatnonzero(breaks) + 1
    return np.concatenate([[0], inner, [len(tail)]] if len(tail) else [[0]]).astype(np.int64)


def _way_kph(ways: Sequence[Way]) -> Floats:
    """Return speeds of shape [mode, way]."""
    return np.array([[street_kph(way.tags, mode) for way in ways] for mode in MODES], np.float64)


def _names(ways: Sequence[Way]) -> dict[int, str]:
    """Return the name, or else the road number, of the ways that have one."""
    named = ((way.way_id, way.tags.get("name") or way.tags.get("ref")) for way in ways)
    return {way_id: name for way_id, name in named if name}
