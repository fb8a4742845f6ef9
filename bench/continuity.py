"""Orders of a large day: seconds, and memory of a process that does nothing else. Loading counts apart.

Ten thousand invented clients: liquids, tablets and packs under policies like those of Denpasar, a third with entries in
the ledger, one in ten with something to hold.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rich.table import Table

from routing.continuity import needs_of
from routing.domain.loading import load_programme

CLIENTS = 10_000
MONDAY = date(2026, 11, 23)
_DOSES = {"p1": [20.0, 35.0, 60.0, 62.5, 80.0, 95.0, 120.0], "p2": [2.0, 4.0, 8.0, 12.4, 16.0], "p3": [None]}


def continuity_table(runs: int) -> Table:
    """Return the table of medians (smallest – largest)."""
    title = f"orders of {CLIENTS:,} clients, {runs} runs, each a fresh process: median (smallest – largest)"
    table = Table(title=title)
    for heading in ("what", "seconds of the processor"):
        table.add_column(heading, justify="right")
    found = [_measure() for _ in range(runs)]
    for name in ("load_programme", "needs_of", "needs_of again"):
        table.add_row(name, _spread([run[name] for run in found], 2))
    table.add_row("peak memory before needs_of, MB", _spread([run["before_mb"] for run in found], 0))
    table.add_row("peak memory after, MB", _spread([run["after_mb"] for run in found], 0))
    table.add_row("orders", _spread([run["orders"] for run in found], 0))
    return table


def _spread(values: list[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} – {max(values):.{digits}f})"


def _measure() -> dict[str, float]:
    answer = subprocess.run(
        [sys.executable, "-m", "bench.continuity"], env=os.environ, capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def large_programme(clients: int) -> bytes:
    """Return the document of a programme with so many clients, the same every time."""
    return json.dumps(
        {
            "schema": "doorstep.programme/1",
            "programme_id": "large",
            "name": "a large district, invented",
            "timezone": "Asia/Makassar",
            "made_up": True,
            "products": [_product("p1"), _product("p2"), _product("p3")],
            "sites": [_site()],
            "policies": [_policy("p1"), _policy("p2"), _policy("p3")],
            "clients": [_client(number) for number in range(clients)],
            "ledger": [entry for number in range(0, clients, 3) for entry in _entries(number)],
        }
    ).encode()


def _product(product_id: str) -> dict[str, Any]:
    forms: dict[str, dict[str, Any]] = {
        "p1": {"kind": "methadone", "form": "liquid", "strength_mg_per_ml": 5, "mass_g": 40, "controlled": True},
        "p2": {"kind": "buprenorphine", "form": "tablet", "tablets_mg": [0.4, 2, 8], "mass_g": 1, "controlled": True},
        "p3": {"kind": "art", "form": "pack", "pack_days": 30, "mass_g": 65},
    }
    return {"product_id": product_id, "name": product_id, "purpose": "medicine", "volume_ml": 60, **forms[product_id]}


def _site() -> dict[str, Any]:
    return {
        "site_id": "s1",
        "name": "clinic",
        "place": {"pin": "-8.6705, 115.2126"},
        "hours": [{"from_time": "08:00", "to_time": "15:00"}],
        "stock": [{"product_id": product_id, "quantity": 9e6} for product_id in _DOSES],
    }


def _policy(product_id: str) -> dict[str, Any]:
    packs = product_id == "p3"
    return {
        "policy_id": f"take-home-{product_id}",
        "place": "everywhere",
        "product_id": product_id,
        "max_days_a_delivery": 30 if packs else 7,
        "max_days_on_hand": 45 if packs else 9,
        "early_days": 10 if packs else 3,
        "buffer_days": 7 if packs else 1,
        "dose_time": "10:00",
        "grace_h": 6,
        **({} if packs else {"visits_per_week": 2, "affordable_days_per_week": 4}),
        "missed_doses": [{"phase": "maintenance", "resume_up_to": 1, "clearance_up_to": 2}],
        "tier_weight": 100,
        "valid_from_on": "2026-01-01",
        "source": "a bench",
    }


def _client(number: int) -> dict[str, Any]:
    product_id = ("p1", "p1", "p2", "p3")[number % 4]
    doses = _DOSES[product_id]
    return {
        "client_id": f"c{number}",
        "code_name": f"c{number}",
        "place": {"location": {"lon": 115.2, "lat": -8.6}},
        "regimens": [
            {
                "product_id": product_id,
                "site_id": "s1",
                "steps": [{"from_on": "2026-09-01", "dose_mg": doses[number % len(doses)]}],
                "home": {"doses": number % 6, "as_of_on": str(MONDAY - timedelta(days=number % 3))},
                "last_taken_on": str(MONDAY - timedelta(days=2 if number % 10 == 0 else 1)),
                "prescription_ends_on": "2027-02-21",
            }
        ],
    }


def _entries(number: int) -> list[dict[str, Any]]:
    at = datetime(2026, 11, 19, 1, number % 60, tzinfo=UTC).isoformat()
    about = {"client_id": f"c{number}", "product_id": _client(number)["regimens"][0]["product_id"], "at": at}
    days = {"from_on": "2026-11-20", "to_on": "2026-11-22"}
    return [{**about, **days, "state": "issued"}, {**about, **days, "state": "handed_over"}]


def _peak_mb() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _main() -> None:
    data = large_programme(CLIENTS)
    # The processor's time: what else the machine does is none of ours.
    began = time.process_time()
    programme = load_programme(data)
    loaded = time.process_time()
    before_mb = _peak_mb()
    needs = needs_of(programme, MONDAY, {})
    derived = time.process_time()
    needs_of(programme, MONDAY, {})
    again = time.process_time()
    print(  # noqa: T201
        json.dumps(
            {
                "load_programme": loaded - began,
                "needs_of": derived - loaded,
                "needs_of again": again - derived,
                "before_mb": before_mb,
                "after_mb": _peak_mb(),
                "orders": len(needs.orders),
            }
        )
    )


if __name__ == "__main__":
    _main()
