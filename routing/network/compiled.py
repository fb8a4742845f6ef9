"""The one door to numba: machine code for the few loops that numpy cannot express.

Law: kernels are compiled at first use and kept under `routing/__pycache__` (or in the user's cache folder), in a folder
for each state of all they are made of, since a kernel holds those that it calls and constants that it reads; they hold
no Python object and release the interpreter's lock, so that threads of our own run them side by side. Numba's own
threads stay unused: one of its layers aborts when two threads ask at once, another does not survive a fork.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import config, njit

Kernel = TypeVar("Kernel", bound=Callable[..., object])
PACKAGE = Path(__file__).parents[1]


def kept_in(package: Path) -> Path:
    """Return the folder for kernels of the sources as they are: numba itself looks at the file of each kernel alone."""
    made_of = hashlib.sha256(b"".join(path.read_bytes() for path in _sources(package)))
    return package / "__pycache__" / f"kernels-{made_of.hexdigest()[:16]}"


def _sources(package: Path) -> list[Path]:
    """Return the files with kernels, and those that they import from."""
    files = [path for folder in ("network", "solver") for path in (package / folder).glob("*.py")]
    texts = {path: path.read_text("utf-8") for path in files}
    kernels = [path for path, text in texts.items() if f"from {__name__} import" in text or path.name == "compiled.py"]
    names = {
        name for path in kernels for name in re.findall(r"^from routing\.([\w.]+) import", texts[path], re.MULTILINE)
    }
    named = {package / f"{name.replace('.', '/')}.py" for name in names}
    return sorted({*kernels, *(path for path in named if path.exists())})


if not config.CACHE_DIR:  # type: ignore[attr-defined]
    config.CACHE_DIR = str(kept_in(PACKAGE))  # type: ignore[attr-defined]


def compiled(kernel: Kernel) -> Kernel:
    """Compile a kernel of numpy arrays and numbers, at its first call."""
    try:
        return cast("Kernel", njit(cache=True, nogil=True)(kernel))
    except RuntimeError:  # no folder to keep it in can be written to: every process compiles for itself
        return cast("Kernel", njit(nogil=True)(kernel))


def bare(kernel: Kernel) -> Kernel:
    """Compile a kernel that makes no array of its own: no references are counted, whole numbers divide unchecked."""
    options: dict[str, Any] = {"nogil": True, "_nrt": False, "error_model": "numpy"}
    try:
        return cast("Kernel", njit(cache=True, **options)(kernel))
    except RuntimeError:
        return cast("Kernel", njit(**options)(kernel))


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def side_by_side(tasks: Sequence[Callable[[], object]]) -> None:
    """Run tasks that release the lock, one a processor; a single one runs here."""
    if len(tasks) < 2 or cores() == 1:
        for task in tasks:
            task()
        return
    with ThreadPoolExecutor(min(len(tasks), cores())) as threads:
        for done in [threads.submit(task) for task in tasks]:
            done.result()
