"""Write this scenario's `programme.json` from its extract and its tables: `python -m scenarios.denpasar.build`.

Law: the same extract and tables give the same bytes. Everybody in it is invented; only the streets are real.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shapely import Polygon

from routing.domain.pins import to_plus_code
from scenarios.denpasar import clients, goods, people
from scenarios.denpasar.streets import MIDDLE, Box, Spot, Town

Json = dict[str, Any]

HERE = Path(__file__).parent
EXTRACT = "denpasar.osm.pbf"
SEED = 20261123
CODE_NAMES = (
    "Banyan", "Teak", "Rosewood", "Tamarind", "Frangipani", "Mahogany", "Sandalwood", "Jackfruit", "Mangrove",
    "Casuarina", "Clove", "Nutmeg", "Cinnamon", "Cocoa", "Coffee", "Durian", "Lychee", "Longan", "Rambutan", "Salak",
    "Guava", "Papaya", "Pomelo", "Citron", "Lime", "Fig", "Cedar", "Cypress", "Larch", "Spruce", "Fir", "Yew", "Oak",
    "Elm", "Beech", "Birch", "Alder", "Aspen", "Poplar", "Maple", "Walnut", "Chestnut", "Almond", "Quince", "Medlar",
    "Mulberry", "Hawthorn", "Camphor", "Ebony", "Ironwood", "Bamboo", "Rattan", "Pandan", "Cycad", "Lotus", "Orchid",
    "Hibiscus", "Lantana", "Turmeric", "Cardamom", "Vanilla", "Pepper", "Sesame", "Indigo", "Saffron", "Sorrel",
    "Hornbill", "Pitta", "Barbet", "Coucal", "Curlew", "Godwit", "Plover", "Sandpiper", "Snipe", "Stint", "Tern",
    "Noddy", "Petrel", "Gannet", "Cormorant", "Bittern", "Spoonbill", "Ibis",
)  # fmt: skip


def build() -> bytes:
    """Return the document."""
    town = Town(HERE / EXTRACT, tuple(Polygon(zone["area"]["coordinates"][0]) for zone in people.ZONES), SEED)
    starts = {key: _place(town, key, box, 0) for key, box in people.STARTS.items()}
    homes = {
        client_id: _home(town, number, client_id, quarter)
        for number, (client_id, quarter) in enumerate(clients.client_quarters().items())
    }
    document = {
        "schema": "doorstep.programme/1",
        "programme_id": "denpasar",
        "name": "Denpasar (made up)",
        "timezone": "Asia/Makassar",
        "made_up": True,
        "extract": EXTRACT,
        "near": {"lon": MIDDLE[0], "lat": MIDDLE[1]},
        "coordinator": {"phone": people.COORDINATOR_PHONE},
        "calendar": {
            "closed_weekdays": ["sun"],
            "closed_days": [{"on": "2026-12-25", "reason": "public holiday"}],
        },
        "products": goods.products(),
        "sites": [
            {"site_id": key, **fields, "place": _place(town, key, box, 0), "stock": goods.stock(stock)}
            for key, (box, fields, stock) in goods.SITES.items()
        ],
        "policies": goods.policies(),
        "clients": [
            _client(number, client_id, homes[clients.SAME_HOME.get(client_id, client_id)], town)
            for number, client_id in enumerate(homes)
        ],
        "prescribers": clients.PRESCRIBERS,
        "volunteers": [people.volunteer(key, starts.get(key, starts["office"])) for key in people.VOLUNTEERS],
        "passes": people.passes(),
        "movement_rules": people.MOVEMENT_RULES,
        "zones": people.ZONES,
        "ledger": clients.ledger(),
        "sheets": people.SHEETS,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _client(number: int, client_id: str, home: Json, town: Town) -> Json:
    client: Json = {
        "client_id": client_id,
        "code_name": CODE_NAMES[number],
        "language": "id",
        "challenge": CODE_NAMES[(number * 31 + 7) % len(CODE_NAMES)].lower(),
        "place": home,
    }
    if client_id in clients.EDGE_PLACES:
        client["edge_place"] = _place(town, f"{client_id} edge", clients.EDGE_PLACES[client_id], 0)
    client |= clients.CLIENT_FACTS.get(client_id, {})
    for key, values in (("regimens", clients.regimens(client_id)), ("supplies", clients.supplies(client_id))):
        if values:
            client[key] = values
    return client


def _home(town: Town, number: int, client_id: str, quarter: str) -> Json:
    """Return where a client is found; without a quarter, nobody has located the address yet."""
    if not quarter:
        return {"address": "Jl. Pulau Kembang (invented street)", "hint": "told on the telephone, not yet found"}
    in_closed = quarter in clients.CLOSED_QUARTERS
    place = _place(town, client_id, clients.QUARTERS[quarter], number, in_closed=in_closed)
    return place | clients.PLACE_FACTS.get(client_id, {})


def _place(town: Town, key: str, box: Box, notation: int, *, in_closed: bool = False) -> Json:
    spot = town.spot(key, box, in_closed=in_closed)
    return {"address": spot.address, **_pinned(spot, notation), "hint": spot.hint}


def _pinned(spot: Spot, notation: int) -> Json:
    """Write a place in one of the notations people use."""
    lon, lat = spot.lon, spot.lat
    code = to_plus_code(lon, lat, 11)
    return (
        {"location": {"lon": lon, "lat": lat}},
        {"pin": code},
        {"pin": f"{lat:.5f}, {lon:.5f}"},
        {"pin": f"{_sexagesimal(-lat)}S {_sexagesimal(lon)}E"},
        {"pin": code[4:]},
        {"pin": f"geo:{lat:.6f},{lon:.6f}"},
    )[notation % 6]


def _sexagesimal(degrees: float) -> str:
    tenths = round(degrees * 36_000)
    return f"{tenths // 36_000}°{tenths // 600 % 60:02}'{tenths % 600 / 10:04.1f}\""


if __name__ == "__main__":
    (HERE / "programme.json").write_bytes(build())
