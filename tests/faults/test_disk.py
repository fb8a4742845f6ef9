"""A disk that fills up: a clear error, nothing lost, and on it goes once there is room.

Where this machine lets us mount, on a file system of its own that is really full; everywhere by a limit on the size of
files, which a write meets at another place of SQLite.
"""

import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.api.service import story
from tests.faults.served import Running, made, running

ROOM_BYTES = 6_000_000
MOST = 3000  # clients that are added before the room must have run out
Filled = Callable[[Running], None]


def _mounts() -> bool:
    """Whether a file system can be mounted here."""
    if os.geteuid() != 0:
        return False
    folder = Path(tempfile.mkdtemp(prefix="doorstep-mount-"))
    try:
        done = subprocess.run(["mount", "-t", "tmpfs", "none", folder], capture_output=True, check=False)
        if done.returncode == 0:
            subprocess.run(["umount", folder], check=True)
        return done.returncode == 0
    finally:
        folder.rmdir()


@contextmanager
def full_disk(home: Path) -> Iterator[tuple[Filled, Filled]]:
    """Yield what fills the disk under `home` up, and what makes room again."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM_BYTES}", "none", home], check=True)
    ballast = home / "ballast"

    def fill(_: Running) -> None:
        with ballast.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                pass

    def free(_: Running) -> None:
        ballast.unlink()

    try:
        yield fill, free
    finally:
        subprocess.run(["umount", "-l", home], check=True)


@contextmanager
def small_files(home: Path) -> Iterator[tuple[Filled, Filled]]:
    """Yield what lets no file of the process grow further, and what lifts that."""

    def fill(service: Running) -> None:
        sizes = [path.stat().st_size for path in (home / "home/service").iterdir() if path.name.startswith("doorstep")]
        limit(service, max(sizes) + 50_000)

    def free(service: Running) -> None:
        limit(service, resource.RLIM_INFINITY)

    def limit(service: Running, size: int) -> None:
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    yield fill, free


KINDS = [small_files, full_disk] if _mounts() else [small_files]


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_is_told_and_loses_nothing(kind, tmp_path: Path):
    with kind(tmp_path) as (fill, free):
        served = made(tmp_path)
        with running(served) as service:
            assert service.client.post("/v1/programmes", json=story.programme()).status_code == 201
            acknowledged = {"c1", "c2", *_added(service, "before", 3)}
            fill(service)
            acknowledged |= set(_added(service, "until", MOST))
            refused = service.add("refused")
            assert (refused.status_code, refused.json()["code"]) == (503, "database_away"), refused.text
            assert "disk" in refused.json()["remedy"]
            assert int(refused.headers["Retry-After"]) > 0
            assert service.kept() == acknowledged  # what was kept is read all the same
            free(service)
            acknowledged |= set(_added(service, "after", 3))
            assert len(acknowledged) >= 8
            assert service.kept() == acknowledged
        with running(served) as service:
            assert service.kept() == acknowledged


@pytest.mark.parametrize("kind", KINDS)
def test_an_extract_that_has_no_room_is_refused_and_leaves_nothing(kind, tmp_path: Path):
    with kind(tmp_path) as (fill, free), running(made(tmp_path)) as service:
        folder = tmp_path / "home/service/networks"
        extract = b"<osm version='0.6'>" + b" " * 8_000_000 + b"</osm>"
        fill(service)
        refused = service.client.put("/v1/networks/big.osm", content=extract)
        assert (refused.status_code, refused.json()["code"]) == (503, "no_room"), refused.text
        assert list(folder.iterdir()) == []
        free(service)
        assert service.client.get("/v1/networks").json()["items"] == []


def _added(service: Running, name: str, most: int) -> list[str]:
    """Add clients until one is refused; return those that were acknowledged."""
    acknowledged = []
    for number in range(most):
        client_id = f"{name}-{number}"
        answer = service.add(client_id)
        if answer.status_code != 201:
            assert answer.status_code == 503, answer.text
            return acknowledged
        acknowledged.append(client_id)
    return acknowledged
