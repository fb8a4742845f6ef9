"""The one door to numba: machine code for the few loops that numpy cannot express.

Law: kernels are compiled at first use and kept beside their source (or in the user's cache folder); they hold no
Python object and release the interpreter's lock, so that threads of our own run them side by side. Numba's own
threads stay unused: one of its layers aborts when two threads ask at once, another does not survive a fork.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., object])


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
