"""First passwords, sessions, and what slows a guesser down."""

from datetime import UTC, datetime, timedelta

import pytest

from api.identity.attempts import MOST_OF_ACCOUNT
from api.identity.people import find_user
from api.identity.tokens import COOKIE
from api.storage.sessions import EVERY
from tests.api.service.conftest import _numbers

PASSWORD = "four words that nobody guesses"


@pytest.fixture
def given(service):
    """Somebody new, and the password they were given."""
    login = f"new-{next(_numbers)}"
    with service.as_role("administrator") as client:
        made = client.post("/v1/users", json={"login": login, "roles": ["dispatcher"]})
    assert made.status_code == 201
    return login, made.json()["user_id"], made.json()["one_time_password"]


def sign_in(client, login: str, password: str, organisation_id: str = "north"):
    asked = {"organisation_id": organisation_id, "login": login, "password": password}
    answer = client.post("/v1/session", json=asked)
    if answer.status_code == 201:
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return answer


def changed(client, current: str, password: str = PASSWORD):
    return client.put("/v1/session/password", json={"current": current, "password": password})


def test_a_given_password_lets_one_change_it_and_nothing_else(service, given):
    login, _, password = given
    with service.anonymous() as client:
        assert sign_in(client, login, password).json()["password_change_needed"] is True
        refused = client.get("/v1/programmes")
        assert (refused.status_code, refused.json()["code"]) == (403, "password_change_needed")
        assert changed(client, password).status_code == 204
        assert client.get("/v1/programmes").status_code == 200
        assert client.get("/v1/session").json()["password_change_needed"] is False
    with service.anonymous() as client:
        assert sign_in(client, login, password).status_code == 401
        assert sign_in(client, login.upper(), PASSWORD).status_code == 201


def test_a_given_password_ends_after_a_quarter_of_an_hour(service, given):
    login, _, password = given
    with service.opened.store.writing(EVERY) as session:
        user = find_user(session, service.opened.cipher, "north", login)
        left = user.password_expires_at - datetime.now(UTC)
        assert timedelta(minutes=14) < left <= timedelta(minutes=15)
        user.password_expires_at = datetime.now(UTC) - timedelta(seconds=1)
    with service.anonymous() as client:
        assert sign_in(client, login, password).json()["code"] == "wrong_credentials"


@pytest.mark.parametrize(("password", "status"), [("x" * 11, 422), ("x" * 12, 204), ("x" * 500, 204), ("x" * 501, 422)])
def test_a_password_has_twelve_characters_at_least_and_five_hundred_at_most(service, given, password, status):
    login, _, first = given
    with service.anonymous() as client:
        sign_in(client, login, first)
        assert changed(client, first, password).status_code == status


def test_the_new_password_is_another_and_the_current_one_is_asked_for(service, given):
    login, _, first = given
    with service.anonymous() as client:
        sign_in(client, login, first)
        assert changed(client, "not the password").json()["code"] == "current_password_wrong"
        assert changed(client, first, first).json()["code"] == "password_unchanged"


def test_the_cookie_is_hidden_from_scripts_and_from_other_sites(service, given):
    login, _, password = given
    with service.anonymous() as client:
        cookie = sign_in(client, login, password).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))


def test_a_change_needs_the_sessions_token_and_a_look_does_not(service, given):
    login, _, password = given
    with service.anonymous() as client:
        sign_in(client, login, password)
        del client.headers["X-CSRF-Token"]
        assert client.get("/v1/session").status_code == 200
        answer = changed(client, password)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_missing")
        client.headers["X-CSRF-Token"] = "0" * 64
        assert changed(client, password).json()["code"] == "csrf_missing"


def test_signing_out_ends_the_session(service, given):
    login, _, password = given
    with service.anonymous() as client:
        sign_in(client, login, password)
        token = client.cookies[COOKIE]
        assert client.delete("/v1/session").status_code == 204
    with service.anonymous(Cookie=f"{COOKIE}={token}") as thief:
        assert thief.get("/v1/session").status_code == 401


def test_another_password_ends_the_other_sessions(service, given):
    login, _, first = given
    with service.anonymous() as here, service.anonymous() as elsewhere:
        sign_in(here, login, first)
        sign_in(elsewhere, login, first)
        assert changed(here, first).status_code == 204
        assert here.get("/v1/session").status_code == 200
        assert elsewhere.get("/v1/session").status_code == 401


def test_whoever_is_barred_is_out_at_once_and_may_not_come_in(service, given):
    login, user_id, password = given
    with service.anonymous() as client, service.as_role("administrator") as administrator:
        sign_in(client, login, password)
        done = administrator.patch(f"/v1/users/{user_id}", json={"disabled": True})
        assert done.json()["disabled"] is True
        assert client.get("/v1/session").status_code == 401
        assert sign_in(client, login, password).status_code == 401


def test_a_new_password_from_an_administrator_replaces_the_old_one(service, given):
    login, user_id, old = given
    with service.as_role("administrator") as administrator:
        new = administrator.post(f"/v1/users/{user_id}/password").json()["one_time_password"]
    with service.anonymous() as client:
        assert sign_in(client, login, old).status_code == 401
        assert sign_in(client, login, new).status_code == 201


def test_nobody_takes_the_last_administrator_away(service):
    with service.as_role("administrator", "south") as client:
        users = client.get("/v1/users?limit=200").json()["items"]
        holders = [user["user_id"] for user in users if "administrator" in user["roles"]]
        assert len(holders) == 2
        own = next(user["user_id"] for user in users if user["login"] == "administrator")
        (other,) = set(holders) - {own}
        assert client.patch(f"/v1/users/{other}", json={"roles": ["auditor"]}).status_code == 200
        answer = client.patch(f"/v1/users/{own}", json={"roles": ["auditor"]})
        assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
        everything = ["administrator", "auditor", "clinician", "dispatcher", "dispenser", "volunteer"]
        assert client.patch(f"/v1/users/{other}", json={"roles": everything}).json()["roles"] == everything


def test_after_ten_failures_even_the_right_password_has_to_wait(service, given):
    login, _, password = given
    with service.anonymous() as client:
        for _ in range(MOST_OF_ACCOUNT):
            answer = sign_in(client, login, "a wrong password")
            assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")
        answer = sign_in(client, login, password)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
        assert answer.headers["retry-after"] == "900"


def test_what_was_wrong_is_not_told(service, given):
    login, _, password = given
    with service.anonymous() as client:
        tried = [(login, "wrong password", "north"), ("nobody", password, "north"), (login, password, "nowhere")]
        answers = [sign_in(client, *one).text for one in tried]
    assert len(set(answers)) == 1


def test_a_login_is_given_once(service, given):
    with service.as_role("administrator") as client:
        answer = client.post("/v1/users", json={"login": given[0].upper(), "roles": ["auditor"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")
