"""Set a paper with Typst. Law: one compiler a template and process; fonts and templates of our own, nothing fetched.

A compiled template keeps its fonts and layout caches: the second sheet takes a fraction of the first.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import typst

from routing.sheets.marks import PDF_MARK
from routing.sheets.printing.fonts import font_folders

_COUNT = re.compile(rb"/Count (\d+)")
_LONG = re.compile(r"\S{22}(?=\S)")
TEMPLATES = Path(__file__).parent / "templates"


def typeset(template: str, words: dict[str, Any]) -> bytes:
    """Return the PDF of a paper: a template's name and the values it sets; the same bytes for the same values."""
    data = json.dumps(_breakable(words), ensure_ascii=False, separators=(",", ":"))
    pdf = _compiler(template).compile(format="pdf", sys_inputs={"data": data}, pdf_tags=False)
    if not isinstance(pdf, bytes):
        raise TypeError("one document is one PDF")
    return pdf.rstrip(b"\n") + b"\n" + PDF_MARK


def _breakable(words: Any) -> Any:
    """Return values in which a word longer than a column may break anywhere; pictures stay as they are."""
    if isinstance(words, str):
        return words if words.startswith("<svg ") else _LONG.sub("\\g<0>\u200b", words)
    if isinstance(words, dict):
        return {name: _breakable(value) for name, value in words.items()}
    return [_breakable(value) for value in words] if isinstance(words, list | tuple) else words


def pages_of(pdf: bytes) -> int:
    """Return how many pages Typst made: its page tree stands in the file uncompressed."""
    counts = _COUNT.findall(pdf)
    return max(map(int, counts)) if counts else 1


@cache
def _compiler(template: str) -> typst.Compiler:
    return typst.Compiler(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        # folders that do not exist: a template that asked for a package would fail, not fetch one
        package_path=str(TEMPLATES / "packages"),
        package_cache_path=str(TEMPLATES / "packages"),
    )


@cache
def _fonts() -> typst.Fonts:
    folders = [str(folder) for folder in font_folders()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
