"""Show and change by role. Law: what a role does not see is neither shown, nor told of, nor changed by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from api.identity.roles import Role
from api.manners.errors import ForbiddenError
from api.programmes.fields import ALL, CHANGED, SEEN, Table
from routing.domain.reading import Json, pointer
from routing.domain.references import IDENTIFIED


def shown(kind: str, entry: Mapping[str, Json], roles: Iterable[Role]) -> dict[str, Json]:
    """Return what somebody with these roles sees of an entry."""
    keys = _keys(SEEN, kind, roles)
    if ALL in keys:
        return dict(entry)
    return {key: seen for key, value in entry.items() if (seen := _part(key, value, keys)) is not None}


def refuse_others(kind: str, keys: Iterable[str], roles: Iterable[Role]) -> None:
    """Refuse to change keys that these roles may not; an entry's own id is anybody's to give.

    Raises
    ------
    ForbiddenError
        `field_not_allowed`.
    """
    allowed = _keys(CHANGED, kind, roles)
    for key in keys:
        if ALL not in allowed and key not in allowed and key != IDENTIFIED.get(kind):
            raise ForbiddenError(
                "field_not_allowed",
                "your roles may not change this key",
                where=pointer(key),
                remedy="leave the key out, or ask somebody whose role it is",
            )


def merged(entry: Mapping[str, Json], patch: Mapping[str, Json]) -> dict[str, Json]:
    """Return an entry with a JSON merge patch (RFC 7396) applied."""
    result = dict(entry)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            before = result.get(key)
            result[key] = merged(before if isinstance(before, dict) else {}, value)
        else:
            result[key] = value
    return result


def _part(key: str, value: Json, keys: frozenset[str]) -> Json:
    if key in keys:
        return value
    inner = {name.partition(".")[2] for name in keys if name.startswith(f"{key}.")}
    if not inner or not isinstance(value, list):
        return None
    return [{name: part[name] for name in part if name in inner} for part in value if isinstance(part, dict)]


def _keys(table: Table, kind: str, roles: Iterable[Role]) -> frozenset[str]:
    return frozenset(key for role in roles for key in table[kind].get(role, ()))
