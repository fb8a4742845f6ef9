"""Who carries, on which papers, and where nobody may go."""

from __future__ import annotations

from typing import Any

from scenarios.denpasar.clients import hours
from scenarios.denpasar.streets import Box

Json = dict[str, Any]
Ring = list[tuple[float, float]]

# Where volunteers start: two who pair meet at the office
STARTS: dict[str, Box] = {
    "office": (115.2150, -8.6640, 115.2178, -8.6612),
    "v03": (115.2125, -8.6730, 115.2165, -8.6695),
    "v04": (115.2150, -8.6590, 115.2185, -8.6560),
    "v05": (115.2180, -8.6680, 115.2215, -8.6640),
    "v06": (115.2150, -8.6630, 115.2190, -8.6590),
    "v07": (115.2175, -8.6690, 115.2220, -8.6650),
    "v08": (115.2145, -8.6680, 115.2175, -8.6630),
}

# plate, most grams, most millilitres: what goes on a rack, in a box, in a car with its back seats down
VEHICLES: dict[str, tuple[str, str, int, int]] = {
    "v01": ("motorcycle", "DK 0001 ZA", 30_000, 60_000),
    "v02": ("motorcycle", "DK 0002 ZA", 30_000, 60_000),
    "v03": ("motorcycle", "DK 0003 ZA", 28_000, 60_000),
    "v04": ("motorcycle", "DK 0004 ZA", 28_000, 50_000),
    "v05": ("car", "DK 0005 ZA", 180_000, 700_000),
    "v06": ("bicycle", "", 15_000, 40_000),
    "v07": ("bicycle", "", 18_000, 45_000),
    "v08": ("foot", "", 10_000, 30_000),
}

# code name, shift, most visits, last day of the health clearance, authorisations with their last day, and the rest
VOLUNTEERS: dict[str, tuple[str, tuple[str, ...], int, str, tuple[tuple[str, str], ...], Json]] = {
    "v01": ("Kingfisher", ("08:00-16:00",), 13, "2026-12-31", (("controlled", "2027-03-31"),), {
        "pairs_with": "v02",
        "custody": {"p01": 500, "p03": 90},
        "breaks": [{"earliest_time": "12:00", "latest_time": "13:30", "duration_s": 1800}]}),
    "v02": ("Egret", ("08:00-16:00",), 13, "2026-12-31", (("controlled", "2027-03-31"),), {
        "pairs_with": "v01",
        "custody": {"p01": 450, "p02": 150, "p03": 90}}),
    "v03": ("Tailorbird", ("08:30-16:30",), 13, "2026-11-24", (("controlled", "2027-01-31"),), {
        "custody": {"p01": 450, "p02": 150, "p03": 90},
        "vetoes": ["c27"]}),
    "v04": ("Oriole", ("07:30-15:30",), 12, "2026-12-02", (("controlled", "2026-11-25"),), {
        "custody": {"p01": 300, "p02": 80, "p03": 60}}),
    "v05": ("Heron", ("08:00-15:30",), 14, "2026-12-31", (("institution", "2026-12-31"),), {
        "breaks": [{"earliest_time": "11:30", "latest_time": "13:15", "duration_s": 2700}]}),
    "v06": ("Swiftlet", ("09:00-15:00",), 9, "2026-12-31", (), {}),
    "v07": ("Munia", ("10:00-16:00",), 8, "2026-12-31", (("controlled", "2026-11-20"),), {}),
    "v08": ("Bulbul", ("08:30-12:00", "13:00-15:30"), 6, "2026-12-31", (), {}),
}  # fmt: skip


def _ring(*positions: tuple[float, float]) -> Ring:
    return [*positions, positions[0]]


COORDINATOR_PHONE = "+62 361 000 000"  # nobody's: no number of this town begins with 0
SHEETS: Json = {"language": "id", "street_map": True}

# Ground, drawn along streets; rings of (longitude, latitude)
WEST = _ring(
    (115.2025, -8.6712), (115.2084, -8.6714), (115.2086, -8.6770), (115.2186, -8.6770), (115.2190, -8.6640),
    (115.2192, -8.6485), (115.2086, -8.6485), (115.2082, -8.6552), (115.2025, -8.6556),
)  # fmt: skip
MARKET = _ring(  # the hole in it: nobody on courier's business between the two market halls
    (115.2116, -8.6556), (115.2131, -8.6554), (115.2131, -8.6566), (115.2117, -8.6568),
)  # fmt: skip
EAST = _ring(
    (115.2116, -8.6705), (115.2225, -8.6712), (115.2392, -8.6705), (115.2392, -8.6478), (115.2118, -8.6478),
)  # fmt: skip
SOUTH = _ring(
    (115.2030, -8.6712), (115.2084, -8.6714), (115.2086, -8.6770), (115.2232, -8.6770), (115.2235, -8.6575),
    (115.2080, -8.6580), (115.2060, -8.6630), (115.2030, -8.6660),
)  # fmt: skip
NORTH = _ring(
    (115.2085, -8.6690), (115.2222, -8.6690), (115.2228, -8.6476), (115.2086, -8.6470),
)  # fmt: skip
NORTH_EAST = _ring(
    (115.2244, -8.6605), (115.2334, -8.6605), (115.2334, -8.6478), (115.2244, -8.6478),
)  # fmt: skip
ALL_BUT_THE_WESTERN_CORNERS = _ring(
    (115.2025, -8.6712), (115.2084, -8.6714), (115.2086, -8.6778), (115.2392, -8.6778), (115.2392, -8.6480),
    (115.2092, -8.6480), (115.2086, -8.6552), (115.2025, -8.6556),
)  # fmt: skip
CENTRE = _ring(
    (115.2080, -8.6705), (115.2262, -8.6705), (115.2262, -8.6492), (115.2085, -8.6490),
)  # fmt: skip
FROM_THE_CENTRE_EAST = _ring(
    (115.2120, -8.6778), (115.2392, -8.6778), (115.2392, -8.6500), (115.2120, -8.6500),
)  # fmt: skip
ISLET = _ring(
    (115.2034, -8.6760), (115.2078, -8.6760), (115.2078, -8.6720), (115.2034, -8.6720),
)  # fmt: skip
EVERYWHERE = _ring(
    (115.1972, -8.6780), (115.2392, -8.6780), (115.2392, -8.6420), (115.1972, -8.6420),
)  # fmt: skip


def _polygon(outside: Ring, *holes: Ring) -> Json:
    return {"type": "Polygon", "coordinates": [outside, *holes]}


EVERYTHING = ["medicine", "harm_reduction", "food", "hygiene"]
THE_DAY = hours("07:00-17:00")
POLICE = "invented district command post"
VILLAGE = "invented food task force"

# pass_id, volunteer, issuer, purposes, what it covers, last day, the rest
PASSES: tuple[tuple[str, str, str, list[str], Json, str, Json], ...] = (
    ("pa01", "v01", POLICE, EVERYTHING, {"areas": [_polygon(WEST, MARKET)]}, "2026-12-31", {
        "modes": ["motorcycle"], "plates": ["DK 0001 ZA"]}),
    ("pa02", "v02", POLICE, ["medicine", "harm_reduction", "hygiene"], {"areas": [_polygon(EAST)]}, "2026-12-31", {
        "modes": ["motorcycle"], "plates": ["DK 0002 ZA"]}),
    ("pa03", "v02", VILLAGE, ["food", "hygiene"], {"areas": [_polygon(FROM_THE_CENTRE_EAST)]}, "2026-12-31", {
        "modes": ["motorcycle"], "hours": hours("13:00-17:00")}),
    ("pa04", "v03", POLICE, EVERYTHING, {"areas": [_polygon(SOUTH)]}, "2026-12-15", {"modes": ["motorcycle"]}),
    ("pa05", "v04", POLICE, ["medicine", "harm_reduction", "food"], {
        "areas": [{"type": "MultiPolygon", "coordinates": [[NORTH], [NORTH_EAST]]}],
        # the two parts are joined by one street
        "corridors": [{"coordinates": [(115.2205, -8.6572), (115.2262, -8.6572)], "half_width_m": 60}],
    }, "2026-12-31", {"modes": ["motorcycle"]}),
    ("pa06", "v05", VILLAGE, ["food", "hygiene"], {"areas": [_polygon(ALL_BUT_THE_WESTERN_CORNERS)]}, "2026-12-31", {
        "modes": ["car"], "plates": ["DK 0005 ZA"]}),
    ("pa07", "v06", POLICE, ["medicine", "harm_reduction", "hygiene"], {"areas": [_polygon(CENTRE)]}, "2026-12-31", {
        "modes": ["bicycle", "foot"]}),
    # a food pass in two parts that no street of it joins
    ("pa08", "v07", VILLAGE, ["food"], {
        "areas": [{"type": "MultiPolygon", "coordinates": [[FROM_THE_CENTRE_EAST], [ISLET]]}],
    }, "2026-12-31", {}),
    ("pa09", "v08", VILLAGE, ["food", "hygiene", "harm_reduction"], {
        "corridors": [{
            "coordinates": [(115.2155, -8.6590), (115.2157, -8.6650), (115.2160, -8.6700), (115.2172, -8.6765)],
            "half_width_m": 320}],
    }, "2026-12-31", {"modes": ["foot"]}),
    ("pa10", "v06", POLICE, EVERYTHING, {"areas": [_polygon(EVERYWHERE)]}, "2026-10-31", {}),
    ("pa11", "v07", POLICE, ["medicine", "harm_reduction"], {"areas": [_polygon(EAST)]}, "2026-12-31", {
        "status": "revoked"}),
    ("pa12", "v04", POLICE, ["medicine"], {"areas": [_polygon(EAST)]}, "2026-12-31", {
        "single_use": True, "modes": ["motorcycle"]}),
)  # fmt: skip

# as printed on the passes
AREA_NAMES = {
    "pa01": "west of the river, without the market",
    "pa02": "east of the centre",
    "pa03": "from the centre to the east",
    "pa04": "south",
    "pa05": "north; north-east by the joining street",
    "pa06": "the town, without its western corners",
    "pa07": "centre",
    "pa08": "from the centre to the east; the islet",
    "pa09": "the middle street, 320 m to each side",
    "pa10": "the whole town",
    "pa11": "east of the centre",
    "pa12": "east of the centre",
}

MOVEMENT_RULES: list[Json] = [
    {
        "rule_id": "r1", "kind": "curfew", "hours": hours("21:00-04:00"),
        "valid_from_at": "2026-11-01T00:00:00+08:00", "source": "made up; curfews of 2020 were like it",
    },
    {
        "rule_id": "r2", "kind": "pass_required",
        "valid_from_at": "2026-11-01T00:00:00+08:00", "source": "made up; after the ANPUD report's travel passes",
    },
]  # fmt: skip

ZONES: list[Json] = [
    {
        "zone_id": "z1", "name": "containment quarter", "entry": "blocked",
        "area": _polygon(_ring(
            (115.2050, -8.6590), (115.2068, -8.6584), (115.2084, -8.6588), (115.2085, -8.6621), (115.2064, -8.6624),
            (115.2049, -8.6618),
        )),
        "valid_from_at": "2026-11-15T00:00:00+08:00", "valid_to_at": "2026-12-06T00:00:00+08:00",
        "source": "made up",
    },
    {
        "zone_id": "z2", "name": "closed lane", "entry": "handover_at_edge",
        "area": _polygon(_ring(
            (115.2204, -8.6553), (115.2219, -8.6554), (115.2218, -8.6536), (115.2205, -8.6536),
        )),
        "valid_from_at": "2026-11-20T00:00:00+08:00", "valid_to_at": "2026-12-04T00:00:00+08:00",
        "source": "made up",
    },
]  # fmt: skip


def volunteer(volunteer_id: str, start: Json) -> Json:
    """Return one volunteer who starts at `start`."""
    code_name, shifts, max_stops, clearance_to_on, trainings, rest = VOLUNTEERS[volunteer_id]
    mode, plate, max_mass_g, max_volume_ml = VEHICLES[volunteer_id]
    vehicle = {"mode": mode, **({"plate": plate} if plate else {})}
    return {
        "volunteer_id": volunteer_id,
        "code_name": code_name,
        "start": start,
        "shifts": hours(*shifts, weekdays=["mon", "tue", "wed", "thu", "fri", "sat"]),
        "vehicles": [{**vehicle, "max_mass_g": max_mass_g, "max_volume_ml": max_volume_ml}],
        "authorisations": [{"authorisation_id": name, "valid_to_on": last_on} for name, last_on in trainings],
        "clearance_to_on": clearance_to_on,
        "max_stops": max_stops,
        **rest,
        "custody": [{"product_id": product, "quantity": most} for product, most in rest.get("custody", {}).items()],
    }


def passes() -> list[Json]:
    """Return all passes, those no longer in force too."""
    return [
        {
            "pass_id": pass_id, "number": f"INV-{pass_id[2:]}/11/2026", "issuer": issuer, "volunteer_id": volunteer_id,
            "organisation": "invented community network", "purposes": purposes, **ground,
            "valid_from_at": "2026-10-01T00:00:00+08:00", "valid_to_at": f"{last_on}T23:59:59+08:00",
            "hours": THE_DAY, "area_name": AREA_NAMES[pass_id], **rest,
        }
        for pass_id, volunteer_id, issuer, purposes, ground, last_on, rest in PASSES
    ]  # fmt: skip
