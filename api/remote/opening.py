"""Options that commands on a server share, and the programme they are about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import notes, say
from api.remote.asked import Server
from api.remote.connection import Connection
from api.remote.programmes import Remote
from api.security.folders import refuse_shared_folder
from api.security.passphrases import Passphrases
from api.settings import read_settings

SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="The programme's id on the server.")]
PlanArgument = Annotated[str, typer.Argument(metavar="PLAN", help="The plan's id on the server.")]
ProgrammeOption = Annotated[str, typer.Option(metavar="SOURCE", help="The programme's id on the server.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, to the output.")]
OutOption = Annotated[Path | None, typer.Option(help="Folder to write into; without it nothing is written here.")]


@contextmanager
def opened(context: typer.Context, programme_id: str) -> Iterator[Remote]:
    """Lend a programme on the server that the command line names."""
    server = context.obj
    assert isinstance(server, Server)  # noqa: S101 - `run_there` has put it there
    with Connection(server) as connection:
        yield Remote(connection, programme_id)


def refuse_open_folder(remote: Remote, folder: Path | None) -> str | None:
    """Return what files in a folder are sealed with; None: nothing is written, or nobody in the programme exists.

    Raises
    ------
    UsageError
        `folder_synced`, `folder_under_version_control`, and those of the passphrase.
    """
    if folder is None or remote.made_up:
        return None
    refuse_shared_folder(folder)
    return Passphrases(read_settings()).for_sealing()


def say_plan(plan_id: str) -> None:
    """Say which plan it is: the other commands ask for it by this id."""
    say(notes(), f"plan {plan_id}")
