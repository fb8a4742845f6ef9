"""Examples for the description of the service: what edits, replans and differences look like."""

from __future__ import annotations

HEAD = {
    "plan_id": "4f1d2c3b5a697887",
    "programme_id": "denpasar",
    "date": "2026-11-23",
    "state": "done",
    "code": None,
    "version": 2,
    "violations": 1,
    "published_version": None,
    "is_current": False,
    "predecessor_id": None,
    "programme_version": 1,
    "asked_at": "2026-11-22T20:00:00+00:00",
}
EDITS = {
    "edits": [
        {"type": "lock", "client_id": "c07", "volunteer_id": "v03"},
        {"type": "move", "client_id": "c12", "volunteer_id": "v01", "position": 2},
        {"type": "exclude", "client_id": "c31", "reason": "asked_not_today"},
    ]
}
VIOLATION = {
    "code": "outside_time_window",
    "where": "/routes/0/steps/3",
    "message": "the visit begins outside of the client's windows",
    "params": {},
}
EDITED = {**HEAD, "broken": [VIOLATION], "plan": {"schema": "doorstep.plan/1", "routes": []}}
PUBLICATION = {"replaces": "9a8b7c6d5e4f3021"}
PUBLISHED = {**HEAD, "violations": 0, "published_version": 2, "is_current": True}
EVENTS = {
    "events": {
        "schema": "doorstep.events/1",
        "on": "2026-11-23",
        "now_at": "2026-11-23T10:30:00+08:00",
        "events": [{"type": "volunteer_gone", "at": "2026-11-23T10:20:00+08:00", "volunteer_id": "v03"}],
    },
    "time_limit_s": 3,
}
REPLANNED = {**HEAD, "state": "queued", "version": 0, "violations": 0, "predecessor_id": "4f1d2c3b5a697887"}
DIFFERENCES = {
    "changes": [
        {
            "kind": "moved",
            "client_id": "c07",
            "order_ids": ["c07.r1"],
            "from_volunteer_id": "v03",
            "to_volunteer_id": "v01",
            "before_at": "2026-11-23T11:00:00+08:00",
            "after_at": "2026-11-23T11:40:00+08:00",
            "retimed": True,
        }
    ],
    "clients_to_tell": ["c07"],
    "volunteers_to_tell": ["v01", "v03"],
    "figures": {},
    "stranded": [],
    "exposed": {},
    "moves": 1,
    "code_names": {"c07": "Jasmine"},
}
EXPLANATIONS = {
    "programme_id": "denpasar",
    "date": "2026-11-23",
    "unserved": [
        {
            "client_id": "c31",
            "order_id": "c31.r1",
            "tier": "T1",
            "reasons": [{"code": "excluded_by_lock", "params": {}}],
        }
    ],
    "proposals": [],
}
ROUTES = {
    "plan_id": "4f1d2c3b5a697887",
    "version": 2,
    "volunteer_id": "v01",
    "routes": [{"volunteer_id": "v01", "start_at": "2026-11-23T08:00:00+08:00", "steps": []}],
}
