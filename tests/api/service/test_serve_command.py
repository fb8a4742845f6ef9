"""`doorstep init` and `doorstep serve` as processes, from the first password to the end."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.api.service.test_sign_in import PASSWORD, changed, sign_in

PASSPHRASE = "four words nobody guesses"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE + "\n", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOORSTEP_")}
    return {**kept, "DOORSTEP_HOME": str(tmp_path / "home"), "DOORSTEP_PASSPHRASE_FILE": str(passphrase)}


def doorstep(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "api", *arguments]
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=False, timeout=120)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def served(environment: dict[str, str], *arguments: str) -> Iterator[httpx.Client]:
    """Serve in a process of its own; ask it to end, and see that it does."""
    port = free_port()
    line = [sys.executable, "-m", "api", "serve", "--port", str(port), *arguments]
    process = subprocess.Popen(line, env=environment, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
            _wait(client, process)
            yield client
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert "Traceback" not in said
    assert PASSWORD not in said


def _wait(client: httpx.Client, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            client.get("/healthz")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    process.kill()
    pytest.fail(f"it does not serve: {process.communicate()[1]}")


def first_password(environment: dict[str, str], *folders: str) -> str:
    path = Path(environment["DOORSTEP_HOME"], *folders, "service/first-password")
    assert path.stat().st_mode & 0o777 == 0o600
    return path.read_text(encoding="utf-8").strip()


def test_the_demonstration_goes_from_its_first_password_to_tomorrows_needs(environment):
    with served(environment, "--demo", "denpasar") as client:
        password = first_password(environment, "demonstration")
        assert sign_in(client, "first", password, "denpasar").status_code == 201
        assert changed(client, password).status_code == 204
        (programme,) = client.get("/v1/programmes").json()["items"]
        assert (programme["programme_id"], programme["counts"]["clients"]) == ("denpasar", 82)
        assert len(client.get("/v1/programmes/denpasar/days/2026-11-23").json()["orders"]) > 60
        (network,) = client.get("/v1/networks").json()["items"]
        assert network["network_id"] == client.get("/v1/programmes/denpasar").json()["extract"]


def test_a_service_is_made_served_and_given_a_new_first_password(environment):
    made = doorstep(environment, "init", "ngo-bali", "--name", "NGO Bali")
    assert made.returncode == 0, made.stderr
    code, said = made.stdout.splitlines()
    assert re.fullmatch(r"(?:[2-9A-HJ-NP-Z]{4}-){7}[2-9A-HJ-NP-Z]{4}", code)
    assert said == "first of ngo-bali may sign in as administrator"
    old = first_password(environment)
    assert old not in made.stdout + made.stderr
    with served(environment) as client:
        running = doorstep(environment, "init", "ngo-bali")
        assert (running.returncode, running.stderr.split(":")[0]) == (2, "service_runs_already")
        assert sign_in(client, "first", old, "ngo-bali").json()["roles"] == ["administrator"]
    assert doorstep(environment, "init", "ngo-bali").returncode == 0
    new = first_password(environment)
    del environment["DOORSTEP_PASSPHRASE_FILE"]
    with served(environment) as client:  # locked: nobody gave it a passphrase
        assert client.get("/healthz").json() == {"status": "ok", "locked": True}
        assert client.get("/readyz").status_code == 503
        assert sign_in(client, "first", new, "ngo-bali").json()["code"] == "locked"
        assert client.get("/v1/programmes").json()["code"] == "locked"
        wrong = client.post("/v1/unlock", json={"secret": "another passphrase"})
        assert (wrong.status_code, wrong.json()["code"]) == (403, "cannot_unlock")
        assert client.post("/v1/unlock", json={"secret": code}).status_code == 204
        assert sign_in(client, "first", old, "ngo-bali").status_code == 401
        assert sign_in(client, "first", new, "ngo-bali").status_code == 201


def test_wrong_passphrases_are_slowed_down(environment):
    doorstep(environment, "init", "ngo-bali")
    del environment["DOORSTEP_PASSPHRASE_FILE"]
    with served(environment) as client:
        codes = [client.post("/v1/unlock", json={"secret": f"wrong {n}"}).json()["code"] for n in range(5)]
    assert codes == ["cannot_unlock"] * 4 + ["unlock_too_soon"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("serve",), "service_missing"),
        (("serve", "--host", "192.0.2.1"), "tls_needed"),
        (
            ("serve", "--demo", "denpasar", "--host", "192.0.2.1", "--tls-certificate", "a", "--tls-key", "b"),
            "demonstration_beyond",
        ),
        (("serve", "--demo", "nowhere"), "scenario_unknown"),
        (("init", "two words"), "organisation_id_unfit"),
        (("init", "ngo", "--role", "king"), "role_unknown"),
    ],
)
def test_what_is_asked_wrongly_is_refused(doorstep_here, arguments, code):
    done = doorstep_here(*arguments)
    assert (done.code, done.err.split(":")[0]) == (2, code)


@pytest.fixture
def doorstep_here(doorstep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The command in this process, in a home of its own (`tests/api/conftest.py`)."""
    monkeypatch.setenv("DOORSTEP_HOME", str(tmp_path / "home"))
    return doorstep


def test_another_database_than_postgresql_is_refused(doorstep_here, monkeypatch, tmp_path):
    (tmp_path / "p").write_text(PASSPHRASE, encoding="utf-8")
    monkeypatch.setenv("DOORSTEP_PASSPHRASE_FILE", str(tmp_path / "p"))
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", "mysql://somewhere/else")
    assert doorstep_here("init", "ngo").err.startswith("database_url_unknown")
    assert not (tmp_path / "home/service").exists()
