"""Reading PDFs in tests: text, pictures, glyphs, and every byte with its streams inflated."""

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject, StreamObject


def texts(pdf: bytes) -> list[str]:
    """Return the text of each page, in the order in which it is drawn."""
    with pdfium.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def picture(pdf: bytes, page: int = 0, scale: float = 2.0) -> npt.NDArray[np.uint8]:
    """Return a page as an array of pixels."""
    with pdfium.PdfDocument(pdf) as document:
        return document[page].render(scale=scale).to_numpy().copy()


def inflated(pdf: bytes) -> bytes:
    """Return the file's bytes, and those of every stream in it, inflated."""
    reader = PdfReader(io.BytesIO(pdf))
    parts = [pdf]
    for number in range(1, len(reader.xref_objStm) + max(reader.xref.get(0, {0: 0}), default=0) + 1):
        found = reader.get_object(number)
        if isinstance(found, StreamObject):
            parts.append(found.get_data())
        elif found is not None:
            parts.append(repr(found).encode())
    return b"\n".join(parts)


@dataclass(frozen=True)
class Glyphs:
    """Glyph numbers drawn with one font; 0 is the box that stands for a sign the font lacks."""

    font: str
    numbers: tuple[int, ...]


def glyphs(pdf: bytes) -> list[Glyphs]:
    """Return what is drawn on all pages: two bytes a glyph, as composite fonts have it."""
    reader = PdfReader(io.BytesIO(pdf))
    drawn: list[Glyphs] = []
    for page in reader.pages:
        fonts = _fonts(page["/Resources"])
        current = ""
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator == b"Tf":
                current = fonts.get(str(operands[0]), "")
            elif operator in {b"Tj", b"TJ"}:
                shown = operands[0] if operator == b"TJ" else [operands[0]]
                raw = b"".join(_bytes(part) for part in shown if isinstance(part, bytes | str))
                drawn.append(Glyphs(current, tuple(int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2))))
    return drawn


def _fonts(resources: object) -> dict[str, str]:
    fonts = resources.get("/Font", {}) if isinstance(resources, DictionaryObject) else {}
    return {str(name): str(font.get_object()["/BaseFont"]) for name, font in fonts.items()}


def _bytes(part: bytes | str) -> bytes:
    return part if isinstance(part, bytes) else part.original_bytes  # type: ignore[attr-defined]


APART_PT = 4.0


def seen(pdf: bytes, page: int = 0) -> list[str]:
    """Return a page's lines as an eye meets them, from left to right, whatever the direction of their script."""
    signs: list[tuple[float, float, str]] = []
    with pdfium.PdfDocument(pdf) as document:
        text = document[page].get_textpage()
        for index in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(index, loose=True)
            if right > left:
                signs.append(((bottom + top) / 2, left, text.get_text_range(index, 1)))
    signs.sort(reverse=True)
    lines: list[list[tuple[float, str]]] = []
    last = float("inf")
    for middle, left, sign in signs:
        if last - middle > APART_PT:
            lines.append([])
            last = middle
        lines[-1].append((left, sign))
    return ["".join(sign for _, sign in sorted(line)) for line in lines]
