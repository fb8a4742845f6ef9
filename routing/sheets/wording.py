"""What a paper says, in the reader's language, as plain values for PDF and page alike.

Law: every word comes from the catalogue, every value from a paper's type; nothing of a plan or programme is seen here.
Keys are the templates'; the same words serve print and page, so that a volunteer who lost one finds the other.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from routing.domain.volunteers import Mode
from routing.network.street_arrays import ATTRIBUTION
from routing.sheets.directions import Direction, Turn
from routing.sheets.languages import Language
from routing.sheets.papers import Call, CallKind, CheckpointCard, Mark, SealedLetter, Stop, VolunteerSheet
from routing.sheets.report_codes import Outcome, grouped, stop_code
from routing.sheets.small_map import small_map
from routing.sheets.texts import clean

Words = dict[str, Any]
DRAFT = "Draft translation, needs a native reviewer."
LONGEST_STREET = 60


def frame_words(language: Language) -> Words:
    """Return what every paper needs: direction, and whether its words are a draft."""
    return {
        "lang": language.code,
        "rtl": language.right_to_left,
        "draft": DRAFT if language.is_draft else "",
    }


def sheet_words(sheet: VolunteerSheet, language: Language) -> Words:
    """Return the words of a volunteer's sheet."""
    say = language.text
    return {
        **frame_words(language),
        "title": say("Route sheet"),
        "date": language.full_date(sheet.on),
        "who": language.joined(sheet.volunteer, mode_word(sheet.mode, language)),
        "count": language.plural("{count} stop", "{count} stops", len(sheet.stops)),
        "route": language.kept(sheet.route),
        "entries": [_entry(sheet, entry, language) for entry in sheet.entries],
        "labels": {
            "parcels": say("Parcels"),
            "proof": say("Stick the peel-off strip here"),
            "word": say("Word said:"),
            "handed": say("Handed over"),
            "not_handed": say("Not handed over"),
        },
        "asked": say("Ask for the agreed word and write it down. Do not say it yourself."),
        "advice": advice(language),
        "phone": _phone(sheet.coordinator_phone, language),
        "reports": say("After each stop send its number by SMS to the coordinator, or read it out."),
        "strips": say("Tear off each strip when its stop is done, and give the strips back with the parcels."),
        "source": ATTRIBUTION,
        "map": small_map(sheet),
        "map_title": say("The way, from junction to junction"),
    }


def card_words(card: CheckpointCard, language: Language) -> Words:
    """Return the words of a checkpoint card."""
    say = language.text
    spans = language.joined(*(language.span(*span) for span in card.hours)) or say("all day")
    vehicle = f"{mode_word(card.mode, language)} {language.kept(card.plate)}".strip()
    valid = f"{language.short_date(card.valid_from_on)} – {language.short_date(card.valid_to_on)}"
    return {
        **frame_words(language),
        "title": say("Movement pass"),
        "number": language.kept(card.number),
        "rows": [
            [say("Issued by"), card.issuer],
            [say("Area"), card.area or say("as written on the pass")],
            [say("Valid"), valid],
            [say("Hours"), spans],
            [say("Vehicle"), vehicle],
        ],
        "letter": card.letter or neutral_letter(language),
    }


def letter_words(letter: SealedLetter, language: Language) -> Words:
    """Return the words of a site's sealed letter."""
    say = language.text
    return {
        **frame_words(language),
        "title": say("Sealed goods"),
        "date": language.full_date(letter.on),
        "text": say(
            "These parcels were counted and sealed before departure. They are known by their codes alone. "
            "Please do not open them."
        ),
        "count": language.plural("{count} parcel", "{count} parcels", len(letter.parcels)),
        "parcels": [language.kept(code) for code in letter.parcels],
        "sign": [say("Sealed by"), say("Time"), say("Signature and stamp")],
    }


def neutral_letter(language: Language) -> str:
    """Return the letter that stands on a card where the organisation wrote none."""
    return language.text(
        "The bearer delivers essential supplies to households under this pass. The parcels are sealed; to protect the "
        "privacy of households they carry codes and no names. Please let the bearer pass."
    )


def advice(language: Language) -> list[list[str]]:
    """Return what to do when something goes otherwise: heading and text."""
    say = language.text
    return [
        [
            say("Nobody answers"),
            say("Wait five minutes, then call the coordinator. Leave nothing behind. Bring the parcel back."),
        ],
        [
            say("Somebody else answers"),
            say("Say that you are looking for another house. Say no name, and nothing about a parcel. Go on."),
        ],
        [
            say("Police ask"),
            say("Show the card and your identity card. Do not open a parcel. If you are kept, call the coordinator."),
        ],
        [
            say("Not safe, or this sheet is lost"),
            say("You need not hand over where you do not feel safe. Call the coordinator at once."),
        ],
    ]


def mark_word(mark: Mark, language: Language) -> str:
    """Return a mark in a few words."""
    say = language.text
    return {
        Mark.CONTACTLESS: say("Contactless: put it down, step back, stay until it is taken"),
        Mark.CALL_FIRST: say("Call the coordinator first"),
        Mark.NOBODY_ELSE: say("Hand to nobody else"),
        Mark.TAKE_BACK: say("Take the old parcel back"),
        Mark.NO_PARCEL: say("A visit, no parcel"),
        Mark.TOGETHER: say("Together with the other volunteer"),
        Mark.GATE: say("At the gate: only to the officer in charge"),
    }[mark]


def mode_word(mode: Mode, language: Language) -> str:
    """Return how somebody moves."""
    say = language.text
    return {
        Mode.FOOT: say("on foot"),
        Mode.BICYCLE: say("by bicycle"),
        Mode.MOTORCYCLE: say("by motorcycle"),
        Mode.CAR: say("by car"),
    }[mode]


def outcome_words(language: Language) -> dict[Outcome, str]:
    """Return the outcomes a volunteer can report, as buttons say them."""
    say = language.text
    return {
        Outcome.HANDED_OVER: say("Handed over"),
        Outcome.NOBODY_THERE: say("Nobody there"),
        Outcome.REFUSED: say("Refused"),
        Outcome.SOMEBODY_ELSE: say("Somebody else answered"),
        Outcome.NOT_SAFE: say("Not safe"),
        Outcome.NOT_FOUND: say("Place not found"),
        Outcome.STOPPED: say("Stopped on the way"),
        Outcome.OTHER: say("Another reason"),
    }


def _entry(sheet: VolunteerSheet, entry: Stop | Call, language: Language) -> Words:
    shared: Words = {
        "span": language.span(entry.from_at, entry.to_at),
        "way": ways(entry.directions, language),
        "parcels": [language.kept(code) for code in entry.parcels],
    }
    if isinstance(entry, Call):
        count = language.plural("{count} parcel", "{count} parcels", len(entry.parcels)) if entry.parcels else ""
        return {**shared, "stop": False, "what": language.joined(_call_word(entry, language), count)}
    return {
        **shared,
        "stop": True,
        "number": language.digits(entry.number),
        "name": language.kept(entry.code_name),
        "hint": entry.hint,
        "hint_rtl": begins_right_to_left(entry.hint),
        "marks": [mark_word(mark, language) for mark in entry.marks],
        "handed": language.kept(grouped(stop_code(sheet.route, entry.number, Outcome.HANDED_OVER))),
        "not_handed": language.kept(grouped(stop_code(sheet.route, entry.number, Outcome.OTHER))),
    }


def _call_word(call: Call, language: Language) -> str:
    if call.kind is CallKind.LOAD:
        return language.text("Load at point {letter}", letter=call.letter)
    if call.kind is CallKind.RETURN:
        return language.text("Back to point {letter}: count in", letter=call.letter)
    return language.text("Rest")


def ways(directions: Sequence[Direction], language: Language) -> list[str]:
    """Return directions as short texts, one a street."""
    return [way for direction in directions for way in _way(direction, language)]


def _way(direction: Direction, language: Language) -> list[str]:
    say = language.text
    door = {
        Turn.DOOR_LEFT: say("door on the left"),
        Turn.DOOR_RIGHT: say("door on the right"),
        Turn.DOOR_AHEAD: say("door straight ahead"),
    }.get(direction.turn)
    if door:
        return [door]
    street = _shortened(direction.street) or say("lane without a name")
    if direction.distance_m == 0:
        return [language.kept(street)]
    distance = language.metres(direction.distance_m)
    told = {
        Turn.ON: say("{street} {distance}", street=street, distance=distance),
        Turn.LEFT: say("left: {street} {distance}", street=street, distance=distance),
        Turn.RIGHT: say("right: {street} {distance}", street=street, distance=distance),
        Turn.BACK: say("turn round: {street} {distance}", street=street, distance=distance),
        Turn.ROUNDABOUT: _round(direction, street, distance, language),
    }[direction.turn]
    return ["…", told] if direction.skipped else [told]


def _round(direction: Direction, street: str, distance: str, language: Language) -> str:
    if not direction.exit:
        return language.text("roundabout: {street} {distance}", street=street, distance=distance)
    number = language.digits(direction.exit)
    return language.text(
        "roundabout, exit {number}: {street} {distance}", number=number, street=street, distance=distance
    )


def _shortened(street: str) -> str:
    printable = clean(street).text
    return printable if len(printable) <= LONGEST_STREET else f"{printable[: LONGEST_STREET - 1]}…"


def _phone(phone: str, language: Language) -> str:
    return language.text("Coordinator: {phone}", phone=phone) if phone else ""


def begins_right_to_left(text: str) -> bool:
    """Say whether the first letter of a text belongs to a script written from the right."""
    letters = (unicodedata.bidirectional(sign) for sign in text)
    return next((kind for kind in letters if kind in {"L", "R", "AL"}), "L") != "L"
