"""The sheet's page on a cheap phone: opened from storage, without a connection, tapped, reloaded, and read aloud."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from routing.sheets.languages import Language
from routing.sheets.page import sheet_page
from routing.sheets.report_codes import Outcome, grouped, read_report, route_code, stop_code
from tests.browser.phone import CHROMIUM, phone
from tests.sheets.story import ZONE, sheet

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
MORNING = datetime(2026, 11, 23, 8, 30, tzinfo=ZONE)
NEXT_DAY = datetime(2026, 11, 24, 0, 30, tzinfo=ZONE)
LATER = datetime(2026, 11, 27, 0, 30, tzinfo=ZONE)  # more than 72 h after the day's end
STOPS = {"4821": 12}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the PATH")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def shared(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    with phone(playwright, tmp_path_factory.mktemp("profile")) as context:
        yield context


Open = Callable[..., Page]


@pytest.fixture
def opened(shared: BrowserContext, tmp_path: Path) -> Iterator[Open]:
    """Open a sheet at a time of the day; what a page says wrong fails the test, and what it kept is forgotten after."""
    wrong: list[str] = []
    pages: list[Page] = []

    def open_sheet(code: str = "en", at: datetime = MORNING, **how: object) -> Page:
        path = tmp_path / f"sheet-{code}.html"
        path.write_text(sheet_page(sheet(**how), Language(code)), encoding="utf-8")  # type: ignore[arg-type]
        page = shared.new_page()
        pages.append(page)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith("file:") else None)
        page.clock.set_fixed_time(at)
        page.goto(path.as_uri())
        return page

    yield open_sheet
    for page in pages:
        page.evaluate("localStorage.clear()")
        page.close()
    assert wrong == []


def done(page: Page, times: int) -> None:
    for _ in range(times):
        page.locator(".next button.handed").click()


def code_shown(page: Page) -> str:
    return page.locator("#code").inner_text()


def test_three_stops_done_are_still_done_after_a_reload(opened: Open):
    page = opened()
    done(page, 3)
    page.reload()
    assert page.locator(".reported").count() == 3
    assert page.locator(".next .number").inner_text() == "4"
    outcomes = (*[Outcome.HANDED_OVER] * 3, *[Outcome.NOT_YET] * 9)
    assert code_shown(page) == grouped(route_code("4821", outcomes))


def test_what_is_done_leaves_the_page(opened: Open):
    page = opened()
    assert "Lantern 11" in page.content()
    done(page, 1)
    assert "Lantern 11" not in page.content()
    assert "KXAC4" not in page.content()
    page.reload()
    assert "Lantern 11" not in page.locator("body").inner_html()


def test_the_page_s_codes_are_those_that_the_dispatcher_reads(opened: Open):
    page = opened()
    done(page, 1)
    page.locator(".next .reasons summary").click()
    page.locator(".next .reasons button", has_text="Not safe").click()
    shown = page.locator(".reported b.code").all_inner_texts()
    assert shown == [
        grouped(stop_code("4821", 1, Outcome.HANDED_OVER)),
        grouped(stop_code("4821", 2, Outcome.NOT_SAFE)),
    ]
    told = read_report(code_shown(page), STOPS)
    assert [report.outcome for report in told[:3]] == [Outcome.HANDED_OVER, Outcome.NOT_SAFE, Outcome.NOT_YET]
    assert page.locator("#sms").get_attribute("href") == f"sms:+62361000000?body={code_shown(page).replace(' ', '')}"


def test_every_reason_is_a_button(opened: Open):
    page = opened()
    reasons = page.locator(".next .reasons button").all_text_contents()
    assert len(reasons) == len(Outcome) - 2  # all but `not yet` and `handed over`


def test_undo_brings_a_stop_back(opened: Open):
    page = opened()
    done(page, 2)
    page.locator(".reported button.undo").first.click()
    page.wait_for_load_state()
    assert page.locator(".next .number").inner_text() == "1"
    assert "Lantern 11" in page.content()
    assert page.locator(".reported").count() == 1


def test_all_done_says_so(opened: Open):
    page = opened(stops=2)
    done(page, 2)
    assert page.locator("#said").inner_text() == "Every stop is reported."


def test_only_digits_are_kept_on_the_phone(opened: Open):
    page = opened()
    done(page, 2)
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert json.loads(kept) == {"sheet 2026-11-23 4821": "110000000000"}


def test_after_the_day_it_can_be_reported_and_no_longer_read(opened: Open):
    page = opened(at=NEXT_DAY, with_map=True, geo_links=True)
    text = page.locator("body").inner_html()
    for told in ("Lantern", "green gate", "Jalan", "KX", "09:15", "<svg", "geo:", "Load at"):
        assert told not in text
    page.locator(".next button.handed").click()
    assert read_report(code_shown(page), STOPS)[0].outcome is Outcome.HANDED_OVER


def test_after_three_days_more_nothing_is_left(opened: Open):
    page = opened()
    done(page, 1)
    page.clock.set_fixed_time(LATER)
    page.reload()
    assert page.locator("main").inner_text() == "This sheet is closed. Delete the file."
    assert page.evaluate("localStorage.length") == 0
    assert "4821" not in page.locator("main").inner_html()


def test_wipe_asks_and_then_leaves_nothing(opened: Open):
    page = opened()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.locator("#wipe").click()
    assert asked == ["Wipe all stops and reports from this page?"]
    for _ in range(2):
        assert page.locator("main").inner_text() == "This sheet was wiped. Delete the file, too."
        assert "Lantern" not in page.locator("main").inner_html()
        page.reload()


def test_wipe_is_not_done_when_the_answer_is_no(opened: Open):
    page = opened()
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.locator("#wipe").click()
    assert page.locator(".stop").count() == 12


@pytest.mark.parametrize("code", ["en", "fa", "hi"])
def test_axe_finds_nothing_serious(opened: Open, code: str):
    page = opened(code, geo_links=True, with_map=True)
    done(page, 2)
    page.evaluate(AXE)
    found = page.evaluate("axe.run()")
    grave = [one for one in found["violations"] if one["impact"] in {"serious", "critical"}]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in grave] == []
    assert len(found["passes"]) > 10


@pytest.mark.parametrize("code", ["en", "fa", "ne"])
def test_nothing_is_wider_than_the_phone(opened: Open, code: str):
    page = opened(code, hint="x" * 200, with_map=True, geo_links=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("code", ["en", "fa"])
def test_every_button_is_large_enough_for_a_wet_thumb(opened: Open, code: str):
    page = opened(code)
    sizes = "Array.from(document.querySelectorAll('button, a, summary')).map(e => e.getBoundingClientRect())"
    for box in page.evaluate(f"{sizes}.map(r => [r.width, r.height])"):
        assert box == [0, 0] or min(box) >= 44


@pytest.mark.parametrize(("code", "span"), [("en", "09:15–09:35"), ("fa", "۰۹:۱۵–۰۹:۳۵")])
def test_a_time_is_never_turned_round(opened: Open, code: str, span: str):
    page = opened(code)
    # where each sign of the first stop's span stands, from the left
    lefts = page.evaluate(
        """span => {
          const text = document.querySelector('.stop .span').firstChild, from = text.data.indexOf(span[0]);
          return Array.from(span).map((_, at) => {
            const range = document.createRange();
            range.setStart(text, from + at); range.setEnd(text, from + at + 1);
            return range.getBoundingClientRect().left;
          });
        }""",
        span,
    )
    assert lefts == sorted(lefts)
    assert len(set(lefts)) == len(span)


def test_without_storage_it_works_and_says_that_it_keeps_nothing(shared: BrowserContext, tmp_path: Path):
    path = tmp_path / "sheet.html"
    path.write_text(sheet_page(sheet(), Language("en")), encoding="utf-8")
    page = shared.new_page()
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('no storage'); }});")
    page.clock.set_fixed_time(MORNING)
    page.goto(path.as_uri())
    done(page, 1)
    assert page.locator(".reported").count() == 1
    assert "report each stop before you close it" in page.locator("#said").inner_text()
    page.close()


def test_without_scripts_every_stop_can_be_read_and_reported(playwright: Playwright, tmp_path: Path):
    path = tmp_path / "sheet.html"
    path.write_text(sheet_page(sheet(), Language("en")), encoding="utf-8")
    with phone(playwright, tmp_path / "profile", scripts=False) as context:
        page = context.new_page()
        page.goto(path.as_uri())
        text = page.locator("body").inner_text()
    for number in range(1, 13):
        assert f"Lantern {10 + number}" in text
        assert grouped(stop_code("4821", number, Outcome.HANDED_OVER)) in text
    assert not re.search("Wipe|Send by SMS|whole route", text)


def test_markup_in_a_hint_is_not_run(opened: Open):
    page = opened(hint="</script><img src=x onerror=window.hacked=1><script>window.hacked=1</script>")
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0
