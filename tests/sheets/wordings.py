"""Which texts the papers ask a catalogue for, read from the source: `python -m tests.sheets.wordings` writes them."""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "routing/sheets/languages"
# what a text is asked for by, and where its arguments are texts of the catalogue
KEYWORDS = {"say": None, "text": None, "plural": (1, 2), "many": (1, 2)}
SOURCES = ("routing/sheets/wording.py", "routing/sheets/site_wording.py", "routing/sheets/page/making.py",
           "routing/sheets/languages/catalogues.py")  # fmt: skip

Key = str | tuple[str, str]


def asked() -> dict[Key, list[tuple[str, int]]]:
    """Return text -> where it is asked for; a text with a plural is a pair."""
    found: dict[Key, list[tuple[str, int]]] = {}
    for source in SOURCES:
        for line, message, _, _ in extract_from_file("python", ROOT / source, keywords=KEYWORDS):
            found.setdefault(message if isinstance(message, str) else tuple(message), []).append((source, line))
    return found


def template() -> bytes:
    """Return the template of all catalogues."""
    catalogue = Catalog(project="doorstep sheets", charset="utf-8", fuzzy=False)
    for message, places in asked().items():
        catalogue.add(message, locations=[(source, 0) for source, _ in places])
    return written(catalogue)


def read(code: str) -> Catalog:
    with (FOLDER / f"{code}.po").open("rb") as file:
        return read_po(file)


def written(catalogue: Catalog) -> bytes:
    """Return a catalogue's text, sorted by the English, without dates."""
    file = io.BytesIO()
    write_po(file, catalogue, omit_header=True, sort_output=True, no_location=True, width=0)
    return file.getvalue()


if __name__ == "__main__":
    (FOLDER / "sheets.pot").write_bytes(template())
