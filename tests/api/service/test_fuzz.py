"""Schemathesis against the whole description of the service: all its phases, all its checks, as each role.

The usual run tries few examples, as somebody with every role; `make fuzz` tries 100 an operation, as each role. It
has a service of its own, since it locks people out, bars users and removes what it finds. Routes that are added are
tried by themselves. What is said of plans is said of one that is published; what is asked for waits, since a search
would take the time that the examples need.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from api.identity.roles import Role
from api.installation import Installation
from api.jobs.runner import Runner
from api.programmes.examples import EXAMPLES
from api.settings import read_settings
from routing.domain.references import IDENTIFIED
from routing.plan_day import Budget, plan_day
from tests.api.service import story
from tests.api.service.conftest import PASSPHRASE, Service, add_people, serving
from tests.api.service.streets import NETWORK, extract, put_network
from tests.api.service.test_edits import DAY, keep_made, publish, streets, two_volunteers

EXAMPLES_AN_OPERATION = int(os.environ.get("DOORSTEP_FUZZ", "0"))
ROLES = ("all", "care", *Role) if EXAMPLES_AN_OPERATION else ("all",)
HERE = Path(__file__).parent
# What only the long run tries in the coverage phase: nine kinds of entries like the tenth, and what holds whole ones.
ALIKE = "|".join(kind for kind in IDENTIFIED if kind != "checkpoints")
LONG = ("--exclude-path-regex", rf"/programmes/\{{programme_id\}}/({ALIKE}|document|plans/.*/replans)|/programmes$")


class Fuzzed(NamedTuple):
    """A service, and a plan on it that is published."""

    service: Service
    plan_id: str


@pytest.fixture(scope="module")
def fuzzed(database_url: str | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    """A service of this file alone, with everything in it that the examples of the description name."""
    folder = tmp_path_factory.mktemp("fuzzed")
    settings = read_settings({"DOORSTEP_HOME": str(folder), "DOORSTEP_DATABASE_URL": _own(database_url)})
    installation = Installation(settings)
    installation.make([("passphrase", PASSPHRASE)])
    installation.runner = Runner(installation.unlock(PASSPHRASE), settings.cache, at_once=0, most_bytes=1)
    running = serving(installation)
    with running as url:
        name = "postgresql" if database_url else "sqlite"
        made = Service(url, installation, folder / "log", name, running.server)
        add_people(made, "north")
        fill(made)
        yield Fuzzed(made, published(made))


@pytest.mark.parametrize("role", ROLES)
def test_nothing_breaks_and_everything_is_as_described(fuzzed: Fuzzed, role: str, tmp_path: Path) -> None:
    examples = ("--max-examples", str(EXAMPLES_AN_OPERATION or 2))
    phases = "examples,fuzzing,stateful"
    if EXAMPLES_AN_OPERATION:
        run(fuzzed, role, tmp_path, *examples)
        sys.stdout.write(f"\n{role}, {fuzzed.service.database}: {tried(tmp_path)}\n")
        return
    run(fuzzed, role, tmp_path, *examples, "--phases", phases)
    run(fuzzed, role, tmp_path, "--phases", "coverage", *LONG)


def run(fuzzed: Fuzzed, role: str, folder: Path, *arguments: str) -> None:
    """Have Schemathesis try a service; what it says is shown if it finds anything."""
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", str(HERE / "fuzz.toml")]
    fixed = ("--checks", "all", "--continue-on-failure", "--no-shrink", "--seed", "1")
    said = folder / "said"
    with said.open("w") as told:
        done = subprocess.run(
            [*command, "run", f"{fuzzed.service.url}/openapi.json", *fixed, *arguments],
            cwd=folder,
            env={
                **os.environ,
                "DOORSTEP_FUZZ_KEY": fuzzed.service.keys["north", role],
                "DOORSTEP_FUZZ_PLAN": fuzzed.plan_id,
                "SCHEMATHESIS_HOOKS": "tests.api.service.fuzz_hooks",
                "PYTHONPATH": str(HERE.parents[2]),
            },
            stdout=told,
            stderr=subprocess.STDOUT,
            check=False,
        )
    output = said.read_text()
    assert done.returncode == 0, output
    assert "operations selected" in output.replace("\n", " ") or "Tested:" in output


def tried(folder: Path) -> str:
    """Say how much was tried, from what the hooks wrote down: a line a request."""
    requests = [line.split("\t") for line in (folder / "tried").read_text().splitlines()]
    phases, operations = (Counter(request[part] for request in requests) for part in (1, 0))
    few = sum(1 for count in operations.values() if count < EXAMPLES_AN_OPERATION)
    return f"{len(requests)} requests ({dict(phases)}) of {len(operations)} operations, {few} of them fewer than asked"


def fill(service: Service) -> None:
    """Put in the programme of the examples, and one that may be removed."""
    document = {"schema": "doorstep.programme/1", "name": "x", "timezone": "Asia/Makassar"}
    with service.as_role("care") as client:
        whole = document | {"programme_id": "denpasar", **{kind: [EXAMPLES[kind]] for kind in EXAMPLES}}
        assert client.post("/v1/programmes", json=whole).status_code == 201
        assert client.post("/v1/programmes", json=story.programme("doomed")).status_code == 201


def published(service: Service) -> str:
    """Publish a plan of a village on streets, in a programme of its own that stays as it is; return its id."""
    with service.as_role("all") as client:
        put_network(client, NETWORK, extract())
        client.post("/v1/programmes", json=two_volunteers("planned")).raise_for_status()
        opened = service.opened
        with opened.store.writing("north") as session:
            kept = opened.kept.load(session, "north", "planned")
            made = plan_day(kept.programme, date.fromisoformat(DAY), *streets(), Budget(iterations=1))
            plan_id = keep_made(session, opened, kept, made)
        publish(client, f"/v1/programmes/planned/plans/{plan_id}").raise_for_status()
    return plan_id


def _own(database_url: str | None) -> str:
    """Return the setting of a database of this file's own, on the same server."""
    if database_url is None:
        return ""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE fuzzed")
    return database_url.replace("/postgres?", "/fuzzed?")
