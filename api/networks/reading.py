"""Look at an extract in a process of its own. Law: what comes from outside is never parsed by the server itself.

The child has a limit of memory and of time; whatever it dies of is a refusal, and the server goes on. It ends when its
parent does: it is told by its standard input, which closes then.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from api.manners.errors import UnprocessableError

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_MEMORY_BYTES = 6 * 1024**3  # of addresses, most of which are never touched; a country's roads take half of it
MOST_S = 300
_REFUSED = 3


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What is known of an extract."""

    sha256: str
    way_count: int
    bounds: tuple[float, float, float, float]


def look_at(extract: Path, most_bytes: int = MOST_MEMORY_BYTES, most_s: float = MOST_S) -> Looked:
    """Read an extract in a child, as the core reads it.

    Raises
    ------
    UnprocessableError
        `extract_too_costly`; what the reader of extracts refuses it for.
    """
    command = [sys.executable, "-m", "api.networks.reading", str(extract), str(most_bytes), str(int(most_s) + 1)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
    with process:
        # Not `communicate`, which closes the child's input at once.
        timer = threading.Timer(most_s, process.kill)
        timer.start()
        try:
            said = process.stdout.read() if process.stdout else b""
            status = process.wait()
        finally:
            timer.cancel()
            process.kill()
    return _answer(status, said)


def _answer(status: int, said: bytes) -> Looked:
    if status == 0:
        found = json.loads(said)
        return Looked(sha256=found["sha256"], way_count=found["ways"], bounds=tuple(found["bounds"]))
    if status == _REFUSED:
        code = said.decode()  # of an error of the reader's
        raise UnprocessableError(code, "the extract cannot be read, or has no roads", remedy="send it again, whole")
    raise UnprocessableError(
        "extract_too_costly",
        "reading the extract takes more memory or time than is allowed",
        remedy="cut a smaller area out of it, or leave out what is no road (osmium tags-filter)",
    )


def _main(extract: str, most_bytes: str, most_s: str) -> int:
    """Be the child: limit oneself, read, say what was found."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    resource.setrlimit(resource.RLIMIT_AS, (int(most_bytes), int(most_bytes)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(most_s), int(most_s)))
    from routing.domain.errors import ExtractError
    from routing.network.extract import read_extract

    try:
        read = read_extract(Path(extract))
    except ExtractError as error:  # whose text names the file that it came in
        sys.stdout.write(error.code)
        return _REFUSED
    found: Mapping[str, object] = {"sha256": read.sha256, "ways": len(read.ways), "bounds": read.bounds}
    sys.stdout.write(json.dumps(found))
    return 0


def _end_with_parent() -> None:
    os.read(0, 1)  # nothing is ever written; it returns when the parent is gone
    os._exit(1)


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
