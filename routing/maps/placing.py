"""Move numbers apart that would cover each other. Law: nothing moves that has room, and the same input moves alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

ROUNDS = 240
GOLDEN_ANGLE = 2.399963
PULL = 0.03
MOST_AT_ONCE = 1500

Floats = npt.NDArray[np.float64]


def offsets(points: Floats, sizes: Floats) -> Floats:
    """Return how far to move each marker so that none covers another.

    Parameters
    ----------
    points
        Where the markers belong, in pixels, of shape [n, 2].
    sizes
        Radius of each, in pixels; one of size 0 or less is fixed, with its size taken as positive.

    Returns
    -------
    Floats
        Of shape [n, 2], in pixels. With more than 1500 markers nothing is moved: no page stays legible then.
    """
    radius = np.abs(sizes)
    free = (sizes > 0)[:, None]
    moved = points.copy()
    if len(points) > MOST_AT_ONCE or len(points) < 2:
        return moved - points
    apart = radius[:, None] + radius[None, :]
    aside = _directions(len(points))
    for _ in range(ROUNDS):
        push = _push(moved, apart, aside)
        if not push.any():
            break
        moved += np.where(free, push, 0.0)
        moved += np.where(free & ~push.any(axis=1, keepdims=True), PULL * (points - moved), 0.0)
    return moved - points


def _push(moved: Floats, apart: Floats, aside: Floats) -> Floats:
    between = moved[:, None, :] - moved[None, :, :]
    distance = np.hypot(between[..., 0], between[..., 1])
    overlap = np.clip(apart - distance, 0.0, None)
    np.fill_diagonal(overlap, 0.0)
    same = distance < 1e-6
    between = np.where(same[..., None], aside[:, None, :] - aside[None, :, :], between)
    distance = np.where(same, np.hypot(between[..., 0], between[..., 1]), distance)
    np.fill_diagonal(distance, 1.0)
    push: Floats = ((overlap * 0.55 / distance)[..., None] * between).sum(axis=1)
    return push


def _directions(count: int) -> Floats:
    """Return a direction for each marker, no two alike, for those that lie on one spot."""
    angle = np.arange(count) * GOLDEN_ANGLE
    return np.column_stack([np.cos(angle), np.sin(angle)])
