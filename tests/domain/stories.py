"""A small good programme in which every key is written, and ways to spoil it.

Two clients, two volunteers, four products, one of everything else: problems can be counted by hand. Its
completeness is itself tested (`test_loading.py`), so that a walk over its leaves meets every key there is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from routing.domain.errors import Problem, ProgrammeError
from routing.domain.loading import load_programme
from routing.domain.reading import pointer, walk
from routing.domain.references import at_path
from tests.domain.models import Key

SQUARE = [[115.20, -8.70], [115.25, -8.70], [115.25, -8.65], [115.20, -8.65], [115.20, -8.70]]
HOLE = [[115.21, -8.69], [115.22, -8.69], [115.22, -8.68], [115.21, -8.68], [115.21, -8.69]]
FROM, TO = "2026-11-01T00:00:00+08:00", "2026-12-01T00:00:00+08:00"
NIGHT = {"from_time": "21:00", "to_time": "05:00", "weekdays": ["mon", "tue"]}


def place(kind: str = "home") -> dict[str, Any]:
    return {
        "kind": kind,
        "address": "the blue gate",
        "location": {"lon": 115.2126, "lat": -8.6705},
        "pin": "-8.6705, 115.2126",
        "confidence": "street",
        "hint": "knock twice",
        "walk_s": 60,
    }


def good() -> dict[str, Any]:
    """Return the programme as plain JSON, new each time."""
    copied: dict[str, Any] = json.loads(json.dumps(_GOOD))  # shares nothing, as a copy of equal parts would
    return copied


def spoilt(*edits: tuple[str, object]) -> dict[str, Any]:
    """Return the programme with the values at some JSON pointers replaced or added."""
    raw = good()
    for where, value in edits:
        *path, last = _keys(where)
        inside = _value_at(raw, path)
        inside[last] = value
    return raw


def without(*pointers: str) -> dict[str, Any]:
    """Return the programme without the keys at some JSON pointers."""
    raw = good()
    for where in pointers:
        *path, last = _keys(where)
        del _value_at(raw, path)[last]
    return raw


def document(raw: object) -> bytes:
    return json.dumps(raw).encode()


def problems_in(data: bytes | object) -> list[Problem]:
    """Return what the reader says against a document; nothing if it reads it."""
    try:
        load_programme(data if isinstance(data, bytes) else document(data))
    except ProgrammeError as error:
        return list(error.problems)
    return []


def found(data: bytes | object) -> list[tuple[str, str]]:
    """Return code and place of each problem."""
    return [(problem.code, problem.where) for problem in problems_in(data)]


def leaves() -> Iterator[tuple[str, object]]:
    """Yield pointer and value of every text, number and truth value, but for `schema`."""
    for path, value in walk(good()):
        if not isinstance(value, dict | list) and path != ("schema",):
            yield pointer(*path), value


def places(key: Key) -> list[str]:
    """Return where a key stands in the programme."""
    return [pointer(*where) for where, _ in at_path(good(), key.path)]


def _keys(where: str) -> list[str | int]:
    return [int(part) if part.isdigit() else part for part in where.split("/")[1:]]


def _value_at(raw: Any, path: list[str | int]) -> Any:
    for part in path:
        raw = raw[part]
    return raw


_GOOD: dict[str, Any] = {
    "schema": "doorstep.programme/1",
    "programme_id": "story",
    "name": "a story",
    "timezone": "Asia/Makassar",
    "made_up": True,
    "extract": "denpasar.osm.pbf",
    "near": {"lon": 115.2, "lat": -8.6},
    "coordinator": {"phone": "0361 0"},
    "calendar": {"closed_days": [{"on": "2026-12-25", "reason": "a holiday"}], "closed_weekdays": ["sun"]},
    "products": [
        {
            "product_id": "p1", "name": "liquid", "kind": "methadone", "form": "liquid", "purpose": "medicine",
            "controlled": True, "strength_mg_per_ml": 5.0, "mass_g": 40.0, "volume_ml": 60.0,
            "requires": ["controlled"], "storage": "locked",
        },
        {
            "product_id": "p2", "name": "tablets", "kind": "buprenorphine", "form": "tablet", "purpose": "medicine",
            "tablets_mg": [2.0, 8.0], "splittable": True, "mass_g": 1.0, "volume_ml": 5.0,
        },
        {
            "product_id": "p3", "name": "packs", "kind": "hcv", "form": "pack", "purpose": "medicine",
            "pack_days": 28, "mass_g": 100.0, "volume_ml": 250.0,
        },
        {
            "product_id": "p4", "name": "kit", "kind": "naloxone", "form": "item", "purpose": "harm_reduction",
            "mass_g": 40.0, "volume_ml": 200.0,
        },
    ],
    "sites": [
        {
            "site_id": "s1", "name": "store", "place": place("institution"),
            "hours": [{"from_time": "08:00", "to_time": "15:00", "weekdays": ["mon"]}], "closed_on": ["2026-11-30"],
            "stock": [{"product_id": "p1", "quantity": 500.0, "lot": "A7", "expires_on": "2027-01-01"}],
            "load_s": 300, "ready_from_time": "08:30", "prep_s_per_unit": 20,
        }
    ],
    "policies": [
        {
            "policy_id": "pol1", "place": "Denpasar", "product_id": "p1", "client_classes": ["stable"],
            "max_days_a_delivery": 7, "min_days_a_delivery": 2, "max_days_on_hand": 14, "early_days": 2,
            "buffer_days": 2, "dose_time": "10:00", "grace_h": 6, "visit_weekdays": ["mon"], "visits_per_week": 2,
            "affordable_days_per_week": 5, "observed_weekdays": ["sat"], "observed_counts": False,
            "prescriber_approval": True, "review_interval_days": 90, "remote_initiation": True,
            "remote_renewal": True, "course_days": 84, "announce_end_days": 4, "price_a_day": 1.5, "subsidised": True,
            "missed_doses": [{"phase": "maintenance", "resume_up_to": 1, "clearance_up_to": 2, "restart_from": 5}],
            "guardian_required": False, "handover": "doorstep", "proxy_allowed": True, "tier_weight": 100,
            "valid_from_on": "2026-01-01",
            "valid_to_on": "2027-01-01", "source": "a circular", "approved_by": "Dr A", "signed_off": True,
        }
    ],
    "policy_packs": ["india_tb_2020"],  # none of the products is for tuberculosis: adds nothing
    "clients": [
        {
            "client_id": "c1", "code_name": "Heron", "client_class": "new", "place": place(), "edge_place": place(),
            "windows": [{"from_time": "09:00", "to_time": "12:00", "weekdays": ["mon"]}],
            "service_s": 240, "language": "id", "phone": "0361 1", "challenge": "moon", "handover": "in_person",
            "consent": {
                "home_delivery": False, "call_first": True, "safe_to_call": True, "proxy_handover": True,
                "if_others_answer": "say it is the library",
            },
            "vetoes": ["v2"], "prefers": ["v1"], "requires": ["nurse"], "pair_required": True, "isolating": True,
            "pregnant": True, "household_id": "h1", "guardian": "an aunt", "assessment_on": "2026-11-20",
            "follow_up_on": "2026-12-04", "status": [{"status": "paused", "from_at": FROM}],
            "regimens": [
                {
                    "product_id": "p1", "site_id": "s1", "policy_id": "pol1", "phase": "induction",
                    "steps": [
                        {"from_on": "2026-11-01", "to_on": "2026-11-30", "dose_mg": 60.0, "doses_a_day": 2},
                        {"from_on": "2026-12-01", "dose_mg": 55.0},
                    ],
                    "home": {"doses": 2, "as_of_on": "2026-11-23", "confidence": "counted"},
                    "last_taken_on": "2026-11-22", "prescription_ends_on": "2027-01-31",
                    "review_on": "2027-01-15", "reviewed_on": "2026-11-01", "remote": True, "affordable_days": 4,
                    "subsidised": True, "subsidy_days": 1, "clearance": {"by": "Dr A", "at": FROM},
                    "approval": {"by": "Dr A", "at": FROM}, "prescriber_hold": True, "prescriber_id": "d1",
                    "doses_taken": 22, "dose_changed_on": "2026-12-01", "dose_change": "use_up",
                },
                {
                    "product_id": "p3", "site_id": "s1", "steps": [{"from_on": "2026-11-01"}],
                    "home": {"doses": 3, "as_of_on": "2026-11-23", "least": 2, "most": 4, "expected": 3},
                },
            ],
            "supplies": [
                {
                    "supply_id": "x1", "product_id": "p4", "site_id": "s1", "quantity": 2, "due_on": "2026-11-23",
                    "latest_on": "2026-11-30", "covers_days": 7, "none_left": True, "weight": 10,
                }
            ],
        },
        {"client_id": "c2", "code_name": "Plover", "place": {"address": "by the well"}},
    ],
    "prescribers": [
        {
            "prescriber_id": "d1", "code_name": "Kapok", "slot_s": 1200, "most_slots": 6, "absent_on": ["2026-11-27"],
            "hours": [{"from_time": "09:00", "to_time": "12:00", "weekdays": ["mon"]}],
        }
    ],
    "volunteers": [
        {
            "volunteer_id": "v1", "code_name": "Ada", "start": place("meeting_point"), "end": place("institution"),
            "shifts": [NIGHT], "absent_on": ["2026-11-27"],
            "vehicles": [{"mode": "motorcycle", "plate": "DK 1", "max_mass_g": 20000, "max_volume_ml": 40000,
                          "walk_max_m": 250, "carry_max_g": 9000}],
            "custody": [{"product_id": "p1", "quantity": 300.0}],
            "authorisations": [
                {"authorisation_id": "controlled", "valid_from_on": "2026-01-01", "valid_to_on": "2027-01-01"}
            ],
            "clearance_to_on": "2026-11-30", "max_stops": 12,
            "breaks": [{"earliest_time": "12:00", "latest_time": "13:00", "duration_s": 1800}],
            "pairs_with": "v2", "vetoes": ["c2"], "custody_blocked": True, "language": "id",
        },
        {
            "volunteer_id": "v2", "code_name": "Ben", "start": place("meeting_point"), "end": place("institution"),
            "shifts": [{"from_time": "08:00", "to_time": "16:00"}],
            "vehicles": [{"mode": "foot", "max_mass_g": 8000, "max_volume_ml": 20000}],
        },
    ],
    "passes": [
        {
            "pass_id": "n1", "number": "12/2026", "issuer": "the district", "volunteer_id": "v1",
            "organisation": "ours", "identity_type": "card", "modes": ["motorcycle"], "plates": ["DK 1"],
            "persons_max": 2, "purposes": ["medicine", "food"],
            "areas": [
                {"type": "Polygon", "coordinates": [SQUARE, HOLE]},
                {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
            ],
            "corridors": [{"coordinates": [[115.20, -8.70], [115.25, -8.65]], "half_width_m": 50.0}],
            "valid_from_at": FROM, "valid_to_at": TO, "hours": [NIGHT], "status": "revoked", "single_use": True,
            "used": True, "area_name": "the centre",
        }
    ],
    "movement_rules": [
        {
            "rule_id": "r1", "kind": "curfew", "modes": ["car"], "hours": [NIGHT], "valid_from_at": FROM,
            "valid_to_at": TO, "pass_exempts": True, "source": "decree 1",
        }
    ],
    "zones": [
        {
            "zone_id": "z1", "name": "the market", "area": {"type": "Polygon", "coordinates": [SQUARE]},
            "entry": "essential_allowed", "essential_purposes": ["medicine"], "valid_from_at": FROM,
            "valid_to_at": TO, "source": "decree 2",
        }
    ],
    "sheets": {
        "language": "id", "neutral_letter": "Let them pass.", "street_map": True, "geo_links": True,
        "navigation_files": True,
    },
    "preferences": {
        "preferred_min": 3.0, "same_volunteer_min": 1.5, "weeks": 6, "most_people": 3, "more_people_min": 4.0,
        "exposure_min": 0.25, "balance_min": 0.5,
    },
    "checkpoints": [
        {
            "checkpoint_id": "k1", "name": "the bridge", "location": {"lon": 115.2126, "lat": -8.6705},
            "radius_m": 25.0, "delay_s": 300, "modes": ["motorcycle"], "hours": [NIGHT], "valid_from_at": FROM,
            "valid_to_at": TO, "source": "decree 3",
        },
        {
            "checkpoint_id": "k2", "name": "the gate", "line": [[115.20, -8.70], [115.25, -8.65]], "delay_s": 60,
            "valid_from_at": FROM,
        },
        {
            "checkpoint_id": "k3", "name": "the market", "area": {"type": "Polygon", "coordinates": [SQUARE]},
            "delay_s": 120, "valid_from_at": FROM,
        },
        {
            "checkpoint_id": "k4", "name": "the shore",
            "area": {"type": "MultiPolygon", "coordinates": [[SQUARE]]}, "delay_s": 120, "valid_from_at": FROM,
        },
    ],
    "ledger": [
        {
            "client_id": "c1", "product_id": "p1", "state": "issued", "at": FROM, "from_on": "2026-11-20",
            "to_on": "2026-11-22", "tops_up": True, "quantity": 36.0, "volunteer_id": "v1",
        },
        {"client_id": "c2", "product_id": "p4", "state": "planned", "at": FROM, "supply_id": "x9"},
    ],
    "day": {
        "on": "2026-11-23", "now_at": FROM, "tolerance_s": 900, "change_s": 300,
        "volunteers": [
            {
                "volunteer_id": "v1", "free_at": FROM, "client_id": "c1", "at_edge": True, "mode": "motorcycle",
                "plate": "DK 1", "pass_ids": ["n1"], "visits": 3, "met_isolating": True, "rested_at": [FROM],
                "aboard": [
                    {
                        "client_id": "c1", "order_id": "c1.p1", "product_id": "p1", "site_id": "s1",
                        "units": [{"for_on": "2026-11-24", "quantity": 12.0}],
                    }
                ],
                "fetched": [
                    {
                        "client_id": "c2", "order_id": "c2.p1", "product_id": "p1", "site_id": "s1",
                        "units": [{"for_on": "2026-11-25", "quantity": 10.0}],
                    }
                ],
                "counts_in": ["s1"], "out_of_service": True,
            },
            {"volunteer_id": "v2", "free_at": FROM, "site_id": "s1", "at_end": False, "mode": "foot"},
        ],
        "served": [
            {"client_id": "c2", "volunteer_id": "v1", "at": FROM, "order_ids": ["c2.x9"], "reported": False}
        ],
        "promised": [{"client_id": "c1", "volunteer_id": "v1", "begin_at": FROM, "order_ids": ["c1.p1"]}],
        "locks": [
            {"client_id": "c1", "volunteer_id": "v1", "not_volunteer_ids": ["v2"], "from_at": FROM, "to_at": TO},
            {"client_id": "c2", "excluded": True},
        ],
    },
}  # fmt: skip
