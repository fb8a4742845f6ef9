"""How fast a mode may be on a street: tags and the table of speeds, read a second time on purpose.

Law: shares nothing with the street engine but `speeds.json`. Sources: OSM wiki, Key:maxspeed, Key:surface,
Key:smoothness, Key:tracktype, Key:incline.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from routing.domain.volunteers import Mode

Tags = Mapping[str, str]

_KPH_PER = {"mph": 1.609344, "knots": 1.852}
_MAXSPEED = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(mph|knots|km/h|kmh|kph)?\s*$")
_SLOPE = re.compile(r"^\s*[+-]?(\d+(?:\.\d+)?)\s*(%|°|)\s*$")
# So steep a slope in degrees is a mistake, and steep enough.
_MOST_DEG = 60.0


@cache
def speed_table() -> Mapping[str, Any]:
    """Return `speeds.json`, the one table of speeds."""
    table: Mapping[str, Any] = json.loads(files("routing.network").joinpath("speeds.json").read_text("utf-8"))
    return table


def most_kph(tags: Tags, mode: Mode, keys: Sequence[str]) -> float | None:
    """Return the most a mode makes on a street in km/h; None where the table has no speed.

    `keys` speak to the mode, the most telling one first.
    """
    table = speed_table()["modes"][mode.value]
    kph = table["kph"].get(tags.get("highway", ""))
    if kph is None:
        return None
    slowed = float(kph) * _by_ground(tags, table["factors"]) * _by_slope(tags, table["incline"])
    limit = _signed_kph(tags, keys) if table["capped_by_maxspeed"] else None
    return slowed if limit is None else min(slowed, limit)


def _by_ground(tags: Tags, factors: Mapping[str, Mapping[str, float]]) -> float:
    """Return the factor of the worst that is said about the ground."""
    worst = 1.0
    for key, table in factors.items():
        for value in map(str.strip, tags.get(key, "").split(";")):
            worst = min(worst, table.get(_surface_group(value) if key == "surface" else value, 1.0))
    return worst


def _surface_group(surface: str) -> str:
    return next((group for group, names in speed_table()["surfaces"].items() if surface in names), "")


def _by_slope(tags: Tags, steps: Sequence[tuple[float, float]]) -> float:
    """Return the factor of the slope, whichever way it goes; stairs are slow enough by their class."""
    slope = _SLOPE.match(tags.get("incline", ""))
    if slope is None or tags.get("highway") == "steps":
        return 1.0
    percent = float(slope[1])
    if slope[2] == "°":
        percent = math.tan(math.radians(min(percent, _MOST_DEG))) * 100
    return next((factor for least, factor in reversed(steps) if percent >= least), 1.0)


def _signed_kph(tags: Tags, keys: Sequence[str]) -> float | None:
    """Return the limit that speaks to the mode most tellingly; of two directions, the lower one."""
    for base in (*(f"maxspeed:{key}" for key in keys), "maxspeed"):
        limits = [_limit_kph(tags.get(base + side, "")) for side in ("", ":forward", ":backward")]
        if any(limits):
            return min(limit for limit in limits if limit)
    return None


@cache
def _limit_kph(text: str) -> float | None:
    """Return a limit in km/h, the lowest of several; None where it is no number."""
    limits = [limit for part in text.lower().split(";") if (limit := _one_limit_kph(part.strip()))]
    return min(limits, default=None)


def _one_limit_kph(text: str) -> float | None:
    if text == "walk":
        return float(speed_table()["walk_maxspeed_kph"])
    found = _MAXSPEED.match(text)
    return float(found[1]) * _KPH_PER.get(found[2] or "", 1.0) if found else None
