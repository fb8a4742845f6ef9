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

DOORSTEP = [sys.executable, "-m", "api"]
CLOSED = 141


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
    assert "written" not in done.err  # by then files may be
    assert "secret" not in done.err
    assert "Traceback" not in done.err


@pytest.mark.usefixtures("broken")
def test_who_asks_for_the_traceback_gets_it(doorstep, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DOORSTEP_DEBUG", "1")
    assert "Traceback" in doorstep("validate", "denpasar").err


@pytest.mark.skipif(os.name == "nt", reason="signals are other things on Windows")
def test_ctrl_c_during_the_search_ends_at_once_and_leaves_nothing(tmp_path: Path):
    line = [sys.executable, "-m", "api", "plan", "denpasar", "--time-limit", "600", "--out", str(tmp_path / "out")]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        for said in running.stderr:
            if said.startswith("Working out who may go where"):
                break
        time.sleep(2)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, (tmp_path / "out").exists()) == (130, "", False)
    assert "Traceback" not in err


@pytest.mark.skipif(os.name == "nt", reason="signals are other things on Windows")
def test_ctrl_c_while_the_program_is_still_loading_is_quiet():
    program = (
        "import sys\n"
        "class Impatient:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Impatient())\n"
        "from api.start import run\n"
        "sys.exit(run())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_sign_that_the_terminal_lacks_is_escaped(made_up: Path, tmp_path: Path):
    made_up.write_text(made_up.read_text(encoding="utf-8").replace("Canary walker", "Canary wälker"), encoding="utf-8")
    line = [
        *DOORSTEP,
        "plan",
        str(made_up),
        "--date",
        "2026-11-23",
        "--iterations",
        "1",
        "--out",
        str(tmp_path / "out"),
    ]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(line, env=environment, capture_output=True, encoding="ascii", check=False)
    assert done.returncode == 0
    assert "w\\xe4lker" in done.stdout
    assert "internal_error" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="pipes are other things on Windows")
@pytest.mark.parametrize(
    "line", [["due", "denpasar"], ["due", "denpasar", "--json"], ["policies", "--json"], ["version"]]
)
def test_whoever_closes_the_output_is_not_told_of_violations(line: list[str]):
    reader, writer = os.pipe()
    os.close(reader)  # as `head` does when it has enough
    try:
        done = subprocess.run([*DOORSTEP, *line], stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writer)
    assert done.returncode == CLOSED
    assert {"Traceback", "Exception", "internal_error", "BrokenPipe"} & set(
        done.stderr.replace(":", " ").split()
    ) == set()
