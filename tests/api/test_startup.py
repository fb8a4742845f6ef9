"""The command starts fast: what is heavy is imported by the command that needs it, as a fresh interpreter shows."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HEAVY = (
    "ortools",
    "shapely",
    "osmium",
    "numpy",
    "scipy",
    "pandas",
    "cryptography",
    "openpyxl",
    "fastapi",
    "sqlalchemy",
)


def imported_by(line: list[str]) -> set[str]:
    program = f"import sys; from api.cli.main import main; main({line!r}); sys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "line", [["--help"], ["plan", "--help"], ["update", "--help"], ["serve", "--help"], ["version"]]
)
def test_help_and_version_import_nothing_heavy(line: list[str]):
    assert imported_by(line) & set(HEAVY) == set()


def test_validate_imports_no_solver():
    assert "ortools" not in imported_by(["validate", "denpasar"])


def test_the_version_is_the_distributions(doorstep):
    assert doorstep("version").out == doorstep("--version").out
    assert doorstep("version").out.startswith("doorstep 0.")


def test_what_starts_the_process_imports_nothing_of_others():
    program = "import sys; before = set(sys.modules); import api.start; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert set(done.stdout.split()) <= {"api", "api.start", "__future__"}


def test_the_installed_command_starts_there():
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["scripts"] == {"doorstep": "api.start:run"}
