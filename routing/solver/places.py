"""The day's places, each once, and travel between them for each distinct (mode, legal area)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from routing.domain.duties import Duty
from routing.domain.places import Place
from routing.network.legal import LegalArea, LegalGround, line_or_point
from routing.network.snapping import Snap, snap_all
from routing.network.street_arrays import Streets
from routing.network.travel import Travel, TravelEngine

NOWHERE = -1


class Places:
    """A register: the same location with the same walk is the same place."""

    def __init__(self) -> None:
        self._index: dict[tuple[float, float, int | None], int] = {}
        self.all: list[Place] = []

    def of(self, place: Place | None) -> int:
        """Return the index of a place, `NOWHERE` if it has no location yet."""
        if place is None or place.location is None:
            return NOWHERE
        key = (*place.location.point, place.walk_s)
        if key not in self._index:
            self._index[key] = len(self.all)
            self.all.append(place)
        return self._index[key]


@dataclass(frozen=True)
class Ground:
    """Snapped places and travel.

    Attributes
    ----------
    snaps
        By mode, one entry a place.
    travels
        One a profile.
    profile_of
        Duty id -> profile.
    """

    places: tuple[Place, ...]
    streets: Streets
    snaps: dict[str, list[Snap | None]]
    travels: tuple[Travel, ...]
    profile_of: dict[str, int]
    _elsewhere: dict[object, Travel] = field(default_factory=dict)

    def travel_over(self, engine: TravelEngine, mode: str, area: LegalArea) -> Travel:
        """Return travel in a mode over an area that need be no duty's; made once."""
        key = mode, area_key(area)
        if key not in self._elsewhere:
            walks = [place.walk_s for place in self.places]
            self._elsewhere[key] = engine.travel(mode, area, self.snaps[mode], walks)
        return self._elsewhere[key]

    def legal(self, mode: str, area: LegalArea) -> npt.NDArray[np.bool_]:
        """Return, of shape [places], whether pin, street point and the walk between lie in an area."""
        projection = self.streets.projection
        lines = [
            None if snap is None else line_or_point(projection.to_m([(snap.lon, snap.lat), snap.pin]))
            for snap in self.snaps[mode]
        ]
        found = np.array([line is not None for line in lines])
        shapes = np.array([line for line in lines if line is not None], dtype=object)
        found[found] = LegalGround(area, projection).covers(shapes)
        return found


def legal_area(duty: Duty) -> LegalArea:
    """Return where a duty may be."""
    return LegalArea(allowed=duty.allowed, blocked=duty.blocked, delays=duty.delays)


def area_key(area: LegalArea) -> object:
    """Return what two equal legal areas have in common."""
    return (
        area.allowed.wkb if area.allowed is not None else None,
        frozenset(zone.wkb for zone in area.blocked),
        tuple(sorted((shape.wkb, seconds) for shape, seconds in area.delays)),
    )


def make_ground(engine: TravelEngine, streets: Streets, places: Sequence[Place], duties: Sequence[Duty]) -> Ground:
    """Snap all places for every mode in use and compute travel once a distinct (mode, legal area)."""
    pins = [place.location.point for place in places if place.location is not None]
    walks = [place.walk_s for place in places]
    snaps = {mode: snap_all(streets, mode, pins) for mode in sorted({str(duty.mode) for duty in duties})}
    travels: list[Travel] = []
    number_of: dict[object, int] = {}
    profile_of = {}
    for duty in duties:
        area = legal_area(duty)
        key = str(duty.mode), area_key(area)
        if key not in number_of:
            number_of[key] = len(travels)
            mode = str(duty.mode)
            travels.append(engine.travel(mode, area, snaps[mode], walks))
        profile_of[duty.duty_id] = number_of[key]
    return Ground(places=tuple(places), streets=streets, snaps=snaps, travels=tuple(travels), profile_of=profile_of)
