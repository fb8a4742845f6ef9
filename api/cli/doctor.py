"""`doorstep doctor`: what is wrong with an installation, and how to mend it. The service may be running."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import results, say, working
from api.settings import read_settings

VIOLATED = 1


def doctor(
    *,
    tls_certificate: Annotated[Path | None, typer.Option(help="The certificate that it is served with.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The findings as JSON.")] = False,
) -> int:
    """Say what is wrong with this installation, and how to mend it. Nothing is changed."""
    from api.cli.documents import write_json
    from api.cli.failures import problem_object, show_problems
    from api.cli.unlocking import secret_at_hand
    from api.doctor.diagnosing import diagnose

    settings = read_settings()
    secret = secret_at_hand(settings)
    with working("looking"):
        found = list(diagnose(settings, secret, datetime.now(UTC), tls_certificate))
    if as_json:
        write_json({"findings": [problem_object(problem) for problem in found]})
    elif found:
        show_problems(found)
    else:
        say(results(), "nothing is wrong")
    return VIOLATED if found else 0
