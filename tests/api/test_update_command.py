"""`doorstep update`: the register into a programme, sealed or open; the one before is kept; nothing personal told."""

import json
import stat
from pathlib import Path

import pytest

from api.security.sealing import is_sealed, seal, unseal
from routing.domain.loading import load_programme
from tests.api.towns import CANARY, programme_file
from tests.exchange.registers import HEADINGS, as_csv, as_workbook, row

DAY = ("--date", "2026-11-23")
ROWS = (
    row("Heron", doses_left=2, last_taken="22/11/2026", note="canary note"),
    row("Egret", status="in hospital"),
)
BAD = (row("canary 0812", doses_left=1), row("Ibis", product="p1", doses_left="canary"), row("Crane", paid=1))


@pytest.fixture(params=[True, False], ids=["made up", "real"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return programme_file(tmp_path / "town", made_up=request.param)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return written(tmp_path, as_csv([HEADINGS, *ROWS]))


def written(folder: Path, data: bytes, name: str = "register.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_what_changed_is_told_and_written(doorstep, source: Path, register: Path):
    before = source.read_bytes()
    done = doorstep("update", source, "--day", register, *DAY)
    assert done.code == 0
    for text in ("2 of 2 rows taken, 2 people changed", "Heron", "3 on 2026-11-21 (reported)", "hospital", "wrote"):
        assert text in done.out
    heron = load_programme(source.read_bytes()).clients[0].regimens[0]
    assert (heron.home.doses, str(heron.home.as_of_on)) == (2, "2026-11-23")
    backup = source.with_name("programme.json.bak-2026-11-23")
    assert backup.read_bytes() == before
    assert [stat.S_IMODE(path.stat().st_mode) for path in (source, backup)] == [0o600, 0o600]


def test_applying_twice_is_applying_once(doorstep, source: Path, register: Path):
    doorstep("update", source, "--day", register, *DAY)
    once, files = source.read_bytes(), sorted(source.parent.iterdir())
    done = doorstep("update", source, "--day", register, *DAY)
    assert (done.code, source.read_bytes(), sorted(source.parent.iterdir())) == (0, once, files)
    assert "nothing was written" in done.err


def test_a_second_register_of_the_day_keeps_the_first_backup(doorstep, source: Path, register: Path, tmp_path: Path):
    before = source.read_bytes()
    doorstep("update", source, "--day", register, *DAY)
    between = source.read_bytes()
    later = written(tmp_path, as_csv([HEADINGS, row("Heron", doses_left=1)]), "later.csv")
    doorstep("update", source, "--day", later, *DAY)
    assert source.with_name("programme.json.bak-2026-11-23").read_bytes() == before
    assert source.with_name("programme.json.bak-2026-11-23-2").read_bytes() == between


def test_bad_rows_are_listed_and_the_good_ones_written(doorstep, source: Path, tmp_path: Path):
    path = written(tmp_path, as_workbook([HEADINGS, *BAD, *ROWS]), "register.xlsx")
    before = path.read_bytes()
    done = doorstep("update", source, "--day", path, *DAY)
    assert done.code == 1
    for text in (
        "row_code_unknown",
        "row_code_ambiguous",
        "cell_bad_count",
        "sheet 1, row 3, column C",
        "write a number",
    ):
        assert text in done.out
    assert load_programme(source.read_bytes()).clients[0].regimens[0].home.doses == 2
    assert path.read_bytes() == before


@pytest.mark.parametrize("options", [[], ["--json"], ["--dry-run"]])
def test_nothing_personal_is_told(doorstep, source: Path, tmp_path: Path, options: list[str]):
    path = written(tmp_path, as_csv([(*HEADINGS, "canary heading"), *((*each, "canary") for each in (*BAD, *ROWS))]))
    done = doorstep("update", source, "--day", path, *DAY, *options)
    assert done.code == 1
    assert CANARY not in (done.out + done.err).replace(str(tmp_path), "")


def test_a_dry_run_writes_nothing(doorstep, source: Path, register: Path):
    before, files = source.read_bytes(), sorted(source.parent.iterdir())
    done = doorstep("update", source, "--day", register, *DAY, "--dry-run")
    assert (done.code, source.read_bytes(), sorted(source.parent.iterdir())) == (0, before, files)
    assert "Would change" in done.out


def test_json_tells_the_same(doorstep, source: Path, register: Path):
    done = doorstep("update", source, "--day", register, *DAY, "--json")
    found = json.loads(done.out)
    assert (found["rows"], found["rows_taken"], found["rows_not_taken"]) == (2, 2, [])
    assert found["written"][0] == str(source)
    assert found["changes"][1] == {
        "code_name": "Egret",
        "about_id": "c2",
        "product_id": None,
        "what": "status",
        "old": "active",
        "new": "hospital",
    }


@pytest.mark.parametrize("data", [b"", b"\0\1\2", b"PK\x03\x04", b"no header\n"])
def test_a_file_that_cannot_be_read_changes_nothing(doorstep, source: Path, tmp_path: Path, data: bytes):
    before = source.read_bytes()
    done = doorstep("update", source, "--day", written(tmp_path, data), *DAY)
    assert (done.code, done.out, source.read_bytes()) == (3, "", before)
    assert "register_" in done.err


def test_a_sealed_programme_stays_sealed_with_its_passphrase(doorstep, tmp_path: Path, register: Path, passphrase: str):
    source = programme_file(tmp_path / "town", made_up=False)
    sealed = source.with_name("programme.json.sealed")
    before = seal(source.read_bytes(), passphrase)
    sealed.write_bytes(before)
    source.unlink()
    assert doorstep("update", sealed, "--day", register, *DAY).code == 0
    assert is_sealed(sealed.read_bytes())
    assert load_programme(unseal(sealed.read_bytes(), passphrase)).clients[0].regimens[0].home.doses == 2
    assert sealed.with_name("programme.json.sealed.bak-2026-11-23").read_bytes() == before
    everything = b"".join(path.read_bytes() for path in sealed.parent.iterdir())
    assert b"canary" not in everything


def test_a_sealed_register_is_read_with_the_same_passphrase(doorstep, source: Path, tmp_path: Path, passphrase: str):
    path = written(tmp_path, seal(as_csv([HEADINGS, *ROWS]), passphrase), "register.csv.sealed")
    assert doorstep("update", source, "--day", path, *DAY, "--dry-run").code == 0


def test_a_scenario_is_written_elsewhere_and_still_finds_its_streets(doorstep, tmp_path: Path):
    path = written(tmp_path, b"code,doses left\nBanyan,2\n")
    refused = doorstep("update", "denpasar", "--day", path)
    assert (refused.code, "out_needed" in refused.err) == (2, True)
    out = tmp_path / "denpasar.json"
    assert doorstep("update", "denpasar", "--day", path, "--out", out).code == 0
    assert doorstep("validate", out).code == 0
    again = doorstep("update", "denpasar", "--day", path, "--out", out)
    assert (again.code, "file_exists" in again.err) == (2, True)


def test_a_real_programme_is_not_written_where_folders_are_handed_on(doorstep, tmp_path: Path, register: Path):
    source = programme_file(tmp_path / "town", made_up=False)
    (source.parent / ".git").mkdir()
    before = source.read_bytes()
    done = doorstep("update", source, "--day", register, *DAY)
    assert (done.code, "folder_under_version_control" in done.err, source.read_bytes()) == (2, True, before)


def test_a_link_to_a_programme_stays_a_link(doorstep, source: Path, register: Path, tmp_path: Path):
    link = tmp_path / "link.json"
    link.symlink_to(source)
    assert doorstep("update", link, "--day", register, *DAY).code == 0
    assert link.is_symlink()
    assert load_programme(source.read_bytes()).clients[0].regimens[0].home.doses == 2


def test_open_copies_of_real_people_are_told_and_can_be_wiped(doorstep, tmp_path: Path, register: Path):
    path = programme_file(tmp_path / "town", made_up=False)
    done = doorstep("update", path, "--day", register, *DAY)
    backup = path.with_name("programme.json.bak-2026-11-23")
    seal_it, wipe_it = [line for line in done.err.splitlines() if "real people" in line]
    assert ("doorstep seal" in seal_it, seal_it.endswith(f"{path}")) == (True, True)
    assert ("doorstep wipe" in wipe_it, wipe_it.endswith(f"{backup}")) == (True, True)
    assert doorstep("wipe", path.parent, "--yes").code == 0
    assert (path.exists(), backup.exists()) == (True, False)


def test_made_up_or_sealed_programmes_need_no_hint(doorstep, tmp_path: Path, register: Path, passphrase: str):
    path = programme_file(tmp_path / "town", made_up=True)
    sealed = programme_file(tmp_path / "other", made_up=False).with_suffix(".json.sealed")
    sealed.write_bytes(seal(sealed.with_suffix("").read_bytes(), passphrase))
    for source in (path, sealed):
        assert "real people" not in doorstep("update", source, "--day", register, *DAY).err
