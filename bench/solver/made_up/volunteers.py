"""Invented volunteers and their passes.

Law: every volunteer's pass takes in the sites and where they start, so that whoever is out can load. Of a `simple` day
everybody has one pass, one vehicle and one span, so one duty.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from shapely import Polygon

from bench.solver.made_up.ground import Ground, Spot

Json = dict[str, Any]

MODES = ("motorcycle", "motorcycle", "motorcycle", "bicycle", "car", "foot")
# grams, millilitres, and how far they go in shares of the map
CARRIES = {
    "foot": (12_000, 40_000, 0.6),
    "bicycle": (20_000, 60_000, 0.8),
    "motorcycle": (36_000, 90_000, 0.9),
    "car": (150_000, 600_000, 1.1),
}
PURPOSES = ["medicine", "harm_reduction", "food", "hygiene"]
SOME = (PURPOSES, PURPOSES, PURPOSES, PURPOSES, ["medicine", "harm_reduction"], ["food", "hygiene", "medicine"])
# The fewer there are, the wider each one's ground has to be.
SPREAD = {"few": 1.5, "many": 0.65}
MANY = 12
SHARED = 0.2
EVERYWHERE = 0.08


@dataclass(frozen=True, kw_only=True)
class Staff:
    """How volunteers are drawn: the sites, the hours, and whether with everything."""

    ground: Ground
    dice: random.Random
    sites: tuple[Spot, ...]
    count: int
    shift_h: tuple[float, float]
    everything: bool

    def people(self) -> tuple[list[Json], list[Json]]:
        """Return the volunteers and their passes."""
        volunteers: list[Json] = []
        passes: list[Json] = []
        shapes: list[Polygon | None] = []
        for number in range(1, self.count + 1):
            mode = self.dice.choice(MODES) if number > len(MODES) else MODES[number - 1]
            start = self._start(number, mode)
            volunteers.append(self._volunteer(number, mode, start))
            shapes.append(self._shape(mode, start, shapes))
            passes += self._passes(number, mode, start, shapes[-1])
        return volunteers, passes

    def _start(self, number: int, mode: str) -> Spot:
        """Return a site, or a home not far from one; with everything the first two start together.

        Whoever has no motor starts at a site: from home they would come after it has handed out.
        """
        home = self.dice.choice(self.sites)
        if self.dice.random() < 0.4 or mode in {"foot", "bicycle"} or (self.everything and number <= 2):
            return self.sites[0] if number <= 2 else home
        return self.ground.door(home, 0.4 * self.ground.across_m)

    def _shape(self, mode: str, start: Spot, others: list[Polygon | None]) -> Polygon | None:
        """Return the ground of a pass; None: everywhere. Some share that of somebody before who starts at a site."""
        chance = self.dice.random()
        if chance < EVERYWHERE:
            return None
        drawn = [shape for shape in others if shape is not None]
        if chance < EVERYWHERE + SHARED and drawn and start in self.sites:
            return self.dice.choice(drawn)
        return self._own_ground(mode, start)

    def _own_ground(self, mode: str, start: Spot) -> Polygon:
        spread = SPREAD["many" if self.count >= MANY else "few"]
        reach_m = CARRIES[mode][2] * spread * self.ground.across_m
        return self.ground.pass_ground(self.ground.quarter(0.1, 0.7), reach_m, (start, *self.sites))

    def _volunteer(self, number: int, mode: str, start: Spot) -> Json:
        mass_g, volume_ml, _ = CARRIES[mode]
        vehicle = {"mode": mode, "max_mass_g": mass_g, "max_volume_ml": volume_ml if self.everything else 10**7}
        told: Json = {
            "volunteer_id": f"v{number:02}",
            "code_name": f"volunteer {number:02}",
            "start": {"location": self.ground.location(start)},
            "shifts": [self._shift()],
            "vehicles": [vehicle],
        }
        return told | (self._training(number, mode) if self.everything else {})

    def _shift(self) -> Json:
        minutes = 5 * round(self.dice.uniform(*self.shift_h) * 12)
        # Of a simple day all set out while the site hands out, so that nobody can load a second time.
        later = 30 * self.dice.randrange(10 if minutes < 360 else 4) if self.everything else 0
        begins = 7 * 60 + 30 + later
        ends = begins + minutes
        return {"from_time": _clock(begins), "to_time": _clock(ends)}

    def _training(self, number: int, mode: str) -> Json:
        """Return custody, authorisations, breaks, most visits, and who pairs: what only days with everything know."""
        trained = number <= 2 or self.dice.random() < 0.75
        papers = [*(["controlled"] if trained else []), *(["institution"] if mode == "car" else [])]
        pause = {"earliest_time": "11:30", "latest_time": "13:30", "duration_s": 1800}
        return {
            "authorisations": [{"authorisation_id": name} for name in papers],
            "custody": [{"product_id": "p01", "quantity": 700}, {"product_id": "p02", "quantity": 90}],
            "max_stops": self.dice.choice((12, 16, 20)),
            **({"breaks": [pause]} if self.dice.random() < 0.6 else {}),
            **({"pairs_with": f"v{3 - number:02}"} if number <= 2 else {}),
        }

    def _passes(self, number: int, mode: str, start: Spot, shape: Polygon | None) -> list[Json]:
        """Return somebody's pass; with everything one in five has a second one, for other ground."""
        first = self._pass(f"q{number:02}", number, shape)
        if not self.everything or self.dice.random() > 0.2:
            return [first]
        return [first, self._pass(f"q{number:02}b", number, self._own_ground(mode, start))]

    def _pass(self, pass_id: str, number: int, shape: Polygon | None) -> Json:
        return {
            "pass_id": pass_id,
            "number": pass_id,
            "issuer": "made up",
            "volunteer_id": f"v{number:02}",
            "purposes": self.dice.choice(SOME),
            "areas": [] if shape is None else [self.ground.area(shape)],
            "valid_from_at": "2026-11-01T00:00:00+08:00",
            "valid_to_at": "2026-12-31T00:00:00+08:00",
            **({"hours": [{"from_time": "06:00", "to_time": "18:30"}]} if self.everything else {}),
        }


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
