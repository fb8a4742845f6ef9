"""A programme that is full: a canary in every field that takes any text, and in every coordinate.

`text_fields` walks the models, so that a field that is added to them and not here is missed by a test.
"""

import base64
import re
import struct
from collections.abc import Iterator
from itertools import count, pairwise

import numpy as np

from routing.domain.programme import Programme

# Free text that is none: it has to be a language, a pin that can be read, the name of a network, a vehicle's plate.
TOLD_BY_FORM = {
    ("Client", "language"),
    ("Volunteer", "language"),
    ("SheetChoices", "language"),
    ("Place", "pin"),
    ("Programme", "extract"),
    ("VolunteerSoFar", "plate"),
}
_CANARY = re.compile(r"Canary\.(\w+)\.(\w+)\.sings(\w*)")
MOST_CHARACTERS = 500  # of a free text; identifiers have a pattern instead
SPAN = {"valid_from_at": "2026-01-01T00:00:00+08:00", "valid_to_at": "2026-12-31T00:00:00+08:00"}
HOURS = [{"from_time": "08:00:00", "to_time": "16:00:00"}]


def text_fields() -> set[tuple[str, str]]:
    """Every field of every model of a programme that takes free text."""
    schema = Programme.model_json_schema()
    models = {"Programme": schema, **schema["$defs"]}
    return {
        (model, field)
        for model, described in models.items()
        for field, of_field in described.get("properties", {}).items()
        if f"'maxLength': {MOST_CHARACTERS}" in str(of_field)
    }


def word(model: str, field: str, whose: str = "") -> str:
    """The canary of a field, and of one person: nothing that stands anywhere else."""
    return f"Canary.{model}.{field}.sings{whose or 'alone'}"  # none is the beginning of another


class Points:
    """Coordinates with seven decimals that mean nothing and come once each."""

    def __init__(self) -> None:
        self._number = count(1)
        self.given: list[tuple[float, float]] = []

    def pair(self) -> list[float]:
        lon, lat = self._next()
        while any(f"{number:.5f}".endswith("00") for number in (lon, lat)):  # as a corner of the village's streets
            lon, lat = self._next()
        self.given.append((round(lon, 7), round(lat, 7)))
        return list(self.given[-1])

    def _next(self) -> tuple[float, float]:
        step = next(self._number)
        return 115.2134567 + step * 0.0001013, -8.6543211 - step * 0.0000917

    def location(self) -> dict[str, float]:
        return dict(zip(("lon", "lat"), self.pair(), strict=True))

    def polygon(self) -> dict[str, object]:
        lon, lat = self.pair()
        far_lon, far_lat = round(lon + 0.0031717, 7), round(lat + 0.0029311, 7)
        self.given.append((far_lon, far_lat))
        return {
            "type": "Polygon",
            "coordinates": [[[lon, lat], [far_lon, lat], [far_lon, far_lat], [lon, far_lat], [lon, lat]]],
        }


def full_programme(programme_id: str) -> tuple[dict[str, object], Points]:
    """The document, and the coordinates in it."""
    points = Points()

    def place(whose: str = "") -> dict[str, object]:
        return {
            "address": word("Place", "address", whose),
            "hint": word("Place", "hint", whose),
            "location": points.location(),
        }

    document = {
        "schema": "doorstep.programme/1",
        "programme_id": programme_id,
        "name": word("Programme", "name"),
        "timezone": "Asia/Makassar",
        "coordinator": {"phone": word("Coordinator", "phone")},
        "sheets": {"neutral_letter": word("SheetChoices", "neutral_letter")},
        "calendar": {"closed_days": [{"on": "2026-12-25", "reason": word("ClosedDay", "reason")}]},
        "products": [
            {
                "product_id": "p1",
                "name": word("Product", "name"),
                "kind": "methadone",
                "form": "liquid",
                "purpose": "medicine",
                "controlled": True,
                "strength_mg_per_ml": 5,
                "mass_g": 40,
                "volume_ml": 60,
                "storage": word("Product", "storage"),
            }
        ],
        "sites": [
            {
                "site_id": "s1",
                "name": word("Site", "name"),
                "place": place(),
                "hours": HOURS,
                "stock": [{"product_id": "p1", "quantity": 5000, "lot": word("Stock", "lot")}],
            }
        ],
        "policies": [
            {
                "policy_id": "m1",
                "place": word("Policy", "place"),
                "product_id": "p1",
                "max_days_a_delivery": 7,
                "max_days_on_hand": 9,
                "dose_time": "09:00:00",
                "tier_weight": 100,
                "valid_from_on": "2026-01-01",
                "source": word("Policy", "source"),
                "approved_by": word("Policy", "approved_by"),
            }
        ],
        "prescribers": [{"prescriber_id": "d1", "code_name": word("Prescriber", "code_name"), "hours": HOURS}],
        "clients": [_client(place("c1")), {"client_id": "c2", "code_name": "Stork", "place": plain_place()}],
        "volunteers": [
            {
                "volunteer_id": "v1",
                "code_name": word("Volunteer", "code_name"),
                "start": place(),
                "shifts": HOURS,
                "vehicles": [
                    {
                        "mode": "motorcycle",
                        "max_mass_g": 5000,
                        "max_volume_ml": 10000,
                        "plate": word("Vehicle", "plate"),
                    }
                ],
            }
        ],
        "passes": [
            {
                "pass_id": "w1",
                "number": word("Pass", "number"),
                "issuer": word("Pass", "issuer"),
                "organisation": word("Pass", "organisation"),
                "identity_type": word("Pass", "identity_type"),
                "area_name": word("Pass", "area_name"),
                "plates": [word("Vehicle", "plate"), word("Pass", "plates")],
                "volunteer_id": "v1",
                "purposes": ["medicine"],
                "areas": [points.polygon()],
                "corridors": [{"coordinates": [points.pair(), points.pair()], "half_width_m": 50}],
                **SPAN,
            }
        ],
        "movement_rules": [
            {"rule_id": "r1", "kind": "curfew", "hours": HOURS, "source": word("MovementRule", "source"), **SPAN}
        ],
        "zones": [
            {
                "zone_id": "z1",
                "name": word("Zone", "name"),
                "area": points.polygon(),
                "source": word("Zone", "source"),
                **SPAN,
            }
        ],
        "checkpoints": [
            {
                "checkpoint_id": "k1",
                "name": word("Checkpoint", "name"),
                "location": points.location(),
                "delay_s": 300,
                "source": word("Checkpoint", "source"),
                **SPAN,
            },
            {
                "checkpoint_id": "k2",
                "name": word("Checkpoint", "name"),
                "line": [points.pair(), points.pair()],
                "delay_s": 300,
                **SPAN,
            },
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
        "day": {
            "on": "2026-11-23",
            "now_at": "2026-11-23T09:00:00+08:00",
            "volunteers": [
                {
                    "volunteer_id": "v1",
                    "client_id": "c2",
                    "free_at": "2026-11-23T09:00:00+08:00",
                    "mode": "motorcycle",
                    "plate": word("Vehicle", "plate"),
                }
            ],
        },
    }
    return document, points


def _client(place: dict[str, object]) -> dict[str, object]:
    return {
        "client_id": "c1",
        "code_name": word("Client", "code_name"),
        "place": place,
        "phone": word("Client", "phone"),
        "challenge": word("Client", "challenge"),
        "guardian": word("Client", "guardian"),
        "consent": {"if_others_answer": word("Consent", "if_others_answer")},
        "regimens": [
            {
                "product_id": "p1",
                "site_id": "s1",
                "policy_id": "m1",
                "steps": [{"from_on": "2026-01-01", "dose_mg": 61.375}],
                "home": {"doses": 1, "as_of_on": "2026-11-23", "confidence": "reported"},
                "last_taken_on": "2026-11-22",
                "clearance": {"by": word("Clearance", "by"), "at": "2026-11-20T10:00:00+08:00"},
            }
        ],
    }


def plain_place() -> dict[str, object]:
    return {"address": "a street", "hint": "a door", "location": {"lon": 115.2, "lat": -8.6}}


def texts_of(value: object) -> Iterator[str]:
    """Every text in a document."""
    if isinstance(value, dict):
        for one in value.values():
            yield from texts_of(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_of(one)
    elif isinstance(value, str):
        yield value


def planted(document: object) -> set[tuple[str, str]]:
    """The fields whose canaries are in a document."""
    return {(match[1], match[2]) for match in map(_CANARY.fullmatch, texts_of(document)) if match}


def canaries(document: object) -> set[str]:
    """The canaries in a document, each as it stands there."""
    return {text for text in texts_of(document) if _CANARY.fullmatch(text)}


class Search:
    """Finds any of many forms in bytes, fast: by three telling bytes of a form, and only there by all of them."""

    def __init__(self, forms: set[bytes]) -> None:
        self._begins = np.zeros(1 << 24, dtype=bool)
        self._forms: dict[bytes, list[tuple[int, bytes]]] = {}
        for form in forms:
            offset = _telling(form)
            three = form[offset : offset + 3]
            self._forms.setdefault(three, []).append((offset, form))
            self._begins[int.from_bytes(three, "big")] = True

    def search(self, data: bytes) -> bytes | None:
        """Return a form that is in some bytes."""
        read = np.frombuffer(data, dtype=np.uint8).astype(np.uint32)
        if len(read) < 3:
            return None
        firsts = (read[:-2] << 16) | (read[1:-1] << 8) | read[2:]
        for place in np.flatnonzero(self._begins[firsts]):
            for offset, form in self._forms[data[place : place + 3]]:
                if place >= offset and data.startswith(form, int(place) - offset):
                    return form
        return None


def _telling(form: bytes) -> int:
    """Return where three bytes begin that do not come everywhere: files are full of noughts."""
    return max(range(len(form) - 2), key=lambda at: len(set(form[at : at + 3]) - {0, 255}))


def search_for(words: list[str], points: Points) -> Search:
    """What finds any canary in bytes, in whatever form it may have been written."""
    forms: set[bytes] = set()
    for text in words:
        forms |= {text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be"), *_in_base64(text.encode())}
    for lon, lat in points.given:
        for form in _number_forms(lon, lat):
            forms |= {form, *(_in_base64(form) if len(form) >= 8 else ())}
    return Search(forms)


def _number_forms(lon: float, lat: float) -> Iterator[bytes]:
    """Decimal text; floats and scaled whole numbers in both byte orders.

    Four bytes come by chance in a megabyte of ciphertext now and then, so those forms are looked for in pairs.
    """
    for number in (lon, lat):
        for places in (5, 6, 7):
            yield f"{number:.{places}f}".encode()
        for order in "<>":
            yield struct.pack(f"{order}d", number)
            yield from (struct.pack(f"{order}q", round(number * 10**scale)) for scale in (5, 6, 7))
        yield from (str(abs(round(number * 10**scale))).encode() for scale in (6, 7))
    for first, second in pairwise((lon, lat, lon)):
        for order in "<>":
            yield struct.pack(f"{order}2f", first, second)
            yield from (
                struct.pack(f"{order}2i", round(first * 10**scale), round(second * 10**scale)) for scale in (5, 6, 7)
            )


def _in_base64(data: bytes) -> Iterator[bytes]:
    """What stays the same of bytes in base64, in each of the three places where they may begin: six bits a sign."""
    for shift in range(3):
        first, end = -(-shift * 8 // 6), (shift + len(data)) * 8 // 6
        for packed in (base64.b64encode(b"x" * shift + data), base64.urlsafe_b64encode(b"x" * shift + data)):
            yield packed[first:end]
