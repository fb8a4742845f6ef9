"""Somebody who is erased, taken out of the plans of days. Law: no door, dose, date or reason of theirs is left.

Of a visit to them nothing stays but that somebody was somewhere for so long, so that the others' times still make
sense; papers, edits and replans go by the plan without it. Whoever keeps plans seals what is left under a new key of
the day, and has the old one destroyed: older copies of the database do not open any more, either.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from routing.domain.plan import Plan, Step, StepType, dump_plan, load_plan

_CLIENT = "client_id"
# Where the ids of clients stand: volunteers, sites and products may have the same ones.
_NAMING = frozenset({"client_id", "client_ids", "at_risk", "impossible", "taken_over", "vetoes", "exposed"})
_OF_VISIT = ("client_id", "site_id", "order_ids", "items", "fetched")


def names_anyone(value: Any, client_ids: Collection[str], key: str = "") -> bool:
    """Whether one of these clients is named in a document; other things may have the same ids."""
    if isinstance(value, dict):
        return any(names_anyone(one, client_ids, name) for name, one in value.items())
    if isinstance(value, list):
        return any(names_anyone(one, client_ids, key) for one in value)
    return key in _NAMING and value in client_ids


def without_clients(document: dict[str, Any], client_ids: Collection[str]) -> dict[str, Any]:
    """Return a document of a plan, of what was asked, or of what happened, in which these clients are not named."""
    routes = document.get("routes")
    if isinstance(routes, list):
        document = {**document, "routes": [_route(route, client_ids) for route in routes]}
    day = document.get("day")
    if isinstance(day, dict):
        standing = [_standing(one, client_ids) for one in day.get("volunteers") or []]
        document = {**document, "day": {**day, "volunteers": standing}}
    found = _scrubbed(document, client_ids)
    assert isinstance(found, dict)  # noqa: S101 - a document names nobody by itself
    return found


def plan_without(plan: Plan, client_ids: Collection[str]) -> Plan:
    """Return a plan without these clients."""
    if not client_ids:
        return plan
    return load_plan(json.dumps(without_clients(json.loads(dump_plan(plan)), client_ids)).encode())


def without_gaps(plan: Plan) -> Plan:
    """Return a plan without the visits to who was erased: it goes on from the place before, by no way that is told."""
    if not any(_is_gap(step) for route in plan.routes for step in route.steps):
        return plan
    routes = (route.changed(steps=tuple(step for step in route.steps if not _is_gap(step))) for route in plan.routes)
    return plan.changed(routes=tuple(routes))


def _is_gap(step: Step) -> bool:
    return step.type is StepType.VISIT and step.client_id is None


def _standing(volunteer: dict[str, Any], client_ids: Collection[str]) -> dict[str, Any]:
    """Return how somebody stands who stood at such a door: at the site whose goods they have, or else at home."""
    if volunteer.get(_CLIENT) not in client_ids:
        return volunteer
    goods = [*volunteer.get("aboard", ()), *volunteer.get("fetched", ())]
    sites = [one["site_id"] for one in goods if one[_CLIENT] not in client_ids] + [*volunteer.get("counts_in", ())]
    dropped = {_CLIENT, "at_edge", "pass_ids"} | (set() if sites else {"mode", "plate"})
    kept = {key: value for key, value in volunteer.items() if key not in dropped}
    return kept | ({"site_id": sites[0]} if sites else {})


def _route(route: dict[str, Any], client_ids: Collection[str]) -> dict[str, Any]:
    return {**route, "steps": list(_steps(route["steps"], client_ids))}


def _steps(steps: list[dict[str, Any]], client_ids: Collection[str]) -> Iterator[dict[str, Any]]:
    """Yield steps; where somebody was is nowhere: at the place before, with no way there and none away."""
    place, left = steps[0]["location"] if steps else None, False
    for step in steps:
        gone = step.get(_CLIENT) in client_ids
        changed = dict(step)
        if gone:
            changed |= {"location": place, **{key: [] for key in _OF_VISIT}, "client_id": None, "site_id": None}
        if (gone or left) and step.get("leg") is not None:
            changed["leg"] = _hidden(step["leg"])
        place, left = changed["location"], gone
        yield changed


def _hidden(leg: dict[str, Any]) -> dict[str, Any]:
    """Return a leg without its way; how long it was and took stays."""
    return {
        **leg,
        "streets": [],
        "geometry": {"type": "LineString", "coordinates": []},
        "walk_from": None,
        "walk_to": None,
    }


def _scrubbed(value: Any, client_ids: Collection[str], key: str = "") -> Any:
    """Return a value without what is said of these clients; None: it is about one of them."""
    if isinstance(value, dict):
        if value.get(_CLIENT) in client_ids:
            return None
        return {name: _scrubbed(one, client_ids, name) for name, one in value.items()}
    if isinstance(value, list):
        kept = [(one, None if _is_pair_of(one, client_ids, key) else _scrubbed(one, client_ids, key)) for one in value]
        return [one for before, one in kept if one is not None or before is None]
    return None if key in _NAMING and value in client_ids else value


def _is_pair_of(value: Any, client_ids: Collection[str], key: str) -> bool:
    """Whether a list in a list names one of these clients: a client, and who takes them over."""
    return key in _NAMING and isinstance(value, list) and any(one in client_ids for one in value)
