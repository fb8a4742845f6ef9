"""Weights within a tier. Law: the numbers are data, in the policies and in `weights.json` (with its source)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from routing.continuity.case import Case
from routing.domain.base import Document, Positive, Text
from routing.domain.clients import SupplyOrder
from routing.domain.policies import ClientClass
from routing.domain.products import Product, ProductKind


class Raised(Document):
    """By how much pregnancy and childhood raise a weight."""

    numerator: Positive
    denominator: Positive
    source: Text


class KindWeight(Document):
    """The weight of a kind of goods, and when the client has none of it."""

    weight: Positive
    none_left: Positive | None = None


class Weights(Document):
    """`weights.json`."""

    source: Text
    raised: Raised
    kinds: dict[ProductKind, KindWeight]


@cache
def weights_table() -> Weights:
    """Return the table that ships with Doorstep."""
    text = files("routing.continuity").joinpath("weights.json").read_text(encoding="utf-8")
    return Weights.model_validate_json(text)


def regimen_weight(case: Case) -> int:
    """Return the policy's weight, raised for pregnant clients and minors (once), rounded half up."""
    weight = case.policy.tier_weight
    if not case.client.pregnant and case.client.client_class is not ClientClass.MINOR:
        return weight
    raised = weights_table().raised
    return (2 * weight * raised.numerator + raised.denominator) // (2 * raised.denominator)


def supply_weight(supply: SupplyOrder, product: Product) -> int:
    """Return the weight the order names, else that of the product's kind."""
    if supply.weight is not None:
        return supply.weight
    kind = weights_table().kinds[product.kind]
    return kind.none_left if supply.none_left and kind.none_left is not None else kind.weight
