"""A PostgreSQL server of the tests' own, started by Debian's programs as a user who is not root, without a network."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OWNER = "postgres"


def programs() -> Path | None:
    """Return the folder of the newest server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


@dataclass(frozen=True)
class Server:
    """A server and its folder."""

    binaries: Path
    folder: Path

    @property
    def url(self) -> str:
        """The URL of its database."""
        return f"postgresql://{OWNER}@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off -c max_connections=80"
        self._control("-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self) -> None:
        """End it at once, as a crash would."""
        self._control("-m", "immediate", "stop")

    def signal(self, number: int) -> None:
        """Send a signal to all of its processes."""
        first = int((self.folder / "data/postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for process in (first, *map(int, children)):
            os.kill(process, number)

    def _control(self, *words: object) -> None:
        _run(self.binaries / "pg_ctl", "-D", self.folder / "data", *words)


@contextmanager
def server(binaries: Path) -> Iterator[Server]:
    """Start a server; stop it and remove what it wrote."""
    folder = Path(tempfile.mkdtemp(prefix="doorstep-pg-"))
    if os.getuid() == 0:
        shutil.chown(folder, OWNER, OWNER)
    own = Server(binaries, folder)
    try:
        _run(
            binaries / "initdb",
            "-D",
            folder / "data",
            "-A",
            "trust",
            "-U",
            OWNER,
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        own.start()
        try:
            yield own
        finally:
            own.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(binaries: Path) -> Iterator[str]:
    """Start a server; yield the URL of its database; stop it and remove what it wrote."""
    with server(binaries) as own:
        yield own.url


def _run(*command: object) -> None:
    words = [str(word) for word in command]
    user = pwd.getpwnam(OWNER) if os.getuid() == 0 else None
    as_owner = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    subprocess.run(words, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_owner)
