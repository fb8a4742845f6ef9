"""Who may use a street, which way, how fast: OpenStreetMap's tags, read a second time on purpose.

Law: shares nothing with the street engine but `speeds.json`. Sources: OSM wiki, Key:access, OSM tags for
routing/Access restrictions, Key:oneway, Key:barrier, Tag:junction=roundabout, Key:maxspeed. Conditional tags and
turn restrictions are not read (the rules do not name them).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from routing.domain.volunteers import Mode
from routing.network.extract import Extract, Way

Tags = Mapping[str, str]

# The keys that speak to a mode, the most telling one first (OSM wiki, Key:access, "Transport mode restrictions").
ACCESS_KEYS: dict[Mode, tuple[str, ...]] = {
    Mode.FOOT: ("foot", "access"),
    Mode.BICYCLE: ("bicycle", "vehicle", "access"),
    Mode.MOTORCYCLE: ("motorcycle", "motor_vehicle", "vehicle", "access"),
    Mode.CAR: ("motorcar", "motor_vehicle", "vehicle", "access"),
}
# Somebody who brings something to a door is a destination and a delivery; every other value shuts the street.
OPEN_VALUES = frozenset(
    {"yes", "designated", "permissive", "official", "destination", "customers", "delivery", "discouraged"}
)

FORWARD_ONLY = frozenset({"yes", "true", "1"})
BACKWARD_ONLY = frozenset({"-1", "reverse"})
NEITHER_SURE = frozenset({"reversible"})

_EVERYBODY = frozenset(Mode)
_UNPOWERED = frozenset({Mode.FOOT, Mode.BICYCLE})
_TWO_WHEELS = _UNPOWERED | {Mode.MOTORCYCLE}
_WALKERS = frozenset({Mode.FOOT})
# Who gets past a barrier that says nothing itself (OSM wiki, Key:barrier); a kind not listed stops everybody.
_PASSED_BY_ALL = """
    gate lift_gate swing_gate sliding_gate hampshire_gate bump_gate wicket_gate toll_booth cattle_grid border_control
    checkpoint entrance sally_port height_restrictor kerb rope coupure arch no
"""
_STOPS_ENGINES = """
    bollard block cycle_barrier chain log planter jersey_barrier motorcycle_barrier bar barrier_board concrete
    concrete_block delineators
"""
BARRIER_PASSED_BY: dict[str, frozenset[Mode]] = {
    **dict.fromkeys(_PASSED_BY_ALL.split(), _EVERYBODY),
    **dict.fromkeys(_STOPS_ENGINES.split(), _UNPOWERED),
    **dict.fromkeys(("bus_trap", "sump_buster"), _TWO_WHEELS),
    **dict.fromkeys(("stile", "kissing_gate", "turnstile", "full-height_turnstile", "horse_stile", "steps"), _WALKERS),
}

_MAXSPEED = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(mph|knots|km/h|kmh|kph)?\s*$")
_KPH_PER = {"mph": 1.609344, "knots": 1.852}


@cache
def speed_table() -> Mapping[str, Any]:
    """Return `speeds.json`, the one table of speeds."""
    table: Mapping[str, Any] = json.loads(files("routing.network").joinpath("speeds.json").read_text("utf-8"))
    return table


@dataclass(frozen=True, eq=False)
class StreetLaw:
    """What the extract's tags allow; each way is read at its first use."""

    extract: Extract
    _open: dict[tuple[int, Mode, bool], bool] = field(default_factory=dict)

    @cached_property
    def walk_mps(self) -> float:
        """Metres a second of the last metres between street and door."""
        return float(speed_table()["last_metres_kph"]) / 3.6

    def is_open(self, way: Way, mode: Mode, *, forward: bool) -> bool:
        """Whether a mode may use a way at all, in a direction of its nodes; one-ways aside."""
        key = (way.way_id, mode, forward)
        if key not in self._open:
            self._open[key] = _open(way.tags, mode, forward=forward)
        return self._open[key]

    def against_oneway(self, way: Way, mode: Mode, *, forward: bool) -> bool:
        """Whether a one-way forbids a direction of the way's nodes."""
        value = _oneway(way.tags, mode)
        if value in NEITHER_SURE:
            return True
        return value in (BACKWARD_ONLY if forward else FORWARD_ONLY)

    def stops(self, node_id: int, mode: Mode) -> bool:
        """Whether a barrier at a node stops a mode."""
        tags = self.extract.node_tags.get(node_id, {})
        if "barrier" not in tags:
            return False
        said = _said(tags, mode, "")
        if said is not None:
            return said[1] not in OPEN_VALUES
        return tags.get("locked") == "yes" or mode not in BARRIER_PASSED_BY.get(tags["barrier"], frozenset())

    def speed_mps(self, way: Way, mode: Mode) -> float | None:
        """Return the most a mode makes on a way, in metres a second; None where the table has no speed."""
        table = speed_table()["modes"][mode.value]
        kph = table["kph"].get(way.tags.get("highway", ""))
        if kph is None:
            return None
        limit = _maxspeed_kph(way.tags.get("maxspeed", "")) if table["capped_by_maxspeed"] else None
        return float(kph if limit is None else min(kph, limit)) / 3.6


def _open(tags: Tags, mode: Mode, *, forward: bool) -> bool:
    table = speed_table()["modes"][mode.value]
    highway = tags.get("highway", "")
    if highway not in table["kph"]:
        return False
    said = _said(tags, mode, ":forward" if forward else ":backward")
    shut = highway not in table["usable_by_default"] or _motorroad_bars(tags, mode)
    if shut and (said is None or said[0] not in _inviting_keys(mode)):
        return False
    return said is None or said[1] in OPEN_VALUES


def _inviting_keys(mode: Mode) -> tuple[str, ...]:
    """Return the keys that open a class shut to the mode: its own branch; for cars their own key alone."""
    keys = ACCESS_KEYS[mode][:-1]
    return keys[:1] if mode is Mode.CAR else keys


def _motorroad_bars(tags: Tags, mode: Mode) -> bool:
    return tags.get("motorroad") == "yes" and mode in _UNPOWERED


def _said(tags: Tags, mode: Mode, direction: str) -> tuple[str, str] | None:
    """Return the most telling key and its value; of one key, the direction's value comes first."""
    for key in ACCESS_KEYS[mode]:
        for name in (key + direction, key):
            if name in tags:
                return key, tags[name]
    return None


def _oneway(tags: Tags, mode: Mode) -> str:
    for key in ACCESS_KEYS[mode][:-1]:
        if f"oneway:{key}" in tags:
            return tags[f"oneway:{key}"]
    if mode is Mode.FOOT or (mode is Mode.BICYCLE and _contraflow(tags)):
        return "no"
    implied = tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") == "motorway"
    return tags.get("oneway", "yes" if implied else "no")


def _contraflow(tags: Tags) -> bool:
    sides = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
    return any(tags.get(side, "").startswith("opposite") for side in sides)


@cache
def _maxspeed_kph(text: str) -> float | None:
    """Return a limit in km/h, the highest of several; None where it is no number."""
    if text.strip().lower() in {"walk", "walking"}:
        return float(speed_table()["walk_maxspeed_kph"])
    found = [match for part in text.split(";") if (match := _MAXSPEED.match(part.lower()))]
    limits = [float(match[1]) * _KPH_PER.get(match[2] or "", 1.0) for match in found]
    return max((limit for limit in limits if limit > 0), default=None)
