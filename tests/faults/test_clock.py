"""A clock that jumps, both ways: who is signed in is asked again, nobody is locked out, nothing is lost.

The service runs under `libfaketime`, which reads the shift of its clock from a file; its other clocks run on.
"""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.api.service import story
from tests.faults.served import Running, Served, made, running

DAYS = 400
Jump = Callable[[int], None]


@pytest.fixture
def shift(tmp_path: Path) -> Path:
    """The file that says by how much its clock is wrong."""
    path = tmp_path / "shift"
    path.write_text("+0d\n", encoding="ascii")
    return path


@pytest.fixture
def jump(shift: Path) -> Jump:
    """Set the clock wrong by so many days."""
    return lambda days: shift.write_text(f"{days:+d}d\n", encoding="ascii") and None


@pytest.fixture
def served(tmp_path: Path, shift: Path) -> Served:
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not libraries:
        pytest.skip("libfaketime is not installed")
    return made(tmp_path).told(
        LD_PRELOAD=str(libraries[0]),
        FAKETIME_TIMESTAMP_FILE=str(shift),
        FAKETIME_NO_CACHE="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
    )


@pytest.mark.parametrize("days", [DAYS, -DAYS])
def test_whoever_is_signed_in_signs_in_again_and_nothing_is_lost(served, jump, days):
    with running(served) as service:
        _village(service)
        with _signed_in(service, served) as person:
            jump(days)
            assert person.get("/v1/session").status_code == 401
        with _signed_in(service, served) as person:
            assert person.get("/v1/session").status_code == 200
        assert service.add("during").status_code == 201
        jump(0)
        assert service.add("after").status_code == 201
        assert service.kept() == {"c1", "c2", "during", "after"}


def test_a_clock_that_is_put_right_by_minutes_signs_nobody_out(served, shift):
    with running(served) as service, _signed_in(service, served) as person:
        shift.write_text("-50m\n", encoding="ascii")
        assert person.get("/v1/session").status_code == 200


def test_failures_on_a_clock_ahead_lock_nobody_out_once_it_is_right(served, jump):
    with running(served) as service:
        jump(DAYS)
        codes = {_sign_in(service, "wrong").json()["code"] for _ in range(11)}
        assert codes == {"wrong_credentials", "too_many_attempts"}
        jump(0)
        assert _sign_in(service, served.password).status_code == 201


def test_a_request_that_is_repeated_over_a_jump_back_is_done_once(served, jump):
    with running(served) as service:
        _village(service)
        again = {"Idempotency-Key": "the-same"}
        answers = []
        for days in (0, -DAYS, DAYS // 2):
            jump(days)
            one = story.client("once", "Heron once")
            answers.append(service.client.post("/v1/programmes/village/clients", json=one, headers=again))
        assert [answer.status_code for answer in answers[:2]] == [201, 201]
        assert service.kept() == {"c1", "c2", "once"}


def _village(service: Running) -> None:
    assert service.client.post("/v1/programmes", json=story.programme()).status_code == 201


def _sign_in(service: Running, password: str) -> httpx.Response:
    who = {"organisation_id": "north", "login": "first", "password": password}
    with httpx.Client(base_url=service.client.base_url, timeout=30, trust_env=False) as person:
        return person.post("/v1/session", json=who)


def _signed_in(service: Running, served: Served) -> httpx.Client:
    """Return a browser with a session."""
    answer = _sign_in(service, served.password)
    assert answer.status_code == 201, answer.text
    return httpx.Client(base_url=service.client.base_url, cookies=answer.cookies, timeout=30, trust_env=False)
