"""Travel of a day in one block of memory that several processes read.

Law: whoever makes a block fills it before anybody else knows of it, and from then on it is only read. It has no name
and is no file; it is gone when the last process that holds it is. Where the system has no such memory, matrices are
plain arrays, and every process gets its own.
"""

from __future__ import annotations

import mmap
import os
import weakref
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from routing.network.travel import UNREACHABLE
from routing.solver.problem import Matrix, Problem

Shape = tuple[int, ...]


class Block(mmap.mmap):
    """Memory without a name; another process maps it by its descriptor."""

    descriptor: int

    def __new__(cls, size: int) -> Block:
        """Reserve so many bytes, all of them zero."""
        descriptor = os.memfd_create("travel")
        os.ftruncate(descriptor, size)
        block = super().__new__(cls, descriptor, size)
        block.descriptor = descriptor
        weakref.finalize(block, os.close, descriptor)
        return block


def room_for(profiles: int, places: int) -> Matrix:
    """Return room for seconds and metres , [profiles, 2, places, places]; in a block if there is one."""
    shape = (profiles, 2, places, places)
    size = int(np.prod(shape))
    if not size or not hasattr(os, "memfd_create"):
        return np.zeros(shape, dtype=np.int32)
    return np.ndarray(shape, dtype=np.int32, buffer=Block(4 * size))


def in_a_block(problem: Problem) -> Problem:
    """Return the problem with all its travel in one block; itself, if that is so."""
    if block_of(problem) is not None:
        return problem
    whole = room_for(len(problem.time_s), len(problem.time_s[0]) if problem.time_s else 0)
    for room, seconds, metres in zip(whole, problem.time_s, problem.distance_m, strict=True):
        room[0], room[1] = narrow(seconds), narrow(metres)
    return with_travel(problem, whole)


def narrow(matrix: npt.NDArray[np.integer]) -> Matrix:
    """Return a matrix in 32-bit numbers and whole rows: itself, if it is that; no way is longer than `UNREACHABLE`."""
    if matrix.dtype == np.int32:
        return np.ascontiguousarray(matrix)
    return np.ascontiguousarray(np.minimum(matrix, UNREACHABLE), dtype=np.int32)


def block_of(problem: Problem) -> Block | None:
    """Return the block that holds all of a problem's travel, in its order, and nothing else; None: there is none."""
    if not problem.time_s:
        return None
    base: object = problem.time_s[0]
    while isinstance(base, np.ndarray):
        base = base.base
    if not isinstance(base, Block):
        return None
    whole = _whole(base, shape_of(problem))
    mine = whole is not None and _addresses(with_travel(problem, whole)) == _addresses(problem)
    return base if mine else None


def shape_of(problem: Problem) -> Shape:
    """Return the shape of a problem's travel in a block."""
    return (len(problem.time_s), 2, *problem.time_s[0].shape)


def with_travel(problem: Problem, whole: Matrix) -> Problem:
    """Return the problem with the travel that a block holds."""
    return replace(problem, time_s=tuple(each[0] for each in whole), distance_m=tuple(each[1] for each in whole))


def without_travel(problem: Problem) -> Problem:
    """Return what of a problem is sent beside its block."""
    return replace(problem, time_s=(), distance_m=())


def mapped(descriptor: int, shape: Shape) -> Matrix:
    """Return the travel in another process's block, to be read alone; closes the descriptor."""
    try:
        block = mmap.mmap(descriptor, 4 * int(np.prod(shape)), prot=mmap.PROT_READ)
    finally:
        os.close(descriptor)
    return np.frombuffer(block, dtype=np.int32).reshape(shape)


def _whole(block: Block, shape: Shape) -> Matrix | None:
    held = np.frombuffer(block, dtype=np.int32)
    return held.reshape(shape) if len(held) == np.prod(shape) else None


def _addresses(problem: Problem) -> Sequence[int]:
    return [matrix.ctypes.data for matrix in (*problem.time_s, *problem.distance_m)]
