"""A worker's process from outside. Law: it can be killed at any moment, and says nothing after that."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

from api.settings import environment_of_workers

# Its first argument is where we find modules: our own paths may come from elsewhere than the environment.
_PROGRAM = (
    "import os, sys; sys.path[:] = sys.argv.pop(1).split(os.pathsep); "
    "from api.jobs.worker import main; main(sys.argv[1:])"
)


class WorkerProcess:
    """A process that gets ready at once, and makes one plan."""

    def __init__(self, most_bytes: int) -> None:
        self._line, theirs = Pipe()
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-c", _PROGRAM, paths, str(theirs.fileno()), str(most_bytes)],
            pass_fds=[theirs.fileno()],
            env=environment_of_workers(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # an interruption of the service's terminal is the service's to answer
        )
        theirs.close()

    @property
    def process_id(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def say(self, word: str, what: Mapping[str, object] | None = None) -> None:
        """Tell it something; where it is gone, its silence will be noticed."""
        with contextlib.suppress(OSError):
            self._line.send_bytes(json.dumps({"word": word, **(what or {})}).encode())

    def heard(self, wait_s: float) -> dict[str, Any] | None:
        """Return what it says within so many seconds; None: nothing.

        Raises
        ------
        EOFError
            It is gone.
        """
        try:
            if not self._line.poll(wait_s):
                return None
            said: dict[str, Any] = json.loads(self._line.recv_bytes())
        except (OSError, ValueError) as error:
            raise EOFError from error
        return said

    def kill(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._line.close()
