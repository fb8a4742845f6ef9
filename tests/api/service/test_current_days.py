"""A day's needs after every kind of change: what is answered is what follows from the document as it is now."""

import json
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from api.cli.due_report import due_document
from api.days import reaching, remembering
from api.days.endpoints import projected
from api.identity.roles import CARE, Role
from routing.continuity import needs_of
from routing.domain.loading import load_programme
from routing.passes import reach_of
from tests.api.service.conftest import Service
from tests.api.service.village import AT, Village, report, village_of

DAYS = ("2026-11-23", "2026-11-24")
HERE, FAR = {"location": {"lon": 115.2134567, "lat": -8.6543211}}, {"location": {"lon": 115.5, "lat": -8.3}}
AROUND = {
    "type": "Polygon",
    "coordinates": [[[115.2, -8.7], [115.3, -8.7], [115.3, -8.6], [115.2, -8.6], [115.2, -8.7]]],
}
ZONE = {
    "zone_id": "z1",
    "name": "z1",
    "area": AROUND,
    "entry": "handover_at_edge",
    "valid_from_at": "2026-11-01T00:00:00+08:00",
}
SUPPLY = {"supply_id": "x1", "product_id": "p2", "site_id": "s1", "quantity": 1, "due_on": "2026-11-23"}
NEW = {"client_id": "c9", "code_name": "Crow", "place": HERE, "assessment_on": "2026-11-23"}
REGIMEN = {"product_id": "p1", "site_id": "s1", "policy_id": "m1", "steps": [{"from_on": "2026-01-01", "dose_mg": 80}]}
MISSED = {**REGIMEN, "home": {"doses": 0, "as_of_on": "2026-11-23"}, "last_taken_on": "2026-11-18"}
CLEARED = {**MISSED, "clearance": {"by": "somebody", "at": "2026-11-23T08:00:00+08:00"}}
RULE = {"rule_id": "r1", "kind": "curfew", "valid_from_at": "2026-11-01T00:00:00+08:00"}
# Whether it shows in this village on these days; what is changed, and how, one after the other in one programme.
CHANGES: list[tuple[bool, str, str, Any]] = [
    (False, "PATCH", "/clients/c1", {"phone": "1"}),
    (True, "PATCH", "/clients/c1", {"regimens": [MISSED]}),
    (False, "PATCH", "/clients/c1", {"regimens": [CLEARED]}),
    (True, "PATCH", "/clients/c1", {"supplies": [SUPPLY]}),
    (False, "PATCH", "/clients/c1", {"consent": {"home_delivery": False}}),
    (True, "PATCH", "/clients/c2", {"status": [{"status": "paused", "from_at": AT}]}),
    (False, "PATCH", "/clients/c3", {"place": FAR}),
    (True, "PATCH", "/policies/m1", {"max_days_a_delivery": 2}),
    (True, "PATCH", "/policies/m1", {"signed_off": True}),
    (True, "PATCH", "/products/p1", {"mass_g": 77}),
    (False, "PATCH", "/sites/s1", {"stock": [{"product_id": "p1", "quantity": 30}]}),
    (False, "PATCH", "/passes/w1", {"areas": [AROUND]}),
    (False, "POST", "/movement_rules", {**RULE, "kind": "pass_required"}),
    (False, "PATCH", "/passes/w1", {"status": "revoked"}),
    (False, "PATCH", "/passes/w1", {"status": "active"}),
    (False, "POST", "/zones", ZONE),
    (False, "DELETE", "/zones/z1", None),
    (False, "PATCH", "/volunteers/v1", {"absent_on": ["2026-11-23"]}),
    (False, "PATCH", "/volunteers/v1", {"absent_on": None, "clearance_to_on": "2026-11-23"}),
    (False, "PATCH", "/volunteers/v1", {"custody": [{"product_id": "p1", "quantity": 13}]}),
    (True, "PATCH", "", {"calendar": {"closed_days": [{"on": "2026-11-24"}]}}),
    (True, "PATCH", "", {"timezone": "Asia/Tokyo"}),
    (True, "POST", "/clients", NEW),
    (True, "DELETE", "/clients/c9", None),
]


@pytest.fixture
def village(service: Service) -> Village:
    return village_of(service)


def plainly(village: Village, on: str, roles: frozenset[Role]) -> dict[str, Any]:
    """What follows from the document as it is exported now, worked out with nothing remembered."""
    told = load_programme(json.dumps(village.document()).encode())
    day = date.fromisoformat(on)
    found = due_document(told, day, needs_of(told, day, reach_of(told, day)))
    return json.loads(json.dumps(projected(found, roles), default=str))


def answered(village: Village, on: str, role: str = "care") -> dict[str, Any]:
    answer = village.ask("GET", f"/days/{on}", role)
    assert answer.status_code == 200, answer.text
    return {key: value for key, value in answer.json().items() if key != "reported"}


def held(village: Village) -> str:
    for on in DAYS:
        assert answered(village, on) == plainly(village, on, CARE)
        assert answered(village, on, "dispatcher") == plainly(village, on, frozenset({Role.DISPATCHER}))
    return json.dumps([answered(village, on) for on in DAYS])


def test_every_change_shows_in_the_next_answer(village: Village) -> None:
    seen = [held(village)]
    for _, method, path, body in CHANGES:
        headers = {} if method == "POST" else {"If-Match": "*"}
        sent = {} if body is None else {"json": body}
        answer = village.ask(method, path, "all", headers=headers, **sent)
        assert answer.is_success, (path, answer.text)
        seen.append(held(village))
    assert [before != after for before, after in pairwise(seen)] == [shows for shows, *_ in CHANGES]


def test_what_is_reported_shows_in_the_next_answer(village: Village) -> None:
    before = held(village)
    goods = [{"product_id": "p1", "from_on": "2026-11-24", "to_on": "2026-11-25", "quantity": 24}]
    assert village.tell(report("r1", goods=goods)) == ["taken"]
    assert held(village) != before


def test_what_is_moved_from_a_shelf_shows_in_the_next_answer(village: Village) -> None:
    before = held(village)
    count = {"movement_id": "m1", "kind": "counted", "site_id": "s1", "product_id": "p1", "quantity": 20, "at": AT}
    assert village.move(count) == ["taken"]
    assert held(village) != before


def test_a_document_that_is_replaced_shows_in_the_next_answer(village: Village) -> None:
    before = held(village)
    document = village.document()
    document["clients"] = document["clients"][1:]
    document["ledger"] = []
    answer = village.ask("PUT", "/document", "care", json=document, headers={"If-Match": "*"})
    assert answer.is_success, answer.text
    assert held(village) != before


def test_an_erasure_empties_what_is_remembered(village: Village) -> None:
    held(village)
    assert reaching._held
    assert remembering._told
    assert village.ask("DELETE", "/clients/c1", "all", headers={"If-Match": "*"}).status_code == 204
    assert not reaching._held
    assert not remembering._told
    assert not remembering._memory._days
    held(village)
