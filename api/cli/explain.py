"""`doorstep explain`: why somebody is not on a plan and what would help, or why a visit is where it is.

Law: what the plan says stands; what it does not say is searched for now, and proved by planning again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import notes, results, say
from api.cli.plan import seconds_of
from api.settings import read_settings
from routing.domain.errors import InputError, UsageError

if TYPE_CHECKING:
    from api.cli.sources import Source
    from routing.domain.plan import Plan
    from routing.explaining.served import Visit
    from routing.network.extract import Extract

EXPLAIN_S = 30.0


def explain(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan, open or sealed.")],
    *,
    programme: Annotated[
        str, typer.Option(metavar="SOURCE", help="The scenario, or the programme's file, it was made from.")
    ],
    client: Annotated[str | None, typer.Option(metavar="C", help="This client alone, by id or code name.")] = None,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what authorities could grant: .csv or .json.")
    ] = None,
    remedies: Annotated[
        float, typer.Option("--remedies", metavar="S", help="Seconds to search where the plan has not been searched.")
    ] = EXPLAIN_S,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, to the output.")] = False,
    extract: Annotated[Path | None, typer.Option(help="OpenStreetMap extract, if not the programme's own.")] = None,
) -> None:
    """Say why clients are not served, whom it concerns, and which smallest change would serve them.

    For a client who is served: by whom, when, under which pass, why not earlier, and what of the other volunteers.
    """
    from api.cli.documents import write_json
    from api.cli.explain_report import as_document, explained, show_client, show_everybody
    from api.cli.files import read_file
    from api.cli.sources import read_source
    from api.security.passphrases import Passphrases
    from routing.domain.plan import load_plan
    from routing.network.extract import read_extract

    patience_s = seconds_of(remedies, "--remedies", least=0.0)
    _refuse_format(export)
    settings = read_settings()
    passphrases = Passphrases(settings)
    made = load_plan(passphrases.open(read_file(plan), str(plan)))
    source = read_source(programme, passphrases)
    client_id = None if client is None else _client_id(client, source)
    path = source.extract_path(extract)
    streets = read_extract(path)
    _refuse_other(made, source, streets)
    made, visits = _explained(made, source, streets, (path, settings.cache), client_id, patience_s)
    if export is not None:
        _write_export(export, made, source)
    if as_json:
        write_json(as_document(made, client_id, visits))
    elif client_id is None:
        show_everybody(results(), explained(made, source.programme))
    else:
        show_client(results(), explained(made, source.programme), client_id, visits)


def _explained(
    made: Plan, source: Source, extract: Extract, files: tuple[Path, Path], client_id: str | None, patience_s: float
) -> tuple[Plan, tuple[Visit, ...]]:
    """Return the plan with its remedies, and the client's visits."""
    from api.cli.progress import Progress
    from routing.domain.remedies import RemedySearch
    from routing.explaining import Patience
    from routing.explaining.served import visits_of
    from routing.explaining.trials import Trials
    from routing.network.streets import load_streets
    from routing.plan_day import add_remedies

    streets = load_streets(*files)
    open_ones = {RemedySearch.NOT_SEARCHED, RemedySearch.CUT_SHORT}
    concerned = [entry for entry in made.unserved if client_id in {None, entry.client_id}]
    if patience_s > 0 and any(entry.remedy_search in open_ones for entry in concerned):
        with Progress() as progress:
            patience = Patience(seconds=patience_s)
            made = add_remedies(made, source.programme, extract, streets, patience, progress, client_id)
    if client_id is None:
        return made, ()
    return made, visits_of(Trials(source.programme, made, streets, Patience()), client_id)


def _write_export(path: Path, made: Plan, source: Source) -> None:
    from api.cli.documents import csv_line
    from api.exchange.proposals import COLUMNS, exported
    from api.security.private_files import write_private

    records = list(exported(made, source.programme))
    if path.suffix == ".json":
        data = _json({"schema": "doorstep.proposals/1", "date": made.date.isoformat(), "proposals": records})
    else:
        rows = [COLUMNS, *([record[column] for column in COLUMNS] for record in records)]
        data = "".join(f"{csv_line(row)}\n" for row in rows)
    write_private(path.parent, {path.name: data.encode()})
    say(notes(), f"wrote {path}: {len(records)} proposals for authorities, without clients, products and volunteers")


def _json(document: object) -> str:
    import json

    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _refuse_format(path: Path | None) -> None:
    if path is not None and path.suffix not in {".csv", ".json"}:
        raise UsageError(
            "export_format_unknown",
            "proposals are not written in that format",
            where="--export",
            remedy="give a file that ends in .csv or .json",
        )


def _refuse_other(made: Plan, source: Source, extract: Extract) -> None:
    """Refuse a plan of another programme or map: its reasons would be explained with the wrong facts."""
    from hashlib import sha256

    from routing.domain.loading import dump_programme

    same_programme = made.inputs.programme_sha256 == sha256(dump_programme(source.programme)).hexdigest()
    if not same_programme or made.inputs.extract_sha256 != extract.sha256:
        raise InputError(
            "plan_of_other_inputs",
            "the plan was made from another programme or extract, or from an earlier state of them",
            where="--programme" if not same_programme else "--extract",
            remedy="give what the plan was made from, or plan anew",
        )


def _client_id(named: str, source: Source) -> str:
    for client in source.programme.clients:
        if named in {client.client_id, client.code_name}:
            return client.client_id
    raise UsageError(
        "unknown_client",
        "no client of the programme has that id or code name",
        where="--client",
        remedy="name one as the programme does, or leave it out for all",
    )
