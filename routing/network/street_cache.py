"""Keep compiled streets, and the graphs made of them, in one file per extract.

Law: a cache may only save time. What it holds is exactly what compiling gives; a file of another extract, format, law
of streets or version of this code counts as absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import numpy as np

from routing.network.elimination import Hierarchy
from routing.network.network_file import Array, read_arrays, write_arrays
from routing.network.street_arrays import Streets
from routing.network.topology import Topology
from routing.network.turns import Turns

# Raise it with every change to the arrays' meaning that no file of `_SOURCES` shows.
FORMAT_VERSION = 3

# What turns an extract into arrays: a change in one of them makes other networks.
_SOURCES = (
    "access.py", "elimination.py", "extract.py", "forbidden_turns.py", "islands.py", "ordering.py", "projection.py",
    "restrictions.py", "speeds.json", "speeds.py", "street_arrays.py", "streets.py", "topology.py", "turns.py",
)  # fmt: skip
_NOT_ARRAYS = frozenset({"extract_sha256", "names", "forbidden", "topologies"})
_STREETS = tuple(field.name for field in fields(Streets) if field.name not in _NOT_ARRAYS)
_TOPOLOGY = tuple(field.name for field in fields(Topology) if field.name not in ("hierarchy", "turns"))
_HIERARCHY = tuple(field.name for field in fields(Hierarchy))
_TURNS = tuple(field.name for field in fields(Turns))


def network_path(folder: Path, extract_sha256: str) -> Path:
    """Return where the network of an extract is kept."""
    return folder / f"streets-{extract_sha256[:32]}.network"


def read_cached(folder: Path, extract_sha256: str) -> Streets | None:
    """Return the cached streets of an extract, or None where there are none that can be trusted."""
    arrays = read_arrays(network_path(folder, extract_sha256), _stamp(extract_sha256))
    if arrays is None:
        return None
    named_way = arrays["names.way"].tolist()
    return Streets(
        extract_sha256=extract_sha256,
        names=dict(zip(named_way, _texts(arrays["names.text"], arrays["names.end"]), strict=True)),
        forbidden=dict(zip(_sequences(arrays), arrays["forbidden.modes"].tolist(), strict=True)),
        topologies={kind: _topology(arrays, f"{kind}.") for kind in ("foot", "vehicle")},
        **{name: arrays[name] for name in _STREETS},
    )


def write_cached(folder: Path, streets: Streets) -> None:
    """Write streets for `read_cached`, with both topologies.

    A folder that cannot be written to is no error: the next run compiles again.
    """
    arrays = {name: np.asarray(getattr(streets, name)) for name in _STREETS}
    arrays |= dict(_text_arrays(streets.names)) | dict(_forbidden_arrays(streets.forbidden))
    for kind, topology in streets.topologies.items():
        arrays |= dict(_topology_arrays(topology, f"{kind}."))
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_arrays(network_path(folder, streets.extract_sha256), _stamp(streets.extract_sha256), arrays)


def _topology(arrays: Mapping[str, Array], prefix: str) -> Topology:
    hierarchy = Hierarchy(**{name: arrays[f"{prefix}hierarchy.{name}"] for name in _HIERARCHY})
    has_turns = f"{prefix}turns.{_TURNS[0]}" in arrays
    turns = Turns(**{name: arrays[f"{prefix}turns.{name}"] for name in _TURNS}) if has_turns else None
    return Topology(hierarchy=hierarchy, turns=turns, **{name: arrays[prefix + name] for name in _TOPOLOGY})


def _topology_arrays(topology: Topology, prefix: str) -> Iterator[tuple[str, Array]]:
    parts: list[tuple[str, object, Iterable[str]]] = [
        (prefix, topology, _TOPOLOGY),
        (f"{prefix}hierarchy.", topology.hierarchy, _HIERARCHY),
    ]
    if topology.turns is not None:
        parts.append((f"{prefix}turns.", topology.turns, _TURNS))
    for start, part, names in parts:
        for name in names:
            yield start + name, getattr(part, name)


def _text_arrays(names: Mapping[int, str]) -> Iterator[tuple[str, Array]]:
    texts = [name.encode() for name in names.values()]
    yield "names.way", np.array(list(names), np.int64)
    yield "names.end", np.cumsum([len(text) for text in texts], dtype=np.int64)
    yield "names.text", np.frombuffer(b"".join(texts), np.uint8)


def _texts(text: Array, end: Array) -> Iterator[str]:
    whole = text.tobytes()
    begin = 0
    for stop in end.tolist():
        yield whole[begin:stop].decode()
        begin = stop


def _forbidden_arrays(forbidden: Mapping[tuple[int, ...], int]) -> Iterator[tuple[str, Array]]:
    yield "forbidden.arc", np.array([arc for sequence in forbidden for arc in sequence], np.int64)
    yield "forbidden.end", np.cumsum([len(sequence) for sequence in forbidden], dtype=np.int64)
    yield "forbidden.modes", np.array(list(forbidden.values()), np.int64)


def _sequences(arrays: Mapping[str, Array]) -> Iterator[tuple[int, ...]]:
    ends = arrays["forbidden.end"]
    return (tuple(part.tolist()) for part in np.split(arrays["forbidden.arc"], ends)[: len(ends)])


def _stamp(extract_sha256: str) -> str:
    return f"{FORMAT_VERSION} {extract_sha256} {_law_digest()}"


@cache
def _law_digest() -> str:
    """Return a digest of the sources that make networks."""
    folder = files("routing.network")
    return sha256(b"".join((folder / name).read_bytes() for name in _SOURCES)).hexdigest()
