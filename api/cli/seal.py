"""`doorstep seal` and `doorstep unseal`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import notes, results, say
from api.settings import read_settings
from routing.domain.errors import InputError, UsageError

SUFFIX = ".sealed"


def seal(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A programme, a plan, or any other file.")],
    *,
    out: Annotated[Path | None, typer.Option(help="File to write; else FILE.sealed.")] = None,
) -> None:
    """Encrypt a file with a passphrase. The open file stays until you wipe it."""
    from api.cli.files import read_file
    from api.security.passphrases import Passphrases
    from api.security.sealing import is_sealed
    from api.security.sealing import seal as seal_bytes

    data = read_file(file)
    if is_sealed(data):
        raise UsageError("already_sealed", "this file is sealed already", where=str(file), remedy="leave it as it is")
    target = _free(out or file.with_name(file.name + SUFFIX))
    _write(target, seal_bytes(data, Passphrases(read_settings()).for_sealing()))
    say(notes(), f"the open file is still there; `doorstep wipe` removes it: {file}")


def unseal(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A sealed file.")],
    *,
    out: Annotated[Path | None, typer.Option(help="File to write; else FILE without .sealed.")] = None,
) -> None:
    """Decrypt a sealed file. Plan, check and validate read sealed files as they are; this is seldom needed."""
    from api.cli.files import read_file
    from api.security.folders import refuse_shared_folder
    from api.security.passphrases import Passphrases
    from api.security.sealing import is_sealed

    data = read_file(file)
    if not is_sealed(data):
        raise InputError("not_sealed", "this is no sealed file", where=str(file), remedy="name a file that is")
    target = _free(out or _without_suffix(file))
    refuse_shared_folder(target.parent)
    _write(target, Passphrases(read_settings()).open(data, str(file)))


def _without_suffix(file: Path) -> Path:
    if file.suffix == SUFFIX:
        return file.with_suffix("")
    raise UsageError(
        "out_needed", f"the name does not end in {SUFFIX}", where=str(file), remedy="say where: --out FILE"
    )


def _free(target: Path) -> Path:
    if target.exists() or target.is_symlink():
        raise UsageError(
            "file_exists",
            "there is a file of this name already",
            where=str(target),
            remedy="give another name with --out, or wipe that file first",
        )
    return target


def _write(target: Path, data: bytes) -> None:
    from api.security.private_files import write_private

    write_private(target.parent, {target.name: data})
    say(results(), f"wrote {target}")
