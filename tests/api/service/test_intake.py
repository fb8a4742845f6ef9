"""Intake over HTTP: a request, who sees what of it, and how it becomes a client or nothing."""

import pytest
from sqlalchemy import select

from api.storage.visit_tables import IntakeRequest
from routing.domain.errors import InternalError
from tests.api.service import story
from tests.api.service.conftest import Service
from tests.api.service.village import Village, village_of

REQUEST = {
    "request_id": "h1",
    "asked_at": "2026-11-23T11:00:00+08:00",
    "code_name": "Canary Plumeria",
    "consent": {"home_delivery": True, "safe_to_call": True},
    "place": story.place(),
    "phone": "canary-phone",
    "wanted": "canary-wish",
}
ACCEPT = {"accept": True, "client_id": "c9", "assessment_on": "2026-11-24"}
REFUSE = {"accept": False, "reason": "not_ours"}


@pytest.fixture
def village(service: Service) -> Village:
    return village_of(service)


def test_a_request_waits_and_each_role_sees_its_part(village):
    for _ in range(2):
        asked = village.ask("POST", "/intake", json=REQUEST)
        assert (asked.status_code, asked.json()) == (201, {"request_id": "h1", "state": "asked"})
    (of_dispatcher,) = village.ask("GET", "/intake").json()["items"]
    (of_clinician,) = village.ask("GET", "/intake", "clinician").json()["items"]
    assert of_dispatcher["place"]["address"] == "canary-lane-7"
    assert "wanted" not in of_dispatcher
    assert of_clinician["wanted"] == "canary-wish"
    assert not {"place", "phone"} & set(of_clinician)
    assert village.ask("GET", "/clients/c9").status_code == 404
    other = village.ask("POST", "/intake", json={**REQUEST, "code_name": "Another"})
    assert (other.status_code, other.json()["code"]) == (409, "already_exists")


def test_consent_is_noted_or_nothing_is(village):
    answer = village.ask("POST", "/intake", json={key: value for key, value in REQUEST.items() if key != "consent"})
    assert answer.status_code == 422
    assert [one["where"] for one in answer.json()["problems"]] == ["/consent"]


def test_whoever_is_accepted_is_a_lead_and_due_to_be_assessed(village):
    village.ask("POST", "/intake", json=REQUEST)
    done = village.ask("POST", "/intake/h1/decision", "clinician", json=ACCEPT)
    assert done.json() == {"request_id": "h1", "state": "accepted"}
    client = village.ask("GET", "/clients/c9", "care").json()
    assert (client["code_name"], client["status"][0]["status"]) == ("Canary Plumeria", "lead")
    assert client["consent"] == {"safe_to_call": True}  # and home_delivery, as it is by default
    later = {key: value for key, value in client.items() if key != "status"}
    assert later["assessment_on"] == "2026-11-24"
    again = village.ask("POST", "/intake/h1/decision", json=ACCEPT)
    assert (again.status_code, again.json()["code"]) == (409, "decided_already")
    (shown,) = village.ask("GET", "/intake?state=accepted").json()["items"]
    assert (shown["client_id"], shown["code_name"]) == ("c9", "Canary Plumeria")


def test_who_is_accepted_and_erased_takes_the_request_along(village):
    village.ask("POST", "/intake", json=REQUEST)
    village.ask("POST", "/intake/h1/decision", json=ACCEPT)
    assert village.ask("DELETE", "/clients/c9", "clinician", headers={"If-Match": "*"}).status_code == 204
    (shown,) = village.ask("GET", "/intake?state=accepted").json()["items"]
    assert set(shown) == {"request_id", "state", "asked_at"}


def test_of_who_is_refused_nothing_is_left_but_why(village):
    village.ask("POST", "/intake", json=REQUEST)
    key_id = _row(village).key_id
    assert village.ask("POST", "/intake/h1/decision", json=REFUSE).json()["state"] == "refused"
    (shown,) = village.ask("GET", "/intake?state=refused").json()["items"]
    assert set(shown) == {"request_id", "state", "asked_at", "accept", "reason", "decided_by"}
    assert _row(village).sealed == b""
    with pytest.raises(InternalError, match="client_key_gone"):
        village.service.opened.client_keys.key("north", key_id)


def test_an_id_that_a_client_has_is_not_given_again(village):
    village.ask("POST", "/intake", json=REQUEST)
    taken = village.ask("POST", "/intake/h1/decision", json={**ACCEPT, "client_id": "c1"})
    assert (taken.status_code, taken.json()["where"]) == (409, "/client_id")
    assert village.ask("GET", "/intake").json()["items"] != []


@pytest.mark.parametrize(
    "sent", [{"accept": True}, {"accept": False}, {**REFUSE, "client_id": "c9"}, {**ACCEPT, **REFUSE}]
)
def test_half_a_decision_is_none(village, sent):
    village.ask("POST", "/intake", json=REQUEST)
    assert village.ask("POST", "/intake/h1/decision", json=sent).status_code == 422


def test_nobody_is_decided_about_who_did_not_ask(village):
    assert village.ask("POST", "/intake/h9/decision", json=REFUSE).status_code == 404


def test_a_programme_that_is_removed_takes_its_requests_keys_along(village):
    village.ask("POST", "/intake", json=REQUEST)
    key_id = _row(village).key_id
    assert village.ask("DELETE", "", "care", headers={"If-Match": "*"}).status_code == 204
    with pytest.raises(InternalError, match="client_key_gone"):
        village.service.opened.client_keys.key("north", key_id)


def _row(village: Village) -> IntakeRequest:
    with village.service.opened.store.reading("north") as session:
        return session.scalars(select(IntakeRequest).where(IntakeRequest.programme_id == village.programme_id)).one()
