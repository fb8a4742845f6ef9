"""Private files: for their owner only, and all of them or none."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.security import private_files
from api.security.private_files import write_private
from routing.domain.errors import UsageError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o777])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_folders_are_0700_and_files_0600_whatever_the_umask(tmp_path: Path):
    folder = tmp_path / "a" / "b"
    write_private(folder, {"plan.json": b"1"})
    assert [mode(tmp_path / "a"), mode(folder), mode(folder / "plan.json")] == [0o700, 0o700, 0o600]


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path):
    tmp_path.chmod(0o755)
    write_private(tmp_path, {"plan.json": b"1"})
    assert mode(tmp_path) == 0o755


def test_a_wider_file_is_replaced_by_a_private_one(tmp_path: Path):
    target = tmp_path / "plan.json"
    target.write_bytes(b"old")
    target.chmod(0o644)
    write_private(tmp_path, {"plan.json": b"new"})
    assert (target.read_bytes(), mode(target)) == (b"new", 0o600)


def test_a_link_is_replaced_and_what_it_leads_to_is_not_touched(tmp_path: Path):
    (tmp_path / "elsewhere").write_bytes(b"theirs")
    (tmp_path / "plan.json").symlink_to(tmp_path / "elsewhere")
    write_private(tmp_path, {"plan.json": b"ours"})
    assert (tmp_path / "elsewhere").read_bytes() == b"theirs"
    assert not (tmp_path / "plan.json").is_symlink()


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_files_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
):
    (tmp_path / "plan.json").write_bytes(b"old")
    flushed: list[int] = []

    def fail_at_second(handle: int) -> None:
        flushed.append(handle)
        if len(flushed) == 2:
            raise failure

    monkeypatch.setattr(private_files.os, "fsync", fail_at_second)
    with pytest.raises((UsageError, KeyboardInterrupt)):
        write_private(tmp_path, {"plan.json": b"new", "map.html": b"new"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"plan.json": b"old"}


def test_a_failure_leaves_no_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_files.os, "fsync", fail)
    with pytest.raises(UsageError) as refused:
        write_private(tmp_path / "a" / "b", {"plan.json": b"new"})
    assert refused.value.code == "cannot_write"
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_said(tmp_path: Path):
    (tmp_path / "out").write_bytes(b"theirs")
    for folder in (tmp_path / "out", tmp_path / "out" / "deeper"):
        with pytest.raises(UsageError, match="cannot_write"):
            write_private(folder, {"plan.json": b"1"})
    assert (tmp_path / "out").read_bytes() == b"theirs"


def test_a_folder_in_the_files_place_is_said(tmp_path: Path):
    (tmp_path / "plan.json").mkdir()
    with pytest.raises(UsageError, match="cannot_write"):
        write_private(tmp_path, {"plan.json": b"1"})
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]
