"""A whole made-up programme by kind, size and seed. Law: the same four numbers and streets give the same bytes."""

from __future__ import annotations

import json
import random
from typing import Any

from shapely import Point

from bench.solver.made_up.clients import client, institution
from bench.solver.made_up.goods import EVERYTHING, PLAIN, policies, site
from bench.solver.made_up.ground import Ground, Spot
from bench.solver.made_up.volunteers import Staff
from routing.network import Streets

Json = dict[str, Any]

KINDS = ("simple", "everything")
# Shortest and longest shift in hours, by seed: enough for everybody, then for fewer and fewer.
SHIFTS_H = ((3.5, 7.0), (2.5, 4.5), (2.0, 3.5))
CLOSED = 0.08
CLEAR_OF_SITES_M = 150.0
CLEAR_OF_DOORS_M = 60.0


def volunteers_for(clients: int) -> int:
    """Return how many volunteers a day of so many clients has: 50 have 5, 100 have 9, 300 have 25, 1000 have 60."""
    return 60 if clients >= 1000 else -(-clients // 12)


def programme(kind: str, clients: int, seed: int, streets: Streets) -> bytes:
    """Return the document."""
    dice = random.Random(f"{kind} {clients} {seed}")  # noqa: S311 - no secret
    everything = kind == "everything"
    ground = Ground(streets, dice)
    spots = tuple(ground.quarter(0.0, 0.3) for _ in range(2 if everything else 1))
    zone = _closed_ground(ground, spots)
    staff = Staff(
        ground=ground,
        dice=dice,
        sites=spots,
        count=volunteers_for(clients),
        shift_h=SHIFTS_H[seed % len(SHIFTS_H)],
        everything=everything,
    )
    volunteers, passes = staff.people()
    products = EVERYTHING if everything else PLAIN
    document = {
        "schema": "doorstep.programme/1",
        "programme_id": f"{kind}-{clients}-{seed}",
        "name": "made up for measuring",
        "timezone": "Asia/Makassar",
        "made_up": True,
        "products": list(products),
        "sites": [
            site(f"s{number}", {"location": ground.location(spot)}, products, len(spots))
            for number, spot in enumerate(spots, start=1)
        ],
        "policies": policies(products),
        "clients": _clients(ground, dice, clients, everything=everything),
        "volunteers": volunteers,
        "passes": passes,
        "movement_rules": _rules(),
        **_hindrances(ground, zone, everything=everything),
    }
    return json.dumps(document, indent=1).encode()


def _clients(ground: Ground, dice: random.Random, count: int, *, everything: bool) -> list[Json]:
    """Return the clients; of days with everything one in a hundred, and one at least, is an institution."""
    prisons = max(1, count // 100) if everything else 0
    found = []
    for number in range(1, count + 1):
        place = {"location": ground.location(ground.door())}
        homes = number <= count - prisons
        found.append(client(number, place, dice, everything=everything) if homes else institution(number, place))
    return found


def _closed_ground(ground: Ground, sites: tuple[Spot, ...]) -> Json:
    """Close a quarter that holds no site and cuts nothing off: nobody lives there, and nobody may ride through."""
    for _ in range(1000):
        shape = ground.star(ground.quarter(0.3, 0.8), CLOSED * ground.across_m)
        clear = all(shape.distance(Point(spot)) >= CLEAR_OF_SITES_M for spot in sites)
        if clear and ground.holds_together_without(shape):
            ground.closed = shape.buffer(CLEAR_OF_DOORS_M)
            return ground.area(shape)
    raise ValueError("every quarter has a site or cuts the map in two")


def _rules() -> list[Json]:
    since = "2026-11-01T00:00:00+08:00"
    curfew = [{"from_time": "20:00", "to_time": "05:00"}]
    return [
        {"rule_id": "r1", "kind": "pass_required", "valid_from_at": since},
        {"rule_id": "r2", "kind": "curfew", "hours": curfew, "valid_from_at": since},
    ]


def _hindrances(ground: Ground, zone: Json, *, everything: bool) -> Json:
    since = "2026-11-01T00:00:00+08:00"
    zones = [{"zone_id": "z1", "name": "closed", "area": zone, "valid_from_at": since}]
    if not everything:
        return {"zones": zones}
    checkpoint = {
        "checkpoint_id": "k1",
        "name": "bridge",
        "location": ground.location(ground.quarter(0.1, 0.4)),
        "radius_m": 40,
        "delay_s": 180,
        "valid_from_at": since,
    }
    return {"zones": zones, "checkpoints": [checkpoint]}
