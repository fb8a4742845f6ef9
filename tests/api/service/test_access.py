"""Every route as every role, as nobody, as another organisation; and the same table in the documentation."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from api.identity.access import ACCESS
from api.identity.people import find_user
from api.identity.roles import Role
from api.identity.tokens import COOKIE
from api.storage.sessions import EVERY
from api.storage.tables import ApiKey
from tests.api.service.conftest import key_of

ROOT = Path(__file__).resolve().parents[3]
CLOSED = {route: access for route, access in ACCESS.items() if not access.anybody}
UNKNOWN = {
    "programme_id": "nowhere",
    "entry_id": "x",
    "user_id": "x",
    "key_id": "x",
    "date": "2026-11-23",
    "plan_id": "x",
}


def path_of(route: tuple[str, str], **known: str) -> str:
    return route[1].format(**{**UNKNOWN, "network_id": "x.osm.pbf", **known})


def code_of(answer) -> str:
    return answer.json()["code"]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_where_the_table_lets_it_and_nowhere_else(service, role: Role):
    with service.as_role(role) as client:
        for route, access in CLOSED.items():
            if route == ("DELETE", "/v1/session"):
                continue  # lets everybody, and would end nothing here
            answer = client.request(route[0], path_of(route))
            refused = answer.status_code == 403 and code_of(answer) == "not_allowed"
            assert refused is not access.lets(frozenset({role})), (route, answer.text)
            assert answer.status_code != 401


def test_whoever_holds_nothing_is_told_that_nobody_is_signed_in(service):
    with service.anonymous() as client:
        for route in CLOSED:
            answer = client.request(route[0], path_of(route))
            assert (answer.status_code, code_of(answer)) == (401, "not_signed_in"), route
            assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("sent", ["Bearer doorstep_guess", "Bearer", "Basic YTpi", "Bearer doorstep_\u00e9".encode()])
def test_a_guessed_key_is_nobodys(service, sent):
    with service.anonymous() as client:
        answer = client.get("/v1/programmes", headers={"Authorization": sent})
    assert (answer.status_code, code_of(answer)) == (401, "not_signed_in")


def test_what_another_organisation_has_is_as_if_it_were_not_there(service, programme_id):
    with service.as_role("all") as own:
        user_id = own.get("/v1/users").json()["items"][0]["user_id"]
        key_id = own.get("/v1/keys").json()["items"][0]["key_id"]
    known = {"programme_id": programme_id, "entry_id": "c1", "user_id": user_id, "key_id": key_id}
    with service.as_role("all", "south") as client:
        for route in CLOSED:
            if "{" not in route[1] or route[0] == "PUT":
                continue
            body = {"json": {}} if route[0] in {"POST", "PATCH"} else {}
            answer = client.request(route[0], path_of(route, **known), headers={"If-Match": "*"}, **body)
            assert (answer.status_code, code_of(answer)) == (404, "not_found"), (route, answer.text)
        put = client.put(
            f"/v1/programmes/{programme_id}/document", json={"programme_id": programme_id}, headers={"If-Match": "*"}
        )
        assert put.status_code == 404
        assert client.get("/v1/programmes").json()["items"] == []


def test_two_organisations_may_give_the_same_id(service, programme_id):
    document = {"schema": "doorstep.programme/1", "programme_id": programme_id, "name": "of south", "timezone": "UTC"}
    with service.as_role("care", "south") as south, service.as_role("care") as north:
        made = south.post("/v1/programmes", json=document)
        assert made.status_code == 201
        path = f"/v1/programmes/{programme_id}"
        assert south.get(path).json()["name"] == "of south"
        assert north.get(path).json()["name"] == "Canary Ibis"
        assert south.delete(path, headers={"If-Match": made.headers["etag"]}).status_code == 204
        assert north.get(path).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"expires_at": datetime.now(UTC) - timedelta(seconds=1)},
        {"revoked_at": datetime.now(UTC) - timedelta(seconds=1)},
    ],
    ids=["expired", "revoked"],
)
def test_a_key_that_has_ended_opens_nothing(service, changed):
    with service.opened.store.writing(EVERY) as session:
        user = find_user(session, service.opened.cipher, "north", "dispatcher")
        secret = key_of(service, session, user, "dispatcher", **changed)
    with service.anonymous(Authorization=f"Bearer {secret}") as client:
        assert client.get("/v1/programmes").status_code == 401


def test_a_key_that_reads_does_not_write(service, programme_id):
    with service.as_role("dispatcher") as client:
        made = client.post("/v1/keys", json={"name": "reader", "roles": ["dispatcher"]})
    assert made.json()["scopes"] == ["read"]
    with service.anonymous(Authorization=f"Bearer {made.json()['key']}") as reader:
        assert reader.get(f"/v1/programmes/{programme_id}/clients").status_code == 200
        answer = reader.patch(f"/v1/programmes/{programme_id}/clients/c1", json={})
        assert (answer.status_code, code_of(answer)) == (403, "scope_missing")


def test_a_key_cannot_have_more_than_its_maker(service):
    with service.as_role("dispatcher") as client:
        answer = client.post("/v1/keys", json={"name": "greedy", "roles": ["dispatcher", "clinician"]})
    assert (answer.status_code, code_of(answer)) == (403, "role_not_yours")


def test_a_key_is_revoked_by_its_maker_or_an_administrator_and_hidden_from_others(service):
    with service.as_role("dispatcher") as maker, service.as_role("clinician") as other:
        made = [maker.post("/v1/keys", json={"name": "k", "roles": ["dispatcher"]}).json() for _ in range(2)]
        assert other.delete(f"/v1/keys/{made[0]['key_id']}").status_code == 404
        assert made[0]["key_id"] not in other.get("/v1/keys?limit=200").text
        assert maker.delete(f"/v1/keys/{made[0]['key_id']}").status_code == 204
    with service.as_role("administrator") as administrator:
        assert administrator.delete(f"/v1/keys/{made[1]['key_id']}").status_code == 204
    for key in made:
        with service.anonymous(Authorization=f"Bearer {key['key']}") as client:
            assert client.get("/v1/keys").status_code == 401


def test_of_a_key_only_a_hash_is_kept(service):
    with service.as_role("dispatcher") as client:
        secret = client.post("/v1/keys", json={"name": "k", "roles": ["dispatcher"]}).json()["key"]
    with service.opened.store.reading(EVERY) as session:
        assert all(secret.encode() not in key.secret_hash for key in session.scalars(select(ApiKey)))


def test_the_documentation_has_the_same_table():
    page = (ROOT / "docs/service.md").read_text(encoding="utf-8")
    table = page.split("<!-- routes -->", 1)[1].split("<!-- end -->", 1)[0]
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table.splitlines() if line[:1] == "|"
    ]
    assert rows[2:] == [documented(route) for route in ACCESS]


def documented(route: tuple[str, str]) -> tuple[str, ...]:
    access = ACCESS[route]
    if access.anybody:
        said = "anybody"
    elif access.all_of:
        said = "all of: " + ", ".join(role for role in Role if role in access.all_of)
    else:
        said = "all" if access.any_of == frozenset(Role) else ", ".join(role for role in Role if role in access.any_of)
    return f"`{route[0]} {re.sub(r'_id}', '}', route[1])}`", said


def test_a_cookie_of_another_kind_is_nobodys(service):
    with service.anonymous(Cookie=f"{COOKIE}=guess") as client:
        assert client.get("/v1/session").status_code == 401
