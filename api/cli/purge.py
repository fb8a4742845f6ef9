"""`doorstep purge`: remove what has been kept for as long as it may be. The service does the same once a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer

from api.cli.console import results, say
from api.settings import read_settings


def purge(
    *, dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; remove nothing.")] = False
) -> None:
    """Remove what has been kept for as long as it may be. Only with --dry-run may the service be running."""
    from api.cli.unlocking import secret_needed
    from api.installation import Installation, finish_erasures
    from api.looking import looking
    from api.retention.purging import count_due
    from api.retention.purging import purge as remove_due
    from api.storage.sessions import EVERY

    settings = read_settings()
    installation, secret, now = Installation(settings), secret_needed(settings), datetime.now(UTC)
    if dry_run:
        with looking(installation, secret) as looked, looked.store.reading(EVERY) as session:
            _say(count_due(session, installation.folder, settings.plans, now), "would go")
        return
    opened = installation.unlock(secret)
    finish = partial(finish_erasures, opened)
    try:
        _say(remove_due(opened.store, opened.keyring, installation.folder, settings.plans, now, finish), "removed")
    finally:
        installation.close()


def _say(counts: Mapping[str, int], done: str) -> None:
    from api.retention.table import KEPT

    for name, (what, _) in KEPT.items():
        say(results(), f"{done}: {counts.get(name, 0)} {what}")
