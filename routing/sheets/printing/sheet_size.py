"""How large a sheet's type can be. Law: a guess only chooses where to begin; what is printed was set and counted.

Asking Typst itself to measure several sizes takes five times as long as setting the page once, so the height is
reckoned here from counts of signs, and the next smaller size is tried where the page ran over.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from routing.sheets.printing.typesetting import pages_of, typeset

SIZES = (1.25, 1.2, 1.15, 1.1, 1.05, 1.0, 0.96, 0.92, 0.88, 0.84, 0.8, 0.76, 0.72)
ON_SEVERAL_PAGES = 0.95
PAGE_MM, PT_MM = 279.0, 0.3528
LINE = 1.16  # a line's height, in sizes of its type
SIGN = 0.46  # a sign's width, likewise
MOST_FOR_ONE_PAGE = 40  # stops and calls; beyond, no size on the list could do
CALL_MM, RIGHT_MM = 143.0, 15.0


def typeset_sheet(words: dict[str, Any]) -> bytes:
    """Return a volunteer's sheet as PDF: on one page at the largest size that fits, else on numbered pages."""
    tried = [size for size in SIZES if _height_mm(words, size) <= PAGE_MM] or [SIZES[-1]]
    if len(words["entries"]) <= MOST_FOR_ONE_PAGE:
        for size in tried:
            pdf = typeset("sheet", {**words, "size": size, "numbered": False})
            if pages_of(pdf) == 1 + bool(words["map"]):
                return pdf
    return typeset("sheet", {**words, "size": ON_SEVERAL_PAGES, "numbered": True})


def _height_mm(words: dict[str, Any], size: float) -> float:
    entries = sum(_stop_mm(entry, size) if entry["stop"] else _call_mm(entry, size) for entry in words["entries"])
    advice = max(_lines(text, 8.0, 44.0, size) for _, text in words["advice"])
    notes = _lines(words["asked"] + words["reports"] + words["strips"], 8.4, 192.0, size)
    return entries + (16 + notes * 8.4 * LINE * PT_MM + (advice + 1.2) * 8.0 * LINE * PT_MM) * size + 6


def _stop_mm(entry: dict[str, Any], size: float) -> float:
    width_mm = 132 - 70 * size  # what the other columns leave of the page
    marks = sum(_lines(mark, 7.4, 27 + 12 * size, size) for mark in entry["marks"])
    who = (12.5 + 12 + 7.4 * marks) * LINE * PT_MM
    hint = _lines(entry["hint"], 10.0, width_mm, size) * 10 * LINE * PT_MM + 2 * bool(entry["hint"])
    way = hint + _lines(_joined(entry), 8.2, width_mm, size) * 8.2 * LINE * PT_MM
    return max(who, way, RIGHT_MM) * size + 2.6 * size


def _call_mm(entry: dict[str, Any], size: float) -> float:
    text = entry["what"] + _joined(entry)
    return (_lines(text, 8.6, CALL_MM, size) * 9 * LINE * PT_MM + 3) * size


def _joined(entry: dict[str, Any]) -> str:
    return " | ".join(entry["way"])


def _lines(text: str, type_pt: float, width_mm: float, size: float) -> int:
    return ceil(len(text) * type_pt * size * SIGN * PT_MM / width_mm)
