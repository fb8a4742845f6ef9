"""Whatever goes wrong ends in an exit code and one coded error; a traceback is shown to those who ask for it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api.cli import validate


def test_a_misspelt_scenario_is_told_the_nearest(doorstep):
    done = doorstep("validate", "denpasr")
    assert done.code == 2
    assert done.err.splitlines() == [
        "scenario_unknown: there is no scenario of this name, and no such file",
        "  where: denpasr",
        "  remedy: did you mean `denpasar`?",
    ]


def test_a_missing_file_a_folder_and_a_closed_file_are_told_apart(doorstep, tmp_path: Path):
    assert "file_not_found" in doorstep("validate", tmp_path / "absent.json").err
    assert "file_is_folder" in doorstep("validate", tmp_path).err
    assert "file_unreadable" in doorstep("validate", "a\0b.json").err


@pytest.mark.skipif(os.name == "nt", reason="modes of files are other things on Windows")
def test_a_file_below_a_file_is_unreadable(doorstep, made_up: Path):
    assert doorstep("validate", made_up / "programme.json").code == 3


@pytest.mark.parametrize(
    "line",
    [["--bogus"], ["plan"], ["plan", "denpasar", "--seed", "x"], ["plan", "denpasar", "--iterations", "0"], ["fly"]],
)
def test_a_wrong_command_line_is_exit_code_2(doorstep, line: list[str]):
    done = doorstep(*line)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("bad_usage: ")


def test_no_command_shows_the_help(doorstep):
    done = doorstep()
    assert done.code == 2
    assert "Commands" in done.out


def test_with_json_an_error_is_an_object_on_standard_error(doorstep):
    done = doorstep("plan", "denpasr", "--json")
    problem = json.loads(done.err)
    assert (done.code, done.out) == (2, "")
    assert problem["type"] == "urn:doorstep:error:scenario_unknown"
    assert problem["problems"][0]["remedy"] == "did you mean `denpasar`?"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_source: str) -> dict[str, int]:
        raise RuntimeError("secret")

    monkeypatch.setattr(validate, "_counts", fail)


@pytest.mark.usefixtures("broken")
def test_an_unexpected_failure_tells_neither_its_text_nor_a_traceback(doorstep):
    done = doorstep("validate", "denpasar")
    assert done.code == 4
    assert "internal_error" in done.err
    assert "RuntimeError" in done.err
    assert "secret" not in done.err
    assert "Traceback" not in done.err


@pytest.mark.usefixtures("broken")
def test_who_asks_for_the_traceback_gets_it(doorstep, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DOORSTEP_DEBUG", "1")
    assert "Traceback" in doorstep("validate", "denpasar").err


@pytest.mark.skipif(os.name == "nt", reason="signals are other things on Windows")
def test_ctrl_c_during_the_search_ends_at_once_and_leaves_nothing(tmp_path: Path):
    program = "import sys; from api.cli.main import main; sys.exit(main())"
    line = [sys.executable, "-c", program, "plan", "denpasar", "--time-limit", "600", "--out", str(tmp_path / "out")]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        for said in running.stderr:
            if said.startswith("Working out who may go where"):
                break
        time.sleep(2)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, (tmp_path / "out").exists()) == (130, "", False)
    assert "Traceback" not in err
