"""The second factor: when it is asked for, what opens, what opens once, and how it is taken away."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select

from api.beginning import let_in
from api.identity import people
from api.identity.attempts import MOST_CODES
from api.identity.people import add_user
from api.identity.roles import NEED_SECOND_FACTOR, Role
from api.identity.second_factors import RECOVERY_CODES, STEP_S, begin, confirm, has_one, passes
from api.identity.tokens import COOKIE
from api.manners.addresses import is_loopback, network_of
from api.security.passwords import hash_password
from api.serving import Listening
from api.storage.identity_tables import RecoveryCode, SecondFactor
from api.storage.sessions import EVERY
from api.storage.tables import FailedSignIn
from tests.api.service.conftest import Service, _numbers, add_people, serving
from tests.api.service.test_sign_in import PASSWORD, sign_in
from tests.api.service.test_storage import made

FROM_BEYOND = {"X-Forwarded-For": "192.0.2.7"}
HASH = hash_password(PASSWORD)
NOON = datetime(2026, 11, 23, 12, 0, 7, tzinfo=UTC)  # seven seconds into its step


@pytest.fixture
def user(service):
    """A dispatcher with a password of their own."""
    with service.opened.store.writing(EVERY) as session:
        made, _ = add_user(session, service.opened.cipher, "north", f"two-{next(_numbers)}", {Role.DISPATCHER})
        made.password_hash, made.password_expires_at = HASH, None
    return made


@pytest.fixture
def secret(service, user):
    """The secret of that user's authenticator, in force; no code of now was used."""
    with service.opened.store.writing(EVERY) as session:
        made = begin(session, service.opened.cipher, user)
        at = datetime.now(UTC) - timedelta(minutes=10)
        assert confirm(session, service.opened.cipher, user, pyotp.TOTP(made).at(at), at)
    return made


def login_of(service, user) -> str:
    return people.login_of(service.opened.cipher, user)


def enter(client, login: str, code: str = "", password: str = PASSWORD):
    asked = {"organisation_id": "north", "login": login, "password": password, "code": code}
    answer = client.post("/v1/session", json=asked)
    if answer.status_code == 201:
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return answer


def code_of(answer) -> str:
    return answer.json()["code"]


# Who needs one


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("held", ["key", "session"])
def test_from_beyond_whoever_may_read_addresses_or_doses_needs_one(service, role, held):
    path = "/v1/keys"
    with service.as_role(role) if held == "key" else service.signed_in(role) as client:
        assert client.get(path).status_code == 200
        answer = client.get(path, headers=FROM_BEYOND)
        assert (answer.status_code == 403) is (role in NEED_SECOND_FACTOR)
        if answer.status_code == 403:
            assert code_of(answer) == "second_factor_needed"
            assert client.get("/v1/session", headers=FROM_BEYOND).json()["second_factor_needed"] is True


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"])
def test_whatever_a_proxy_adds_shows_that_somebody_is_beyond(service, header):
    with service.as_role("dispatcher") as client:
        assert code_of(client.get("/v1/programmes", headers={header: "x"})) == "second_factor_needed"


def test_a_service_with_a_name_of_its_own_is_asked_from_beyond(tmp_path):
    installation = made(tmp_path)
    running = serving(installation, names=("plans.example.org",))
    with running as url:
        named = Service(url, installation, tmp_path / "log", "sqlite", running.server)
        add_people(named, "north")
        with named.as_role("dispatcher") as client:
            assert code_of(client.get("/v1/programmes")) == "second_factor_needed"
        with named.as_role("auditor") as client:
            assert client.get("/v1/failed-guesses").status_code == 200


@pytest.mark.parametrize(
    ("listening", "beyond"),
    [
        ({}, False),
        ({"host": "localhost"}, False),
        ({"host": "::1", "names": ("127.0.0.2",)}, False),
        ({"host": "192.0.2.1"}, True),
        ({"behind_proxy": True}, True),
        ({"names": ("plans.example.org",)}, True),
    ],
)
def test_what_can_be_reached_from_beyond(listening, beyond):
    assert Listening(**listening).reaches_beyond is beyond


@pytest.mark.parametrize(
    ("host", "own"),
    [
        *((own, True) for own in ("127.0.0.1", "127.9.9.9", "::1", "localhost")),
        *((foreign, False) for foreign in ("localhost.example.org", "", "10.0.0.1")),
    ],
)
def test_what_this_machine_is_called(host, own):
    assert is_loopback(host) is own


# Setting one up


def test_one_is_set_up_from_beyond_and_then_opens(service, user):
    login = login_of(service, user)
    with service.anonymous(**FROM_BEYOND) as client, service.anonymous() as other:
        assert enter(client, login).json()["second_factor_needed"] is True
        assert enter(other, login).json()["second_factor_needed"] is False
        assert code_of(client.get("/v1/programmes")) == "second_factor_needed"
        begun = client.post("/v1/session/second-factor", json={"current": PASSWORD}).json()
        assert begun["picture"].startswith("data:image/svg+xml")
        assert pyotp.parse_uri(begun["uri"]).secret == begun["secret"]
        assert code_of(client.put("/v1/session/second-factor", json={"code": "000000"})) == "second_factor_code_wrong"
        assert code_of(client.get("/v1/programmes")) == "second_factor_needed"
        done = client.put("/v1/session/second-factor", json={"code": pyotp.TOTP(begun["secret"]).now()})
        assert len(set(done.json()["recovery_codes"])) == RECOVERY_CODES
        assert client.get("/v1/programmes").status_code == 200
        said = client.get("/v1/session").json()
        assert (said["second_factor"], said["recovery_codes_left"]) == (True, RECOVERY_CODES)
        assert other.get("/v1/session").status_code == 401  # begun without it


def test_the_password_is_asked_for_again_and_not_for_ever(service, user):
    with service.anonymous() as client:
        enter(client, login_of(service, user))
        for _ in range(10):
            wrong = client.post("/v1/session/second-factor", json={"current": "a guess at it"})
            assert code_of(wrong) == "current_password_wrong"
        right = client.post("/v1/session/second-factor", json={"current": PASSWORD})
        assert (right.status_code, code_of(right)) == (429, "too_many_attempts")


def test_another_one_needs_the_one_in_force(service, user, secret):
    with service.anonymous() as client:
        assert enter(client, login_of(service, user), pyotp.TOTP(secret).at(time.time() - STEP_S)).status_code == 201
        without = client.post("/v1/session/second-factor", json={"current": PASSWORD})
        assert (without.status_code, code_of(without)) == (422, "second_factor_code_wrong")
        code = pyotp.TOTP(secret).now()
        begun = client.post("/v1/session/second-factor", json={"current": PASSWORD, "code": code}).json()
        assert begun["secret"] != secret
        with service.anonymous() as other:  # the old one counts until the new one is confirmed
            assert enter(other, login_of(service, user), pyotp.TOTP(secret).at(time.time() + STEP_S)).status_code == 201


def test_nothing_is_confirmed_that_was_not_begun(service, user):
    with service.anonymous() as client:
        enter(client, login_of(service, user))
        answer = client.put("/v1/session/second-factor", json={"code": "123456"})
    assert (answer.status_code, code_of(answer)) == (422, "second_factor_code_wrong")


# What opens


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_ahead_or_behind(service, user, secret, steps, opens):
    code = pyotp.TOTP(secret).at(NOON + timedelta(seconds=steps * STEP_S))
    with service.opened.store.writing(EVERY) as session:
        session.get_one(SecondFactor, ("north", user.user_id)).last_step = 0
        assert passes(session, service.opened.cipher, user, code, NOON) is opens


def test_no_code_is_taken_twice_nor_one_from_before_the_last(service, user, secret):
    codes = {steps: pyotp.TOTP(secret).at(NOON + timedelta(seconds=steps * STEP_S)) for steps in (-1, 0, 1)}
    with service.opened.store.writing(EVERY) as session:
        session.get_one(SecondFactor, ("north", user.user_id)).last_step = 0
        taken = [passes(session, service.opened.cipher, user, codes[steps], NOON) for steps in (0, 0, -1, 1, 1)]
    assert taken == [True, False, False, True, False]


def test_after_a_clock_that_ran_ahead_codes_open_again(service, user, secret):
    cipher, ahead = service.opened.cipher, NOON + timedelta(hours=2)
    with service.opened.store.writing(EVERY) as session:
        session.get_one(SecondFactor, ("north", user.user_id)).last_step = 0
        assert passes(session, cipher, user, pyotp.TOTP(secret).at(ahead), ahead)
        assert [passes(session, cipher, user, pyotp.TOTP(secret).at(NOON), NOON) for _ in range(2)] == [True, False]


def test_of_many_who_send_one_code_at_once_one_gets_in(service, user, secret):
    login, code = login_of(service, user), pyotp.TOTP(secret).now()

    def enter_once(_: int) -> int:
        with service.anonymous() as client:
            return enter(client, login, code).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(enter_once, range(6))) == [201] + [401] * 5


def test_a_recovery_code_opens_once_however_it_is_written(service, user):
    login = login_of(service, user)
    with service.anonymous() as client:
        enter(client, login)
        secret = client.post("/v1/session/second-factor", json={"current": PASSWORD}).json()["secret"]
        done = client.put("/v1/session/second-factor", json={"code": pyotp.TOTP(secret).now()}).json()
    first, second = done["recovery_codes"][:2]
    with service.anonymous() as client:
        assert enter(client, login, first.upper().replace("-", " ")).status_code == 201
        assert client.get("/v1/session").json()["recovery_codes_left"] == RECOVERY_CODES - 1
        assert enter(client, login, first).status_code == 401
        assert enter(client, login, second).status_code == 201


def test_what_was_wrong_is_not_told(service, user, secret):
    login, right = login_of(service, user), pyotp.TOTP(secret).now()
    with service.anonymous() as client:
        answers = [
            enter(client, login),
            enter(client, login, "123"),
            enter(client, login, right, "not the password"),
            enter(client, f"{login}-x", right),
        ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


def test_after_ten_wrong_codes_none_is_right_for_a_day_and_nobody_is_told(service, user, secret):
    login = login_of(service, user)
    with service.anonymous() as client:
        wrong = [enter(client, login, "000000x") for _ in range(MOST_CODES)]
        _wait_sixteen_minutes(service)
        closed = enter(client, login, pyotp.TOTP(secret).now())
        assert closed.status_code == 401
        assert {answer.content for answer in wrong} == {closed.content}
        _wait_sixteen_minutes(service, more=timedelta(days=1))
        assert enter(client, login, pyotp.TOTP(secret).now()).status_code == 201


def _wait_sixteen_minutes(service, more: timedelta = timedelta()):
    """Let what was counted lie further back."""
    with service.opened.store.writing(EVERY) as session:
        for failed in session.scalars(select(FailedSignIn)):
            failed.at -= timedelta(minutes=16) + more


def test_nothing_that_is_kept_shows_a_secret_or_a_code(service, user, secret):
    with service.opened.store.reading(EVERY) as session:
        row = session.get_one(SecondFactor, ("north", user.user_id))
        assert secret.encode() not in row.sealed_secret
        assert row.sealed_next is None
        hashes = session.scalars(select(RecoveryCode.code_hash).where(RecoveryCode.user_id == user.user_id)).all()
    assert {len(one) for one in hashes} == {32}


# Taking it away


def test_an_administrator_takes_it_away_and_the_sessions_with_it(service, user, secret):
    login = login_of(service, user)
    with service.anonymous() as client, service.as_role("administrator") as administrator:
        enter(client, login, pyotp.TOTP(secret).now())
        assert administrator.get(f"/v1/users/{user.user_id}").json()["second_factor"] is True
        assert administrator.delete(f"/v1/users/{user.user_id}/second-factor").status_code == 204
        assert client.get("/v1/session").status_code == 401
        assert enter(client, login).json()["second_factor"] is False
        with service.as_role("administrator", "south") as foreign:
            assert foreign.delete(f"/v1/users/{user.user_id}/second-factor").status_code == 404


@pytest.mark.usefixtures("secret")
def test_whoever_has_the_passphrase_lets_the_last_administrator_in_again(service, user):
    login = login_of(service, user)
    password = let_in(service.opened, "north", "North", login, {Role.DISPATCHER})
    with service.opened.store.reading(EVERY) as session:
        assert not has_one(session, user)
    with service.anonymous() as client:
        assert sign_in(client, login, password).json()["password_change_needed"] is True


# What is recorded


@pytest.mark.usefixtures("secret")
def test_what_failed_is_recorded_without_saying_from_where(service, user):
    login = login_of(service, user)
    with service.anonymous() as client:
        enter(client, login, "000000x")
        enter(client, login, "000000x", "not the password")
        enter(client, "somebody nobody knows", "", "not the password")
    with service.as_role("auditor") as auditor, service.as_role("auditor", "south") as foreign:
        listed = auditor.get("/v1/failed-guesses?limit=200").json()["items"]
        own = {one["what"] for one in listed if one["user_id"] == user.user_id}
        assert own == {"code", "password"}
        assert "password" in {one["what"] for one in listed if one["user_id"] is None}
        assert len({one["address"] for one in listed}) == 1
        assert "127.0.0.1" not in str(listed)
        assert user.user_id not in foreign.get("/v1/failed-guesses?limit=200").text
        page = auditor.get("/v1/failed-guesses?limit=1").json()
        assert page["items"] == listed[:1]
        assert (
            auditor.get("/v1/failed-guesses", params={"limit": 1, "cursor": page["next_cursor"]}).json()["items"]
            == (listed[1:2])
        )


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9%eth0", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
    ],
)
def test_an_address_of_ipv6_counts_with_its_neighbours(address, counted):
    assert network_of(address) == counted


def test_a_session_that_began_with_a_code_goes_on_from_anywhere(service, user, secret):
    with service.anonymous() as client:
        enter(client, login_of(service, user), pyotp.TOTP(secret).now())
        assert client.cookies[COOKIE]
        assert client.get("/v1/programmes", headers=FROM_BEYOND).status_code == 200
