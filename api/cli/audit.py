"""`doorstep audit`: the heads of the record, and whether it is as it was written. The service may be running."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import notes, results, say
from api.settings import read_settings

VIOLATED = 1
MOST_SHOWN = 100
audit = typer.Typer(name="audit", help="The record of what was done: its head, and whether it is whole.")
HeadFile = Annotated[
    Path | None, typer.Option("--head", metavar="FILE", help="Heads that were kept: each has to be in the record.")
]


@audit.command("head")
def audit_head() -> None:
    """Print the head of each organisation's record, one a line, to be kept where the service's machine is not."""
    from api.audit.verifying import heads
    from api.cli.unlocking import secret_needed
    from api.installation import Installation
    from api.looking import looking
    from api.storage.sessions import EVERY

    settings = read_settings()
    with looking(Installation(settings), secret_needed(settings)) as looked, looked.store.reading(EVERY) as session:
        for head in heads(session):
            say(results(), head.line())


@audit.command("verify")
def audit_verify(*, head: HeadFile = None) -> int:
    """Read the whole record against its chain; say which entries were changed, moved or taken away."""
    from itertools import islice

    from api.audit.verifying import heads, read_heads, verify
    from api.cli.failures import show_problems
    from api.cli.files import read_file
    from api.cli.unlocking import secret_needed
    from api.installation import Installation
    from api.looking import looking
    from api.storage.sessions import EVERY

    kept = [] if head is None else read_heads(read_file(head))
    settings = read_settings()
    with looking(Installation(settings), secret_needed(settings)) as looked, looked.store.reading(EVERY) as session:
        found = list(islice(verify(session, looked.keyring, kept), MOST_SHOWN))
        counts = [f"{one.organisation_id}: {one.sequence}" for one in heads(session)]
    if found:
        show_problems(found)
        return VIOLATED
    say(results(), f"the record is whole; entries by organisation: {', '.join(counts) or 'none'}")
    if not kept:
        say(notes(), "without a head that was kept elsewhere (--head), a record whose end was taken away looks whole")
    return 0
