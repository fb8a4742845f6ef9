"""Invented clients: what they need today, how urgently, and when they are at home."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from bench.solver.made_up.goods import ART, FOOD, HYGIENE, LIQUID, NALOXONE, NEEDLES, TABLETS, TB, site_of

Json = dict[str, Any]

DAY = date(2026, 11, 23)  # a Monday
HALF_HOUR = 30
# Days from today on which a supply is needed at the latest, so tiers T1, T2 and T3.
LATEST = (0, 0, 1, 1, 3, 5, 9)


def client(number: int, place: Json, dice: random.Random, *, everything: bool) -> Json:
    """Return one client with something due."""
    told: Json = {
        "client_id": f"c{number:04}",
        "code_name": f"client {number:04}",
        "place": place,
        "service_s": dice.choice((240, 300, 300, 420, 600)),
        "windows": _windows(dice, everything=everything),
    }
    regimens, supplies = _needs(dice, everything=everything)
    told |= {"regimens": regimens} if regimens else {}
    told |= {"supplies": supplies} if supplies else {}
    return told | (_ways(dice) if everything else {})


def institution(number: int, place: Json) -> Json:
    """Return a prison that wants more than one bicycle carries, and somebody trained."""
    wanted = ((HYGIENE, 12, 0), (HYGIENE, 8, 3), (FOOD, 3, 1))
    return {
        "client_id": f"c{number:04}",
        "code_name": f"client {number:04}",
        "place": place | {"kind": "institution"},
        "service_s": 1200,
        "windows": [_span(9 * 60, 11 * 60 + 30), _span(13 * 60 + 30, 15 * 60)],
        "requires": ["institution"],
        "supplies": [_supply(at, *of, everything=True) for at, of in enumerate(wanted, start=1)],
    }


def _ways(dice: random.Random) -> Json:
    """Return what is asked of a visit, of few clients."""
    asked: tuple[tuple[Json, float], ...] = (
        ({"isolating": True, "handover": "contactless"}, 0.08),
        ({"pair_required": True}, 0.04),
    )
    return {key: value for fields, chance in asked if dice.random() < chance for key, value in fields.items()}


def _windows(dice: random.Random, *, everything: bool) -> list[Json]:
    """Return none, one span of some hours, or, of days with everything, two."""
    kind = dice.random()
    if kind < 0.45:
        return []
    start = 8 * 60 + HALF_HOUR * dice.randrange(16 if everything else 8)
    if everything and kind > 0.8:
        return [_span(8 * 60 + HALF_HOUR * dice.randrange(4), 11 * 60), _span(14 * 60, 16 * 60 + HALF_HOUR)]
    return [_span(start, start + HALF_HOUR * dice.randrange(3, 9))]


def _span(opens: int, closes: int) -> Json:
    return {"from_time": _clock(opens), "to_time": _clock(closes)}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _needs(dice: random.Random, *, everything: bool) -> tuple[list[Json], list[Json]]:
    """Return regimens and supplies; half of the clients of days with everything take something controlled."""
    daily: list[Json] = []
    if everything and dice.random() < 0.5:
        daily = [_controlled(dice, dice.choice((LIQUID, LIQUID, TABLETS)))]
    elif dice.random() < 0.5:
        daily = [_packs(dice, dice.choice((ART, ART, TB)), everything=everything)]
    if daily and dice.random() < 0.7:
        return daily, []
    items = dice.sample((NALOXONE, NEEDLES, FOOD, FOOD, HYGIENE), 1 if daily or dice.random() < 0.7 else 2)
    return daily, [
        _supply(at, product, 1 if product is FOOD else dice.randint(1, 2), dice.choice(LATEST), everything=everything)
        for at, product in enumerate(items, start=1)
    ]


def _supply(at: int, product: Json, quantity: int, days: int, *, everything: bool) -> Json:
    return {
        "supply_id": f"x{at}",
        "product_id": product["product_id"],
        "site_id": site_of(product, 2 if everything else 1),
        "quantity": quantity,
        "due_on": str(DAY),
        "latest_on": str(DAY + timedelta(days)),
    }


def _packs(dice: random.Random, product: Json, *, everything: bool) -> Json:
    at_home, last_taken_ago = dice.choice((0, 0, 1, 2, 4, 6)), dice.choice((1, 2, 3))
    return _regimen(product, {}, at_home, site_of(product, 2 if everything else 1), last_taken_ago)


def _controlled(dice: random.Random, product: Json) -> Json:
    dose = {"dose_mg": dice.choice((60, 70, 80, 90, 110) if product is LIQUID else (8, 12, 16, 20))}
    return _regimen(product, dose, dice.choice((0, 0, 0, 1, 1)), site_of(product, 2), dice.choice((1, 1, 1, 2, 3)))


def _regimen(product: Json, dose: Json, at_home: int, site_id: str, last_taken_ago: int) -> Json:
    """Return a regimen; whose last dose lies two or three days back is missing doses already (T0b, T0a)."""
    return {
        "product_id": product["product_id"],
        "site_id": site_id,
        "steps": [{"from_on": "2026-01-01", **dose}],
        "home": {"doses": at_home, "as_of_on": str(DAY)},
        "last_taken_on": str(DAY - timedelta(1 if at_home else last_taken_ago)),
    }
