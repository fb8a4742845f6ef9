"""`doorstep seal` and `unseal`."""

import stat
from pathlib import Path

import pytest


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "programme.json"
    path.write_bytes(b'{"schema": "doorstep.programme/1", "name": "canary"}')
    return path


@pytest.mark.usefixtures("passphrase")
def test_there_and_back(doorstep, secret: Path, tmp_path: Path):
    done = doorstep("seal", secret)
    sealed = tmp_path / "programme.json.sealed"
    assert (done.code, done.out) == (0, f"wrote {sealed}\n")
    assert "still there" in done.err
    assert b"canary" not in sealed.read_bytes()
    assert stat.S_IMODE(sealed.stat().st_mode) == 0o600
    assert doorstep("unseal", sealed, "--out", tmp_path / "again.json").code == 0
    assert (tmp_path / "again.json").read_bytes() == secret.read_bytes()


@pytest.mark.usefixtures("passphrase")
def test_nothing_is_overwritten(doorstep, secret: Path):
    assert doorstep("seal", secret).code == 0
    again, back = doorstep("seal", secret), doorstep("unseal", f"{secret}.sealed")
    assert (again.code, back.code) == (2, 2)
    assert "file_exists" in again.err
    assert "file_exists" in back.err


@pytest.mark.usefixtures("passphrase")
def test_a_sealed_file_is_not_sealed_again_and_an_open_one_not_unsealed(doorstep, secret: Path):
    doorstep("seal", secret)
    assert "already_sealed" in doorstep("seal", f"{secret}.sealed").err
    assert "not_sealed" in doorstep("unseal", secret).err


@pytest.mark.usefixtures("passphrase")
def test_an_open_file_is_not_put_under_version_control(doorstep, secret: Path, tmp_path: Path):
    doorstep("seal", secret)
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    done = doorstep("unseal", f"{secret}.sealed", "--out", tmp_path / "repository" / "open.json")
    assert done.code == 2
    assert "folder_under_version_control" in done.err


def test_another_passphrase_opens_nothing(doorstep, secret: Path, tmp_path: Path, passphrase: str):
    doorstep("seal", secret)
    (tmp_path / "passphrase").write_text(passphrase + "?", encoding="utf-8")
    done = doorstep("unseal", f"{secret}.sealed", "--out", tmp_path / "again.json")
    assert (done.code, (tmp_path / "again.json").exists()) == (3, False)
    assert "cannot_unseal" in done.err


def test_a_passphrase_has_to_come_from_somewhere(doorstep, secret: Path):
    done = doorstep("seal", secret)
    assert done.code == 2
    assert "passphrase_needed" in done.err
