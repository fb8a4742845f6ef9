"""The papers of the Denpasar day in every language: one page up to twelve stops, every sign drawn, nothing cut off."""

from pathlib import Path

import pytest

from api.cli.main import main
from routing.domain.loading import load_programme
from routing.domain.plan import load_plan
from routing.network.extract import read_extract
from routing.network.streets import load_streets
from routing.sheets.day import Day
from routing.sheets.languages import LANGUAGES, Language
from routing.sheets.making import DayPapers, papers_of
from routing.sheets.papers import RoutePapers
from routing.sheets.printing.sheet_size import typeset_sheet
from routing.sheets.printing.typesetting import pages_of
from routing.sheets.wording import sheet_words
from scenarios.finding import find_scenario
from tests.sheets.pdfs import glyphs, picture, seen

LONGEST = 3
KEY = bytes(range(32))


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> DayPapers:
    folder = tmp_path_factory.mktemp("denpasar")
    scenario = find_scenario("denpasar")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOORSTEP_HOME", str(folder / "home"))
        assert main(["plan", "denpasar", "--iterations", "3", "--out", str(folder)]) == 0
    plan = load_plan((folder / "plan.json").read_bytes())
    extract, streets = read_extract(scenario.extract), load_streets(scenario.extract)
    return papers_of(Day(plan, load_programme(Path(scenario.programme).read_bytes()), KEY, extract, streets))


def longest(day: DayPapers) -> list[RoutePapers]:
    return sorted(day.routes, key=lambda route: -len(route.sheet.stops))[:LONGEST]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_longest_sheets_of_the_day(day: DayPapers, code: str):
    for route in longest(day):
        pdf = typeset_sheet(sheet_words(route.sheet, Language(code)))
        on_the_back = bool(route.sheet.ways)
        if len(route.sheet.stops) <= 12:
            assert pages_of(pdf) == 1 + on_the_back
        assert [run for run in glyphs(pdf) if 0 in run.numbers] == []
        for page in range(pages_of(pdf)):
            drawn = picture(pdf, page)
            margin = int(5 / 297 * drawn.shape[0])
            for edge in (drawn[:margin], drawn[-margin:], drawn[:, :margin], drawn[:, -margin:]):
                assert (edge > 200).all()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_name_time_and_code_stands_there_from_left_to_right(day: DayPapers, code: str):
    route, language = longest(day)[0], Language(code)
    words = sheet_words(route.sheet, language)
    pdf = typeset_sheet(words)
    whole = "\n".join("\n".join(seen(pdf, page)) for page in range(pages_of(pdf)))
    for entry in words["entries"]:
        expected = [entry["span"]]
        if entry["stop"]:
            expected += [entry["name"], entry["handed"], entry["not_handed"], *entry["parcels"]]
        for text in expected:
            assert text.strip("\u2066\u2069") in whole


def test_every_route_has_a_card_for_each_pass_it_needs(day: DayPapers):
    for route in day.routes:
        assert route.cards
        assert all(card.number.startswith("INV-") and card.area for card in route.cards)


def test_nothing_of_the_made_up_day_had_to_be_withheld(day: DayPapers):
    assert day.remarks == ()
