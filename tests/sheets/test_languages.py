"""The catalogues hold every text the papers ask for, with its values, and digits and dates are the people's."""

import re
from datetime import date, time

import pytest
from babel.messages.catalog import Message

from routing.domain.errors import UsageError
from routing.sheets.languages import LANGUAGES, Language, language_named
from routing.sheets.languages.catalogues import STARTED
from routing.sheets.texts import covered
from tests.sheets.wordings import FOLDER, asked, read, template

TRANSLATED = [code for code in LANGUAGES if code != "en"]
COMPLETE = [code for code in TRANSLATED if code not in STARTED]
ON = date(2026, 11, 23)


def strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def messages(code: str) -> list[Message]:
    return [message for message in read(code) if message.id]


def test_the_template_is_what_the_source_asks_for():
    assert (FOLDER / "sheets.pot").read_bytes() == template()


def test_there_is_a_catalogue_for_every_language_and_no_other():
    assert {path.stem for path in FOLDER.glob("*.po")} == set(TRANSLATED)


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_has_exactly_the_texts_asked_for(code: str):
    assert {message.id for message in messages(code)} == set(asked())


@pytest.mark.parametrize("code", COMPLETE)
def test_a_complete_catalogue_translates_every_text(code: str):
    assert [message.id for message in messages(code) if not all(strings(message))] == []


def test_mizo_is_started():
    told = [message for message in messages("lus") if all(strings(message))]
    assert 20 < len(told) < len(asked())
    assert Language("lus").text("Counted out") == "Counted out"


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_translation_has_the_values_of_its_text(code: str):
    for message in messages(code):
        english = message.id if isinstance(message.id, str) else message.id[1]
        for told in filter(None, strings(message)):
            assert sorted(re.findall(r"{\w+}", told)) == sorted(re.findall(r"{\w+}", english)), english


@pytest.mark.parametrize("code", COMPLETE)
def test_no_translation_is_the_english_but_for_signs_that_all_share(code: str):
    same = [message.id for message in messages(code) if message.id in strings(message)]
    assert set(same) <= {"{street} {distance}", "{number} g", "{number} kg", "{number} km", "{number} m"}


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_sign_of_a_catalogue_can_be_printed(code: str):
    signs = {sign for message in messages(code) for text in strings(message) for sign in text}
    assert {sign for sign in signs if ord(sign) not in covered()} == set()


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_is_a_draft_until_it_is_signed(code: str):
    assert read(code).mime_headers
    assert "X-Review: draft, needs a native reviewer" in (FOLDER / f"{code}.po").read_text(encoding="utf-8")
    assert Language(code).is_draft


def test_english_is_the_original_and_no_draft():
    assert not Language("en").is_draft


@pytest.mark.parametrize(
    ("code", "one", "three"),
    [
        ("en", "1 parcel", "3 parcels"),
        ("hi", "1 पार्सल", "3 पार्सल"),
        ("ne", "१ पार्सल", "३ पार्सलहरू"),
        ("id", "1 paket", "3 paket"),
        ("fa", "\u2066۱\u2069 بسته", "\u2066۳\u2069 بسته"),
    ],
)
def test_plural_forms(code: str, one: str, three: str):
    language = Language(code)
    assert language.plural("{count} parcel", "{count} parcels", 1) == one
    assert language.plural("{count} parcel", "{count} parcels", 3) == three


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", "Monday 23 November 2026"),
        ("hi", "सोमवार 23 नवंबर 2026"),
        ("ne", "सोमबार ७ मंसिर २०८३ (२३ नोभेम्बर २०२६)"),
        ("id", "Senin 23 November 2026"),
        ("fa", "دوشنبه ۲ آذر ۱۴۰۵ (۲۳ نوامبر ۲۰۲۶)"),
        ("lus", "Monday 23 November 2026"),
    ],
)
def test_dates_are_told_in_the_people_s_calendar(code: str, expected: str):
    assert Language(code).full_date(ON) == expected


@pytest.mark.parametrize("code", ["ne", "fa"])
def test_a_date_beyond_the_calendar_is_told_in_the_gregorian_one_alone(code: str):
    assert "(" not in Language(code).full_date(date(1700, 5, 6))


@pytest.mark.parametrize(
    ("code", "span", "number"),
    [
        ("en", "09:15–09:35", "1.5"),
        ("hi", "09:15–09:35", "1.5"),
        ("ne", "०९:१५–०९:३५", "१.५"),
        ("id", "09:15–09:35", "1,5"),
        ("fa", "\u2066۰۹:۱۵–۰۹:۳۵\u2069", "۱٫۵"),
    ],
)
def test_times_and_numbers_are_in_the_people_s_digits_and_isolated_from_the_right(code: str, span: str, number: str):
    assert Language(code).span(time(9, 15), time(9, 35)) == span
    assert Language(code).decimal(1.5, 1) == number


@pytest.mark.parametrize(
    ("metres", "told"),
    [(1, "10 m"), (94, "90 m"), (195, "200 m"), (204, "200 m"), (949, "950 m"), (1000, "1 km"), (1449, "1.4 km")],
)
def test_distances_are_told_as_somebody_on_the_way_can_use_them(metres: int, told: str):
    assert Language("en").metres(metres) == told


def test_a_value_in_a_right_to_left_script_is_not_isolated():
    assert Language("fa").kept("خیابان") == "خیابان"
    assert Language("fa").kept("") == ""
    assert Language("en").kept("A 1") == "A 1"


def test_an_unknown_language_is_refused():
    with pytest.raises(UsageError) as caught:
        language_named("xx")
    assert caught.value.code == "unknown_language"
