"""What the checker says, as it is kept and shown. Law: a message that names goods is shown to whoever may see goods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.identity.roles import Role
from routing.checking import Violation

_GOODS = frozenset({"product_id"})
_SEE_GOODS = frozenset({Role.DISPENSER, Role.CLINICIAN})


def kept_violations(found: Iterable[Violation]) -> list[dict[str, object]]:
    """Return violations as a plan's note keeps them."""
    return [
        {"code": str(each.code), "where": each.where, "message": each.message, "params": dict(each.params)}
        for each in found
    ]


def shown_violations(kept: Sequence[Mapping[str, Any]], roles: Iterable[Role]) -> list[dict[str, object]]:
    """Return what somebody sees of them: code and place always."""
    sees_goods = bool(_SEE_GOODS & set(roles))
    return [dict(each) if sees_goods or not _GOODS & set(each["params"]) else _without(each) for each in kept]


def _without(violation: Mapping[str, Any]) -> dict[str, object]:
    params = {key: value for key, value in violation["params"].items() if key not in _GOODS}
    return {"code": violation["code"], "where": violation["where"], "message": "", "params": params}
