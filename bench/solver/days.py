"""Generated days as problems: `posed_day(kind, clients, seed, data)`. Law: the same arguments give the same problem.

`simple`: what every engine compared can express: one site, loading once at the start, one window a client, mass, and
who may go to whom by passes. `everything`: two sites, two windows, breaks, isolating clients, pairs, controlled goods
that are counted in again, institutions, reloading, second passes.

Days of up to 100 clients stand on the bundled streets of Denpasar, larger ones on `delhi_central_east.osm.pbf` in the
folder named (none: on Denpasar too). A problem posed once is kept in a folder of the machine's temporary ones, for
posing 1000 clients takes longer than loading them.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from pathlib import Path

from bench.solver.made_up.clients import DAY
from bench.solver.made_up.programme import programme
from routing.continuity import needs_of
from routing.domain.loading import load_programme
from routing.domain.programme import Programme
from routing.network import StreetEngine, Streets, load_streets
from routing.passes import duties_of, reach_of
from routing.solver import pose
from routing.solver.problem import Problem

ROOT = Path(__file__).parents[2]
BUNDLED = ROOT / "scenarios/denpasar/denpasar.osm.pbf"
LARGER = "delhi_central_east.osm.pbf"
SMALL_DAY = 100
# Whatever a kept problem depends on beside its arguments.
_SOURCES = ("bench/solver/made_up", "routing/domain", "routing/continuity", "routing/passes", "routing/network",
            "routing/solver/posing.py", "routing/solver/problem.py", "routing/solver/eligibility.py",
            "routing/solver/cargo.py", "routing/solver/burdens.py", "routing/solver/places.py")  # fmt: skip


def posed_day(kind: str, clients: int, seed: int, data: Path | None = None) -> Problem:
    """Return a generated day's problem, from where it is kept if it has been posed before.

    Parameters
    ----------
    kind
        `simple` or `everything`.
    data
        The folder with the larger extracts.
    """
    extract = extract_for(clients, data)
    kept = _kept() / f"{kind}-{clients}-{seed}-{extract.stem}-{_version()}.pickle"
    if not kept.exists():
        part = kept.with_suffix(f".{os.getpid()}")
        part.write_bytes(pickle.dumps(pose_anew(kind, clients, seed, extract)))
        part.replace(kept)
    found = pickle.loads(kept.read_bytes())  # noqa: S301 - a folder of this user's, written above
    assert isinstance(found, Problem)  # noqa: S101
    return found


def pose_anew(kind: str, clients: int, seed: int, extract: Path) -> Problem:
    """Make the programme up and pose it."""
    streets = load_streets(extract, _kept())
    told = made_up(kind, clients, seed, streets)
    needs = needs_of(told, DAY, reach_of(told, DAY))
    return pose(told, DAY, needs.orders, duties_of(told, DAY), StreetEngine(streets), streets).problem


def made_up(kind: str, clients: int, seed: int, streets: Streets) -> Programme:
    """Return the programme of a day."""
    return load_programme(programme(kind, clients, seed, streets))


def extract_for(clients: int, data: Path | None) -> Path:
    """Return the streets of a day of so many clients."""
    return BUNDLED if data is None or clients <= SMALL_DAY else data / LARGER


def _kept() -> Path:
    folder = Path(tempfile.gettempdir()) / f"doorstep-bench-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} is somebody else's")
    return folder


def _version() -> str:
    """Return a digest of the code a problem is made by, so that none is kept beyond it."""
    found = hashlib.sha256()
    for source in _SOURCES:
        path = ROOT / source
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            found.update(file.read_bytes())
    return found.hexdigest()[:12]
