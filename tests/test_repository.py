"""The repository keeps its own promises: paths in documents, locks, packaging, and what no file may contain.

Words that no file may contain are put together from parts here, so that this file passes its own tests.
"""

import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = (
    "requirements.lock",
    "requirements-dev.lock",
    "bench/solver/peers/environments/0.12.lock",
    "bench/solver/peers/environments/0.14.lock",
)
MOST_LINES = 400

MACHINE_PATH = re.compile(r"(?<![\w.*-])/(?:home|work|root|Users)/\w")
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("anaconda", "org"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
    )
)
LEFT_OVER = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"}


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """Every file that is in the repository or about to be, relative to its root."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("the files of the repository are known in a git checkout only")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def texts(files: list[Path]) -> dict[Path, str]:
    """The contents of the files that are text."""
    contents = {path: (ROOT / path).read_bytes() for path in files}
    return {path: data.decode() for path, data in contents.items() if b"\0" not in data}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def project() -> dict[str, object]:
    return tomllib.loads(read("pyproject.toml"))["project"]


# Documents


def test_every_path_in_the_readmes_where_is_table_exists(files: list[Path]):
    table = read("README.md").split("## Where is", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in table.splitlines() if line.startswith("|")][2:]
    paths = [path for row in rows for path in re.findall(r"`([^`]+)`", row.rsplit("|", 2)[1])]
    assert len(paths) >= len(rows) > 5
    known = {Path(), *files, *(folder for file in files for folder in file.parents)}
    assert [path for path in paths if Path(path) not in known] == []


def test_every_relative_link_in_a_document_leads_somewhere(texts: dict[Path, str]):
    broken = [
        f"{page}: {target}"
        for page, text in texts.items()
        if page.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
        if "://" not in target and not (ROOT / page.parent / target).exists()
    ]
    assert broken == []


def test_the_changelog_tells_about_the_version_in_pyproject():
    assert f"## {project()['version']}" in read("CHANGELOG.md")


def test_continuous_integration_runs_the_readmes_test_command():
    command = re.search(r"## Tests\n+```\w*\n(.+)\n", read("README.md"))
    assert command is not None
    assert re.search(rf"^{re.escape(command[1])}\b", read(".ci/run"), re.MULTILINE)


def test_make_check_is_what_continuous_integration_runs():
    assert re.search(r"^check: lint test\b", read("Makefile"), re.MULTILINE)
    # The tests run in two halves.
    assert re.findall(r"^make (\S+)", read(".ci/run"), re.MULTILINE) == ["lint", "test", "test", "wheel-check"]
    assert os.access(ROOT / ".ci/run", os.X_OK)


# Locks and packaging


def requirements(lock: str) -> dict[str, str]:
    """Map each pinned requirement (name, version, marker) to the lines that follow it."""
    entries = re.split(r"^(?=[A-Za-z0-9])", read(lock), flags=re.MULTILINE)[1:]
    return {entry.split("\\", 1)[0].strip(): entry for entry in entries}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_has_one_version_and_a_hash(lock: str):
    locked = requirements(lock)
    assert locked
    unpinned = [name for name in locked if not re.match(r"[\w.\[\]-]+==[\w.+!]+(?: ;|$)", name)]
    unhashed = [name for name, entry in locked.items() if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)]
    assert (unpinned, unhashed) == ([], [])


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_folder(lock: str):
    text = read(lock)
    assert "://" not in text
    assert "@ " not in text
    assert [line for line in text.splitlines() if re.match(r"(?:#.*\s|--?)\S*(?:index|find-links|/)", line)] == []


def test_the_development_lock_holds_the_runtime_lock_in_the_same_versions():
    assert requirements("requirements.lock").keys() - requirements("requirements-dev.lock").keys() == set()


def test_every_declared_dependency_is_locked():
    declared = [*project()["dependencies"], *project()["optional-dependencies"]["build"]]
    names = {re.match(r"[\w.-]+", requirement)[0] for requirement in declared}
    locked = {requirement.split("==")[0] for requirement in requirements("requirements.lock")}
    assert names - locked == set()


def dockerfile_sources() -> list[str]:
    lines = re.findall(r"^COPY (?!--from)(.+)$", read("Dockerfile"), re.MULTILINE)
    return [source.rstrip("/") for line in lines for source in line.split()[:-1]]


def test_the_dockerfile_copies_what_exists_and_what_dockerignore_lets_through():
    sources = dockerfile_sources()
    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    allowed = [line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")]
    assert [source for source in sources if not any(fnmatch.fnmatch(source, rule) for rule in allowed)] == []


def test_the_image_holds_every_package_of_the_wheel():
    packages = tomllib.loads(read("pyproject.toml"))["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert set(packages) <= set(dockerfile_sources())


# What no file may contain


def lines_that_match(texts: dict[Path, str], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in texts.items()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_names_a_folder_of_somebodys_machine(texts: dict[Path, str]):
    assert lines_that_match(texts, MACHINE_PATH) == []


def test_no_file_names_a_package_registry(texts: dict[Path, str]):
    hosts = re.compile("|".join(map(re.escape, REGISTRY_HOSTS)), re.IGNORECASE)
    assert lines_that_match(texts, hosts) == []


def test_nothing_is_left_over(texts: dict[Path, str]):
    assert lines_that_match(texts, LEFT_OVER) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/" + "home/ann/programme.json", True),
        ('open("/' + 'Users/ann/plan.json")', True),
        ("file:///" + "home/ann", True),
        ("scenarios/" + "home/denpasar", False),
        ("https://example.org/" + "work/plan", False),
        ("home/", False),
    ],
)
def test_a_machine_path_is_told_from_a_relative_path_and_an_address(text: str, found: bool):
    assert bool(MACHINE_PATH.search(text)) is found


def test_a_long_file_gives_its_reason_in_its_first_lines(texts: dict[Path, str]):
    silent = [
        str(path)
        for path, text in texts.items()
        if path.suffix == ".py"
        and len(lines := text.splitlines()) > MOST_LINES
        and "Long because" not in "\n".join(lines[:15])
    ]
    assert silent == []


def test_no_module_has_a_name_that_says_nothing(files: list[Path]):
    python = [path for path in files if path.suffix == ".py"]
    assert [str(path) for path in python if VAGUE_NAMES & {path.stem, *path.parent.parts}] == []


def test_every_extract_lies_beside_its_licence(files: list[Path]):
    extracts = [path for path in files if path.name.endswith((".osm.pbf", ".osm", ".osm.xml"))]
    assert extracts
    without = [
        str(path)
        for path in extracts
        if not any(
            "LICENCE" in name.upper() or "LICENSE" in name.upper()
            for name in (other.name for other in files if other.parent == path.parent)
        )
    ]
    assert without == []


# The rule of tests/conftest.py

SKIPS = """
import pytest

def test_skips():
    pytest.skip("no browser here")

@pytest.mark.xfail(reason="known")
def test_expected_failure():
    assert False
"""


@pytest.mark.parametrize(
    ("required", "body", "code", "said"),
    [
        ("", SKIPS, 0, "1 skipped, 1 xfailed"),
        ("1", SKIPS, 1, "was skipped although DOORSTEP_REQUIRE is set: Skipped: no browser here"),
        (
            "1",
            "import pytest\npytest.importorskip('no_such_module')\n",
            2,
            "although DOORSTEP_REQUIRE is set",
        ),
    ],
)
def test_a_skipped_test_fails_the_session_where_everything_is_required(
    tmp_path: Path, required: str, body: str, code: int, said: str
):
    shutil.copy(ROOT / "tests/conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_skips.py").write_text(body, encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:hypothesispytest",
            str(tmp_path),
        ],
        cwd=tmp_path,
        env={**os.environ, "DOORSTEP_REQUIRE": required},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, said in done.stdout) == (code, True), done.stdout


def test_every_target_is_one_line_of_names_and_a_rule_of_its_own():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    rules = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)
    assert sorted(rules) == sorted(phony.split())
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`make ([a-z-]+)`", readme)) <= set(rules)
