"""The fonts of the papers. Law: only fonts that come with the locked packages; the system's are never asked."""

from __future__ import annotations

from pathlib import Path

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import fontpkg_noto_sans_devanagari


def font_folders() -> tuple[Path, ...]:
    """Return the folders the fonts lie in."""
    packages = (fontpkg_noto_sans, fontpkg_noto_sans_arabic, fontpkg_noto_sans_devanagari)
    return tuple(package.ROOT / "files" for package in packages)
