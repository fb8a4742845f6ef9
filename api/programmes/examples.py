"""One example of each kind of entry, for the description of the API. Law: nobody in them exists, and each is valid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PLACE = {"address": "beside the blue gate", "location": {"lon": 115.21, "lat": -8.65}}
_HOURS = [{"from_time": "08:00:00", "to_time": "16:00:00"}]
_SPAN = {"valid_from_at": "2026-11-01T00:00:00+08:00", "valid_to_at": "2026-12-31T00:00:00+08:00"}
_RING = [[115.2, -8.66], [115.22, -8.66], [115.22, -8.64], [115.2, -8.66]]
_AREA = {"type": "Polygon", "coordinates": [_RING]}

EXAMPLES: Mapping[str, dict[str, Any]] = {
    "products": {
        "product_id": "p90",
        "name": "soap",
        "kind": "hygiene",
        "form": "item",
        "purpose": "hygiene",
        "mass_g": 100,
        "volume_ml": 100,
    },
    "sites": {"site_id": "site-90", "name": "the store", "place": _PLACE, "hours": _HOURS},
    "policies": {
        "policy_id": "soap-90",
        "place": "Denpasar",
        "product_id": "p90",
        "max_days_a_delivery": 7,
        "max_days_on_hand": 14,
        "dose_time": "09:00:00",
        "tier_weight": 10,
        "valid_from_on": "2026-01-01",
        "source": "the organisation's own",
    },
    "clients": {"client_id": "c90", "code_name": "Frangipani", "place": _PLACE},
    "prescribers": {"prescriber_id": "d90", "code_name": "Doctor North", "hours": _HOURS},
    "volunteers": {
        "volunteer_id": "v90",
        "code_name": "Kite",
        "start": _PLACE,
        "shifts": _HOURS,
        "vehicles": [{"mode": "foot", "max_mass_g": 5000, "max_volume_ml": 10000}],
    },
    "passes": {
        "pass_id": "pass-90",
        "number": "17",
        "issuer": "the district office",
        "volunteer_id": "v90",
        "purposes": ["hygiene"],
        **_SPAN,
    },
    "movement_rules": {"rule_id": "curfew-90", "kind": "curfew", "hours": _HOURS, **_SPAN},
    "zones": {"zone_id": "zone-90", "name": "the market", "area": _AREA, **_SPAN},
    "checkpoints": {
        "checkpoint_id": "gate-90",
        "name": "the bridge",
        "location": {"lon": 115.21, "lat": -8.65},
        "delay_s": 300,
        **_SPAN,
    },
}

MODELS: Mapping[str, str] = {
    "products": "Product",
    "sites": "Site",
    "policies": "Policy",
    "clients": "Client",
    "prescribers": "Prescriber",
    "volunteers": "Volunteer",
    "passes": "Pass",
    "movement_rules": "MovementRule",
    "zones": "Zone",
    "checkpoints": "Checkpoint",
}
