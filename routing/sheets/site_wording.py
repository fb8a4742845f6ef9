"""What the papers of site and dispatcher say. Law: as in `wording`; only a manifest's words name a product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import segno

from routing.sheets.languages import Language
from routing.sheets.papers import CustodyManifest, Label, ManifestLine, Run, RunSheet
from routing.sheets.wording import Words, frame_words, mode_word


def manifest_words(manifests: Sequence[CustodyManifest], language: Language) -> Words:
    """Return the words of a site's custody manifests: a page for each issue."""
    say = language.text
    return {
        **frame_words(language),
        "title": say("Custody manifest"),
        "stays": say("Stays at the site: it names products."),
        "columns": [
            say("Parcel"),
            say("Product"),
            say("Units"),
            say("Total"),
            say("Counted out"),
            say("Counted in"),
            say("Returned"),
            say("Quarantine"),
        ],
        "controlled": say("controlled"),
        "taken_back": say("Taken back"),
        "issue": say("Issue"),
        "back": say("Return"),
        "persons": [say("First person"), say("Second person"), say("Time")],
        "rule": say(
            "Two persons count. What comes back goes into quarantine. A difference is settled before the next issue."
        ),
        "issues": [_issue(manifest, language) for manifest in manifests],
    }


def label_words(labels: Sequence[Label], language: Language) -> Words:
    """Return the words of a site's parcel labels."""
    return {
        **frame_words(language),
        "peel": language.text("Peel off at the door"),
        "labels": [{"parcel": label.parcel, "proof": label.proof, "qr": qr_svg(label.parcel)} for label in labels],
    }


def run_words(sheet: RunSheet, language: Language) -> Words:
    """Return the words of the dispatcher's run sheet."""
    say = language.text
    return {
        **frame_words(language),
        "title": say("Run sheet"),
        "date": language.full_date(sheet.on),
        "note": say("For the dispatcher alone. Destroy it at the end of the day."),
        "columns": [
            say("Stop"),
            say("Code of the day"),
            say("Client"),
            say("Time"),
            say("Until"),
            say("Parcels"),
            say("Load"),
            say("Report"),
        ],
        "runs": [_run(run, language) for run in sheet.runs],
    }


def qr_svg(text: str) -> str:
    """Return a QR code as an SVG picture of 1 unit a module, with its quiet zone."""
    return segno.make_qr(text, error="m").svg_inline(border=2, dark="#000", omitsize=True)


def _issue(manifest: CustodyManifest, language: Language) -> Words:
    say = language.text
    load = language.text("Load at point {letter}", letter=manifest.letter)
    back = language.clock(manifest.return_at) if manifest.return_at else ""
    return {
        "site": manifest.site,
        "date": language.full_date(manifest.on),
        "volunteer": say("Issued to {volunteer}", volunteer=manifest.volunteer),
        "load": f"{load}: {language.kept(language.clock(manifest.load_at))}",
        "back": say("Expected back at {time}", time=back) if back else say("No return to this site"),
        "count": language.plural("{count} parcel", "{count} parcels", len(manifest.parcels)),
        "lines": [_line(line, language) for line in (*manifest.lines, *manifest.taken_back)],
        "totals": _totals(manifest.lines, language),
    }


def _line(line: ManifestLine, language: Language) -> dict[str, Any]:
    return {
        "parcel": language.kept(line.parcel) if line.parcel else "",
        "product": language.kept(line.product),
        "controlled": line.controlled,
        "units": [
            f"{language.short_date(for_on)}: {_amount(quantity, line.unit, language)}"
            if for_on
            else _amount(quantity, line.unit, language)
            for for_on, quantity in line.units
        ],
        "total": _amount(sum(quantity for _, quantity in line.units), line.unit, language),
    }


def _totals(lines: Sequence[ManifestLine], language: Language) -> list[list[str]]:
    """Return product and sum, once each, for the count out."""
    sums: dict[tuple[str, str], float] = {}
    for line in lines:
        key = (line.product, line.unit)
        sums[key] = sums.get(key, 0.0) + sum(quantity for _, quantity in line.units)
    return [
        [language.kept(product), _amount(quantity, unit, language)]
        for (product, unit), quantity in sorted(sums.items())
    ]


def _amount(quantity: float, unit: str, language: Language) -> str:
    """Return a quantity with its unit; to the hundredth, finer than any dose is measured."""
    many = language.plural
    return {
        "mL": many("{count} mL", "{count} mL", quantity),
        "tablet": many("{count} tablet", "{count} tablets", quantity),
        "pack": many("{count} pack", "{count} packs", quantity),
        "item": many("{count} item", "{count} items", quantity),
    }[unit]


def _mass(mass_g: int, language: Language) -> str:
    """Return what is to be carried: to ten grams below a kilogram, else to a tenth of one."""
    if mass_g < 1000:
        return language.text("{number} g", number=language.digits(-(-mass_g // 10) * 10))
    return language.text("{number} kg", number=language.decimal(mass_g / 1000, 1))


def _run(run: Run, language: Language) -> Words:
    count = language.plural("{count} stop", "{count} stops", len(run.lines))
    return {
        "head": language.joined(run.volunteer, mode_word(run.mode, language)),
        "span": language.span(run.start_at, run.end_at),
        "count": count,
        "route": language.kept(run.route),
        "lines": [
            [
                language.digits(line.number),
                language.kept(line.code_name),
                language.kept(line.client),
                language.span(line.from_at, line.to_at),
                language.kept(language.clock(line.latest_at)) if line.latest_at else "",
                language.digits(line.parcels),
                _mass(line.mass_g, language),
            ]
            for line in run.lines
        ],
    }
