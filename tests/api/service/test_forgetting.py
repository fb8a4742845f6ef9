"""Somebody who is erased is in no plan any more, and no key that is left opens what older copies hold of them."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from api.plans import kept_plans
from api.plans.forgetting import without_clients
from api.storage.plan_tables import PlanEvent, PlanRow, PlanVersion, RouteDay
from routing.domain.errors import InternalError
from routing.domain.plan import load_plan
from tests.api.service.conftest import Service
from tests.api.service.test_plans import QUICK, asked, dispatcher, ended, village

__all__ = ["dispatcher", "village"]
ERASED = "c3"


@pytest.fixture
def plan(village: str, dispatcher) -> Iterator[str]:
    """A plan on which c3 is visited."""
    address = asked(dispatcher, village, QUICK)
    assert ended(dispatcher, address)["state"] == "done"
    return address


def documents(service: Service, plan_id: str) -> list[bytes]:
    """Return all that is sealed in the rows of a plan, as it lies in the database."""
    with service.opened.store.reading("north") as session:
        versions = session.scalars(select(PlanVersion).where(PlanVersion.plan_id == plan_id)).all()
        events = session.scalars(select(PlanEvent).where(PlanEvent.plan_id == plan_id)).all()
        asked = session.scalars(select(PlanRow.sealed_asked).where(PlanRow.plan_id == plan_id)).all()
    told = [event.sealed_event for event in events]
    return [*asked, *told, *(row.sealed_plan for row in versions), *(row.sealed_note for row in versions)]


def test_who_is_erased_is_in_no_plan_and_the_others_still_are(service, village, plan):
    with service.as_role("care") as care:
        before = care.get(plan).json()
        door = _step(before["plan"], ERASED)["location"]
        client = f"{village.removesuffix('/plans')}/clients/{ERASED}"
        assert care.delete(client, headers={"If-Match": "*"}).status_code == 204
        after = care.get(plan).json()
    text = json.dumps(after["plan"])
    assert f'"{ERASED}"' not in text
    assert door not in [step["location"] for route in after["plan"]["routes"] for step in route["steps"]]
    assert after["version"] == before["version"]
    read = load_plan(text.encode())
    assert {step.client_id for route in read.routes for step in route.steps} >= {"c4"}
    assert len(read.routes[0].steps) == len(before["plan"]["routes"][0]["steps"])
    assert _step(after["plan"], "c4") == {**_step(before["plan"], "c4"), "leg": _step(after["plan"], "c4")["leg"]}


def test_what_older_copies_hold_is_opened_by_no_key_that_is_left(service, village, plan, monkeypatch):
    monkeypatch.setattr(kept_plans, "REPORTED_FOR", timedelta(days=-10_000))  # nobody reports of any day any more
    plan_id = plan.rsplit("/", 1)[1]
    copies = documents(service, plan_id)
    with service.opened.store.reading("north") as session:
        key_id = session.scalar(select(RouteDay.key_id).where(RouteDay.programme_id == village.split("/")[3]))
    with service.as_role("care") as care:
        client = f"{village.removesuffix('/plans')}/clients/{ERASED}"
        assert care.delete(client, headers={"If-Match": "*"}).status_code == 204
    with pytest.raises(InternalError, match="client_key_gone"):
        service.opened.client_keys.key("north", key_id)
    with service.opened.store.reading("north") as session:
        assert session.scalar(select(RouteDay.key_id).where(RouteDay.programme_id == village.split("/")[3])) != key_id
        kept = service.opened.plans.load(session, "north", plan_id)  # all of it opens under the new key
        assert service.opened.plans.events(session, "north", plan_id, 0)
    assert kept.plan is not None
    assert not set(copies) & set(documents(service, plan_id))


@pytest.mark.usefixtures("plan")
def test_a_day_of_which_somebody_may_report_keeps_the_key_of_its_papers(service, village, monkeypatch):
    monkeypatch.setattr(kept_plans, "REPORTED_FOR", timedelta(days=10_000))
    where = RouteDay.programme_id == village.split("/")[3]
    with service.opened.store.reading("north") as session:
        key_id = session.scalar(select(RouteDay.key_id).where(where))
    with service.as_role("care") as care:
        client = f"{village.removesuffix('/plans')}/clients/{ERASED}"
        assert care.delete(client, headers={"If-Match": "*"}).status_code == 204
    with service.opened.store.reading("north") as session:
        assert session.scalar(select(RouteDay.key_id).where(where)) == key_id


@pytest.mark.usefixtures("plan")
def test_a_day_that_says_nothing_of_somebody_keeps_its_key(service, village):
    with service.opened.store.reading("north") as session:
        key_id = session.scalar(select(RouteDay.key_id).where(RouteDay.programme_id == village.split("/")[3]))
    with service.as_role("care") as care:
        client = f"{village.removesuffix('/plans')}/clients/c2"
        assert care.delete(client, headers={"If-Match": "*"}).status_code == 204
    with service.opened.store.reading("north") as session:
        assert session.scalar(select(RouteDay.key_id).where(RouteDay.programme_id == village.split("/")[3])) == key_id


def test_what_is_said_of_somebody_goes_from_lists_and_places():
    document = {
        "routes": [],
        "unserved": [{"client_id": "c1", "tier": "T1"}, {"client_id": "c2"}],
        "resilience": [{"volunteer_id": "v1", "at_risk": ["c1", "c2"], "taken_over": [["c1", "v2"], ["c2", "v2"]]}],
        "events": [{"type": "locked", "lock": {"client_id": "c1"}}, None],
        "volunteers": [{"volunteer_id": "c1", "vetoes": ["c1", "c2"], "pairs_with": ["c1"]}],
    }
    assert without_clients(document, {"c1"}) == {
        "routes": [],
        "unserved": [{"client_id": "c2"}],
        "resilience": [{"volunteer_id": "v1", "at_risk": ["c2"], "taken_over": [["c2", "v2"]]}],
        "events": [{"type": "locked", "lock": None}, None],
        "volunteers": [{"volunteer_id": "c1", "vetoes": ["c2"], "pairs_with": ["c1"]}],
    }


def _step(document: dict, client_id: str) -> dict:
    return next(step for route in document["routes"] for step in route["steps"] if step["client_id"] == client_id)
