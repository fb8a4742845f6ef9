"""Every route as every role, as nobody, as another organisation; and the same table in the documentation."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from sqlalchemy import select

from api.identity.access import ACCESS
from api.identity.access_page import PAGE, access_page
from api.identity.people import add_user, find_user
from api.identity.roles import Role
from api.identity.session_endpoints import LASTS
from api.identity.tokens import COOKIE, KEY_PREFIX, hash_token, new_token
from api.storage.sessions import EVERY
from api.storage.tables import ApiKey, SignIn
from tests.api.service.conftest import _numbers, key_of

CLOSED = {route: access for route, access in ACCESS.items() if not access.anybody}
UNKNOWN = {
    "programme_id": "nowhere",
    "entry_id": "x",
    "user_id": "x",
    "key_id": "x",
    "date": "2026-11-23",
    "link_id": "x",
    "trip": "1",
    "plan_id": "x",
    "volunteer_id": "x",
    "site_id": "x",
}
UNKNOWN |= {"discrepancy_id": "x", "request_id": "x"}


def path_of(route: tuple[str, str], **known: str) -> str:
    return route[1].format(**{**UNKNOWN, "network_id": "x.osm.pbf", **known})


def code_of(answer) -> str:
    return answer.json()["code"]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("held", ["key", "session"])
def test_a_role_gets_where_the_table_lets_it_and_nowhere_else(service, role: Role, held: str):
    with service.as_role(role) if held == "key" else service.signed_in(role) as client:
        for route, access in CLOSED.items():
            if route == ("DELETE", "/v1/session"):
                continue  # lets everybody, and would end what the others are asked with
            answer = client.request(route[0], path_of(route))
            refused = answer.status_code == 403 and code_of(answer) == "not_allowed"
            assert refused is not access.lets(frozenset({role})), (route, answer.text)
            assert answer.status_code != 401
            for_people = answer.status_code == 403 and code_of(answer) == "session_needed"
            assert for_people is (not refused and access.session_only and held == "key"), route


def test_whoever_holds_nothing_is_told_that_nobody_is_signed_in(service):
    with service.anonymous() as client:
        for route in CLOSED:
            answer = client.request(route[0], path_of(route))
            assert (answer.status_code, code_of(answer)) == (401, "not_signed_in"), route
            assert answer.headers["www-authenticate"] == "Bearer"


def test_a_key_of_signs_that_no_key_has_is_nobodys(service):
    with service.anonymous() as client:
        answer = client.get("/v1/programmes", headers={"Authorization": "Bearer doorstep_\u00e9".encode()})
    assert (answer.status_code, code_of(answer)) == (401, "not_signed_in")


def test_a_key_makes_no_key_and_changes_no_password(service):
    with service.as_role("all") as client:
        for method, path in (("POST", "/v1/keys"), ("PUT", "/v1/session/password")):
            answer = client.request(method, path, json={"name": "child", "roles": ["dispatcher"]})
            assert (answer.status_code, code_of(answer)) == (403, "session_needed")


def test_a_key_loses_the_roles_that_its_maker_loses(service):
    with service.opened.store.writing(EVERY) as session:
        login = f"two-{next(_numbers)}"
        user, _ = add_user(session, service.opened.cipher, "north", login, {Role.DISPATCHER, Role.AUDITOR})
        session.flush()
        secret = key_of(service, session, user, user.roles)
    with service.anonymous(Authorization=f"Bearer {secret}") as client, service.as_role("administrator") as other:
        assert client.get("/v1/programmes").status_code == 200
        assert other.patch(f"/v1/users/{user.user_id}", json={"roles": ["auditor"]}).status_code == 200
        assert code_of(client.get("/v1/programmes")) == "not_allowed"
        assert client.get("/v1/failed-guesses").status_code == 200


def test_what_another_organisation_has_is_as_if_it_were_not_there(service, programme_id):
    with service.as_role("all") as own:
        user_id = own.get("/v1/users").json()["items"][0]["user_id"]
        key_id = own.get("/v1/keys").json()["items"][0]["key_id"]
    known = {"programme_id": programme_id, "entry_id": "c1", "user_id": user_id, "key_id": key_id}
    with service.as_role("all", "south") as client:
        for route, access in CLOSED.items():
            if "{" not in route[1] or route[0] == "PUT" or access.by_link:
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


ENDED = {
    "expired": {"expires_at": datetime.now(UTC) - timedelta(seconds=1)},
    "revoked": {"revoked_at": datetime.now(UTC) - timedelta(seconds=1)},
}


def holding(service, how: str, organisation_id: str = "north") -> dict[str, str]:
    """Return what somebody sends who should not get in."""
    with service.opened.store.writing(EVERY) as session:
        user = find_user(session, service.opened.cipher, organisation_id, "all")
        if how in ENDED:
            return {"Authorization": f"Bearer {key_of(service, session, user, user.roles, **ENDED[how])}"}
        if how == "barred":
            user, _ = add_user(session, service.opened.cipher, organisation_id, f"barred-{next(_numbers)}", set(Role))
            user.disabled_at = datetime.now(UTC)
            session.flush()
            return {"Authorization": f"Bearer {key_of(service, session, user, user.roles)}"}
        token = new_token()
        at = datetime.now(UTC) - timedelta(hours=12)
        ended = SignIn(
            organisation_id=organisation_id, token_hash=hash_token(token), user_id=user.user_id, created_at=at,
            expires_at=at + LASTS,
        )  # fmt: skip
        session.add(ended)
    guessed = {"guessed key": f"Bearer {KEY_PREFIX}{new_token()}", "no key": "Bearer", "another kind": "Basic YTpi"}
    if how in guessed:
        return {"Authorization": guessed[how]}
    return {"Cookie": f"{COOKIE}={token if how == 'ended session' else new_token()}"}


HOLDINGS = (*ENDED, "barred", "guessed key", "no key", "another kind", "ended session", "guessed session")


def test_whatever_opens_nothing_is_answered_alike_on_every_route(service, programme_id):
    answers = set()
    for how in HOLDINGS:
        with service.anonymous(**holding(service, how)) as client:
            for route in CLOSED:
                answer = client.request(route[0], path_of(route, programme_id=programme_id))
                headers = {name: value for name, value in answer.headers.items() if name != "date"}
                answers.add((answer.status_code, answer.content, tuple(sorted(headers.items()))))
    assert len(answers) == 1
    ((status, body, _),) = answers
    assert (status, json.loads(body)["code"]) == (401, "not_signed_in")


def test_how_long_a_refusal_takes_does_not_tell_what_was_right(service, programme_id):
    # A key that expired is found, one that is guessed is not; what there is of another organisation is not looked at.
    path = f"/v1/programmes/{programme_id}"
    with (
        service.anonymous(**holding(service, "expired")) as expired,
        service.anonymous(**holding(service, "guessed key")) as guessed,
        service.as_role("dispatcher", "south") as foreign,
    ):
        took = timed(
            expired=lambda: expired.get(path),
            guessed=lambda: guessed.get(path),
            there=lambda: foreign.get(path),
            nowhere=lambda: foreign.get("/v1/programmes/nowhere"),
        )
    # Reading one row more is a millisecond; deciphering, or reckoning a password, would be ten times as long.
    assert 0.1 < took["expired"] / took["guessed"] < 10
    assert 0.1 < took["there"] / took["nowhere"] < 10


def timed(**asks) -> dict[str, float]:
    """Ask in turns, and return the least of each: the machine has other things to do, too."""
    took = {name: [] for name in asks}
    for _ in range(40):
        for name, ask in asks.items():
            began = time.perf_counter()
            ask()
            took[name].append(time.perf_counter() - began)
    return {name: min(times) for name, times in took.items()}


def test_a_key_that_reads_does_not_write(service, programme_id):
    with service.signed_in("dispatcher") as client:
        made = client.post("/v1/keys", json={"name": "reader", "roles": ["dispatcher"]})
    assert made.json()["scopes"] == ["read"]
    with service.anonymous(Authorization=f"Bearer {made.json()['key']}") as reader:
        assert reader.get(f"/v1/programmes/{programme_id}/clients").status_code == 200
        answer = reader.patch(f"/v1/programmes/{programme_id}/clients/c1", json={})
        assert (answer.status_code, code_of(answer)) == (403, "scope_missing")


def test_a_key_cannot_have_more_than_its_maker(service):
    with service.signed_in("dispatcher") as client:
        answer = client.post("/v1/keys", json={"name": "greedy", "roles": ["dispatcher", "clinician"]})
    assert (answer.status_code, code_of(answer)) == (403, "role_not_yours")


def test_a_key_is_revoked_by_its_maker_or_an_administrator_and_hidden_from_others(service):
    with service.signed_in("dispatcher") as maker, service.as_role("clinician") as other:
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
    with service.signed_in("dispatcher") as client:
        secret = client.post("/v1/keys", json={"name": "k", "roles": ["dispatcher"]}).json()["key"]
    with service.opened.store.reading(EVERY) as session:
        assert all(secret.encode() not in key.secret_hash for key in session.scalars(select(ApiKey)))


def test_the_documentation_has_the_same_table():
    page = PAGE.read_text(encoding="utf-8")
    assert page == access_page(), "make access"
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) == len(ACCESS)
    for (method, path), row in zip(ACCESS, rows, strict=True):
        assert row[0] == f"`{method} {re.sub(r'_id}', '}', path)}`"
        for roles in combinations(Role, 2):  # the page says what the service does, whoever has which two roles
            assert says_yes(row, frozenset(roles)) is (
                ACCESS[method, path].anybody or ACCESS[method, path].lets(frozenset(roles))
            )


def says_yes(row: list[str], roles: frozenset[Role]) -> bool:
    marks = dict(zip(Role, row[1:7], strict=True))
    needed = {role for role, mark in marks.items() if mark == "all"}
    return "anybody" in row[7] or (needed <= roles if needed else any(marks[role] == "yes" for role in roles))


def test_a_cookie_of_another_kind_is_nobodys(service):
    with service.anonymous(Cookie=f"{COOKIE}=guess") as client:
        assert client.get("/v1/session").status_code == 401
