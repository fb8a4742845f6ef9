"""A plan as a role sees it. Law: what is not named here is shown to nobody but whoever has all roles of care.

A dispatcher sees routes, places and deadlines, and nothing that tells of a medicine; dispenser and clinician see what
is loaded and handed over, and no place and no way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from api.days.endpoints import SEEN as DAY_SEEN
from api.identity.roles import CARE, Role

# A key with None: all that is below it. With a mapping: only those keys of it, or of each of its entries.
Seen = Mapping[str, "Seen | None"]


def _keys(*names: str) -> dict[str, None]:
    return dict.fromkeys(names)


_FRAME = _keys("schema", "programme_id", "date", "timezone", "seed", "inputs", "attribution")
_ROUTE = _keys("volunteer_id", "accompanies", "start_at", "end_at")
_STEP = _keys("type", "site_id", "client_id", "arrival_at", "begin_at", "departure_at", "order_ids")
_UNSERVED = _keys("client_id", "order_id", "tier", "latest_safe_at")


def _of_day(role: Role) -> dict[str, Seen | None]:
    """Return what a role sees of the day's needs, as the day itself shows it."""
    return {part: _keys(*keys) for part, keys in DAY_SEEN[role].items() if part != "orders"}


_MEDICAL: dict[str, Seen | None] = {
    **_FRAME,
    "routes": {**_ROUTE, "steps": {**_STEP, **_keys("items", "fetched")}},
    "unserved": {**_UNSERVED, "reasons": _keys("code")},
    "summary": _keys("clients_due", "clients_served", "clients_served_in_part", "missed_dose_days", "routes"),
    **_of_day(Role.DISPENSER),
}

SEEN: Mapping[Role, Seen] = {
    Role.CLINICIAN: _MEDICAL,
    Role.DISPENSER: _MEDICAL,
    Role.DISPATCHER: {
        **_FRAME,
        "routes": {
            **_ROUTE,
            **_keys("mode", "plate", "distance_m", "travel_s", "service_s", "waiting_s"),
            "steps": {**_STEP, **_keys("location", "leg")},
        },
        "unserved": {**_UNSERVED, "remedy_search": None, "reasons": _keys("code", "message", "remedy")},
        **_keys("proposals", "resilience", "replans"),
        "summary": _keys(
            *("clients_due", "clients_served", "clients_served_in_part", "routes", "travel_s", "distance_m"),
            *("preferences", "engine", "travel_bound_s", "gap_percent"),
        ),
        **_of_day(Role.DISPATCHER),
    },
}


def shown_plan(document: Mapping[str, Any], roles: Iterable[Role]) -> dict[str, Any]:
    """Return what somebody with these roles sees of a plan's document."""
    own = frozenset(roles)
    if own >= CARE:
        return dict(document)
    seen: dict[str, Any] = {}
    for role in own & SEEN.keys():
        seen = _joined(seen, SEEN[role])
    return {key: _only(document[key], below) for key, below in seen.items() if key in document}


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return what either of two shows."""
    result = dict(one)
    for key, below in other.items():
        if key not in result:
            result[key] = below
        elif result[key] is not None:
            result[key] = None if below is None else _joined(result[key], below)
    return result


def _only(value: Any, seen: Mapping[str, Any] | None) -> Any:
    if seen is None or value is None:
        return value
    if isinstance(value, list):
        return [_only(entry, seen) for entry in value]
    return {key: _only(value[key], below) for key, below in seen.items() if key in value}
