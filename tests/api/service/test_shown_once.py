"""What is shown once is kept nowhere: a request that is repeated is not done again, and not told the secret again."""

import pytest
from sqlalchemy import select

from api.security.field_cipher import Cell
from api.storage.tables import Answered
from tests.api.service.conftest import Service, _numbers
from tests.api.service.test_edits import EXCLUDE, dispatcher, edit, plan, plans

__all__ = ["dispatcher", "plan", "plans"]  # fixtures


def kept_answers(service: Service) -> list[str]:
    """All that is kept of answers, as the organisation's own key opens it."""
    with service.opened.store.reading("north") as session:
        rows = session.scalars(select(Answered).where(Answered.key_id.is_(None))).all()
        return [service.opened.cipher.open(_cell(row), row.sealed_answer).decode() for row in rows]


def _cell(row: Answered) -> Cell:
    where = f"{row.user_id}/{row.key_hash.hex()}"
    return Cell(table="answered", column="sealed_answer", row=where, organisation_id=row.organisation_id)


@pytest.mark.parametrize(
    ("path", "asked", "secret"),
    [
        ("/v1/keys", {"name": "stock list", "roles": ["administrator"]}, "key"),
        ("/v1/users", {"login": "once", "roles": ["auditor"]}, "one_time_password"),
    ],
)
def test_a_secret_is_answered_once_and_made_once(service, path, asked, secret):
    headers = {"Idempotency-Key": f"once {next(_numbers)}"}
    with service.signed_in("administrator") as client:
        first, again = (client.post(path, json=asked, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == {**first.json(), secret: None}
    assert again.headers["Location"] == first.headers["Location"]
    kept = kept_answers(service)
    assert [one for one in kept if first.headers["Location"] in one]  # so the secret would be found
    assert [one for one in kept if first.json()[secret] in one] == []


def test_of_an_edit_no_door_is_kept_and_a_plan_that_has_gone_on_is_asked_for_anew(service, dispatcher, plan):
    headers = {"If-Match": '"1"', "Idempotency-Key": f"edit {next(_numbers)}"}
    first = dispatcher.post(f"{plan}/edits", json={"edits": []}, headers=headers)
    assert first.json()["plan"]["routes"], first.text
    kept = [one for one in kept_answers(service) if first.json()["plan_id"] in one]
    assert len(kept) == 1
    assert [word for word in ("routes", "geometry", "client_id", "115.2") if word in kept[0]] == []
    again = dispatcher.post(f"{plan}/edits", json={"edits": []}, headers=headers)
    assert again.json() == first.json()
    assert edit(dispatcher, plan, EXCLUDE, version='"2"').json()["version"] == 3
    later = dispatcher.post(f"{plan}/edits", json={"edits": []}, headers=headers).json()
    assert (later["version"], later["plan"], later["broken"]) == (2, None, None)


def test_an_alarm_keeps_no_id_of_whom_it_names(service, programme_id):
    """Ids of keys tell nothing once the keys are gone; those of clients would stay under the organisation's key."""
    told = {"report_id": "held", "kind": "volunteer_detained", "volunteer_id": "v1", "client_ids": ["c1", "c2"]}
    visits = f"/v1/programmes/{programme_id}/visits"
    with service.as_role("dispatcher") as client:
        sent = {"reports": [{**told, "at": "2026-11-23T10:00:00+08:00"}]}
        assert client.post(visits, json=sent).json()["outcomes"][0]["outcome"] == "taken"
        assert client.post(visits, json=sent).json()["outcomes"][0]["outcome"] == "taken"  # the same is the same
        (shown,) = client.get(f"{visits}?date=2026-11-23").json()["items"]
        assert shown["exposed"] == ["c1", "c2"]
    with service.as_role("care") as care:
        client_path = f"/v1/programmes/{programme_id}/clients/c1"
        assert care.delete(client_path, headers={"If-Match": "*"}).status_code == 204
        (shown,) = care.get(f"{visits}?date=2026-11-23").json()["items"]
    assert shown["exposed"] == ["c2"]
    assert "client_ids" not in shown
