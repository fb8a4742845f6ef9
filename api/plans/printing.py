"""Papers, made one after the other in memory. Law: nothing is written to the disk; who waits too long is told so.

What a paper says is made here; it is set in a process of its own (`press.py`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Semaphore
from typing import TYPE_CHECKING

from api.manners.errors import UnavailableError
from api.manners.problems import not_found
from api.plans.press import Press, Words

if TYPE_CHECKING:
    from api.plans.subjects import Subject
    from routing.editing import Desk
    from routing.sheets.making import DayPapers
    from routing.sheets.papers import RoutePapers

HELD = 2  # days' papers in memory
WAITS_S = 20.0


@dataclass(frozen=True, kw_only=True)
class VolunteerPaper:
    """Which paper of whom."""

    volunteer_id: str
    trip: int
    paper: str
    number: int
    as_page: bool
    language: str | None


@dataclass(frozen=True, kw_only=True)
class SitePaper:
    """Which paper of which site."""

    site_id: str
    paper: str
    language: str | None


class Printer:
    """Makes papers, one at a time; days that were printed last are remembered."""

    def __init__(self) -> None:
        self._one = Semaphore(1)
        self._press = Press()
        self._held: OrderedDict[tuple[str, str, int, str], DayPapers] = OrderedDict()

    def volunteer_paper(self, subject: Subject, desk: Desk, key: bytes, wanted: VolunteerPaper) -> bytes:
        """Return a volunteer's paper.

        Raises
        ------
        NotFoundError
            There is no such route, card or letter.
        UsageError
            `unknown_language`.
        UnavailableError
            `busy`.
        UnprocessableError
            `paper_not_made`.
        """
        with self._papers(subject, desk, key) as papers:
            routes = [each for each in papers.routes if each.volunteer_id == wanted.volunteer_id]
            route = next((each for each in routes if each.trip == wanted.trip), None)
            if route is None:
                raise not_found()
            made = _of_route(route, wanted, _language(subject, wanted.language, wanted.volunteer_id))
            return made if isinstance(made, bytes) else self._press.pdf_of(*made)

    def site_paper(self, subject: Subject, desk: Desk, key: bytes, wanted: SitePaper) -> bytes:
        """Return a site's paper; raise what `volunteer_paper` raises."""
        from routing.sheets.languages import language_named
        from routing.sheets.site_wording import label_words, manifest_words

        with self._papers(subject, desk, key) as papers:
            site = next((each for each in papers.sites if each.site_id == wanted.site_id), None)
            if site is None:
                raise not_found()
            language = language_named(_language(subject, wanted.language))
            if wanted.paper == "labels":
                return self._press.pdf_of("labels", label_words(site.labels, language))
            return self._press.pdf_of("manifest", manifest_words(site.manifests, language))

    def run_sheet(self, subject: Subject, desk: Desk, key: bytes, language: str | None) -> bytes:
        """Return the dispatcher's paper; raise what `volunteer_paper` raises."""
        from routing.sheets.languages import language_named
        from routing.sheets.site_wording import run_words

        with self._papers(subject, desk, key) as papers:
            words = run_words(papers.run_sheet, language_named(_language(subject, language)))
            return self._press.pdf_of("run", words)

    def forget(self) -> None:
        """Forget the papers in memory: somebody on them was erased."""
        self._held.clear()

    def close(self) -> None:
        """End the process that sets papers."""
        self._press.close()

    @contextmanager
    def _papers(self, subject: Subject, desk: Desk, key: bytes) -> Iterator[DayPapers]:
        """Lend a day's papers to one at a time."""
        from routing.sheets.day import Day
        from routing.sheets.making import papers_of

        if not self._one.acquire(timeout=WAITS_S):
            raise UnavailableError("busy", "papers are being made for others", remedy="try again in a moment")
        try:
            self._press.warm_up()
            programme = subject.plan.inputs.programme_sha256  # another once somebody was erased
            place = subject.kept.organisation_id, subject.kept.plan_id, subject.kept.version, programme
            papers = self._held.get(place)
            if papers is None:
                papers = papers_of(Day(subject.plan, subject.programme, key, desk.extract, desk.streets))
                self._held[place] = papers
                while len(self._held) > HELD:
                    self._held.popitem(last=False)
            yield papers
        finally:
            self._one.release()


def _of_route(route: RoutePapers, wanted: VolunteerPaper, language_code: str) -> bytes | tuple[str, Words]:
    """Return a page, or what is to be set."""
    from routing.sheets.languages import language_named
    from routing.sheets.page import sheet_page
    from routing.sheets.wording import card_words, letter_words, sheet_words

    language = language_named(language_code)
    if wanted.paper == "sheet" and wanted.as_page:
        return sheet_page(route.sheet, language).encode()
    if wanted.paper == "sheet":
        return "sheet", sheet_words(route.sheet, language)
    if wanted.as_page:
        raise not_found()
    if wanted.paper == "card" and wanted.number <= len(route.cards):
        return "card", card_words(route.cards[wanted.number - 1], language)
    if wanted.paper == "letter" and wanted.number <= len(route.letters):
        return "letter", letter_words(route.letters[wanted.number - 1], language)
    raise not_found()


def _language(subject: Subject, asked: str | None, volunteer_id: str | None = None) -> str:
    own = {each.volunteer_id: each.language for each in subject.programme.volunteers}
    return asked or own.get(volunteer_id or "") or subject.programme.sheets.language
