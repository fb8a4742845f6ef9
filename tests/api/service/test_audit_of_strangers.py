"""What is recorded of whoever is not known: guesses, forged requests, unlocking; and that no flood fills the record."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import select, update

from api.audit import sparing
from api.audit.chain import Event
from api.audit.requests import UNROUTED
from api.audit.sparing import MORE, MOST, SPAN_S, Sparing
from api.audit.verifying import verify
from api.identity.people import add_organisation
from api.installation import Installation
from api.settings import read_settings
from api.storage.audit_tables import AuditEntry
from api.storage.sessions import EVERY
from api.storage.tables import FailedSignIn
from tests.api.service.conftest import ORGANISATIONS, PASSPHRASE, Service, serving
from tests.api.service.street import made_link, opened_by, publish_day
from tests.api.service.test_sign_in import sign_in

OPEN_LINK = "POST /v1/volunteer/session"
EVENT = Event(organisation_id="north", at=datetime(2026, 11, 23, tzinfo=UTC), action="POST /v", outcome="link_unknown")


@pytest.fixture
def recorded(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """Where each organisation's record stood before a test, of which nothing else has been counted lately."""
    monkeypatch.setattr(service.opened.audit, "_sparing", Sparing())
    forget_failures(service)
    yield {one: len(outcomes(service, one)) for one in ORGANISATIONS}
    forget_failures(service)


def forget_failures(service: Service) -> None:
    """Have nobody be slowed down for what other tests have tried in vain."""
    with service.opened.store.writing(EVERY) as session:
        session.execute(update(FailedSignIn).values(at=datetime(2026, 1, 1, tzinfo=UTC)))


def outcomes(service: Service, organisation_id: str = "north", since: int = 0) -> list[tuple[str, str, str]]:
    service.opened.audit.flush()
    with service.opened.store.reading(organisation_id) as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)).all()
    return [(row.action, row.outcome, row.via.split(" ")[0]) for row in rows[since:]]


def test_of_a_kind_some_are_recorded_then_that_there_were_more_then_none_until_the_span_is_over(monkeypatch):
    now_s = 1000.0
    monkeypatch.setattr(sparing, "monotonic", lambda: now_s)
    few = Sparing()
    told = [one.outcome for _ in range(MOST + 5) for one in few.few(EVENT)]
    assert told == ["link_unknown"] * MOST + [f"{MORE}link_unknown"]
    for other in ({"organisation_id": "south"}, {"action": "POST /w"}, {"outcome": "x"}, {"actor": "somebody"}):
        assert list(few.few(replace(EVENT, **other))) == [replace(EVENT, **other)]  # each kind is counted by itself
    now_s = 1000.0 + SPAN_S - 0.001
    assert list(few.few(EVENT)) == []
    now_s = 1000.0 + SPAN_S
    assert list(few.few(EVENT)) == [EVENT]


def test_a_guess_at_a_link_is_recorded_for_everybody_since_nobody_knows_whose_was_meant(service, recorded):
    with service.anonymous() as client:
        for _ in range(MOST + 3):
            assert opened_by(client, "a guess").status_code == 401
        assert client.post("/v", data={"secret": "another"}).status_code == 401
    guessed = (OPEN_LINK, "link_unknown", "nobody")
    more = (OPEN_LINK, f"{MORE}link_unknown", "nobody")
    for organisation_id in ORGANISATIONS:
        found = outcomes(service, organisation_id, recorded[organisation_id])
        assert found == [*[guessed] * MOST, more, ("POST /v", "link_unknown", "nobody")]


def test_logins_that_do_not_exist_do_not_fill_the_record(service, recorded):
    with service.anonymous() as client:
        for number in range(MOST + 3):
            assert sign_in(client, f"nobody {number}", "a guess").status_code == 401
    found = outcomes(service, "north", recorded["north"])
    assert [outcome for _, outcome, _ in found] == ["wrong_credentials"] * MOST + [f"{MORE}wrong_credentials"]


def test_a_request_that_another_site_may_have_forged_is_recorded(service, recorded):
    with service.signed_in("dispatcher") as client:
        assert client.get("/v1/programmes").status_code == 200
        client.headers["X-CSRF-Token"] = "forged"
        path = "/v1/programmes/village/clients"
        assert client.post(path, json={}).json()["code"] == "csrf_missing"
        assert client.post(path, content=b"x" * 100_000).json()["code"] == "csrf_missing"  # before its route is known
    found = outcomes(service, "north", recorded["north"])
    assert found[1:] == [
        ("POST /v1/programmes/{programme_id}/clients", "csrf_missing", "session"),
        (UNROUTED, "csrf_missing", "session"),
    ]


def test_what_a_page_of_another_site_sends_is_recorded_for_everybody_and_no_method_of_its_making(service, recorded):
    with service.anonymous(Origin="https://elsewhere.example") as client:
        for _ in range(MOST + 3):
            assert client.request("CANARY", "/v1/session").json()["code"] == "foreign_origin"
    for organisation_id in ORGANISATIONS:
        found = outcomes(service, organisation_id, recorded[organisation_id])
        assert found == [
            *[(UNROUTED, "foreign_origin", "nobody")] * MOST,
            (UNROUTED, f"{MORE}foreign_origin", "nobody"),
        ]


def test_a_forged_report_of_a_volunteer_is_recorded_with_their_link(service, recorded):
    link = made_link(service, publish_day(service))
    with service.anonymous() as client:
        assert opened_by(client, link["code"]).status_code == 201
        client.headers["X-CSRF-Token"] = "forged"
        assert client.post("/v1/volunteer/reports", json={}).json()["code"] == "csrf_missing"
    assert outcomes(service, "north", recorded["north"])[-1] == ("POST /v1/volunteer/reports", "csrf_missing", "link")


def test_unlocking_and_having_tried_to_are_recorded_once_there_is_a_record_to_write_to(tmp_path):
    settings = read_settings({"DOORSTEP_HOME": str(tmp_path)})
    installation = Installation(settings)
    installation.make([("passphrase", PASSPHRASE)])
    opened = installation.unlock(PASSPHRASE)
    with opened.store.writing(EVERY) as session:
        add_organisation(session, opened.cipher, "north", "North")
    installation.close()
    with serving(installation) as url, httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        before = datetime.now(UTC).replace(microsecond=0)
        for secret, status in (("a guess", 403), ("another", 403), (PASSPHRASE, 204), (PASSPHRASE, 204)):
            assert client.post("/v1/unlock", json={"secret": secret}).status_code == status
        assert installation.opened is not None
        with installation.opened.store.reading("north") as session:
            rows = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)).all()
        with installation.opened.store.reading(EVERY) as session:
            assert list(verify(session, installation.opened.keyring, ())) == []
    assert [(row.outcome, row.via) for row in rows] == [("cannot_unlock", "nobody")] * 2 + [("done", "nobody")]
    assert all(row.action == "POST /v1/unlock" and row.at >= before for row in rows)
    installation.close()
