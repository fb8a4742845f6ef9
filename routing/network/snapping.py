"""Join a pin to the nearest street a mode may use.

Law: passes play no part here. The place is on the street whatever the day's papers say, so that a client out of
reach is told "outside the pass", not moved to a farther street. Ties go to the lowest way id, then along it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from routing.network.projection import Floats, haversine_m
from routing.network.street_arrays import Ints, ModeStreets, Streets

DEFAULT_LIMIT_M = 300.0
# The plane is a little off great-circle metres; look slightly wider, then measure exactly.
_WIDER = 1.02


@dataclass(frozen=True, kw_only=True)
class Snap:
    """A place on a street, and the pin it stands for.

    Attributes
    ----------
    mode
        For which mode the street was chosen.
    chain, stretch, fraction
        Which chain of `Streets`, which stretch of it (0 is its first), and how far along that stretch, from 0 to
        1 in six decimals, in the direction of the way. 1 only at the chain's very end.
    lon, lat
        The point on the street, degrees, seven decimals.
    walk_m
        Straight metres between the street point and the pin.
    pin
        (lon, lat) as given.
    """

    mode: str
    chain: int
    stretch: int
    fraction: float
    lon: float
    lat: float
    walk_m: float
    pin: tuple[float, float]

    @property
    def position(self) -> float:
        """Stretches from the chain's start, with the fraction."""
        return self.stretch + self.fraction


def snap(streets: Streets, mode: str, lon: float, lat: float, limit_m: float = DEFAULT_LIMIT_M) -> Snap | None:
    """Return the nearest street point within `limit_m` metres, or None."""
    return snap_all(streets, mode, [(lon, lat)], limit_m)[0]


def snap_all(
    streets: Streets, mode: str, pins: Sequence[tuple[float, float]], limit_m: float = DEFAULT_LIMIT_M
) -> list[Snap | None]:
    """Snap pins (lon, lat) in one go; the answers are in their order."""
    view = streets.of(mode)
    pins_xy = streets.projection.to_m(np.asarray(pins, np.float64).reshape(-1, 2))
    chains = _nearest_chains(view, pins_xy, limit_m)
    found = [
        _on_chain(streets, mode, int(chain), pin, xy) if chain >= 0 else None
        for chain, pin, xy in zip(chains, pins, pins_xy, strict=True)
    ]
    return [place if place is not None and place.walk_m <= limit_m else None for place in found]


def _nearest_chains(view: ModeStreets, pins_xy: Floats, limit_m: float) -> Ints:
    """Return, of shape [n], the nearest chain or -1."""
    nearest = np.full(len(pins_xy), -1, np.int64)
    if len(view.chains) and len(pins_xy):
        pin, hit = view.tree.query_nearest(shapely.points(pins_xy), max_distance=limit_m * _WIDER + 1.0)
        # Chains are numbered by way id, then along the way: the lowest number wins a tie, being written last.
        order = np.lexsort((-hit, pin))
        nearest[pin[order]] = view.chains[hit[order]]
    return nearest


def _on_chain(streets: Streets, mode: str, chain: int, pin: tuple[float, float], xy: Floats) -> Snap:
    nodes = streets.chain_nodes(chain)
    stretch, fraction = _nearest_stretch(streets.node_xy[nodes], xy)
    if fraction == 1.0 and stretch < len(nodes) - 2:  # one name for one point
        stretch, fraction = stretch + 1, 0.0
    start, end = streets.node_lon_lat[nodes[stretch : stretch + 2]]
    lon, lat = (round(float(degrees), 7) for degrees in start + fraction * (end - start))
    walk_m = float(haversine_m(lon, lat, *pin))
    return Snap(mode=mode, chain=chain, stretch=stretch, fraction=fraction, lon=lon, lat=lat, walk_m=walk_m, pin=pin)


def _nearest_stretch(line_xy: Floats, xy: Floats) -> tuple[int, float]:
    """Return the nearest segment of a line (the first among equals) and the fraction along it."""
    along = line_xy[1:] - line_xy[:-1]
    squared = np.maximum((along**2).sum(axis=1), 1e-12)  # two nodes at one place
    fractions = (((xy - line_xy[:-1]) * along).sum(axis=1) / squared).clip(0.0, 1.0)
    away = ((line_xy[:-1] + fractions[:, None] * along - xy) ** 2).sum(axis=1)
    stretch = int(away.argmin())
    return stretch, round(float(fractions[stretch]), 6)
