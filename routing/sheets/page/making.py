"""A volunteer's sheet as one HTML file.

Law: the file is whole without scripts and storage; nothing in it comes from elsewhere or is sent anywhere; a text of a
programme is escaped, once, here. Two hashes in the policy let the file's own style and script run, and no other.

What a volunteer reports leaves as digits, by SMS or by voice. A service could take the same digits: they are all that
the script hands to `report()`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from routing.sheets.languages import Language
from routing.sheets.marks import PAGE_MARK
from routing.sheets.papers import Stop, VolunteerSheet
from routing.sheets.report_codes import MOST_OF_ROUTE, Outcome
from routing.sheets.wording import Words, outcome_words, sheet_words

REPORTING = timedelta(hours=72)


def sheet_page(sheet: VolunteerSheet, language: Language) -> str:
    """Return the page: every stop open to read, buttons where scripts run."""
    words = sheet_words(sheet, language)
    direction = "rtl" if language.right_to_left else "ltr"
    return "".join(
        [
            f'<!DOCTYPE html>\n<html lang="{language.code}" dir="{direction}">\n',
            _head(words),
            f"<body>\n<header>\n{_header(sheet, words)}</header>\n<main>\n",
            f'<p id="said" role="status"></p>\n<ol id="entries">\n{"".join(_entries(sheet, words, language))}</ol>\n',
            _report(words, language),
            _map(words),
            f'<section id="advice">\n{"".join(map(_advice, words["advice"]))}</section>\n',
            f'<p class="small" dir="ltr">{escape(" | ".join(filter(None, (words["source"], words["draft"]))))}</p>\n',
            "</main>\n",
            f'<script type="application/json" id="known">{_known(sheet, language)}</script>\n',
            f"<script>{_part('page.js')}</script>\n</body>\n</html>\n",
        ]
    )


def page_policy() -> str:
    """Return the content security policy that stands in the page, for whoever serves it."""
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src '{_hash('page.css')}'; script-src '{_hash('page.js')}'"
    )


def _head(words: Words) -> str:
    return (
        f'<head>\n<meta charset="utf-8">\n{PAGE_MARK.decode()}\n'
        f'<meta http-equiv="Content-Security-Policy" content="{page_policy()}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(words['title'])}</title>\n<style>{_part('page.css')}</style>\n</head>\n"
    )


def _header(sheet: VolunteerSheet, words: Words) -> str:
    call = ""
    if sheet.coordinator_phone:
        call = f'<p><a class="call" href="tel:{_dialled(sheet.coordinator_phone)}">{escape(words["phone"])}</a></p>\n'
    return (
        f"<h1>{escape(words['title'])}</h1>\n<p>{escape(words['date'])}</p>\n"
        f"<p><b>{escape(words['who'])}</b> | {escape(words['count'])}</p>\n{call}"
    )


def _entries(sheet: VolunteerSheet, words: Words, language: Language) -> Iterator[str]:
    for entry, told in zip(sheet.entries, words["entries"], strict=True):
        if isinstance(entry, Stop):
            yield _stop(sheet, entry, told, words, language)
        else:
            yield _call(told)


def _stop(sheet: VolunteerSheet, stop: Stop, told: Words, words: Words, language: Language) -> str:
    labels = words["labels"]
    parts = [_list("marks", told["marks"]), _paragraph("hint", told["hint"]), _list("way", told["way"], "ol")]
    if told["parcels"]:
        parts.append(
            f'<p class="parcels">{escape(labels["parcels"])}: <b>{escape(" | ".join(told["parcels"]))}</b></p>\n'
        )
        parts.append(_paragraph("asked", words["asked"]))
    if sheet.geo_links and stop.junction is not None:
        lon, lat = stop.junction
        link = escape(language.text("Open the junction in a map app, which may send it on"))
        parts.append(f'<p><a class="geo" href="geo:{lat:.6f},{lon:.6f}">{link}</a></p>\n')
    codes = (
        f'<p class="codes">{escape(labels["handed"])}: <b>{escape(told["handed"])}</b><br>'
        f"{escape(labels['not_handed'])}: <b>{escape(told['not_handed'])}</b></p>\n"
    )
    return (
        f'<li class="stop" data-stop="{stop.number}"><details open>\n<summary><span class="number">'
        f'{escape(told["number"])}</span> <span class="name">{escape(told["name"])}</span> '
        f'<span class="span">{escape(told["span"])}</span></summary>\n'
        f'<div class="body">\n{"".join(parts)}{codes}</div>\n</details></li>\n'
    )


def _call(told: Words) -> str:
    way = _list("way", told["way"], "ol")
    span = f'<span class="span">{escape(told["span"])}</span>'
    return f'<li class="at"><p><b>{escape(told["what"])}</b> {span}</p>\n{way}</li>\n'


def _report(words: Words, language: Language) -> str:
    say = language.text
    heading, whole, send, wipe = (
        escape(text)
        for text in (say("Report"), say("The whole route so far:"), say("Send by SMS"), say("Wipe this sheet"))
    )
    return (
        f'<section id="report">\n<h2>{heading}</h2>\n<p>{escape(words["reports"])}</p>\n'
        f'<div id="whole" hidden><p>{whole}</p>\n<p><output id="code" dir="ltr"></output></p>\n'
        f'<p><a id="sms" hidden>{send}</a></p></div>\n'
        f'<p><button type="button" id="wipe" hidden>{wipe}</button></p>\n</section>\n'
    )


def _map(words: Words) -> str:
    if not words["map"]:
        return ""
    drawing = words["map"].replace("<svg ", '<svg aria-hidden="true" ', 1)
    return f'<figure id="map"><figcaption>{escape(words["map_title"])}</figcaption>{drawing}</figure>\n'


def _advice(advice: list[str]) -> str:
    heading, text = advice
    return f"<details>\n<summary>{escape(heading)}</summary>\n<p>{escape(text)}</p>\n</details>\n"


def _known(sheet: VolunteerSheet, language: Language) -> str:
    """Return what the script needs, as JSON that cannot end its element."""
    say = language.text
    ends_at = _read_until(sheet)
    known: dict[str, Any] = {
        "key": f"sheet {sheet.on.isoformat()} {sheet.route}",
        "route": sheet.route,
        "stops": len(sheet.stops),
        "most": MOST_OF_ROUTE,
        "readUntil": _milliseconds(ends_at),
        "reportUntil": _milliseconds(ends_at + REPORTING),
        "phone": _dialled(sheet.coordinator_phone),
        "outcomes": [[f"{outcome:d}", word] for outcome, word in outcome_words(language).items()],
        "handed": f"{Outcome.HANDED_OVER:d}",
        "words": {
            "reason": say("Not handed over: why?"),
            "undo": say("Undo"),
            "send": say("Send this number:"),
            "next": say("Next stop"),
            "all": say("Every stop is reported."),
            "over": say("The day of this sheet is over: only reports are left."),
            "closed": say("This sheet is closed. Delete the file."),
            "wiped": say("This sheet was wiped. Delete the file, too."),
            "sure": say("Wipe all stops and reports from this page?"),
            "memory": say("This phone keeps no notes for this page: report each stop before you close it."),
        },
    }
    text = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _read_until(sheet: VolunteerSheet) -> datetime:
    """Return the end of the sheet's day, or of a route that goes on into the night."""
    midnight = datetime.combine(sheet.on + timedelta(days=1), time(), tzinfo=sheet.ends_at.tzinfo)
    return max(midnight, sheet.ends_at)


def _milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def _dialled(phone: str) -> str:
    """Return a number as it is dialled: its digits, and a plus sign before them."""
    return ("+" if phone.strip().startswith("+") else "") + "".join(sign for sign in phone if sign in "0123456789")


def _paragraph(kind: str, text: str) -> str:
    return f'<p class="{kind}" dir="auto">{escape(text)}</p>\n' if text else ""


def _list(kind: str, texts: list[str], tag: str = "ul") -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<{tag} class="{kind}">{items}</{tag}>\n' if texts else ""


@cache
def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _hash(name: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(_part(name).encode()).digest()).decode()
