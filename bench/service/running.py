"""A service in a process of its own, as `doorstep serve` starts it, with the Denpasar programme and users in it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

from scenarios.finding import find_scenario

ORGANISATION, PORT = "denpasar", 8041
PASSWORD = "four words nobody guesses"
STARTS_WITHIN_S = 60
JSON = {"Content-Type": "application/json"}


class Running:
    """A service that runs for as long as a block lasts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        passphrase = folder / "passphrase"
        passphrase.write_text(PASSWORD, encoding="utf-8")
        home = {"DOORSTEP_HOME": str(folder / "home"), "DOORSTEP_PASSPHRASE_FILE": str(passphrase)}
        self.environment = {**os.environ, **home, "DOORSTEP_PLANS_AT_ONCE": "2"}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        roles = ("clinician", "dispenser", "dispatcher", "administrator")
        words = [word for role in roles for word in ("--role", role)]
        self._doorstep("init", ORGANISATION, *words, wait=True)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> float:
        """Start it; return after how many seconds it was ready to serve."""
        began = time.perf_counter()
        self._process = self._doorstep("serve", "--port", str(PORT))
        while not _is_ready():
            if self._process.poll() is not None or time.perf_counter() - began > STARTS_WITHIN_S:
                raise RuntimeError("the service does not start")
            time.sleep(0.02)
        return time.perf_counter() - began

    def stop(self) -> None:
        """End it as a service manager does."""
        assert self._process is not None  # noqa: S101
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)

    def first_password(self) -> str:
        """Return what `init` has given to the first user."""
        return (self._folder / "home/service/first-password").read_text(encoding="utf-8").strip()

    def _doorstep(self, *words: str, wait: bool = False) -> subprocess.Popen[bytes]:
        log = (self._folder / "log").open("ab")
        command = [sys.executable, "-m", "api", *words]
        process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)  # noqa: S603
        if wait and process.wait() != 0:
            raise RuntimeError(f"doorstep {words[0]} failed")
        return process


class Person:
    """Somebody at work, on a connection that stays open: with a session, or a key."""

    def __init__(self, key: str | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        self._headers = JSON if key is None else {**JSON, "Authorization": f"Bearer {key}"}

    def sign_in(self, password: str) -> None:
        """Sign in as the first user, who changes the password that was given."""
        asked = {"organisation_id": ORGANISATION, "login": "first", "password": password}
        signed_in, headers = self._sent("POST", "/v1/session", asked)
        cookie = headers["set-cookie"].partition(";")[0]
        self._headers = {**self._headers, "X-CSRF-Token": signed_in["csrf_token"], "Cookie": cookie}
        self.ask("PUT", "/v1/session/password", {"current": password, "password": PASSWORD})

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """Return what is answered; raise where that is no success."""
        return self._sent(method, path, body, **headers)[0]

    def send(self, path: str, data: bytes) -> None:
        """Send a file."""
        self._connection.request("PUT", path, data, self._headers)
        answer = self._connection.getresponse()
        answer.read()
        if not 200 <= answer.status < 300:
            raise RuntimeError(f"PUT {path} was answered {answer.status}")

    def _sent(self, method: str, path: str, body: object = None, **headers: str) -> tuple[Any, dict[str, str]]:
        data = None if body is None else json.dumps(body)
        try:
            self._connection.request(method, path, data, {**self._headers, **headers})
            answer = self._connection.getresponse()
        except (BrokenPipeError, http.client.RemoteDisconnected):  # after a rest, as it may; nothing was answered
            self._connection.close()
            self._connection.request(method, path, data, {**self._headers, **headers})
            answer = self._connection.getresponse()
        read = answer.read()
        if not 200 <= answer.status < 300:
            raise RuntimeError(f"{method} {path} was answered {answer.status}: {read[:300]!r}")
        return json.loads(read or b"null"), {name.lower(): value for name, value in answer.getheaders()}


def people(running: Running, count: int) -> list[Person]:
    """Put the Denpasar programme in, and return so many people, each with a key of their own."""
    first = Person()
    first.sign_in(running.first_password())
    scenario = find_scenario(ORGANISATION)
    first.ask("POST", "/v1/programmes", json.loads(scenario.programme.read_bytes()))
    first.send(f"/v1/networks/{scenario.extract.name}", scenario.extract.read_bytes())
    asked = {"roles": ["clinician", "dispenser", "dispatcher"], "scopes": ["read", "write"]}
    keys = [first.ask("POST", "/v1/keys", {**asked, "name": f"user {n}"}) for n in range(count)]
    return [Person(one["key"]) for one in keys]


def _is_ready() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
