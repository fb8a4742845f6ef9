"""The papers as PDF: pages, glyphs, direction, size, QR codes, and whatever a free text holds."""

import dataclasses
import json

import pytest
import zxingcpp

from api.cli.sheet_files import route_files, site_files
from routing.domain.loading import load_programme
from routing.network.streets import compile_streets
from routing.sheets.day import Day
from routing.sheets.languages import LANGUAGES, Language
from routing.sheets.making import papers_of
from routing.sheets.papers import Label, SealedLetter
from routing.sheets.printing.sheet_size import typeset_sheet
from routing.sheets.printing.typesetting import pages_of, typeset
from routing.sheets.site_wording import label_words, manifest_words, run_words
from routing.sheets.texts import clean
from routing.sheets.wording import card_words, letter_words, sheet_words
from tests.domain.stories import document
from tests.sheets.pdfs import glyphs, picture, seen, texts
from tests.sheets.story import MARKS, ON, card, sheet, stop
from tests.sheets.town import KEY, extract, plan, programme, raw_programme, streets

CODES = list(LANGUAGES)
MOST_BYTES = 100_000
NASTY = "<script>alert(1)</script> #panic(1) #let x = 1; $x^2$ *b* _i_ `c` \\u{41} [x] @a // /* {{7*7}} \"'& " * 2


def printed(code: str = "en", stops: int = 12, **how: object) -> bytes:
    return typeset_sheet(sheet_words(sheet(stops, **how), Language(code)))  # type: ignore[arg-type]


def everything(code: str) -> list[bytes]:
    """Return one of every paper in a language."""
    language = Language(code)
    day = papers_of(Day(plan(12), programme(12), KEY, extract(18), streets(18)))
    site = day.sites[0]
    return [
        printed(code),
        typeset("card", card_words(card(), language)),
        typeset("letter", letter_words(SealedLetter(on=ON, letter="A", parcels=("KXAC4", "7EP7P")), language)),
        typeset("manifest", manifest_words(site.manifests, language)),
        typeset("labels", label_words(site.labels, language)),
        typeset("run", run_words(day.run_sheet, language)),
    ]


@pytest.mark.parametrize("code", CODES)
def test_up_to_twelve_stops_are_one_page(code: str):
    for stops in (0, 1, 2, 6, 11, 12):
        assert pages_of(printed(code, stops)) == 1


@pytest.mark.parametrize("code", CODES)
def test_a_map_is_on_the_back_of_the_page(code: str):
    pdf = printed(code, 12, with_map=True)
    assert pages_of(pdf) == len(texts(pdf)) == 2


def test_forty_stops_are_numbered_pages_without_a_stop_lost():
    pdf = printed("en", 40)
    pages = texts(pdf)
    assert pages_of(pdf) == len(pages) >= 3
    whole = "\n".join(pages)
    for number in range(1, 41):
        assert f"Lantern {10 + number}" in whole
    assert f"1 / {len(pages)}" in pages[0]


def test_of_two_sheets_the_one_with_fewer_stops_is_in_larger_type():
    def tallest(pdf: bytes) -> int:
        return int((picture(pdf) < 128).any(axis=(1, 2)).sum())

    assert tallest(printed(stops=1)) < tallest(printed(stops=12))
    assert "Nobody answers" in texts(printed(stops=0))[0]


@pytest.mark.parametrize("code", CODES)
def test_no_sign_is_a_box_for_a_missing_glyph(code: str):
    for pdf in everything(code):
        drawn = glyphs(pdf)
        assert sum(len(run.numbers) for run in drawn) > 20
        assert [run for run in drawn if 0 in run.numbers] == []


@pytest.mark.parametrize(
    ("code", "font"), [("fa", "NotoSansArabic"), ("hi", "NotoSansDevanagari"), ("ne", "NotoSansDevanagari")]
)
def test_each_script_is_drawn_with_its_own_font(code: str, font: str):
    assert any(font in run.font for run in glyphs(printed(code)))


@pytest.mark.parametrize("code", ["en", "id", "lus"])
def test_latin_text_is_there_word_for_word(code: str):
    language, told = Language(code), " ".join(texts(printed(code))[0].split())
    words = sheet_words(sheet(12), language)
    for _, text in words["advice"]:
        assert all(word in told for word in text.split())
    for expected in (words["title"], words["date"], words["phone"], "Lantern 22", "09:15–09:35"):
        assert expected in told


@pytest.mark.parametrize("code", ["hi", "ne"])
def test_devanagari_text_is_there_word_for_word(code: str):
    told = "".join(texts(printed(code))[0].split())
    sheet_told = sheet_words(sheet(12), Language(code))
    words = [word for pair in sheet_told["advice"] for text in pair for word in text.split()]
    words += [*sheet_told["title"].split(), *sheet_told["date"].split()]
    # a reader of PDFs guesses where a sign above its letter stands: of a few words the order is another
    assert sum(word in told for word in words) > 0.9 * len(words)


@pytest.mark.parametrize(
    ("code", "span"), [("en", "09:15–09:35"), ("hi", "09:15–09:35"), ("ne", "०९:१५–०९:३५"), ("fa", "۰۹:۱۵–۰۹:۳۵")]
)
def test_no_time_number_or_code_is_turned_round(code: str, span: str):
    whole = "\n".join(seen(printed(code)))
    for expected in (span, "+62 361 000 000", "Lantern 11", "1482 1011 22", "4821"):
        assert expected in whole


def test_a_card_in_persian_keeps_number_plate_and_hours_in_order():
    whole = "\n".join(seen(typeset("card", card_words(card(), Language("fa")))))
    for expected in ("INV-01/11/2026", "DK 0001 ZA", "۰۹:۱۵–۱۰:۱۵"):
        assert expected in whole


@pytest.mark.parametrize("code", CODES)
def test_a_sheet_is_small(code: str):
    assert len(printed(code)) < MOST_BYTES
    assert len(printed(code, 40)) < MOST_BYTES


def test_the_same_sheet_is_the_same_bytes():
    assert printed("fa") == printed("fa")


@pytest.mark.parametrize("code", ["en", "fa", "hi"])
def test_a_hint_of_two_hundred_signs_is_there_to_its_end(code: str):
    hint = " ".join(f"turn{number:03}" for number in range(25))
    assert len(hint) == 199
    pdf = printed(code, 12, hint=hint)
    whole = "\n".join("\n".join(seen(pdf, page)) for page in range(pages_of(pdf)))
    assert all(whole.count(f"turn{number:03}") == 12 for number in range(25))


@pytest.mark.parametrize("code", ["en", "fa"])
def test_markup_in_every_free_text_is_text(code: str):
    nasty = clean(NASTY).text
    one = dataclasses.replace(stop(1, hint=nasty, marks=MARKS), code_name=nasty[:30], parcels=(nasty[:12],))
    whole = dataclasses.replace(sheet(1), entries=(one,), volunteer=nasty[:40], coordinator_phone=nasty[:40])
    told = "".join("".join(texts(typeset_sheet(sheet_words(whole, Language(code))))).replace("\u200b", "").split())
    if code == "en":
        assert "<script>alert(1)</script>#panic(1)#letx=1;$x^2$*b*_i_`c`" in told
    shown = dataclasses.replace(card(), number=nasty, issuer=nasty, area=nasty, plate=nasty, letter=nasty)
    assert pages_of(typeset("card", card_words(shown, Language(code)))) >= 1


def test_a_long_word_without_a_space_does_not_leave_its_column():
    pdf = printed(stops=3, hint="x" * 200)
    page = picture(pdf)
    margin = int(5 / 210 * page.shape[1])
    assert (page[:, :margin] > 200).all()
    assert (page[:, -margin:] > 200).all()


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_drawn_beyond_the_margins(code: str):
    for pdf in everything(code):
        for number in range(len(texts(pdf))):
            page = picture(pdf, number)
            margin = int(5 / 297 * max(page.shape[:2]))
            for edge in (page[:margin], page[-margin:], page[:, :margin], page[:, -margin:]):
                assert (edge > 200).all()


def test_qr_codes_on_labels_are_those_of_the_parcels():
    labels = tuple(Label(parcel=f"KX{number:02}P", proof=f"{number:04}") for number in range(30))
    pdf = typeset("labels", label_words(labels, Language("en")))
    found = [code.text for page in range(2) for code in zxingcpp.read_barcodes(picture(pdf, page, scale=3.0))]
    assert sorted(found) == [label.parcel for label in labels]
    told = " ".join(texts(pdf))
    assert all(label.proof in told for label in labels)


def test_a_label_holds_its_two_codes_and_nothing_else_of_the_day():
    day = papers_of(Day(plan(2), programme(2), KEY, extract(8), streets(8)))
    told = texts(typeset("labels", label_words(day.sites[0].labels, Language("en"))))[0]
    left = told
    for label in day.sites[0].labels:
        left = left.replace(label.parcel, "").replace(label.proof, "")
    assert set(left.replace("Peel off at the door", "").split()) == set()


def test_the_card_holds_the_pass_and_the_letter_and_nothing_else():
    told = texts(typeset("card", card_words(card(), Language("en"))))[0]
    assert "Kingfisher" not in told
    assert "Lantern" not in told
    assert "The bearer delivers essential supplies" in " ".join(told.split())


def test_a_card_without_an_area_in_words_points_to_the_pass():
    shown = dataclasses.replace(card(), area="", hours=())
    told = texts(typeset("card", card_words(shown, Language("en"))))[0]
    assert "as written on the pass" in told
    assert "all day" in told


def test_a_draft_says_so_and_english_does_not():
    assert "needs a native reviewer" in texts(printed("id"))[0]
    assert "needs a native reviewer" not in texts(printed("en"))[0]


NASTY_PROGRAMME = "</script><b>#panic(1)$x$ \U0001f600\x00\x1b\u202e \\ {{7}} @a `b` *c* _d_ ' \" "


def nasty_day() -> Day:
    """Return a day in which every free text of the programme and every street holds markup and signs that steer."""
    raw = json.loads(json.dumps(raw_programme(3, NASTY_PROGRAMME)))
    for entry in (*raw["products"], *raw["sites"]):
        entry["name"] += NASTY_PROGRAMME
    for client in raw["clients"]:
        client["code_name"] += NASTY_PROGRAMME
    raw["volunteers"][0]["code_name"] += NASTY_PROGRAMME
    raw["volunteers"][0]["vehicles"][0]["plate"] += NASTY_PROGRAMME
    for key in ("number", "issuer", "area_name", "organisation"):
        raw["passes"][0][key] += NASTY_PROGRAMME
    raw["coordinator"]["phone"] += NASTY_PROGRAMME
    raw["sheets"] = {"neutral_letter": NASTY_PROGRAMME, "street_map": True, "geo_links": True}
    town = extract(8)
    named = {
        way.way_id: dataclasses.replace(way, tags=way.tags | {"name": NASTY_PROGRAMME}) for way in town.ways.values()
    }
    town = dataclasses.replace(town, ways=named)
    return Day(plan(3), load_programme(document(raw)), KEY, town, compile_streets(town))


@pytest.mark.parametrize("code", ["en", "fa", "ne"])
def test_markup_in_every_free_text_of_a_programme_leaves_every_paper_standing(code: str):
    papers = papers_of(nasty_day())
    files = dict(route_files(papers.routes[0], code, frozenset({"pdf", "html"}))) | dict(site_files(papers, code))
    assert len(files) == 7
    for name, data in files.items():
        if name.endswith(".pdf"):
            assert pages_of(data) == len(texts(data))
            assert [run for run in glyphs(data) if 0 in run.numbers] == []
        else:
            assert data.count(b"</script>") == 2
            assert b"<b>#panic" not in data
    if code != "fa":  # a reader of PDFs puts Latin signs in Persian lines into an order of its own
        assert "#panic(1)" in "".join("".join(texts(files["custody-s1.pdf"])).replace("\u200b", "").split())


def test_a_name_that_cannot_be_printed_is_replaced_by_its_id():
    raw = json.loads(json.dumps(raw_programme(1, "gate")))
    raw["products"][0]["name"] = raw["sites"][0]["name"] = "\uabc3\uabc5\uabe4"  # Meitei, for which there is no font
    papers = papers_of(Day(plan(1), load_programme(document(raw)), KEY, extract(6), streets(6)))
    manifest = papers.sites[0].manifests[0]
    assert (manifest.site, manifest.lines[0].product) == ("s1", "p01")


def test_a_pass_that_says_too_much_is_not_shown_at_a_checkpoint():
    raw = json.loads(json.dumps(raw_programme(1, "gate")))
    raw["passes"][0]["issuer"] = "the HIV programme"
    papers = papers_of(Day(plan(1), load_programme(document(raw)), KEY, extract(6), streets(6)))
    assert papers.routes[0].cards[0].issuer == ""
    assert [remark.where for remark in papers.remarks] == ["the issuer of pass n1"]
