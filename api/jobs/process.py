"""A child's process from outside. Law: it can be killed at any moment, and says nothing after that."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from api.settings import environment_of_workers

# Its first arguments are where we find modules, since our own paths may come from elsewhere than the environment, and
# which of them it runs.
_PROGRAM = (
    "import importlib, os, sys; sys.path[:] = sys.argv.pop(1).split(os.pathsep); "
    "importlib.import_module(sys.argv.pop(1)).main(sys.argv[1:])"
)


def start_child(
    module: str, *arguments: str, environment: Mapping[str, str] | None = None
) -> tuple[subprocess.Popen[bytes], Connection]:
    """Start a module's `main` in a process of its own, told the descriptor of its line and some arguments.

    Returns
    -------
    process, line
        Our end of the line: all that it is told comes by it, and it ends once the line is cut.
    """
    ours, theirs = Pipe()
    paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
        [sys.executable, "-c", _PROGRAM, paths, module, str(theirs.fileno()), *arguments],
        pass_fds=[theirs.fileno()],
        env={**environment_of_workers(), **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # an interruption of the service's terminal is the service's to answer
    )
    theirs.close()
    return process, ours


class WorkerProcess:
    """A process that gets ready at once, and makes one plan."""

    def __init__(self, most_bytes: int) -> None:
        self._process, self._line = start_child("api.jobs.worker", str(most_bytes))

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
