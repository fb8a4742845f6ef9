"""A day's needs: who is due, on hold, or facing a gap. Law: what continuity derives, shown by role.

A dispatcher sees whose visit is due by when and how heavy it is; dispenser and clinician see products, doses and holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.identity.callers import Allowed
from api.identity.roles import Role
from api.manners.answers import Answer
from api.manners.dates import Date
from api.manners.errors import UnprocessableError
from api.manners.openapi import told
from api.programmes.endpoints import PROGRAMME, load
from api.visits.books import Books
from api.visits.endpoints import reported_on
from routing.domain.base import EARLIEST_ON, LATEST_ON

router = APIRouter(tags=["days"])
Keys = frozenset[str]

_BOTH = ("client_id", "client", "order_id", "kind", "site_id", "due_on", "earliest_on", "latest_safe_at", "tier")
_GOODS = ("product_id", "item", "fetched", "days", "covers_from_on", "covers_to_on", "run_out_on", "policy_id")
_HOLD = ("client_id", "client", "product_id", "code", "params", "message", "owner", "decision", "deadline_at")
_GAP = ("client_id", "client", "product_id", "from_on", "to_on", "act_by_on", "binding_cap", "message")
_SHORT = ("site_id", "product_id", "wanted", "available", "cut")
_NOTICE = ("code", "client_id", "client", "product_id", "on", "params", "message", "owner")
_MEDICAL = {
    "orders": frozenset((*_BOTH, *_GOODS, "purpose", "controlled", "binding_cap", "source", "requires")),
    "holds": frozenset(_HOLD),
    "gaps": frozenset(_GAP),
    "shortfalls": frozenset(_SHORT),
    "notices": frozenset(_NOTICE),
}
SEEN: Mapping[Role, Mapping[str, Keys]] = {
    Role.CLINICIAN: _MEDICAL,
    Role.DISPENSER: _MEDICAL,
    Role.DISPATCHER: {
        "orders": frozenset((*_BOTH, "purpose", "controlled", "mass_g", "volume_ml", "requires")),
        "holds": frozenset(("client_id", "client", "owner", "deadline_at")),
        "gaps": frozenset(("client_id", "client", "from_on", "to_on", "act_by_on")),
        "shortfalls": frozenset(),
        "notices": frozenset(),
    },
}
_DAY = {
    "programme_id": "denpasar",
    "date": "2026-11-23",
    "timezone": "Asia/Makassar",
    "orders": [{"client_id": "c01", "client": "Frangipani", "tier": "T1", "mass_g": 120}],
    "holds": [],
    "gaps": [],
    "shortfalls": [],
    "notices": [],
    "reported": [{"report_id": "5f0c-1", "kind": "done", "client_id": "c02", "at": "2026-11-23T10:05:00+08:00"}],
}


@router.get(f"{PROGRAMME}/days/{{date}}", summary="A day's needs", **told(_DAY))
def show_day(here: Allowed, programme_id: str, date: Date) -> Response:
    """Return who is due, on hold or facing a gap on a date, most urgent first; and what was reported of it so far."""
    if not EARLIEST_ON <= date < LATEST_ON:
        raise UnprocessableError(
            "bad_date", "the date lies outside of the calendar", where="/path/date", remedy="correct the year"
        )
    from api.cli.due_report import due_document
    from api.days.reaching import reach_on
    from routing.continuity import needs_of

    with here.reading() as session:
        programme = load(here, session, programme_id).programme
        books = Books.of(here.opened, session, here.caller.organisation_id, programme_id)
        reported = reported_on(here, books, date)
    document = due_document(programme, date, needs_of(programme, date, reach_on(programme, date)))
    return Answer(body=_projected(document, here.caller.roles) | {"reported": reported}).response()


def _projected(document: Mapping[str, Any], roles: Iterable[Role]) -> dict[str, object]:
    seen: dict[str, set[str]] = {}
    for role in roles:
        for part, keys in SEEN.get(role, {}).items():
            seen.setdefault(part, set()).update(keys)
    parts = {part: [_only(entry, keys) for entry in document[part]] for part, keys in seen.items()}
    frame = {key: document[key] for key in ("programme_id", "date", "timezone")}
    return frame | {part: [entry for entry in entries if entry] for part, entries in parts.items()}


def _only(entry: Mapping[str, object], keys: Iterable[str]) -> dict[str, object]:
    return {key: entry[key] for key in entry if key in set(keys)}
