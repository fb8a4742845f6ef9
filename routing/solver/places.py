"""The day's places, each once, and travel between them for each distinct (mode, legal area, longest walk)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from routing.domain.duties import Duty
from routing.domain.places import Place
from routing.network.last_metres import Walk, needs_walk, walks_of
from routing.network.legal import LegalArea, LegalGround, line_or_point
from routing.network.snapping import Snap, snap_all
from routing.network.street_arrays import Streets
from routing.network.travel import Travel, TravelEngine
from routing.solver.matrices import room_for

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


@dataclass(frozen=True, kw_only=True)
class Question:
    """What decides how long ways take: two duties that ask the same share the answer."""

    mode: str
    area: LegalArea
    walk_max_m: int

    @property
    def key(self) -> object:
        """What two equal questions have in common."""
        area = self.area
        return (
            self.mode,
            area.allowed.wkb if area.allowed is not None else None,
            frozenset(zone.wkb for zone in area.blocked),
            tuple(sorted((shape.wkb, seconds) for shape, seconds in area.delays)),
            self.walk_max_m,
        )


@dataclass(frozen=True)
class Answer:
    """Travel between all places, and by place the way on foot from the vehicle to a door that it does not reach."""

    travel: Travel
    walks: tuple[Walk | None, ...]


@dataclass(frozen=True)
class Ground:
    """Snapped places and travel.

    Attributes
    ----------
    snaps
        By mode, one entry a place.
    doors
        By mode, the places that are reached on foot from where the vehicle is left, as snapped on foot; else None.
    travels, walks
        One a profile.
    profile_of
        Duty id -> profile.
    """

    places: tuple[Place, ...]
    streets: Streets
    snaps: dict[str, list[Snap | None]]
    doors: dict[str, list[Snap | None]]
    travels: tuple[Travel, ...]
    walks: tuple[tuple[Walk | None, ...], ...]
    profile_of: dict[str, int]
    _answers: dict[object, Answer] = field(default_factory=dict)

    def travel_over(self, engine: TravelEngine, question: Question) -> Travel:
        """Return travel for a question that need be no duty's; made once."""
        if question.key not in self._answers:
            self._answers[question.key] = _answer(
                engine, self.streets, self.places, self.snaps[question.mode], self.doors[question.mode], question
            )
        return self._answers[question.key].travel

    def near_a_street(self, place: int) -> bool:
        """Whether some mode in use gets there, or on foot from there; without any duty nothing can be said."""
        known = [*self.snaps.values(), *self.doors.values()]
        return not known or any(entry[place] for entry in known)

    def on_foot(self, duty: Duty) -> frozenset[int]:
        """Return the places to which a duty's vehicle does not come: what is handed over there is carried."""
        walks = self.walks[self.profile_of[duty.duty_id]]
        return frozenset(place for place, walk in enumerate(walks) if walk is not None)

    def legal(self, mode: str, area: LegalArea) -> npt.NDArray[np.bool_]:
        """Return, of shape [places], whether pin, street point and the walk between lie in an area.

        Of a door that is reached on foot the pin is asked alone: the way there may be any that is lawful.
        """
        projection = self.streets.projection
        lines = [
            None if place is None else line_or_point(projection.to_m([(place.lon, place.lat), place.pin]))
            for place in (
                _standing_at(door) if door is not None else snap
                for snap, door in zip(self.snaps[mode], self.doors[mode], strict=True)
            )
        ]
        found = np.array([line is not None for line in lines])
        shapes = np.array([line for line in lines if line is not None], dtype=object)
        found[found] = LegalGround(area, projection).covers(shapes)
        return found


def _standing_at(door: Snap) -> Snap:
    lon, lat = door.pin
    return replace(door, lon=lon, lat=lat)


def question_of(duty: Duty) -> Question:
    """Return what decides how long a duty's ways take."""
    area = LegalArea(allowed=duty.allowed, blocked=duty.blocked, delays=duty.delays)
    return Question(mode=str(duty.mode), area=area, walk_max_m=duty.vehicle.walk_max_m)


def make_ground(engine: TravelEngine, streets: Streets, places: Sequence[Place], duties: Sequence[Duty]) -> Ground:
    """Snap all places for every mode in use and compute travel once a distinct question."""
    pins = [place.location.point for place in places if place.location is not None]
    modes = sorted({str(duty.mode) for duty in duties})
    snaps = {mode: snap_all(streets, mode, pins) for mode in modes}
    on_foot = snap_all(streets, "foot", pins) if modes else []
    doors = {
        mode: [
            door if needs_walk(streets, mode, by_vehicle, door) else None
            for by_vehicle, door in zip(snaps[mode], on_foot, strict=True)
        ]
        for mode in modes
    }
    asked = {duty.duty_id: question_of(duty) for duty in duties}
    questions = {question.key: question for question in asked.values()}
    travel = room_for(len(questions), len(places))
    answers: dict[object, Answer] = {}
    for room, (key, question) in zip(travel, questions.items(), strict=True):
        snapped, walked = snaps[question.mode], doors[question.mode]
        answers[key] = _answer(engine, streets, places, snapped, walked, question)
        answers[key].travel.move_to(*room)
    number = {key: at for at, key in enumerate(questions)}
    return Ground(
        places=tuple(places),
        streets=streets,
        snaps=snaps,
        doors=doors,
        travels=tuple(answer.travel for answer in answers.values()),
        walks=tuple(answer.walks for answer in answers.values()),
        profile_of={duty_id: number[question.key] for duty_id, question in asked.items()},
        _answers=dict(answers),
    )


def _answer(
    engine: TravelEngine,
    streets: Streets,
    places: Sequence[Place],
    snaps: Sequence[Snap | None],
    doors: Sequence[Snap | None],
    question: Question,
) -> Answer:
    """Answer one question: the engine is asked for the places where the vehicle stands."""
    walks = walks_of(streets, question.mode, question.area, doors, question.walk_max_m)
    standing: list[Snap | None] = []
    walk_s: list[int | None] = []
    for place, by_vehicle, door, walk in zip(places, snaps, doors, walks, strict=True):
        if walk is not None:
            standing.append(walk.parking)
            walk_s.append(walk.walk_s if place.walk_s is None else place.walk_s)
        else:
            standing.append(by_vehicle if door is None else None)
            walk_s.append(place.walk_s)
    return Answer(engine.travel(question.mode, question.area, standing, walk_s), tuple(walks))
