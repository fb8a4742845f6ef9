"""Files that somebody names with `--out`. Law: nothing is overwritten; only the owner can read what is written."""

from __future__ import annotations

from pathlib import Path

from routing.domain.errors import UsageError


def free_target(out: Path, suffixes: tuple[str, ...]) -> Path:
    """Return a path to write to; its name says the form.

    Raises
    ------
    UsageError
        `out_form_unknown`, `file_exists`.
    """
    if out.suffix not in suffixes:
        raise UsageError(
            "out_form_unknown",
            "the name does not say which form is wanted",
            where=str(out),
            remedy=f"give a name that ends in {' or '.join(suffixes)}",
        )
    if out.exists() or out.is_symlink():
        raise UsageError(
            "file_exists",
            "there is a file of this name, which is not overwritten",
            where=str(out),
            remedy="give another name with --out, or wipe that file first",
        )
    return out


def write_target(target: Path, data: bytes) -> None:
    """Write a file, whole or not at all; raise what `write_private` raises."""
    from api.security.private_files import write_private

    write_private(target.parent, {target.name: data})
