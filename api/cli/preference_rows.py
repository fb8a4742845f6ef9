"""How a plan shares the work, and what became of wishes, on the terminal. Law: figures only, nobody is named."""

from __future__ import annotations

from collections.abc import Iterator

from api.cli.tables import numbers, texts
from routing.domain.plan import PreferenceFigures, Share, Spread

PREFERENCE_COLUMNS = (*texts("shared and wished for"), *numbers("today"))


def preference_rows(figures: PreferenceFigures | None) -> Iterator[tuple[object, ...]]:
    """Yield what is meant and its figure; wishes that nobody has are left out."""
    if figures is None or not figures.stops.most:
        return
    yield "hours out by volunteer: least, median, most", _spread(figures.out_s, 3600, 1)
    yield "stops by volunteer: least, median, most", _spread(figures.stops, 1, 0)
    if figures.by_preferred.of:
        yield "clients who see whom they prefer", _share(figures.by_preferred)
    if figures.by_same.of:
        yield "clients who see who came last", _share(figures.by_same)
    if figures.too_many_people:
        yield "clients with more different people than wished for", figures.too_many_people


def _spread(spread: Spread, unit: int, digits: int) -> str:
    figures = (spread.least / unit, spread.median / unit, spread.most / unit)
    return " – ".join(f"{figure:.{digits}f}" if digits else f"{figure:g}" for figure in figures)


def _share(share: Share) -> str:
    return f"{share.count} of {share.of}"
