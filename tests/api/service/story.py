"""A programme in which everything personal is a canary, small enough to be read in a moment.

One site, two products (a liquid and soap), two clients, one volunteer on foot, one pass.
"""

CANARIES = (
    "canary-lane-7",
    "canary-gate",
    "canary-phone",
    "canary-word",
    "Canary Heron",
    "Canary Ibis",
    "canary-guardian",
)
LON, LAT = 115.2134567, -8.6543211  # of the first client's door
METHADONE = "canary methadone 5 mg"
HOURS = [{"from_time": "08:00:00", "to_time": "16:00:00"}]


def place(lon: float = LON, lat: float = LAT) -> dict[str, object]:
    return {"address": "canary-lane-7", "hint": "canary-gate", "location": {"lon": lon, "lat": lat}}


def client(client_id: str = "c1", code_name: str = "Canary Heron") -> dict[str, object]:
    return {
        "client_id": client_id,
        "code_name": code_name,
        "place": place(),
        "phone": "canary-phone",
        "challenge": "canary-word",
        "guardian": "canary-guardian",
        "regimens": [
            {
                "product_id": "p1",
                "site_id": "s1",
                "policy_id": "m1",
                "steps": [{"from_on": "2026-01-01", "dose_mg": 60}],
                "home": {"doses": 1, "as_of_on": "2026-11-23", "confidence": "reported"},
                "last_taken_on": "2026-11-22",
            }
        ],
    }


def programme(programme_id: str = "village") -> dict[str, object]:
    return {
        "schema": "doorstep.programme/1",
        "programme_id": programme_id,
        "name": "Canary Ibis",
        "timezone": "Asia/Makassar",
        "products": [
            {
                "product_id": "p1",
                "name": METHADONE,
                "kind": "methadone",
                "form": "liquid",
                "purpose": "medicine",
                "controlled": True,
                "strength_mg_per_ml": 5,
                "mass_g": 40,
                "volume_ml": 60,
            },
            {
                "product_id": "p2",
                "name": "soap",
                "kind": "hygiene",
                "form": "item",
                "purpose": "hygiene",
                "mass_g": 100,
                "volume_ml": 100,
            },
        ],
        "sites": [
            {
                "site_id": "s1",
                "name": "canary-clinic",
                "place": place(115.21, -8.65),
                "hours": HOURS,
                "stock": [{"product_id": "p1", "quantity": 5000}],
            }
        ],
        "policies": [
            {
                "policy_id": "m1",
                "place": "here",
                "product_id": "p1",
                "max_days_a_delivery": 7,
                "max_days_on_hand": 9,
                "early_days": 2,
                "dose_time": "09:00:00",
                "tier_weight": 100,
                "valid_from_on": "2026-01-01",
                "source": "made up",
            }
        ],
        "clients": [client(), {"client_id": "c2", "code_name": "Stork", "place": place(115.212, -8.651)}],
        "volunteers": [
            {
                "volunteer_id": "v1",
                "code_name": "Swift",
                "start": place(115.211, -8.652),
                "shifts": HOURS,
                "vetoes": ["c1"],
                "vehicles": [{"mode": "foot", "max_mass_g": 5000, "max_volume_ml": 10000}],
            }
        ],
        "passes": [
            {
                "pass_id": "w1",
                "number": "17",
                "issuer": "office",
                "volunteer_id": "v1",
                "purposes": ["medicine"],
                "valid_from_at": "2026-01-01T00:00:00+08:00",
                "valid_to_at": "2026-12-31T00:00:00+08:00",
            }
        ],
        "ledger": [
            {
                "client_id": "c1",
                "product_id": "p1",
                "from_on": "2026-11-23",
                "to_on": "2026-11-23",
                "state": "handed_over",
                "at": "2026-11-22T10:00:00+08:00",
            }
        ],
    }
