"""Languages of the papers: one catalogue each, digits and calendars as people write them."""

from routing.sheets.languages.catalogues import LANGUAGES, Language, language_named

__all__ = ["LANGUAGES", "Language", "language_named"]
