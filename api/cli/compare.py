"""`doorstep compare`: what differs between two plans of a day."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import results
from api.settings import read_settings
from routing.domain.errors import UsageError


def compare(
    before: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan, open or sealed.")],
    after: Annotated[Path, typer.Argument(metavar="PLAN", help="Another plan of the same day.")],
    *,
    programme: Annotated[
        str | None, typer.Option(metavar="SOURCE", help="The programme, for code names; without it, ids are shown.")
    ] = None,
    tolerance: Annotated[
        int, typer.Option(min=0, max=86_400, metavar="S", help="So many seconds earlier or later are the same time.")
    ] = 1800,
    as_json: Annotated[bool, typer.Option("--json", help="Print what differs as JSON.")] = False,
) -> None:
    """Say what differs between two plans: who moves from whom to whom, at what time, and who has to be told."""
    from api.cli.differences import as_object, names_of, show_difference
    from api.cli.documents import write_json
    from api.cli.files import read_file
    from api.cli.sources import read_source
    from api.security.passphrases import Passphrases
    from routing.domain.plan import load_plan
    from routing.replanning import difference_of

    passphrases = Passphrases(read_settings())
    first, second = (load_plan(passphrases.open(read_file(path), str(path))) for path in (before, after))
    if (first.programme_id, first.date) != (second.programme_id, second.date):
        raise UsageError(
            "plans_of_two_days",
            "the plans are of two programmes, or of two days",
            where=str(after),
            remedy="give two plans of one day",
        )
    known = None if programme is None else read_source(programme, passphrases).programme
    found = difference_of(first, second, tolerance_s=tolerance)
    if as_json:
        write_json(as_object(found, known))
    else:
        show_difference(results(), found, names_of(known), first.timezone)
