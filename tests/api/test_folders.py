"""Folders that hand their contents on are refused, at any depth, and through links."""

from pathlib import Path

import pytest

from api.security.folders import refuse_shared_folder
from routing.domain.errors import UsageError


def refused_code(folder: Path) -> str | None:
    try:
        refuse_shared_folder(folder)
    except UsageError as error:
        return error.code
    return None


def test_a_plain_folder_is_let_through_even_before_it_exists(tmp_path: Path):
    assert refused_code(tmp_path / "plans" / "2026-11-23") is None


@pytest.mark.parametrize("marker", [".git", ".hg", ".svn"])
@pytest.mark.parametrize("below", ["", "a", "a/b/c"])
def test_version_control_is_refused_at_any_depth(tmp_path: Path, marker: str, below: str):
    (tmp_path / marker).mkdir()
    assert refused_code(tmp_path / below) == "folder_under_version_control"


def test_the_file_of_a_git_worktree_is_a_marker_too(tmp_path: Path):
    (tmp_path / ".git").write_text("gitdir: elsewhere", encoding="utf-8")
    assert refused_code(tmp_path / "a") == "folder_under_version_control"


@pytest.mark.parametrize(
    "name",
    [
        "Dropbox",
        "Dropbox (Personal)",
        "OneDrive - Helpers",
        "Google Drive",
        "GoogleDrive-ann@example.org",
        "My Drive",
        "iCloud Drive",
        "com~apple~CloudDocs",
        "CloudStorage",
        "Nextcloud",
        "ownCloud",
        "pCloudDrive",
        "MEGA",
        "megasync",
        "Syncthing",
    ],
)
def test_a_cloud_clients_folder_is_known_by_its_name(tmp_path: Path, name: str):
    assert refused_code(tmp_path / name / "plans") == "folder_synced"


@pytest.mark.parametrize("marker", [".stfolder", ".dropbox.cache", ".sync_1a2b.db", "._sync_9.db", ".megaignore"])
def test_a_cloud_clients_folder_is_known_by_what_lies_in_it(tmp_path: Path, marker: str):
    (tmp_path / marker).mkdir()
    assert refused_code(tmp_path / "plans") == "folder_synced"


@pytest.mark.parametrize("name", ["megaphone", "boxes", "drive", "sync", "gitlab", "clouds"])
def test_a_name_that_only_sounds_alike_is_let_through(tmp_path: Path, name: str):
    assert refused_code(tmp_path / name) is None


def test_a_link_into_such_a_folder_is_refused(tmp_path: Path):
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "innocent").symlink_to(tmp_path / "Dropbox")
    assert refused_code(tmp_path / "innocent" / "plans") == "folder_synced"


def test_the_refusal_names_the_owner_and_a_way_out(tmp_path: Path):
    with pytest.raises(UsageError) as refused:
        refuse_shared_folder(tmp_path / "OneDrive")
    assert refused.value.params == {"owner": "OneDrive"}
    assert "--out" in refused.value.remedy
