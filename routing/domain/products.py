"""What is delivered. Law: strength is part of a product's identity; quantities are in the product's own unit."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from routing.domain.base import Document, Identifier, Milligrams, PositiveDays, Text

Burden = Annotated[float, Field(ge=0, le=10**8, allow_inf_nan=False)]


class ProductKind(StrEnum):
    """What the product is (DOMAIN facts, section 2)."""

    METHADONE = "methadone"
    BUPRENORPHINE = "buprenorphine"
    BUPRENORPHINE_NALOXONE = "buprenorphine_naloxone"
    OPIUM_TINCTURE = "opium_tincture"
    ART = "art"
    HCV = "hcv"
    TB = "tb"
    NALOXONE = "naloxone"
    NEEDLES = "needles"
    CONDOMS = "condoms"
    PPE = "ppe"
    HYGIENE = "hygiene"
    FOOD = "food"
    MEAL = "meal"
    OTHER = "other"


class Form(StrEnum):
    """How the product is counted."""

    LIQUID = "liquid"
    TABLET = "tablet"
    PACK = "pack"
    ITEM = "item"


class Unit(StrEnum):
    """The unit of a quantity."""

    ML = "mL"
    TABLET = "tablet"
    PACK = "pack"
    ITEM = "item"


class Purpose(StrEnum):
    """What a pass must allow for the product to travel under it."""

    MEDICINE = "medicine"
    HARM_REDUCTION = "harm_reduction"
    FOOD = "food"
    HYGIENE = "hygiene"


UNIT_OF_FORM = {
    Form.LIQUID: Unit.ML,
    Form.TABLET: Unit.TABLET,
    Form.PACK: Unit.PACK,
    Form.ITEM: Unit.ITEM,
}


class Product(Document):
    """One product in one strength.

    Attributes
    ----------
    strength_mg_per_ml
        Liquids: milligrams of active substance in a millilitre.
    tablets_mg
        Tablets: the strengths a dose may be made of, in milligrams.
    splittable
        Tablets: halves may be handed out.
    pack_days
        Packs: dose-days one pack lasts; packs are never opened.
    mass_g, volume_ml
        Of one labelled unit as carried: a bottle or sachet for one dose-day, a pack, an item.
    requires
        Authorisations a volunteer needs to carry it.
    """

    product_id: Identifier
    name: Text
    kind: ProductKind
    form: Form
    purpose: Purpose
    controlled: bool = False
    strength_mg_per_ml: Milligrams | None = None
    tablets_mg: tuple[Milligrams, ...] = ()
    splittable: bool = False
    pack_days: PositiveDays | None = None
    mass_g: Burden
    volume_ml: Burden
    requires: tuple[Identifier, ...] = ()
    storage: Text = ""

    @property
    def unit(self) -> Unit:
        """The unit in which the product is counted."""
        return UNIT_OF_FORM[self.form]

    @model_validator(mode="after")
    def _form_has_its_measure(self) -> Self:
        needed = {
            Form.LIQUID: ("strength_mg_per_ml", self.strength_mg_per_ml is not None),
            Form.TABLET: ("tablets_mg", bool(self.tablets_mg)),
            Form.PACK: ("pack_days", self.pack_days is not None),
            Form.ITEM: ("", True),
        }
        name, present = needed[self.form]
        if not present:
            raise ValueError(f"a product of form `{self.form}` needs `{name}`")
        return self
