"""Who sees and who changes which keys of what. Law: a key that is not named here is shown to nobody.

A dispatcher sees code, place and load, and nothing that tells of a medicine; a dispenser sees products, and no place; a
clinician sees doses, and no place; an administrator sees nothing of clients. Whoever has several roles sees what any
of them sees. `ALL` stands for every key; `regimens.product_id` for that key of each entry of `regimens`.
"""

from __future__ import annotations

from collections.abc import Mapping

from api.identity.roles import Role

ALL = "*"
Keys = tuple[str, ...]
Table = Mapping[str, Mapping[Role, Keys]]

_CLINICAL = (
    *("client_class", "pregnant", "guardian", "status", "regimens", "supplies", "handover", "consent"),
    *("assessment_on", "follow_up_on", "pair_required", "isolating"),
)
_ON_THE_WAY = (
    *("code_name", "place", "edge_place", "windows", "service_s", "language", "phone", "challenge", "handover"),
    *("consent", "vetoes", "prefers", "requires", "pair_required", "isolating", "household_id"),
    *("assessment_on", "follow_up_on"),
)
_PREPARED = tuple(
    f"regimens.{key}"
    for key in (
        *("product_id", "site_id", "policy_id", "home", "affordable_days", "subsidised", "subsidy_days"),
        *("clearance", "approval", "prescription_ends_on"),
    )
)
_AS_LOAD = ("product_id", "form", "purpose", "controlled", "mass_g", "volume_ml", "requires")
_FRAME = ("programme_id", "name", "timezone", "made_up", "extract", "near", "coordinator", "calendar", "sheets")
_EVERY = {Role.DISPATCHER: (ALL,)}

SEEN: Table = {
    "programme": {
        Role.CLINICIAN: _FRAME,
        Role.DISPENSER: _FRAME,
        Role.DISPATCHER: _FRAME,
        Role.ADMINISTRATOR: ("programme_id", "name", "timezone", "made_up"),
    },
    "products": {Role.CLINICIAN: (ALL,), Role.DISPENSER: (ALL,), Role.DISPATCHER: _AS_LOAD},
    "sites": {
        Role.CLINICIAN: ("site_id", "name", "hours", "closed_on"),
        Role.DISPENSER: (ALL,),
        Role.DISPATCHER: ("site_id", "name", "place", "hours", "closed_on", "load_s", "ready_from_time"),
    },
    "policies": {Role.CLINICIAN: (ALL,), Role.DISPENSER: (ALL,)},
    "clients": {
        Role.CLINICIAN: ("client_id", "code_name", "language", *_CLINICAL),
        Role.DISPENSER: ("client_id", "code_name", "handover", "supplies", *_PREPARED),
        Role.DISPATCHER: ("client_id", *_ON_THE_WAY),
    },
    "prescribers": {Role.CLINICIAN: (ALL,)},
    "volunteers": {
        Role.CLINICIAN: ("volunteer_id", "code_name"),
        Role.DISPENSER: ("volunteer_id", "code_name", "custody", "authorisations", "custody_blocked"),
        Role.DISPATCHER: (
            *("volunteer_id", "code_name", "start", "end", "shifts", "absent_on", "vehicles", "authorisations"),
            *("clearance_to_on", "max_stops", "breaks", "pairs_with", "vetoes", "custody_blocked", "language"),
        ),
    },
    "passes": _EVERY,
    "movement_rules": _EVERY,
    "zones": _EVERY,
    "checkpoints": _EVERY,
}

CHANGED: Table = {
    "programme": {Role.DISPATCHER: tuple(key for key in _FRAME if key not in {"programme_id", "made_up"})},
    "products": {Role.DISPENSER: (ALL,)},
    "sites": {
        Role.DISPENSER: (ALL,),
        Role.DISPATCHER: ("place", "hours", "closed_on", "load_s", "ready_from_time"),
    },
    "policies": {Role.CLINICIAN: (ALL,)},
    "clients": {Role.CLINICIAN: _CLINICAL, Role.DISPATCHER: _ON_THE_WAY},
    "prescribers": {Role.CLINICIAN: (ALL,)},
    "volunteers": {
        Role.DISPENSER: ("custody", "custody_blocked"),
        Role.DISPATCHER: tuple(key for key in SEEN["volunteers"][Role.DISPATCHER] if key != "custody_blocked"),
    },
    "passes": _EVERY,
    "movement_rules": _EVERY,
    "zones": _EVERY,
    "checkpoints": _EVERY,
}

# Who may take an entry out. A client that is taken out is erased: its key is destroyed.
REMOVED: Mapping[str, frozenset[Role]] = {
    **{kind: frozenset(roles) for kind, roles in CHANGED.items() if kind != "programme"},
    "sites": frozenset({Role.DISPENSER}),
    "clients": frozenset({Role.CLINICIAN}),
    "volunteers": frozenset({Role.DISPATCHER}),
}

# Who may put one in: whoever may give it all the keys it needs.
ADDED: Mapping[str, frozenset[Role]] = {**REMOVED, "clients": frozenset({Role.DISPATCHER})}
