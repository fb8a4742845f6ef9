"""Points in a plane for places of which only travel times are known.

Law: a picture for heuristics; nothing lawful rests on it.

Classical scaling (Torgerson 1952): exact, but for turning and mirroring, where times are distances in a plane. PyVRP's
SWAP* compares routes only if their sectors overlap; with all clients at one point it compares every pair of routes,
and does a tenth of the iterations.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SIZE = 10_000.0


def in_a_plane(time_s: npt.NDArray[np.integer], far: int) -> npt.NDArray[np.int64]:
    """Return whole-numbered coordinates, [places, 2]; times beyond `far` count as the longest below."""
    if not len(time_s):
        return np.zeros((0, 2), dtype=np.int64)
    times = np.where(time_s >= far, -1, time_s).astype(float)
    times = np.where(times < 0, max(times.max(), 1.0), times)
    squares = ((times + times.T) / 2) ** 2
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()
    values, vectors = np.linalg.eigh(-centred / 2)
    points = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 0.0))
    if points.shape[1] < 2:
        points = np.hstack([points, np.zeros((len(points), 2 - points.shape[1]))])
    largest = max(float(np.abs(points).max(initial=0.0)), 1.0)
    scaled: npt.NDArray[np.int64] = np.rint(points * (SIZE / largest)).astype(np.int64)
    return scaled
