"""Where medicines are dispensed and goods are stored."""

from __future__ import annotations

from routing.domain.base import Day, Document, Identifier, LocalTime, Number, Seconds, Text
from routing.domain.hours import Hours
from routing.domain.places import Place


class Stock(Document):
    """Some of a product on a shelf, in the product's unit."""

    product_id: Identifier
    quantity: Number
    lot: Text = ""
    expires_on: Day | None = None


class Site(Document):
    """A dispensing site or store.

    Attributes
    ----------
    hours
        When goods are handed out and taken back.
    load_s
        How long a volunteer's call at the site takes.
    ready_from_time
        Goods are ready for loading from then; `None`: from opening.
    prep_s_per_unit
        Preparing one labelled unit takes so long; preparation starts at opening, and loads are ready when
        all of the day's units are.
    """

    site_id: Identifier
    name: Text
    place: Place
    hours: tuple[Hours, ...]
    closed_on: tuple[Day, ...] = ()
    stock: tuple[Stock, ...] = ()
    load_s: Seconds = 300
    ready_from_time: LocalTime | None = None
    prep_s_per_unit: Seconds = 0
