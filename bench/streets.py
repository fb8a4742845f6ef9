"""The street engine: beside other engines on the same graph and pairs, and what a day asks of it.

Law: all figures of a table come from one run, one after another, so that what loads the machine loads all; what counts
are the ratios. An extract is read and compiled before the clock starts, and every kernel has run once.

Extracts: those named with `--extract`; else Denpasar, and from the folder that DOORSTEP_BENCH_DATA names
`delhi_central_east.osm.pbf` and `vellore_district.osm.pbf`, where they are there.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from rich.console import Group
from rich.table import Table

from bench.street_graph import Floats, Ints, PlainGraph, plain_graph
from bench.street_peers import PEERS, Peer
from routing.network import (
    UNREACHABLE,
    LegalArea,
    Snap,
    StreetEngine,
    Streets,
    Travel,
    load_streets,
    read_extract,
    snap_all,
)
from routing.network.street_engine import MAX_TRAVEL_MS

ROOT = Path(__file__).parents[1]
LARGER = ("delhi_central_east.osm.pbf", "vellore_district.osm.pbf")
PLACES = 1000
PASSES, CLIENTS = 25, 300
SEED = 20261125
MODES = {"foot": "foot, no turns", "motorcycle": "motorcycle, with turns"}
EVERYWHERE = LegalArea()


def streets_tables(runs: int, extracts: Sequence[Path] = ()) -> Group:
    """Return two tables an extract: beside others, and alone."""
    return Group(*(table for path in extracts or _usual() for table in _Bench(path, runs).tables()))


def _usual() -> list[Path]:
    found = [ROOT / "scenarios/denpasar/denpasar.osm.pbf"]
    folder = os.environ.get("DOORSTEP_BENCH_DATA")
    return found + [path for name in LARGER if folder and (path := Path(folder) / name).exists()]


# The engine's side of it: all that has to change with the engine


def measure(engine: StreetEngine, mode: str, area: LegalArea, places: Sequence[Snap | None]) -> Travel:
    """Compute both matrices between places, walks left out."""
    return engine.travel(mode, area, places, [0] * len(places))


@dataclass(frozen=True)
class Timed:
    """Seconds of several runs."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the middle one."""
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        return f"{self.median:.3f} ({min(self.seconds):.3f} – {max(self.seconds):.3f})"


def timed(call: Callable[[], object], runs: int) -> Timed:
    """Call several times and tell how long each took."""
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    return Timed(tuple(seconds))


def differences_s(milliseconds: Floats, found_s: Ints) -> Floats:
    """Return by how much answers differ; a way of more than 12 hours is none to the street engine, and rightly so."""
    seconds = np.ceil(milliseconds / 1000)
    long = (found_s >= UNREACHABLE) & (seconds > MAX_TRAVEL_MS / 1000 - 1)
    return np.where(long, 0.0, np.abs(seconds - found_s))


class _Bench:
    """One extract."""

    def __init__(self, path: Path, runs: int) -> None:
        self.path, self.runs = path, runs
        self.name = path.name.split(".")[0]
        self.extract = read_extract(path)
        with tempfile.TemporaryDirectory() as folder:
            load_streets(path, Path(folder))
            self.streets = load_streets(path, Path(folder))
        self.engine = StreetEngine(self.streets)

    def tables(self) -> tuple[Table, Table]:
        return self._beside_others(), self._alone()

    # Beside others

    def _beside_others(self) -> Table:
        graph = plain_graph(self.extract, "foot")
        vertices, places = pairs_on(graph, self.streets, PLACES)
        table = Table(
            title=f"{self.name}: {len(graph.node_id):,} vertices, {len(graph.tail):,} arcs on foot; all pairs of "
            f"{len(vertices)} places; median of {self.runs} runs",
            caption="seconds for all pairs: of the others times alone, of doorstep times and distances; "
            "a way of more than 12 hours counts as none",
        )
        for heading in ("engine", "made ready, s", "all pairs, s", "doorstep is faster by", "differs by at most, s"):
            table.add_column(heading, justify="left" if heading == "engine" else "right")
        measure(self.engine, "foot", EVERYWHERE, places)
        own = timed(lambda: measure(self.engine, "foot", EVERYWHERE, places), self.runs)
        found = measure(self.engine, "foot", EVERYWHERE, places).time_s
        table.add_row("doorstep", "see below", str(own), "", "")
        for peer in PEERS:
            table.add_row(peer.name, *self._peer(peer, graph, vertices, found, own))
        return table

    def _peer(self, peer: Peer, graph: PlainGraph, vertices: Ints, found: Ints, own: Timed) -> list[str]:
        began = time.perf_counter()
        ask = peer.prepare(graph)
        ready_s = time.perf_counter() - began
        sources = vertices[: peer.sources]
        some = timed(lambda: ask(sources, vertices), self.runs)
        scale = len(vertices) / len(sources)
        every = Timed(tuple(seconds * scale for seconds in some.seconds))
        off_s = differences_s(ask(sources, vertices), found[: len(sources)]).max()
        return [f"{ready_s:.2f}", str(every), f"{every.median / own.median:,.0f} x", f"{off_s:.0f}"]

    # Alone

    def _alone(self) -> Table:
        table = Table(
            title=f"{self.name}: what a day asks of it; median (smallest – largest) of {self.runs} runs, seconds"
        )
        for heading in ("", *MODES.values()):
            table.add_column(heading, justify="left" if not heading else "right")
        built, memory_mb, loaded = self._whole_processes()
        table.add_row(f"compiled anew, all modes ({memory_mb:,.0f} MB at most)", str(built), "")
        table.add_row("loaded from the cache", str(loaded), "")
        rows = [self._of_mode(mode) for mode in MODES]
        for cells in zip(*rows, strict=True):
            table.add_row(cells[0][0], *(value for _, value in cells))
        return table

    def _of_mode(self, mode: str) -> list[tuple[str, str]]:
        _, places = pairs_on(plain_graph(self.extract, mode), self.streets, PLACES, mode)
        clients = places[:CLIENTS]
        pins = [place.pin for place in places]
        # A new area each time: an engine may well remember the last.
        fresh = iter(pass_areas(self.streets, (PASSES + 1) * (self.runs + 1)))
        told = {
            f"{len(places)} x {len(places)}": lambda: measure(self.engine, mode, EVERYWHERE, places),
            "new weights, no polygon": lambda: measure(self.engine, mode, EVERYWHERE, places[:2]),
            "a new pass: polygon cut, new weights": lambda: measure(self.engine, mode, next(fresh), places[:2]),
            f"{PASSES} new passes x {len(clients)} clients, polygons included": lambda: [
                measure(self.engine, mode, next(fresh), clients) for _ in range(PASSES)
            ],
            f"{len(places)} places snapped": lambda: snap_all(self.streets, mode, pins),
        }
        for call in told.values():
            call()
        return [(name, str(timed(call, self.runs))) for name, call in told.items()]

    def _whole_processes(self) -> tuple[Timed, float, Timed]:
        """Compile, and load, in processes of their own; return both and the most megabytes that compiling took."""
        built, peaks, loaded = [], [], []
        for _ in range(self.runs):
            with tempfile.TemporaryDirectory() as home:
                for seconds in (built, loaded):
                    took_s, peak_mb = _network_build(self.path, Path(home))
                    seconds.append(took_s)
                    peaks.append(peak_mb)
        return Timed(tuple(built)), max(peaks), Timed(tuple(loaded))


def _network_build(path: Path, home: Path) -> tuple[float, float]:
    """Run `doorstep network build` and return its own seconds, and megabytes at most."""
    command = [sys.executable, "-m", "api", "network", "build", str(path), "--json"]
    environment = {**os.environ, "DOORSTEP_HOME": str(home)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
    said = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"doorstep network build ended with {process.returncode}")
    return float(json.loads(said)["seconds"]), usage.ru_maxrss / 1024


def pairs_on(graph: PlainGraph, streets: Streets, most: int, mode: str = "foot") -> tuple[Ints, list[Snap]]:
    """Return random vertices, and the same nodes as places of the engine: those whose pin snaps to the node itself."""
    candidates = np.flatnonzero(~graph.ends_there)
    chosen = np.random.default_rng(SEED).permutation(candidates)[: 2 * most]
    snapped = snap_all(streets, mode, [(lon, lat) for lon, lat in graph.lon_lat[chosen].tolist()])
    both = [
        (vertex, place)
        for vertex, place in zip(chosen.tolist(), snapped, strict=True)
        if place is not None and place.walk_m < 0.02 and graph.node_id[vertex] in _nodes(streets, place)
    ][:most]
    return np.array([vertex for vertex, _ in both], np.int64), [place for _, place in both]


def _nodes(streets: Streets, place: Snap) -> Ints:
    return streets.node_id[streets.chain_nodes(place.chain)]


def pass_areas(streets: Streets, count: int) -> list[LegalArea]:
    """Return passes' areas: stars with 12 corners around random places, a third to two thirds of the map across."""
    rng = np.random.default_rng(SEED)
    low, high = streets.node_lon_lat.min(axis=0), streets.node_lon_lat.max(axis=0)
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    areas = []
    for _ in range(count):
        centre = low + rng.uniform(0.3, 0.7, 2) * (high - low)
        reach = rng.uniform(1 / 6, 1 / 3, 12)[:, None] * (high - low)
        corners = centre + reach * np.column_stack([np.cos(angles), np.sin(angles)])
        areas.append(LegalArea(allowed=shapely.Polygon(corners)))
    return areas
