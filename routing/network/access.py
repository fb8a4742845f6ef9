"""Say which mode may use a street, in which direction, and which may pass a node.

Law: OpenStreetMap's tags and the wiki's defaults, as pure functions of the tags. Where tags are silent or not
understood the answer is no: a volunteer sent round is late, one sent through a private gate is in trouble.
The plan checker implements the same law a second time on purpose and must not import this file.

Hours are not read: what a `:conditional` tag closes at some hours is closed, what it opens is not opened.

Sources: OpenStreetMap wiki, Key:access, Key:oneway, Key:barrier, Tag:barrier=lift_gate, Bicycle, Key:conveying,
Key:smoothness, Conditional restrictions, OSM tags for routing/Access restrictions. `docs/streets.md` has examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from routing.network.speeds import speed_table

Tags = Mapping[str, str]

MODES = ("foot", "bicycle", "motorcycle", "car")

# Most specific first: the first key that is present decides.
_ACCESS_KEYS = {
    "foot": ("foot", "access"),
    "bicycle": ("bicycle", "vehicle", "access"),
    "motorcycle": ("motorcycle", "motor_vehicle", "vehicle", "access"),
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
}
# A delivery to a client at home is what `destination`, `customers` and `delivery` allow.
_ALLOWING = frozenset(
    {"yes", "permissive", "designated", "official", "destination", "customers", "delivery", "discouraged"}
)
_CLOSED_SERVICES = frozenset({"driveway", "emergency_access"})
# Which way an escalator or a moving walkway runs; of any other one it is not known.
_CONVEYING = {"no": (True, True), "forward": (True, False), "backward": (False, True)}
# One `value @ condition` of a conditional tag, with or without brackets around the condition.
_CONDITIONAL = re.compile(r"([^@;]+)@\s*(\([^)]*\)|[^;]*)")
_ONE_WAY = {
    "yes": (True, False), "true": (True, False), "1": (True, False),
    "-1": (False, True), "reverse": (False, True),
    "no": (True, True), "false": (True, True), "0": (True, True), "alternating": (True, True),
}  # fmt: skip

_EVERYONE = frozenset(MODES)
_NOT_MOTOR = frozenset({"foot", "bicycle"})
_WALKERS = frozenset({"foot"})
# Who passes a barrier that carries no access tag. A barrier not named here lets nobody through.
_PASSING = {
    **dict.fromkeys(
        ("no", "gate", "sliding_gate", "hampshire_gate", "bump_gate", "entrance", "toll_booth", "border_control",
         "checkpoint", "cattle_grid", "height_restrictor", "sally_port", "kerb", "coupure"), _EVERYONE),
    **dict.fromkeys(
        ("lift_gate", "swing_gate", "bollard", "block", "chain", "rope", "cycle_barrier", "motorcycle_barrier",
         "jersey_barrier", "bus_trap", "sump_buster", "wicket_gate", "planter", "bar", "concrete", "concrete_block",
         "delineators"), _NOT_MOTOR),
    **dict.fromkeys(
        ("kissing_gate", "stile", "horse_stile", "steps", "turnstile", "full-height_turnstile", "log", "debris"),
        _WALKERS),
}  # fmt: skip
# On these nodes access tags speak of the crossing or the stop, not of the street through them.
_FURNITURE = frozenset({"crossing", "traffic_signals", "bus_stop"})


def directions(tags: Tags, mode: str) -> tuple[bool, bool]:
    """Say whether `mode` may follow a way along its nodes, and against them.

    Returns
    -------
    (forward, backward)
        Both False where the way is no street for the mode at all.
    """
    if not _is_street(tags, mode):
        return False, False
    forward, backward = _one_way(tags, mode)
    return forward and _permitted(tags, mode, "forward"), backward and _permitted(tags, mode, "backward")


def passable(node_tags: Tags, mode: str) -> bool:
    """Say whether `mode` may pass through a node with these tags."""
    barrier = node_tags.get("barrier")
    if barrier is None and node_tags.get("highway") in _FURNITURE:
        return True
    said = _deciding(node_tags, mode, "")
    if said is not None:
        return _allows(said[1])
    if node_tags.get("locked") == "yes":
        return False
    return barrier is None or all(mode in _PASSING.get(part.strip(), ()) for part in barrier.split(";"))


def _is_street(tags: Tags, mode: str) -> bool:
    """Say whether the way is linear, open and of a class with a speed for the mode."""
    return (
        tags.get("highway") in speed_table().modes[mode].kph
        and tags.get("area") != "yes"
        and tags.get("route") != "ferry"
        and (tags.get("smoothness") != "impassable" or mode == "foot")
    )


def _permitted(tags: Tags, mode: str, direction: str) -> bool:
    """Apply the access hierarchy in one direction."""
    said = _deciding(tags, mode, f":{direction}")
    by_default = _open_by_default(tags, mode)
    if said is None:
        return by_default and tags.get("service") not in _CLOSED_SERVICES
    key, value = said
    return _allows(value) and (by_default or _invites(key, mode))


def _invites(key: str, mode: str) -> bool:
    """Say whether a tag opens a class that is shut to the mode by default.

    `access=yes` on a footway does not invite vehicles; a tag of the mode's own branch does. An alley tagged
    `motor_vehicle=yes` takes motorcycles, and is often too narrow for anything wider: cars ask for `motorcar`.
    """
    return key.startswith("motorcar") if mode == "car" else not key.startswith("access")


def _open_by_default(tags: Tags, mode: str) -> bool:
    if tags.get("motorroad") == "yes" and mode in _NOT_MOTOR:
        return False
    return tags.get("highway") in speed_table().modes[mode].usable_by_default


def _deciding(tags: Tags, mode: str, suffix: str) -> tuple[str, str] | None:
    """Return the most specific access tag (key, value), or None where all are silent."""
    for key in _ACCESS_KEYS[mode]:
        for name in (key + suffix, key):
            closing = [value for value in _at_times(tags, name) if not _allows(value)]
            if closing:
                return name, closing[0]
            if name in tags:
                return name, tags[name]
    return None


def _at_times(tags: Mapping[str, str], key: str) -> Iterator[str]:
    """Yield the values that a key takes on a condition; those for a size or weight are not for us."""
    text = tags.get(f"{key}:conditional")
    for value, condition in _CONDITIONAL.findall(text) if text else ():
        if not {"<", ">", "="} & set(condition):
            yield value.strip()


def _allows(value: str) -> bool:
    return all(part.strip() in _ALLOWING for part in value.split(";"))


def _one_way(tags: Tags, mode: str) -> tuple[bool, bool]:
    """Return (forward, backward) by the one-way tags alone; a value not understood closes both."""
    if mode == "foot":  # `oneway` speaks to vehicles
        return _both(_ONE_WAY.get(tags.get("oneway:foot", "no")), _CONVEYING.get(tags.get("conveying", "no")))
    own_keys = [f"oneway:{key}" for key in _ACCESS_KEYS[mode][:-1]]
    if mode == "bicycle" and own_keys[0] not in tags and _has_contraflow_lane(tags):
        return True, True
    open_ = (True, True)
    for key in (*own_keys, "oneway"):
        for value in _at_times(tags, key):
            open_ = _both(open_, _ONE_WAY.get(value))
        if key in tags:
            return _both(open_, _ONE_WAY.get(tags[key]))
    return _both(open_, (True, not _one_way_by_nature(tags)))


def _both(one: tuple[bool, bool] | None, other: tuple[bool, bool] | None) -> tuple[bool, bool]:
    """Return the directions open by both; None is a value not understood."""
    return (one[0] and other[0], one[1] and other[1]) if one and other else (False, False)


def _has_contraflow_lane(tags: Tags) -> bool:
    sides = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
    return any(tags.get(side, "").startswith("opposite") for side in sides)


def _one_way_by_nature(tags: Tags) -> bool:
    return tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"
