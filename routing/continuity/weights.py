"""Weights within a tier. Law: the numbers are data, in the policies and in `weights.json` (with its source)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from routing.continuity.case import Case
from routing.domain.base import Document, Positive, Text
from routing.domain.clients import Client, SupplyOrder
from routing.domain.orders import OrderKind
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
    visits: dict[OrderKind, KindWeight]


@cache
def weights_table() -> Weights:
    """Return the table that ships with Doorstep."""
    text = files("routing.continuity").joinpath("weights.json").read_text(encoding="utf-8")
    return Weights.model_validate_json(text)


def regimen_weight(case: Case) -> int:
    """Return the policy's weight, raised for pregnant clients and minors."""
    return _raised(case.client, case.policy.tier_weight)


def visit_weight(client: Client, kind: OrderKind) -> int:
    """Return the weight of a visit that brings nothing, raised likewise."""
    return _raised(client, weights_table().visits[kind].weight)


def _raised(client: Client, weight: int) -> int:
    """Return a weight raised (once) for pregnancy and childhood, rounded half up."""
    if not client.pregnant and client.client_class is not ClientClass.MINOR:
        return weight
    raised = weights_table().raised
    return (2 * weight * raised.numerator + raised.denominator) // (2 * raised.denominator)


def supply_weight(supply: SupplyOrder, product: Product) -> int:
    """Return the weight the order names, else that of the product's kind."""
    if supply.weight is not None:
        return supply.weight
    kind = weights_table().kinds[product.kind]
    return kind.none_left if supply.none_left and kind.none_left is not None else kind.weight
