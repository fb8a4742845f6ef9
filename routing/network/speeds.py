"""Say how fast a mode moves along a street, and what turning costs it.

Law: every number comes from `speeds.json` or from the street's own `maxspeed` tag; none is written here. A street has
one speed a mode: where its two directions differ, that of the slower one.

Sources: OpenStreetMap wiki, Key:maxspeed, Key:surface, Key:smoothness, Key:tracktype, Key:incline.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import radians, tan
from typing import Any

import numpy as np
import numpy.typing as npt

_KPH_PER_UNIT = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_INCLINE = re.compile(r"[-+]?(\d+(?:\.\d+)?)\s*(%|°)?")
# The keys of whose limits the most telling one binds a mode.
_LIMIT_KEYS = {
    "motorcycle": ("maxspeed:motorcycle", "maxspeed:motor_vehicle", "maxspeed:vehicle", "maxspeed"),
    "car": ("maxspeed:motorcar", "maxspeed:motor_vehicle", "maxspeed:vehicle", "maxspeed"),
}
_MAXSPEED = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?")


@dataclass(frozen=True)
class TurnCosts:
    """What turning from one street into another costs a vehicle.

    Attributes
    ----------
    ordinary_from_deg, sharp_from_deg, u_turn_from_deg
        Angles off straight on from which a turn is an ordinary one, a sharp one, or turning round.
    ordinary_s, sharp_s, u_turn_s
        What each costs; a lesser angle costs nothing.
    """

    ordinary_from_deg: float
    sharp_from_deg: float
    u_turn_from_deg: float
    ordinary_s: float
    sharp_s: float
    u_turn_s: float

    def seconds(self, angle_deg: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the seconds of turns, in the shape of `angle_deg`.

        An angle of 0 is straight on, positive to the left, negative to the right, up to 180 either way.
        """
        kind = np.searchsorted(
            [self.ordinary_from_deg, self.sharp_from_deg, self.u_turn_from_deg], np.abs(angle_deg), side="right"
        )
        return np.array([0.0, self.ordinary_s, self.sharp_s, self.u_turn_s])[kind]


@dataclass(frozen=True)
class ModeSpeeds:
    """One mode's speeds.

    Attributes
    ----------
    kph
        Highway class -> speed in kilometres per hour. A class not named here is never used by the mode.
    usable_by_default
        Classes open to the mode without any access tag.
    capped_by_maxspeed
        Whether the `maxspeed` tag binds the mode.
    turns
        What turning costs; None where it costs nothing.
    factors
        Key (`surface`, `smoothness`, `tracktype`) -> value -> what is left of the speed; the smallest counts.
    incline
        (percent, factor), rising: from so steep on, so much is left of the speed.
    """

    kph: Mapping[str, float]
    usable_by_default: frozenset[str]
    capped_by_maxspeed: bool
    turns: TurnCosts | None
    factors: Mapping[str, Mapping[str, float]]
    incline: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class SpeedTable:
    """All modes' speeds; `last_metres_kph` is the walk between a street and a pin."""

    modes: Mapping[str, ModeSpeeds]
    last_metres_kph: float
    walk_maxspeed_kph: float


@cache
def speed_table() -> SpeedTable:
    """Read `speeds.json` once."""
    document = json.loads((files("routing.network") / "speeds.json").read_text(encoding="utf-8"))
    modes = {mode: _mode_speeds(row, document) for mode, row in document["modes"].items()}
    return SpeedTable(modes, float(document["last_metres_kph"]), float(document["walk_maxspeed_kph"]))


def _mode_speeds(row: Mapping[str, Any], document: Mapping[str, Any]) -> ModeSpeeds:
    from_deg = {f"{kind}_from_deg": float(deg) for kind, deg in document["turn_from_deg"].items()}
    by_group = row["factors"]["surface"]
    surfaces = {name: by_group.get(group, 1.0) for group, names in document["surfaces"].items() for name in names}
    return ModeSpeeds(
        kph={highway: float(kph) for highway, kph in row["kph"].items()},
        usable_by_default=frozenset(row["usable_by_default"]),
        capped_by_maxspeed=bool(row["capped_by_maxspeed"]),
        turns=TurnCosts(**from_deg, **row["turns"]) if row["turns"] else None,
        factors={**row["factors"], "surface": surfaces},
        incline=tuple((float(percent), float(factor)) for percent, factor in row["incline"]),
    )


def street_kph(tags: Mapping[str, str], mode: str) -> float:
    """Return the mode's speed on a street in km/h, or 0 for a class the mode never uses."""
    speeds = speed_table().modes[mode]
    kph = speeds.kph.get(tags.get("highway", ""), 0.0) * _factor(speeds, tags)
    limit_kph = _limit_kph(tags, mode) if speeds.capped_by_maxspeed else None
    return kph if limit_kph is None else min(kph, limit_kph)


def _factor(speeds: ModeSpeeds, tags: Mapping[str, str]) -> float:
    """Return what surface and incline leave of a speed; of several values (`gravel;mud`) the slowest counts."""
    ground = [
        by_value.get(value.strip(), 1.0)
        for key, by_value in speeds.factors.items()
        for value in tags.get(key, "").split(";")
    ]
    # Nobody climbs stairs as slowly as a ramp so steep: their class says how slow they are.
    steep_percent = 0.0 if tags.get("highway") == "steps" else incline_percent(tags.get("incline"))
    return min(ground) * min((factor for percent, factor in speeds.incline if percent <= steep_percent), default=1.0)


def incline_percent(value: str | None) -> float:
    """Return how steep an `incline` tag is, up or down, in percent; 0 where it says no number (`up`)."""
    match = _INCLINE.fullmatch((value or "").strip())
    if match is None:
        return 0.0
    return 100 * tan(radians(min(float(match[1]), 60.0))) if match[2] == "°" else float(match[1])


def _limit_kph(tags: Mapping[str, str], mode: str) -> float | None:
    """Return the limit for a mode by its most telling key, the lower one of two directions."""
    for key in _LIMIT_KEYS[mode]:
        said = [maxspeed_kph(tags.get(name)) for name in (key, f"{key}:forward", f"{key}:backward")]
        limits = [limit for limit in said if limit is not None]
        if limits:
            return min(limits)
    return None


def maxspeed_kph(value: str | None) -> float | None:
    """Parse a `maxspeed` tag to km/h; None where it names no number (`none`, `signals`, `IN:urban`).

    Of several values (`30;50`) the smallest counts, so that a leg is never promised too fast.
    Source: OpenStreetMap wiki, Key:maxspeed.
    """
    limits = [_one_maxspeed_kph(part.strip().lower()) for part in (value or "").split(";")]
    return min((limit for limit in limits if limit), default=None)


def _one_maxspeed_kph(text: str) -> float | None:
    if text == "walk":
        return speed_table().walk_maxspeed_kph
    match = _MAXSPEED.fullmatch(text)
    return float(match[1]) * _KPH_PER_UNIT[match[2] or ""] if match else None
