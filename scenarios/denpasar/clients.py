"""Who is visited: tables of invented clients, their regimens, supplies and history.

The day is Monday 23 November 2026. `home` counts the doses at home that morning, `taken` is the day in November on
which the last dose was taken.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from scenarios.denpasar.streets import Box

Json = dict[str, Any]

DAY = date(2026, 11, 23)
LAST_SUPPLY_ON = date(2026, 11, 19)

# Where clients live: boxes (west, south, east, north)
QUARTERS: dict[str, Box] = {
    "west": (115.2045, -8.6705, 115.2125, -8.6565),
    "east": (115.2222, -8.6695, 115.2302, -8.6505),
    "south": (115.2090, -8.6755, 115.2205, -8.6600),
    "north": (115.2095, -8.6645, 115.2205, -8.6500),
    "middle": (115.2120, -8.6690, 115.2205, -8.6580),
    "pair": (115.2145, -8.6685, 115.2185, -8.6570),  # on the ground of both who pair
    "closed": (115.2056, -8.6618, 115.2079, -8.6590),  # inside the containment zone
    "edge_zone": (115.2206, -8.6552, 115.2217, -8.6537),  # served at the edge only
    "beyond": (115.2040, -8.6545, 115.2076, -8.6495),  # on nobody's pass
    "islet": (115.2038, -8.6752, 115.2072, -8.6724),  # on a pass, but no way of that pass leads there
    "food_only": (115.2245, -8.6765, 115.2300, -8.6728),  # on food passes only
    "gate": (115.2255, -8.6700, 115.2298, -8.6660),  # the invented prison
}
CLOSED_QUARTERS = {"closed", "edge_zone"}
EDGE_PLACES: dict[str, Box] = {"c44": (115.2192, -8.6566, 115.2232, -8.6524)}
SAME_HOME = {"c64": "c63"}

# client, quarter, mg a day, doses at home, day of the last dose
METHADONE: tuple[tuple[str, str, float, int, int], ...] = (
    ("c01", "south", 80, 0, 22), ("c02", "west", 65, 0, 22), ("c03", "west", 100, 0, 22), ("c04", "east", 72.5, 0, 22),
    ("c05", "north", 90, 0, 22), ("c06", "pair", 60, 0, 22), ("c07", "east", 110, 0, 22), ("c08", "north", 85, 1, 22),
    ("c09", "west", 120, 0, 22), ("c10", "south", 30, 0, 22), ("c11", "closed", 75, 1, 22), ("c12", "east", 95, 0, 22),
    ("c13", "beyond", 70, 1, 22), ("c14", "south", 60, 4, 22), ("c15", "west", 88.5, 0, 22),
    ("c16", "south", 105, 1, 22),
    ("c17", "south", 75, 0, 21), ("c18", "west", 80, 0, 20), ("c19", "south", 90, 0, 20), ("c20", "east", 100, 0, 18),
    ("c21", "north", 70, 2, 20), ("c22", "west", 62.3, 0, 22), ("c23", "east", 85, 0, 22), ("c24", "north", 65, 0, 22),
    ("c25", "north", 110, 0, 22), ("c26", "south", 90, 1, 22), ("c27", "east", 120, 0, 22), ("c28", "west", 80, 0, 22),
    ("c82", "south", 70, 0, 20),
)  # fmt: skip

BUPRENORPHINE: tuple[tuple[str, str, float, int, int], ...] = (
    ("c29", "east", 8, 0, 22), ("c30", "west", 12, 0, 22), ("c31", "north", 16, 1, 22), ("c32", "south", 24, 0, 19),
    ("c33", "middle", 10, 0, 22), ("c34", "east", 6.4, 0, 21), ("c35", "food_only", 8, 1, 22),
    ("c36", "west", 4.8, 5, 22),
    ("c37", "south", 14, 1, 22), ("c38", "north", 20.8, 0, 22),
)  # fmt: skip

# client, quarter, product, days at home
PACKS: tuple[tuple[str, str, str, int], ...] = (
    ("c39", "north", "p04", 0), ("c40", "east", "p04", 4), ("c41", "south", "p04", 1), ("c42", "west", "p04", 5),
    ("c43", "middle", "p04", 3), ("c44", "edge_zone", "p04", 2), ("c45", "east", "p04", 6), ("c46", "south", "p04", 7),
    ("c47", "north", "p04", 4), ("c48", "beyond", "p04", 5), ("c49", "west", "p04", 2), ("c50", "middle", "p04", 6),
    ("c51", "north", "p04", 9), ("c52", "", "p04", 3), ("c53", "east", "p04", 25), ("c54", "pair", "p05", 4),
    ("c55", "middle", "p06", 2), ("c56", "west", "p06", 4), ("c57", "east", "p06", 0), ("c58", "south", "p06", 5),
    ("c59", "north", "p07", 3), ("c60", "middle", "p07", 5), ("c61", "west", "p07", 20),
)  # fmt: skip

# clients without a regimen, and where they are
OTHERS: tuple[tuple[str, str], ...] = (
    ("c62", "west"), ("c63", "south"), ("c64", "south"), ("c65", "east"), ("c66", "islet"), ("c67", "north"),
    ("c68", "food_only"), ("c69", "west"), ("c70", "south"), ("c71", "north"), ("c72", "middle"), ("c73", "east"),
    ("c74", "south"), ("c75", "gate"), ("c76", "middle"), ("c77", "south"), ("c78", "west"), ("c79", "east"),
    ("c80", "north"), ("c81", "middle"),
)  # fmt: skip

# client: product, quantity, first and last useful day in November (0: none), more goods ...
SUPPLIES: dict[str, tuple[tuple[str, int, int, int], ...]] = {
    "c01": (("p08", 1, 21, 0),),
    "c03": (("p12", 1, 23, 24),),
    "c07": (("p08", 1, 23, 0), ("p09", 1, 23, 27)),
    "c09": (("p12", 1, 22, 23),),
    "c17": (("p12", 1, 23, 25), ("p08", 1, 21, 0)),
    "c19": (("p12", 1, 23, 24), ("p08", 1, 23, 0)),
    "c23": (("p08", 1, 23, 0),),
    "c29": (("p08", 1, 23, 0),),
    "c35": (("p12", 1, 23, 24),),
    "c41": (("p12", 1, 23, 25),),
    "c42": (("p10", 1, 20, 0),),
    "c43": (("p11", 1, 23, 28),),
    "c49": (("p12", 1, 23, 23),),
    "c55": (("p12", 1, 22, 24),),
    "c56": (("p12", 1, 23, 26),),
    "c62": (("p12", 1, 23, 23), ("p11", 2, 23, 28)),
    "c63": (("p12", 1, 22, 23),),
    "c64": (("p12", 1, 23, 25),),
    "c65": (("p12", 1, 23, 24),),
    "c66": (("p12", 1, 23, 24),),
    "c67": (("p12", 1, 21, 24), ("p11", 1, 23, 28)),
    "c68": (("p12", 1, 23, 23),),
    "c69": (("p12", 2, 23, 25),),
    "c70": (("p12", 1, 23, 26), ("p10", 1, 23, 0)),
    "c71": (("p13", 20, 23, 23),),
    "c72": (("p13", 12, 23, 23),),
    "c73": (("p13", 10, 23, 23),),
    "c74": (("p13", 18, 23, 23),),
    # five months for 196 women, split so that each order fits a car: 248 kg and 0.98 m3 in all
    "c75": (
        ("p16", 245, 23, 24), ("p16", 245, 23, 24), ("p16", 245, 23, 27), ("p16", 245, 23, 27),
        ("p15", 490, 23, 24), ("p15", 490, 23, 27), ("p14", 980, 23, 24), ("p17", 4, 23, 27), ("p18", 6, 23, 27),
    ),
    "c76": (("p08", 2, 20, 0), ("p09", 2, 23, 25)),
    "c77": (("p09", 1, 23, 24), ("p10", 1, 16, 0)),
    "c78": (("p08", 1, 23, 0), ("p10", 2, 23, 28)),
    "c79": (("p09", 3, 22, 23),),
    "c80": (("p09", 1, 26, 30),),
    "c81": (("p08", 1, 23, 0), ("p12", 1, 23, 24)),
}  # fmt: skip

NONE_LEFT = {"c01", "c09", "c29", "c49", "c63", "c76", "c81"}


def hours(*spans: str, weekdays: list[str] | None = None) -> list[Json]:
    """Return windows from texts such as "09:00-11:30"."""
    days = {"weekdays": weekdays} if weekdays else {}
    return [{"from_time": start, "to_time": end, **days} for start, end in (span.split("-") for span in spans)]


# What single clients bring with them
CLIENT_FACTS: dict[str, Json] = {
    "c02": {"windows": hours("09:00-11:00")},
    "c03": {"consent": {"call_first": True}},
    "c05": {"windows": hours("09:00-10:30", "13:00-14:30")},
    "c06": {"pair_required": True},
    "c08": {"vetoes": ["v02"]},
    "c09": {"prefers": ["v01"]},
    "c10": {"client_class": "new", "windows": hours("10:00-14:45")},
    "c12": {"isolating": True},
    "c30": {"windows": hours("08:30-10:00", "12:30-14:30")},
    "c32": {"pregnant": True},
    "c33": {"consent": {"home_delivery": False}},
    "c40": {"windows": hours("10:00-12:00")},
    "c42": {"consent": {"proxy_handover": True}},
    "c46": {"windows": hours("08:30-09:45", "13:00-15:30")},
    "c47": {"windows": hours("09:00-12:00", weekdays=["tue", "thu"])},
    "c50": {"isolating": True, "handover": "contactless"},
    "c54": {"client_class": "minor", "language": "id", "guardian": "an aunt"},
    "c57": {"windows": hours("11:00-13:00"), "pregnant": True},
    "c63": {"household_id": "h1"},
    "c64": {"household_id": "h1"},
    "c71": {"windows": hours("11:30-13:00")},
    "c72": {"windows": hours("11:30-12:45")},
    "c73": {"windows": hours("11:30-13:00")},
    "c74": {"windows": hours("11:45-13:15")},
    "c75": {"windows": hours("09:00-11:30", "13:30-15:00"), "requires": ["institution"], "service_s": 1200},
    "c81": {"client_class": "unregistered", "status": [{"status": "lead", "from_at": "2026-11-20T16:00:00+08:00"}]},
    "c82": {"status": [{"status": "hospital", "from_at": "2026-11-21T18:30:00+08:00"}]},
}

_KEY_WORKERS: Json = {"kind": "meeting_point", "hint": "staff entrance, ask for the shift leader"}
PLACE_FACTS: dict[str, Json] = {
    **dict.fromkeys(("c71", "c72", "c73", "c74"), _KEY_WORKERS),
    "c75": {"kind": "institution", "hint": "main gate: bags are searched, the receiving officer signs"},
}

# Who has no subsidy can afford three days at once, as the policy says
SUBSIDISED = {"c07", "c08", "c09", "c11", "c12", "c13", "c14", "c17", "c18", "c25", "c26", "c27"}

# What single regimens bring with them
REGIMEN_FACTS: dict[str, Json] = {
    "c05": {"home": {"doses": 1, "as_of_on": "2026-11-18", "confidence": "computed"}},
    "c08": {"home": {"doses": 5, "as_of_on": "2026-11-19", "confidence": "computed"}},
    "c10": {"phase": "induction"},
    "c15": {"prescriber_hold": True},
    "c16": {"affordable_days": 7},
    "c18": {"clearance": {"by": "dispenser on duty", "at": "2026-11-23T07:30:00+08:00"}},
    "c28": {"prescription_ends_on": "2026-11-22"},
    "c37": {"review_on": "2026-11-23"},
    "c38": {"remote": True},
    "c54": {"prescriber_id": "d1"},
}

# Three consultations a morning, for more people than that
PRESCRIBERS: list[Json] = [
    {
        "prescriber_id": "d1", "code_name": "Kapok", "hours": hours("08:30-09:15", weekdays=["mon", "wed", "fri"]),
    },
]  # fmt: skip


def ledger() -> list[Json]:
    """Return what has happened: last week's rounds, a return, a parcel without a report, one taken at the site."""
    rounds = [
        _entry(client_id, product_id, "handed_over", f"2026-11-19T{9 + number // 4:02}:{number % 4 * 15:02}:00+08:00",
               (20, 22 + home), volunteer)
        for number, (client_id, product_id, home, volunteer) in enumerate(_ROUNDS)
    ]  # fmt: skip
    return [*rounds, *_EVENTS]


def _entry(client_id: str, product_id: str, state: str, at: str, days: tuple[int, int], volunteer: str = "") -> Json:
    entry = {
        "client_id": client_id, "product_id": product_id, "state": state, "at": at,
        "from_on": f"2026-11-{days[0]:02}", "to_on": f"2026-11-{days[1]:02}",
    }  # fmt: skip
    return {**entry, "volunteer_id": volunteer} if volunteer else entry


# client, product, doses left of it on the day, volunteer
_ROUNDS = (
    ("c01", "p01", 0, "v03"), ("c02", "p01", 0, "v01"), ("c03", "p01", 0, "v01"), ("c04", "p01", 0, "v02"),
    ("c07", "p01", 0, "v02"), ("c09", "p01", 0, "v01"), ("c16", "p01", 1, "v03"), ("c25", "p02", 0, "v02"),
    ("c26", "p02", 1, "v03"), ("c29", "p03", 0, "v02"), ("c30", "p03", 0, "v01"), ("c31", "p03", 1, "v04"),
)  # fmt: skip
_EVENTS = (
    # handed over after the doses at home were counted on the 18th
    _entry("c05", "p01", "handed_over", "2026-11-18T14:00:00+08:00", (19, 22), "v04"),
    # nobody at home, brought back, handed over the day after
    _entry("c12", "p01", "issued", "2026-11-18T09:00:00+08:00", (19, 22), "v02"),
    _entry("c12", "p01", "returned", "2026-11-18T14:20:00+08:00", (19, 22), "v02"),
    _entry("c12", "p01", "handed_over", "2026-11-19T13:10:00+08:00", (19, 22), "v02"),
    # planned on Saturday, and nobody has said what became of it
    _entry("c23", "p01", "planned", "2026-11-21T08:00:00+08:00", (22, 23), "v02"),
    # collected at the counter on Saturday
    _entry("c24", "p01", "dispensed_at_site", "2026-11-21T10:30:00+08:00", (22, 25)),
    # condoms arrived last week: that supply is done
    {
        "client_id": "c77", "product_id": "p10", "state": "handed_over", "at": "2026-11-17T11:00:00+08:00",
        "supply_id": "c77-2", "quantity": 1, "volunteer_id": "v08",
    },
)  # fmt: skip


def regimens(client_id: str) -> list[Json]:
    """Return a client's regimens."""
    facts = REGIMEN_FACTS.get(client_id, {})
    return [{**regimen, **facts} for regimen in _plain_regimens(client_id)]


def _plain_regimens(client_id: str) -> list[Json]:
    weaker = {"c25", "c26", "c27", "c28"}  # the other strength is kept at the other site
    for client, _, dose_mg, home, taken in METHADONE:
        if client == client_id:
            product_id, site_id = ("p02", "s2") if client in weaker else ("p01", "s1")
            subsidy = {"subsidised": True} if client in SUBSIDISED else {}
            return [_regimen(product_id, site_id, {"dose_mg": dose_mg}, home, taken) | subsidy]
    for client, _, dose_mg, home, taken in BUPRENORPHINE:
        if client == client_id:
            return [_regimen("p03", "s2", {"dose_mg": dose_mg}, home, taken)]
    for client, _, product_id, home in PACKS:
        if client == client_id:
            course = {} if product_id in {"p04", "p05"} else {"phase": "course"}
            return [_regimen(product_id, "s1", {}, home, 22) | course]
    return []


def _regimen(product_id: str, site_id: str, dose: Json, home: int, taken: int) -> Json:
    return {
        "product_id": product_id, "site_id": site_id, "steps": [{"from_on": "2026-09-01", **dose}],
        "home": {"doses": home, "as_of_on": DAY.isoformat()}, "last_taken_on": f"2026-11-{taken:02}",
        "prescription_ends_on": (DAY + timedelta(days=90)).isoformat(),
    }  # fmt: skip


def supplies(client_id: str) -> list[Json]:
    """Return a client's supply orders; all of them come from the community store."""
    return [
        {
            "supply_id": f"{client_id}-{number}", "product_id": product_id, "site_id": "s2", "quantity": quantity,
            "due_on": f"2026-11-{due:02}", **({"latest_on": f"2026-11-{latest:02}"} if latest else {}),
            **({"none_left": True} if client_id in NONE_LEFT else {}),
        }
        for number, (product_id, quantity, due, latest) in enumerate(SUPPLIES.get(client_id, ()), start=1)
    ]  # fmt: skip


def client_quarters() -> dict[str, str]:
    """Return the quarter of every client, in order of their ids; "" where nobody has located the address."""
    rows = [(row[0], row[1]) for table in (METHADONE, BUPRENORPHINE, PACKS, OTHERS) for row in table]
    return dict(sorted(rows))
