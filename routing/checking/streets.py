"""Who may use a street, and which way: OpenStreetMap's tags, read a second time on purpose.

Law: shares nothing with the street engine but `speeds.json`. What is not understood bars the way. Hours are not read: a
`:conditional` tag bars what it bars at any hour, and opens nothing. Sources: OSM wiki, Key:access, OSM tags for
routing/Access restrictions, Key:oneway, Key:barrier, Tag:junction=roundabout, Key:conveying, Key:smoothness,
Conditional restrictions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from routing.checking.speeds import most_kph, speed_table
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

FORWARD, BACKWARD = True, False
NEITHER: frozenset[bool] = frozenset()
EITHER = frozenset({FORWARD, BACKWARD})
# What each value leaves open (OSM wiki, Key:oneway); a value that is not here leaves nothing.
ONEWAY_LEAVES: dict[str, frozenset[bool]] = {
    **dict.fromkeys(("yes", "true", "1"), frozenset({FORWARD})),
    **dict.fromkeys(("-1", "reverse"), frozenset({BACKWARD})),
    **dict.fromkeys(("no", "false", "0", "alternating"), EITHER),
}
CONVEYING_LEAVES = {"forward": frozenset({FORWARD}), "backward": frozenset({BACKWARD}), "no": EITHER}
# Private by their nature, unless a tag says who may use them.
PRIVATE_SERVICES = frozenset({"driveway", "emergency_access"})
# Nodes whose access tags are about the crossing, the signal or the stop, and not about the street through them.
NODES_ASIDE = frozenset({"crossing", "traffic_signals", "bus_stop"})

NOBODY: frozenset[Mode] = frozenset()
_EVERYBODY = frozenset(Mode)
_UNPOWERED = frozenset({Mode.FOOT, Mode.BICYCLE})
_WALKERS = frozenset({Mode.FOOT})
# Who gets past a barrier that says nothing itself (OSM wiki, Key:barrier); a kind not listed stops everybody.
_PASSED_BY_ALL = """
    gate sliding_gate hampshire_gate bump_gate toll_booth cattle_grid border_control checkpoint entrance sally_port
    height_restrictor kerb coupure no
"""
_STOPS_ENGINES = """
    lift_gate swing_gate wicket_gate bollard block cycle_barrier chain rope planter jersey_barrier motorcycle_barrier
    bus_trap sump_buster bar concrete concrete_block delineators
"""
_STOPS_WHEELS = "stile horse_stile kissing_gate turnstile full-height_turnstile steps log debris"
BARRIER_PASSED_BY: dict[str, frozenset[Mode]] = {
    **dict.fromkeys(_PASSED_BY_ALL.split(), _EVERYBODY),
    **dict.fromkeys(_STOPS_ENGINES.split(), _UNPOWERED),
    **dict.fromkeys(_STOPS_WHEELS.split(), _WALKERS),
}

_BETWEEN_CLAUSES = re.compile(r";(?![^(]*\))")


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
        return forward not in _oneway_leaves(way.tags, mode)

    def stops(self, node_id: int, mode: Mode) -> bool:
        """Whether a barrier, or an access tag, at a node stops a mode."""
        return _stops(self.extract.node_tags.get(node_id, {}), mode)

    def speed_mps(self, way: Way, mode: Mode) -> float | None:
        """Return the most a mode makes on a way, in metres a second; None where the table has no speed."""
        kph = most_kph(way.tags, mode, ACCESS_KEYS[mode][:-1])
        return None if kph is None else kph / 3.6


def _open(tags: Tags, mode: Mode, *, forward: bool) -> bool:
    table = speed_table()["modes"][mode.value]
    highway = tags.get("highway", "")
    if highway not in table["kph"] or _is_no_street(tags, mode):
        return False
    said = _said(tags, mode, ":forward" if forward else ":backward")
    shut = highway not in table["usable_by_default"] or _motorroad_bars(tags, mode)
    if shut and (said is None or said[0] not in _inviting_keys(mode)):
        return False
    return tags.get("service") not in PRIVATE_SERVICES if said is None else _is_open_value(said[1])


def _is_no_street(tags: Tags, mode: Mode) -> bool:
    """Whether what looks like a street is a square's outline, a ferry's line, or no ground for wheels."""
    off_limits = tags.get("area") == "yes" or tags.get("route") == "ferry"
    return off_limits or (tags.get("smoothness") == "impassable" and mode is not Mode.FOOT)


def _inviting_keys(mode: Mode) -> tuple[str, ...]:
    """Return the keys that open a class shut to the mode: its own branch; for cars their own key alone."""
    keys = ACCESS_KEYS[mode][:-1]
    return keys[:1] if mode is Mode.CAR else keys


def _motorroad_bars(tags: Tags, mode: Mode) -> bool:
    return tags.get("motorroad") == "yes" and mode in _UNPOWERED


def _is_open_value(value: str) -> bool:
    return {part.strip() for part in value.split(";")} <= OPEN_VALUES


def _said(tags: Tags, mode: Mode, direction: str) -> tuple[str, str] | None:
    """Return the most telling key and its value; of one key, the direction's value comes first.

    What a key bars at some hours comes before what it says otherwise.
    """
    for key in ACCESS_KEYS[mode]:
        for name in (key + direction, key):
            for value in _sometimes(tags, name):
                if not _is_open_value(value):
                    return key, value
            if name in tags:
                return key, tags[name]
    return None


def _sometimes(tags: Tags, key: str) -> Iterator[str]:
    """Yield the values of a conditional tag, those for a size or a weight aside."""
    for clause in _BETWEEN_CLAUSES.split(tags.get(f"{key}:conditional", "")):
        value, at, condition = clause.partition("@")
        if at and not any(sign in condition for sign in "<>="):
            yield value.strip()


def _oneway_leaves(tags: Tags, mode: Mode) -> frozenset[bool]:
    """Return the directions of the way's nodes that one-ways leave open to a mode."""
    if mode is Mode.FOOT:
        on_foot = ONEWAY_LEAVES.get(tags.get("oneway:foot", "no"), NEITHER)
        return on_foot & CONVEYING_LEAVES.get(tags.get("conveying", "no"), NEITHER)
    if mode is Mode.BICYCLE and "oneway:bicycle" not in tags and _contraflow(tags):
        return EITHER
    left = EITHER
    for key in (*(f"oneway:{key}" for key in ACCESS_KEYS[mode][:-1]), "oneway"):
        for value in _sometimes(tags, key):
            left &= ONEWAY_LEAVES.get(value, NEITHER)
        if key in tags:
            return left & ONEWAY_LEAVES.get(tags[key], NEITHER)
    implied = tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") == "motorway"
    return left & ONEWAY_LEAVES["yes" if implied else "no"]


def _contraflow(tags: Tags) -> bool:
    sides = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
    return any(tags.get(side, "").startswith("opposite") for side in sides)


def _stops(tags: Tags, mode: Mode) -> bool:
    barriers = [kind.strip() for kind in tags["barrier"].split(";")] if "barrier" in tags else []
    if not barriers and tags.get("highway") in NODES_ASIDE:
        return False
    said = _said(tags, mode, "")
    if said is not None:
        return not _is_open_value(said[1])
    return tags.get("locked") == "yes" or any(mode not in BARRIER_PASSED_BY.get(kind, NOBODY) for kind in barriers)
