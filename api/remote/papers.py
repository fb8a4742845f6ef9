"""`doorstep sheets` on a server: the papers of a published plan are made there and taken here.

Law: what one's roles may not print is left out and said; files have the names that they have without a server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.console import notes, results, say
from api.cli.sheet_files import RUN_SHEET_NAME
from api.cli.sheets import NAVIGATION, USUAL, read_formats, write_sheets
from api.remote.answers import ToldError
from api.remote.opening import PlanArgument, ProgrammeOption, opened
from api.remote.plans import fetched_plan
from api.remote.programmes import Remote, identifier
from api.security.folders import refuse_shared_folder
from api.settings import read_settings
from routing.domain.errors import UsageError
from routing.sheets.languages import language_named

MOST_A_ROUTE = 50
File = tuple[str, bytes]


def sheets(
    context: typer.Context,
    plan: PlanArgument,
    *,
    programme: ProgrammeOption,
    volunteer: Annotated[
        str | None, typer.Option(metavar="V", help="Papers of this volunteer alone, by id or code name.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="L", help="Language of all papers; else each volunteer's own.")
    ] = None,
    formats: Annotated[str, typer.Option("--format", metavar="F,…", help="pdf, html; both with a comma.")] = USUAL,
    out: Annotated[Path | None, typer.Option(help="Folder to write into; else below DOORSTEP_HOME.")] = None,
) -> None:
    """Take a published plan's papers here: sheets, cards, letters, manifests, labels and the run sheet.

    The files are open, since they are printed or sent to a phone: hand them out, then `doorstep wipe` the folder.
    """
    wanted = read_formats(formats)
    if wanted & NAVIGATION:
        raise UsageError(
            "not_on_a_server",
            "a server makes no files for navigation apps",
            where="--format",
            remedy="leave gpx, geojson and csv out",
        )
    if language is not None:
        language_named(language)
    with opened(context, programme) as remote:
        only = None if volunteer is None else remote.volunteer_id(volunteer)
        made = fetched_plan(remote, plan)
        folder = out or read_settings().plans / identifier(programme) / made["date"] / "sheets"
        if not remote.made_up:
            refuse_shared_folder(folder)
        contents = dict(_Papers(remote, plan, language, wanted).all(made, only))
    write_sheets(folder, contents, keep_others=only is not None)
    say(results(), f"{len(contents)} files in {folder}")
    for name in contents:
        say(results(), f"wrote {folder / name}")


@dataclass(frozen=True)
class _Papers:
    remote: Remote
    plan_id: str
    language: str | None
    wanted: frozenset[str]

    def all(self, made: Mapping[str, Any], only: str | None) -> Iterator[File]:
        """Yield every paper that one's roles may print; raise what refuses the last of them if there is none."""
        refused: ToldError | None = None
        found = 0
        for whose, papers in self._parts(made, only):
            try:
                for file in papers:
                    found += 1
                    yield file
            except ToldError as error:
                if error.code != "not_allowed":
                    raise
                refused = error
                say(notes(), f"{whose}: left out, since your roles may not print it")
        if refused is not None and not found:
            raise refused

    def _parts(self, made: Mapping[str, Any], only: str | None) -> Iterator[tuple[str, Iterator[File]]]:
        trips = Counter(identifier(route["volunteer_id"]) for route in made["routes"])
        chosen = {who: count for who, count in trips.items() if only in {None, who}}
        yield "volunteers' papers", self._of_volunteers(chosen)
        if only is None and "pdf" in self.wanted:
            steps = [step for route in made["routes"] for step in route["steps"]]
            sites = dict.fromkeys(identifier(step["site_id"]) for step in steps if step.get("site_id"))
            yield "manifests and labels", self._of_sites(list(sites))
            yield "the run sheet", self._named(RUN_SHEET_NAME, "run-sheet")

    def _of_volunteers(self, trips: Mapping[str, int]) -> Iterator[File]:
        for who, count in trips.items():
            for trip in range(1, count + 1):
                yield from self._of_route(who, trip)

    def _of_route(self, who: str, trip: int) -> Iterator[File]:
        whose, path = f"{who}-{trip}", f"sheets/{who}"
        if "pdf" in self.wanted:
            yield from self._named(f"sheet-{whose}.pdf", path, trip=trip)
            for paper in ("card", "letter"):
                yield from self._numbered(paper, whose, path, trip)
        if "html" in self.wanted:
            yield from self._named(f"sheet-{whose}.html", path, trip=trip, format="html")

    def _numbered(self, paper: str, whose: str, path: str, trip: int) -> Iterator[File]:
        """Yield cards or letters until there is no next one."""
        for number in range(1, MOST_A_ROUTE + 1):
            found = list(self._named(f"{paper}-{whose}-{number}.pdf", path, paper=paper, trip=trip, number=number))
            if not found:
                return
            yield from found

    def _of_sites(self, sites: list[str]) -> Iterator[File]:
        for site_id in sites:
            yield from self._named(f"custody-{site_id}.pdf", f"manifests/{site_id}")
            yield from self._named(f"labels-{site_id}.pdf", f"manifests/{site_id}", paper="labels")

    def _named(self, name: str, path: str, **query: object) -> Iterator[File]:
        place = f"{self.remote.plan_path(self.plan_id)}/{path}"
        data = self.remote.connection.fetched(place, language=self.language, **query)
        if data is not None:
            yield name, data
