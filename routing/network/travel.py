"""The interface of a travel engine: what the rest of Doorstep knows of routing.

Law: no algorithm here. An engine is asked once per (mode, legal area) and answers for all its places; it may be
exchanged without touching a caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from routing.network.legal import LegalArea
from routing.network.snapping import Snap

UNREACHABLE = 2**30 - 1
"""Seconds and metres where there is no legal way; far above any day, and twice that still is a 32-bit number."""

StreetPiece = tuple[int, int, int, float, float]
"""(way_id, from_node, to_node, f0, f1): from f0 to f1 of the stretch between two nodes, as driven."""


@dataclass(frozen=True)
class Leg:
    """The way from one place to another.

    Attributes
    ----------
    travel_s
        Seconds, with the walk of the last metres at both ends.
    distance_m
        Metres on streets, rounded.
    walk_m
        Metres of the walks at both ends together, rounded; the walks are not in `coordinates`.
    streets
        Stretches in the order driven; each begins at the node where the one before ended. Empty where both
        places are one street point.
    coordinates
        (lon, lat) from street point to street point, at least two.
    checkpoint_s
        Seconds of `travel_s` that checkpoints on the way cost.
    """

    travel_s: int
    distance_m: int
    walk_m: int
    streets: tuple[StreetPiece, ...]
    coordinates: tuple[tuple[float, float], ...]
    checkpoint_s: int = 0


class Travel(Protocol):
    """All travel between n places in one mode over one legal area.

    Attributes
    ----------
    time_s
        int32 [n, n], from row to column, with the walks at both ends; `UNREACHABLE` where there is no legal
        way; 0 on the diagonal.
    distance_m
        int32 [n, n], on streets; `UNREACHABLE` likewise.
    place_legal
        bool [n]: street point, pin and the walk between them all lie in the legal area.
    """

    time_s: npt.NDArray[np.int32]
    distance_m: npt.NDArray[np.int32]
    place_legal: npt.NDArray[np.bool_]

    def move_to(self, time_s: npt.NDArray[np.int32], distance_m: npt.NDArray[np.int32]) -> None:
        """Copy both matrices into arrays of somebody else's, and keep them there."""
        ...

    def leg(self, i: int, j: int) -> Leg:
        """Return the way from place i to place j; raise ValueError where there is none."""
        ...


class TravelEngine(Protocol):
    """Anything that answers travel questions."""

    def travel(self, mode: str, area: LegalArea, places: Sequence[Snap | None], walk_s: Sequence[int | None]) -> Travel:
        """Answer for places snapped in `mode`.

        Parameters
        ----------
        places
            None for a pin without a street nearby: not legal, not reachable.
        walk_s
            Seconds for the last metres at each place; None means the straight walk at `last_metres_kph`.
        """
        ...
