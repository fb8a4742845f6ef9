"""`doorstep tls init`. Law: it says what is to be trusted, and how to see that it is the right thing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.console import notes, results, say
from api.settings import read_settings

tls = typer.Typer(name="tls", help="Certificates of one's own, for a service that others call.", no_args_is_help=True)


@tls.callback()
def _root() -> None:
    """Keep `init` a command of its own, since it is the only one."""


@tls.command()
def init(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Names and addresses by which the service is called.")
    ],
    *,
    new_authority: Annotated[
        bool, typer.Option("--new-authority", help="Make another authority, which all have to trust anew.")
    ] = False,
) -> None:
    """Make a certificate for the service, signed by an authority of its own; again within a year."""
    from api.security.tls_files import TlsFiles

    files = TlsFiles(folder=read_settings().home / "service/tls")
    authority, server = files.make(names, datetime.now(UTC), anew=new_authority)
    say(results(), f"{files.server}: for {', '.join(server.names)}; until {server.ends_at:%Y-%m-%d}")
    say(notes(), f"Have each device trust {files.authority}, which can vouch for these names only; not its key.")
    say(notes(), "Compare on the device before you do, by another way than the one it came:")
    say(results(), f"SHA-256 {authority.fingerprint}")
    say(notes(), "How, on which device: docs/service.md#tls. `doorstep serve --host 0.0.0.0` uses the certificate.")
