"""Names, medicines, addresses and numbers put into a programme come out on no volunteer's paper, in whatever form.

The bytes of every file are searched, PDF streams inflated; and since a PDF holds glyph numbers, its text is read too.
"""

import pytest

from api.cli.sheet_files import route_files, site_files
from routing.sheets.day import Day
from routing.sheets.languages import LANGUAGES
from routing.sheets.making import papers_of
from tests.sheets.pdfs import inflated, seen, texts
from tests.sheets.town import KEY, extract, plan, programme, streets

FORMATS = frozenset({"pdf", "html", "gpx", "geojson", "csv"})
EVERYTHING_ON = {"street_map": True, "geo_links": True, "navigation_files": True}
# `programme` puts the word into names of programme, product, site, network, guardian; into addresses, ids and words
CANARIES = ("canary", "syrup", "clinic", "methadone", "p01", "c1/", '"c1"', "812 3456", "8123456", "24 mL")
# door, home and site, as many decimals as a door has
DOORS = ("115.20315", "115.2009", "-8.6491")


def day() -> Day:
    return Day(plan(4), programme(4, sheets=EVERYTHING_ON), KEY, extract(9), streets(9))


def volunteer_files(code: str = "en") -> dict[str, bytes]:
    return {name: data for route in papers_of(day()).routes for name, data in route_files(route, code, FORMATS)}


def everything_in(name: str, data: bytes) -> str:
    """Return all that a file says: its bytes, inflated, and the text of its pages in two orders of reading."""
    if not name.endswith(".pdf"):
        return data.decode()
    pages = texts(data)
    read = "\n".join([*pages, *("\n".join(seen(data, page)) for page in range(len(pages)))])
    return "\n".join([inflated(data).decode("latin-1"), read, " ".join(read.split()), "".join(read.split())])


def test_a_volunteer_gets_a_sheet_a_page_a_card_a_letter_and_what_was_asked_for():
    assert set(volunteer_files()) == {
        *("sheet-v01-1.pdf", "sheet-v01-1.html", "card-v01-1-1.pdf", "letter-v01-1-1.pdf"),
        *("sheet-v01-1.gpx", "sheet-v01-1.geojson", "sheet-v01-1.csv"),
    }


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_canary_is_in_a_volunteer_s_file(code: str):
    for name, data in volunteer_files(code).items():
        told = everything_in(name, data).lower()
        spellings = [data.decode("utf-16", "ignore").lower(), data.decode("utf-16-be", "ignore").lower()]
        for canary in CANARIES:
            assert canary.lower() not in told, (name, canary)
            assert all(canary.lower() not in spelling for spelling in spellings), (name, canary)


def test_no_door_and_no_home_is_in_a_volunteer_s_file():
    for name, data in volunteer_files().items():
        told = everything_in(name, data)
        assert [door for door in DOORS if door in told] == [], name


def test_the_search_finds_what_is_there():
    told = {name: everything_in(name, data) for name, data in site_files(papers_of(day()), "en")}
    assert "canary syrup" in told["custody-s1.pdf"]
    assert "24 mL" in told["custody-s1.pdf"]
    assert "Canary 1" in told["run-sheet.pdf"]
    assert "green gate" in everything_in("sheet-v01-1.pdf", volunteer_files()["sheet-v01-1.pdf"])


def test_labels_and_run_sheet_name_no_product():
    told = {name: everything_in(name, data).lower() for name, data in site_files(papers_of(day()), "en")}
    assert set(told) == {"custody-s1.pdf", "labels-s1.pdf", "run-sheet.pdf"}
    for name in ("labels-s1.pdf", "run-sheet.pdf"):
        for canary in ("syrup", "methadone", "clinic", "address", "guardian", "word", "812 3456", "8123456"):
            assert canary not in told[name].replace("word said", ""), (name, canary)


def test_a_name_of_one_day_is_not_that_of_another():
    first = volunteer_files()["sheet-v01-1.html"]
    tomorrow = plan(4).changed(date=plan(4).date.replace(day=24))
    made = papers_of(Day(tomorrow, programme(4), KEY, extract(9), streets(9)))
    names = [stop.code_name for stop in made.routes[0].sheet.stops]
    assert not [name for name in names if name.encode() in first]
