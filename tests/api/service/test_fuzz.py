"""Schemathesis against the whole description of the service: all its phases, all its checks, as each role.

The usual run tries few examples, as somebody with every role; `make fuzz` tries 100 an operation, as each role. It
has a service of its own, since it locks people out, bars users and removes what it finds. Routes that are added are
tried by themselves.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from api.identity.roles import Role
from api.installation import Installation
from api.programmes.examples import EXAMPLES
from api.settings import read_settings
from tests.api.service import story
from tests.api.service.conftest import PASSPHRASE, Service, add_people, serving

EXAMPLES_AN_OPERATION = int(os.environ.get("DOORSTEP_FUZZ", "0"))
ROLES = ("all", "care", *Role) if EXAMPLES_AN_OPERATION else ("all",)
HERE = Path(__file__).parent
# What only the long run tries in the coverage phase: ten kinds of entries alike, with bodies of many keys.
LONG = ("--exclude-path-regex", r"/programmes/\{programme_id\}/(?!checkpoints|days)|/programmes$")


@pytest.fixture(scope="module")
def fuzzed(database_url: str | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of this file alone, with everything in it that the examples of the description name."""
    folder = tmp_path_factory.mktemp("fuzzed")
    settings = read_settings({"DOORSTEP_HOME": str(folder), "DOORSTEP_DATABASE_URL": _own(database_url)})
    installation = Installation(settings)
    installation.make([("passphrase", PASSPHRASE)])
    installation.unlock(PASSPHRASE)
    running = serving(installation)
    with running as url:
        name = "postgresql" if database_url else "sqlite"
        made = Service(url, installation, folder / "log", name, running.server)
        add_people(made, "north")
        fill(made)
        yield made


@pytest.mark.parametrize("role", ROLES)
def test_nothing_breaks_and_everything_is_as_described(fuzzed: Service, role: str, tmp_path: Path) -> None:
    examples = ("--max-examples", str(EXAMPLES_AN_OPERATION or 2))
    phases = "examples,fuzzing,stateful"
    if EXAMPLES_AN_OPERATION:
        run(fuzzed, role, tmp_path, *examples)
        return
    run(fuzzed, role, tmp_path, *examples, "--phases", phases)
    run(fuzzed, role, tmp_path, "--phases", "coverage", *LONG)


def run(service: Service, role: str, folder: Path, *arguments: str) -> None:
    """Have Schemathesis try a service; what it says is shown if it finds anything."""
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", str(HERE / "fuzz.toml")]
    fixed = ("--checks", "all", "--continue-on-failure", "--no-shrink", "--seed", "1")
    done = subprocess.run(
        [*command, "run", f"{service.url}/openapi.json", *fixed, *arguments],
        cwd=folder,
        env={
            **os.environ,
            "DOORSTEP_FUZZ_KEY": service.keys["north", role],
            "SCHEMATHESIS_HOOKS": "tests.api.service.fuzz_hooks",
            "PYTHONPATH": str(HERE.parents[2]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "operations selected" in done.stdout.replace("\n", " ") or "Tested:" in done.stdout


def fill(service: Service) -> None:
    """Put in the programme of the examples, and one that may be removed."""
    document = {"schema": "doorstep.programme/1", "name": "x", "timezone": "Asia/Makassar"}
    with service.as_role("care") as client:
        whole = document | {"programme_id": "denpasar", **{kind: [EXAMPLES[kind]] for kind in EXAMPLES}}
        assert client.post("/v1/programmes", json=whole).status_code == 201
        assert client.post("/v1/programmes", json=story.programme("doomed")).status_code == 201


def _own(database_url: str | None) -> str:
    """Return the setting of a database of this file's own, on the same server."""
    if database_url is None:
        return ""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE fuzzed")
    return database_url.replace("/postgres?", "/fuzzed?")
