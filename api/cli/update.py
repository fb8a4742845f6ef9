"""`doorstep update`: the morning's register into a programme. Law: the register is only read; nothing is half-written.

What is printed names code names, ids and places in the register, and no more of what stands there.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import notes, results, say
from api.cli.days import read_date, this_day
from api.cli.documents import write_json
from api.cli.failures import problem_object
from api.cli.tables import show_table, texts, wholes
from api.settings import read_settings
from routing.domain.errors import Problem, UsageError

if TYPE_CHECKING:
    from api.cli.sources import Source
    from api.exchange.applying import Applied
    from api.exchange.facts import Register
    from api.security.passphrases import Passphrases
    from routing.domain.programme import Programme

NOT_ALL_TAKEN = 1


def update(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A scenario's name, or a programme's file.")],
    *,
    register_file: Annotated[
        Path, typer.Option("--day", metavar="FILE", help="The morning's register: CSV or .xlsx (docs/registers.md).")
    ],
    day: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Its day; else the scenario's own, or today.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the programme here; the source stays as it is.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change; write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what changed as JSON.")] = False,
) -> None:
    """Take the morning's register into the programme; tell what changed, and which rows could not be taken.

    The programme is written anew, sealed if it was sealed, and the one before is kept beside it as NAME.bak-DATE.
    """
    from api.cli.files import read_file
    from api.cli.sources import read_source
    from api.exchange.applying import apply_register
    from api.exchange.registers import read_register
    from api.security.passphrases import Passphrases

    passphrases = Passphrases(read_settings())
    given_on = None if day is None else read_date(day)
    read = read_source(source, passphrases)
    if not dry_run:
        _refuse_target(read, out)
    on = this_day(read, given_on)
    register = read_register(passphrases.open(read_file(register_file), str(register_file)), read.programme, on)
    applied = apply_register(read.programme, register.facts, on)
    written = () if dry_run else _write(read, applied, out, on, passphrases)
    if as_json:
        write_json(_document(register, applied, on, written, dry_run=dry_run))
    else:
        _show(register, applied, on, written, dry_run=dry_run)
    if not read.made_up:
        _tell_open(written)
    if not register.is_whole:
        raise typer.Exit(NOT_ALL_TAKEN)


def _refuse_target(read: Source, out: Path | None) -> None:
    from api.security.folders import refuse_shared_folder

    target = out or read.path
    if target is None:
        raise UsageError(
            "out_needed",
            "a scenario is never changed",
            where="--out",
            remedy="say where the changed programme goes: --out FILE, or try it out with --dry-run",
        )
    if out is not None and (out.exists() or out.is_symlink()):
        raise UsageError(
            "file_exists",
            "there is a file of this name already",
            where=str(out),
            remedy="give another name with --out, or wipe that file first",
        )
    if not read.made_up:
        refuse_shared_folder(target.parent)


def _write(read: Source, applied: Applied, out: Path | None, on: date, passphrases: Passphrases) -> tuple[Path, ...]:
    """Write the programme; in place of the source with the one before beside it, and only if it changed."""
    from api.cli.files import read_file
    from api.security.private_files import write_private
    from api.security.sealing import is_sealed, seal

    before = b"" if read.path is None else read_file(read.path)
    if out is None and not applied.changes:
        return ()
    target = (out or read.path or Path()).resolve()
    data = _document_bytes(moved(read, applied.programme, target))
    if is_sealed(before):
        data = seal(data, passphrases.for_sealing())
    contents = {target.name: data}
    if out is None:
        contents = {_backup_name(target, on): before, **contents}
    write_private(target.parent, contents)
    return tuple(target.with_name(name) for name in reversed(contents))


def _document_bytes(programme: Programme) -> bytes:
    """Return the document, having read it once: what is written can be read."""
    from routing.domain.loading import dump_programme, load_programme

    data = dump_programme(programme)
    load_programme(data)
    return data


def moved(read: Source, programme: Programme, target: Path) -> Programme:
    """Return the programme for another folder: it names its extract from there."""
    folder = read.path.resolve().parent if read.path else None
    if read.extract is None or folder == target.parent:
        return programme
    extract = read.extract.resolve()
    try:
        return programme.changed(extract=os.path.relpath(extract, target.parent))
    except ValueError:  # another drive
        return programme.changed(extract=str(extract))


def _backup_name(target: Path, on: date) -> str:
    """Return a name that is free: the first update of a day keeps the programme as it was before that day."""
    name, number = f"{target.name}.bak-{on}", 1
    while target.with_name(name).exists():
        number += 1
        name = f"{target.name}.bak-{on}-{number}"
    return name


def _document(
    register: Register, applied: Applied, on: date, written: Sequence[Path], *, dry_run: bool
) -> dict[str, object]:
    return {
        "date": on,
        "dry_run": dry_run,
        "rows": register.rows,
        "rows_taken": len(register.facts),
        "changes": [asdict(change) for change in applied.changes],
        "rows_not_taken": [problem_object(problem) for problem in register.refused],
        "cells_not_taken": [problem_object(problem) for problem in register.unplaced],
        "remarks": [problem_object(problem) for problem in register.remarks],
        "written": [str(path) for path in written],
    }


def _show(register: Register, applied: Applied, on: date, written: Sequence[Path], *, dry_run: bool) -> None:
    console = results()
    taken, changed = len(register.facts), len({change.about_id for change in applied.changes})
    headline = (
        f"{on}: {taken} of {register.rows} rows taken, {changed} {'person' if changed == 1 else 'people'} changed"
    )
    say(console, headline, style="bold")
    if applied.changes:
        show_table(
            console,
            "Would change" if dry_run else "Changed",
            (*wholes("code"), *texts("what"), *wholes("product"), *texts("old", "new")),
            [
                (each.code_name, each.what, each.product_id or "–", each.old or "–", each.new)
                for each in applied.changes
            ],
        )
    _show_problems("Rows not taken", register.refused)
    _show_problems("Not taken, though the rest of the row was", register.unplaced)
    _show_problems("Remarks", register.remarks)
    for path in written:
        say(console, f"wrote {path}")
    if not written:
        say(notes(), "nothing was written")


def _tell_open(written: Sequence[Path]) -> None:
    """Say which files of real people anybody at this disk can read, and what to do."""
    from api.cli.files import read_file
    from api.security.sealing import is_sealed

    done = ("`doorstep seal` encrypts it", "the one before is kept; `doorstep wipe` removes it")
    for path, remedy in zip(written, done, strict=False):
        if not is_sealed(read_file(path)):
            say(notes(), f"this programme of real people is open; {remedy}: {path}")


def _show_problems(title: str, problems: Sequence[Problem]) -> None:
    if problems:
        show_table(
            results(),
            title,
            (*texts("place"), *wholes("code"), *texts("message", "remedy")),
            [(problem.where, problem.code, problem.message, problem.remedy) for problem in problems],
        )
