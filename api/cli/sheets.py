"""`doorstep sheets`: print a plan's papers. Law: each reader's papers are files of their own, named after who it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import notes, results, say
from api.settings import read_settings
from routing.domain.errors import UsageError

if TYPE_CHECKING:
    from routing.domain.plan import Plan
    from routing.domain.programme import Programme
    from routing.sheets.making import DayPapers

FORMATS = ("pdf", "html", "gpx", "geojson", "csv")
USUAL = "pdf,html"
NAVIGATION = frozenset({"gpx", "geojson", "csv"})


def sheets(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan, open or sealed.")],
    *,
    programme: Annotated[
        str, typer.Option(metavar="SOURCE", help="The scenario, or the programme's file, it was made from.")
    ],
    volunteer: Annotated[
        str | None, typer.Option(metavar="V", help="Papers of this volunteer alone, by id or code name.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="L", help="Language of all papers; else each volunteer's own.")
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", metavar="F,…", help="pdf, html, gpx, geojson, csv; several with commas.")
    ] = USUAL,
    out: Annotated[Path | None, typer.Option(help="Folder to write into; else below DOORSTEP_HOME.")] = None,
    extract: Annotated[Path | None, typer.Option(help="OpenStreetMap extract, if not the programme's own.")] = None,
) -> None:
    """Print sheets, checkpoint cards and letters for volunteers, manifests and labels for sites, and the run sheet.

    The files are open, since they are printed or sent to a phone: hand them out, then `doorstep wipe` the folder.
    """
    from api.cli.files import read_file
    from api.cli.sources import read_source
    from api.security.day_keys import sheet_key
    from api.security.folders import refuse_shared_folder
    from api.security.passphrases import Passphrases
    from routing.domain.plan import load_plan
    from routing.network.extract import read_extract
    from routing.network.streets import load_streets
    from routing.sheets.day import Day
    from routing.sheets.languages import language_named
    from routing.sheets.making import papers_of

    settings = read_settings()
    passphrases = Passphrases(settings)
    wanted = read_formats(formats)
    if language is not None:
        language_named(language)
    made = load_plan(passphrases.open(read_file(plan), str(plan)))
    source = read_source(programme, passphrases)
    _refuse_navigation(wanted, source.programme)
    only = None if volunteer is None else _volunteer_id(volunteer, source.programme)
    folder = out or settings.plans / made.programme_id / made.date.isoformat() / "sheets"
    if not source.made_up:
        refuse_shared_folder(folder)
    path = source.extract_path(extract)
    streets = load_streets(path, settings.cache)
    papers = papers_of(Day(made, source.programme, sheet_key(settings), read_extract(path), streets))
    contents = dict(_contents(papers, source.programme, wanted, language, only))
    write_sheets(folder, contents, keep_others=only is not None)
    _tell(folder, contents, papers, made)


def _contents(
    papers: DayPapers, programme: Programme, wanted: frozenset[str], language: str | None, only: str | None
) -> Iterator[tuple[str, bytes]]:
    from api.cli.sheet_files import route_files, site_files

    usual = programme.sheets.language
    own = {volunteer.volunteer_id: volunteer.language for volunteer in programme.volunteers}
    for route in papers.routes:
        if only in {None, route.volunteer_id}:
            yield from route_files(route, language or own.get(route.volunteer_id) or usual, wanted)
    if only is None and "pdf" in wanted:
        yield from site_files(papers, language or usual)


def write_sheets(folder: Path, contents: Mapping[str, bytes], *, keep_others: bool) -> None:
    """Write the files; those of an earlier plan go, since a volunteer must not be handed one of them."""
    from api.security.private_files import write_private
    from api.security.wiping import Wipe, is_sheet, wipe

    write_private(folder, contents)
    if not keep_others:
        stale = tuple(path for path in sorted(folder.iterdir()) if path.name not in contents and is_sheet(path))
        wipe(Wipe(stale, ()))


def _tell(folder: Path, contents: Mapping[str, bytes], papers: DayPapers, plan: Plan) -> None:
    routes, sites = len(papers.routes), len(papers.sites)
    say(results(), f"{plan.date:%A %d %B %Y}: {routes} routes, {sites} sites, {len(contents)} files in {folder}")
    for name in contents:
        say(results(), f"wrote {folder / name}")
    for remark in papers.remarks:
        say(notes(), f"withheld from every volunteer's paper: {remark.where} ({_WHY[remark.why]})")


_WHY = {
    "tells": "it names a person, a number, a medicine, an illness or a place of care",
    "no_glyphs": "it is written in a script that the sheets' fonts lack",
}


def read_formats(asked: str) -> frozenset[str]:
    """Return the formats that somebody asks for; raise `unknown_format`."""
    wanted = frozenset(part.strip().lower() for part in asked.split(",") if part.strip())
    if wanted and wanted <= set(FORMATS):
        return wanted
    raise UsageError(
        "unknown_format",
        "papers are not made in that format",
        where="--format",
        remedy=f"some of {', '.join(FORMATS)}, with commas between",
    )


def _refuse_navigation(wanted: frozenset[str], programme: Programme) -> None:
    if wanted & NAVIGATION and not programme.sheets.navigation_files:
        raise UsageError(
            "navigation_files_off",
            "files for navigation apps are off: an app may hand on where stops are",
            where="--format",
            remedy="if the organisation wants them, set sheets.navigation_files to true in the programme",
        )


def _volunteer_id(named: str, programme: Programme) -> str:
    for volunteer in programme.volunteers:
        if named in {volunteer.volunteer_id, volunteer.code_name}:
            return volunteer.volunteer_id
    raise UsageError(
        "unknown_volunteer",
        "no volunteer of the programme has that id or code name",
        where="--volunteer",
        remedy="name one as the programme does, or leave it out for all",
    )
