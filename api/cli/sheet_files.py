"""Papers as named files. Law: a file holds what one reader may see, and its name says whose it is."""

from __future__ import annotations

from collections.abc import Iterator

from routing.sheets.languages import language_named
from routing.sheets.making import DayPapers
from routing.sheets.navigation import sheet_csv, sheet_geojson, sheet_gpx
from routing.sheets.page import sheet_page
from routing.sheets.papers import RoutePapers
from routing.sheets.printing.sheet_size import typeset_sheet
from routing.sheets.printing.typesetting import typeset
from routing.sheets.site_wording import label_words, manifest_words, run_words
from routing.sheets.wording import card_words, letter_words, sheet_words

RUN_SHEET_NAME = "run-sheet.pdf"


def route_files(route: RoutePapers, language_code: str, wanted: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each file that a volunteer gets for one route."""
    language = language_named(language_code)
    whose = f"{route.volunteer_id}-{route.trip}"
    if "pdf" in wanted:
        yield f"sheet-{whose}.pdf", typeset_sheet(sheet_words(route.sheet, language))
        for number, card in enumerate(route.cards, start=1):
            yield f"card-{whose}-{number}.pdf", typeset("card", card_words(card, language))
        for number, letter in enumerate(route.letters, start=1):
            yield f"letter-{whose}-{number}.pdf", typeset("letter", letter_words(letter, language))
    if "html" in wanted:
        yield f"sheet-{whose}.html", sheet_page(route.sheet, language).encode()
    for name, made in (("gpx", sheet_gpx), ("geojson", sheet_geojson), ("csv", sheet_csv)):
        if name in wanted:
            yield f"sheet-{whose}.{name}", made(route.sheet)


def site_files(papers: DayPapers, language_code: str) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each file for the sites and the dispatcher."""
    language = language_named(language_code)
    for site in papers.sites:
        yield f"custody-{site.site_id}.pdf", typeset("manifest", manifest_words(site.manifests, language))
        yield f"labels-{site.site_id}.pdf", typeset("labels", label_words(site.labels, language))
    yield RUN_SHEET_NAME, typeset("run", run_words(papers.run_sheet, language))
