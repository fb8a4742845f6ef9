"""`doorstep wipe` removes what Doorstep wrote, after asking, and nothing else."""

from pathlib import Path

import pytest

from api.security import wiping
from api.security.sealing import MAGIC
from routing.maps.marks import GEOJSON_MARK, PAGE_MARK

PLAN = b'{\n "schema": "doorstep.plan/1"}'
OURS = {
    "plan.json": PLAN,
    "plan.geojson": b'{"type":"FeatureCollection",' + GEOJSON_MARK + b"}",
    "map.html": b"<!DOCTYPE html>" + PAGE_MARK,
    "plan.json.sealed": MAGIC + b"x",
    ".doorstep-abc.part": b"half",
}
THEIRS = {
    "programme.json": b'{"schema": "doorstep.programme/1"}',
    "programme.json.sealed": MAGIC + b"x",
    "notes.txt": b"call back",
}


def fill(folder: Path, contents: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return folder


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_an_output_folder_loses_what_is_ours_and_goes_when_empty(doorstep, tmp_path: Path):
    folder = fill(tmp_path / "out", OURS)
    done = doorstep("wipe", folder, "--yes")
    assert (done.code, folder.exists()) == (0, False)
    assert "Flash disks" in done.err
    assert "removed" in done.out


def test_what_is_not_ours_stays(doorstep, tmp_path: Path):
    folder = fill(tmp_path / "out", OURS | THEIRS)
    assert doorstep("wipe", folder, "--yes").code == 0
    assert names(folder) == set(THEIRS)


def test_a_file_that_is_only_named_like_ours_stays(doorstep, tmp_path: Path):
    folder = fill(tmp_path / "out", {"plan.json": b'{"schema": "other"}', "map.html": b"<html>", "plan.geojson": b"{}"})
    done = doorstep("wipe", folder, "--yes")
    assert (done.code, len(names(folder))) == (2, 3)
    assert "nothing_to_wipe" in done.err


def test_folders_below_are_left_alone_outside_of_the_home(doorstep, tmp_path: Path):
    fill(tmp_path / "out" / "deeper", OURS)
    assert doorstep("wipe", tmp_path / "out", "--yes").code == 2
    assert names(tmp_path / "out" / "deeper") == set(OURS)


def test_the_home_is_wiped_with_all_below_it(doorstep, home: Path):
    fill(home / "plans" / "village" / "2026-11-23", OURS)
    fill(home / "cache", {f"streets-{'a' * 32}.npz": b"x", "other": b"theirs"})
    assert doorstep("wipe", home, "--yes").code == 0
    assert names(home) == {"cache"}
    assert names(home / "cache") == {"other"}


def test_links_are_not_followed(doorstep, home: Path, tmp_path: Path):
    fill(tmp_path / "elsewhere", OURS)
    fill(home / "plans", {"plan.json": PLAN})
    (home / "plans" / "link").symlink_to(tmp_path / "elsewhere")
    assert doorstep("wipe", home, "--yes").code == 0
    assert names(tmp_path / "elsewhere") == set(OURS)


@pytest.mark.parametrize("name", ["programme.json", "programme.json.sealed", "plan.json"])
def test_a_document_named_outright_is_wiped(doorstep, tmp_path: Path, name: str):
    folder = fill(tmp_path / "out", OURS | THEIRS)
    assert doorstep("wipe", folder / name, "--yes").code == 0
    assert name not in names(folder)


@pytest.mark.parametrize("name", ["notes.txt", "absent.json"])
def test_a_file_of_others_or_of_nobody_is_refused(doorstep, tmp_path: Path, name: str):
    folder = fill(tmp_path / "out", THEIRS)
    done = doorstep("wipe", folder / name, "--yes")
    assert (done.code, names(folder)) == (2, set(THEIRS))


def test_nobody_to_ask_means_no_wiping(doorstep, tmp_path: Path):
    folder = fill(tmp_path / "out", OURS)
    done = doorstep("wipe", folder)
    assert (done.code, names(folder)) == (2, set(OURS))
    assert "confirmation_needed" in done.err


def test_contents_are_overwritten_before_the_name_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "plan.json"
    path.write_bytes(PLAN * 1000)
    monkeypatch.setattr(wiping.Path, "unlink", lambda _self: None)
    wiping.wipe(wiping.Wipe((path,), ()))
    assert path.stat().st_size == len(PLAN) * 1000
    assert b"doorstep" not in path.read_bytes()


def test_copies_that_update_kept_are_wiped_by_name_and_content(doorstep, tmp_path: Path):
    programme = b'\xef\xbb\xbf{"name": "x", "schema" : "doorstep.programme/1"}'
    ours = {f"town.json.bak-2026-11-23{end}": programme for end in ("", "-2", "-11")}
    theirs = {
        "town.json.bak-2026-11-24": b"something else",
        "town.json.bak": programme,
        "town.json.sealed.bak-2026-11-23": MAGIC + b"x",
    }
    folder = fill(tmp_path / "out", ours | theirs)
    assert doorstep("wipe", folder, "--yes").code == 0
    assert names(folder) == set(theirs)
    assert doorstep("wipe", folder / "town.json.sealed.bak-2026-11-23", "--yes").code == 0


def test_the_remedy_says_that_a_folder_keeps_its_programmes(doorstep, tmp_path: Path):
    folder = fill(tmp_path / "out", THEIRS)
    done = doorstep("wipe", folder, "--yes")
    assert (done.code, names(folder)) == (2, set(THEIRS))
    assert "a folder keeps its programmes and other sealed files, which go when named themselves" in done.err
