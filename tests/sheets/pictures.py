"""Draw the pictures of `docs/sheets.md` anew: `python -m tests.sheets.pictures`. Needs Chromium; a minute.

The Denpasar day, planned by iterations and named with a key of no secret, so that the pictures change only where
something changed. They are drawn for people to look at: what can be checked by machine is checked in the tests.
"""

import struct
import tempfile
import zlib
from datetime import timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
from playwright.sync_api import sync_playwright

from api.cli.main import main
from routing.domain.loading import load_programme
from routing.domain.plan import load_plan
from routing.network.extract import read_extract
from routing.network.streets import load_streets
from routing.sheets.day import Day
from routing.sheets.languages import LANGUAGES, Language
from routing.sheets.making import DayPapers, papers_of
from routing.sheets.page import sheet_page
from routing.sheets.printing.sheet_size import typeset_sheet
from routing.sheets.printing.typesetting import typeset
from routing.sheets.site_wording import label_words, manifest_words, run_words
from routing.sheets.wording import card_words, letter_words, sheet_words
from scenarios.finding import find_scenario
from tests.browser.phone import phone
from tests.sheets.pdfs import picture

FOLDER = Path(__file__).parents[2] / "docs/pictures"
KEY = bytes(range(32))
LONG, RTL = 0, "fa"
SHADES = 8


def papers(folder: Path) -> DayPapers:
    """Plan the day and return its papers."""
    main(["plan", "denpasar", "--iterations", "20", "--out", str(folder)])
    scenario = find_scenario("denpasar")
    return papers_of(
        Day(
            load_plan((folder / "plan.json").read_bytes()),
            load_programme(scenario.programme.read_bytes()),
            KEY,
            read_extract(scenario.extract),
            load_streets(scenario.extract),
        )
    )


def draw(name: str, pdf: bytes, page: int = 0, scale: float = 1.25) -> None:
    """Write a page as a small picture in a few shades of grey."""
    grey = picture(pdf, page, scale)[:, :, :3].mean(axis=2)
    (FOLDER / f"{name}.png").write_bytes(png(np.round(grey / 255 * (SHADES - 1)).astype(np.uint8)))


def png(shades: npt.NDArray[np.uint8]) -> bytes:
    """Return a picture of `SHADES` greys as PNG, four bits a pixel."""
    height, width = shades.shape
    wide = np.pad(shades, ((0, 0), (0, width % 2)))
    packed = (wide[:, ::2] << 4) | wide[:, 1::2]
    rows = b"".join(b"\0" + row.tobytes() for row in packed)
    greys = b"".join(bytes([round(255 * shade / (SHADES - 1))] * 3) for shade in range(SHADES))
    header = struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", greys), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def draw_all() -> None:
    """Write every picture."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        day = papers(Path(folder))
        route = day.routes[LONG]
        for code in LANGUAGES:
            draw(f"sheet-{code}", typeset_sheet(sheet_words(route.sheet, Language(code))))
        draw("map", typeset_sheet(sheet_words(route.sheet, Language("en"))), page=1, scale=0.8)
        for code in ("en", RTL):
            language = Language(code)
            draw(f"card-{code}", typeset("card", card_words(route.cards[0], language)), scale=0.8)
            draw(f"letter-{code}", typeset("letter", letter_words(route.letters[0], language)), scale=0.8)
            draw(f"custody-{code}", typeset("manifest", manifest_words(day.sites[0].manifests, language)))
            draw(f"run-sheet-{code}", typeset("run", run_words(day.run_sheet, language)))
        draw("labels", typeset("labels", label_words(day.sites[0].labels, Language("en"))), scale=0.9)
        draw_pages(day, Path(folder))


def draw_pages(day: DayPapers, folder: Path) -> None:
    """Photograph the page on a phone: in the morning, and after three stops."""
    sheet = day.routes[LONG].sheet
    morning = sheet.stops[0].from_at - timedelta(minutes=30)
    with sync_playwright() as playwright:
        for code in ("en", RTL):  # what other scripts look like depends on the fonts of the phone
            path = folder / f"{code}.html"
            path.write_text(sheet_page(sheet, Language(code)), encoding="utf-8")
            with phone(playwright, folder / f"profile-{code}") as context:
                page = context.new_page()
                page.clock.set_fixed_time(morning)
                page.goto(path.as_uri())
                for _ in range(2):
                    page.locator(".next button.handed").click()
                page.locator(".next").scroll_into_view_if_needed()
                page.screenshot(path=FOLDER / f"page-{code}.png")


if __name__ == "__main__":
    draw_all()
