"""Folders that hand their contents on: version control and cloud clients. Law: real programmes never go there.

A cloud client is told by the folder's name, which its installer chooses, or by the marker files it leaves.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from routing.domain.errors import UsageError

VERSION_CONTROL = (".git", ".hg", ".svn", ".jj", ".bzr")

# lower-case beginning of a folder's name -> whose it is
_CLOUD_NAMES = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "icloud": "iCloud",
    "mobile documents": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "cloudstorage": "a cloud client",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "pcloud": "pCloud",
    "megasync": "MEGA",
}
_CLOUD_WHOLE_NAMES = {"mega": "MEGA", "syncthing": "Syncthing"}  # too short, or too telling, for a beginning
# pattern of a file that a client leaves in its folder (not in the home folder: `.dropbox` would bar it all) -> whose
_CLOUD_MARKERS = {
    ".dropbox.cache": "Dropbox",
    ".849C9593-D756-4E56-8D6E-42412F2A707B": "OneDrive",
    ".tmp.driveupload": "Google Drive",
    ".tmp.drivedownload": "Google Drive",
    ".sync_*.db": "Nextcloud",
    "._sync_*.db": "Nextcloud",
    ".nextcloudsync.log": "Nextcloud",
    ".owncloudsync.log": "ownCloud",
    ".stfolder": "Syncthing",
    ".stversions": "Syncthing",
    ".megaignore": "MEGA",
}


def refuse_shared_folder(folder: Path) -> None:
    """Refuse a folder whose contents would be handed on; the folder need not exist yet.

    Raises
    ------
    UsageError
        `folder_under_version_control` or `folder_synced`.
    """
    for path in _path_and_parents(folder):
        if any((path / marker).exists() for marker in VERSION_CONTROL):
            raise UsageError(
                "folder_under_version_control",
                "the folder is under version control, where files are kept for ever and handed on",
                where=str(folder),
                remedy="give a folder elsewhere (--out), or set DOORSTEP_HOME",
            )
        owner = _cloud_owner(path)
        if owner:
            raise UsageError(
                "folder_synced",
                f"the folder is within that of {owner}, which copies its files to other machines",
                where=str(folder),
                remedy="give a folder elsewhere (--out), or set DOORSTEP_HOME",
                params={"owner": owner},
            )


def _path_and_parents(folder: Path) -> Iterator[Path]:
    """Yield the folder and all above it, as written and with links followed."""
    seen = dict.fromkeys((folder.absolute(), folder.resolve()))
    for path in seen:
        yield path
        yield from path.parents


def _cloud_owner(path: Path) -> str | None:
    name = path.name.lower()
    if name in _CLOUD_WHOLE_NAMES:
        return _CLOUD_WHOLE_NAMES[name]
    for beginning, owner in _CLOUD_NAMES.items():
        if name.startswith(beginning):
            return owner
    return next((owner for marker, owner in _CLOUD_MARKERS.items() if _holds(path, marker)), None)


def _holds(path: Path, pattern: str) -> bool:
    try:
        return any(True for _ in path.glob(pattern)) if "*" in pattern else (path / pattern).exists()
    except OSError:
        return False
