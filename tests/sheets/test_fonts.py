"""The file of printable characters is that of the fonts: `python -m tests.sheets.test_fonts` writes it anew."""

import json
from pathlib import Path

from fontTools.ttLib import TTFont

from routing.sheets.printing.fonts import font_folders

FILE = Path(__file__).parents[2] / "routing/sheets/coverage.json"


def ranges() -> list[list[int]]:
    """Return the characters that one of the upright fonts has, as first and last of each run."""
    signs: set[int] = set()
    for folder in font_folders():
        for path in sorted(folder.glob("*.ttf")):
            if "Italic" not in path.name:
                with TTFont(path, lazy=True) as font:
                    signs |= set(font.getBestCmap())
    runs: list[list[int]] = []
    for sign in sorted(signs):
        if runs and runs[-1][1] == sign - 1:
            runs[-1][1] = sign
        else:
            runs.append([sign, sign])
    return runs


def written() -> str:
    return json.dumps(ranges(), separators=(",", ":")) + "\n"


def test_the_printable_characters_are_those_of_the_fonts():
    assert FILE.read_text(encoding="utf-8") == written()


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
