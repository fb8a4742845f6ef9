"""Faults between entries that are each well formed. Law: runs on a valid programme; every fault has a pointer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from unicodedata import normalize

from routing.domain.clients import Client, Regimen
from routing.domain.day_so_far import DaySoFar
from routing.domain.errors import Problem
from routing.domain.locks import lock_problems
from routing.domain.places import Location
from routing.domain.policies import Policy
from routing.domain.products import Form, Product
from routing.domain.programme import Programme
from routing.domain.reading import pointer
from routing.domain.volunteers import Volunteer

# Orders for visits that bring nothing are called so.
_VISITS = ("assessment", "follow_up")


def consistency_problems(programme: Programme) -> Iterator[Problem]:
    """Find contradictions between entries."""
    products = {product.product_id: product for product in programme.products}
    policies = {policy.policy_id: policy for policy in programme.policies}
    for index, client in enumerate(programme.clients):
        yield from _client(client, products, policies, index)
    yield from _pairs(programme)
    yield from _identifiers_twice(programme)
    yield from _names_twice(programme)
    if programme.day is not None:
        yield from _told_twice(programme.day)
        yield from lock_problems(programme.day)


def _client(client: Client, products: dict[str, Product], policies: dict[str, Policy], index: int) -> Iterator[Problem]:
    counted = Counter(regimen.product_id for regimen in client.regimens)
    for number, regimen in enumerate(client.regimens):
        place = ("clients", index, "regimens", number)
        if counted[regimen.product_id] > 1:
            yield _problem("regimen_twice", place, "two regimens of one client name the same product", "merge them")
        if regimen.policy_id and policies[regimen.policy_id].product_id != regimen.product_id:
            yield _problem(
                "policy_of_other_product",
                (*place, "policy_id"),
                "the policy is for another product",
                "name one for it",
            )
        yield from _doses(regimen, products[regimen.product_id], place)
    for number, supply in enumerate(client.supplies):
        if products[supply.product_id].form in {Form.LIQUID, Form.TABLET}:
            yield _problem(
                "supply_needs_regimen",
                ("clients", index, "supplies", number, "product_id"),
                "liquids and tablets are dispensed by dose",
                "write a regimen for it",
            )


def _doses(regimen: Regimen, product: Product, place: tuple[str | int, ...]) -> Iterator[Problem]:
    if product.form is Form.ITEM:
        yield _problem(
            "product_not_daily",
            (*place, "product_id"),
            "an item is not taken daily",
            "order it under `supplies`",
        )
    for number, step in enumerate(regimen.steps):
        where = (*place, "steps", number)
        if product.form in {Form.LIQUID, Form.TABLET} and step.dose_mg is None:
            yield _problem("dose_missing", where, "the product needs `dose_mg`", "add the daily dose in milligrams")
    ordered = sorted(regimen.steps, key=lambda step: step.from_on)
    for before, after in pairwise(ordered):
        if before.to_on is None or before.to_on >= after.from_on:
            yield _problem(
                "dose_steps_overlap",
                (*place, "steps"),
                "two dose steps claim the same day",
                "end each step (`to_on`) before the next begins",
            )


def _pairs(programme: Programme) -> Iterator[Problem]:
    known = {volunteer.volunteer_id: volunteer for volunteer in programme.volunteers}
    for index, volunteer in enumerate(programme.volunteers):
        if volunteer.pairs_with is None:
            continue
        partner = known[volunteer.pairs_with]
        place = ("volunteers", index, "pairs_with")
        if partner is volunteer:
            yield _problem("pair_of_one", place, "a volunteer pairs with themselves", "name somebody else")
        elif _ends(partner) != _ends(volunteer):
            yield _problem(
                "pair_start_differs",
                place,
                "the two do not start and end at the same place",
                "give both the same `start` and `end`: where they meet",
            )


def _ends(volunteer: Volunteer) -> tuple[Location | None, Location | None]:
    return volunteer.start.location, (volunteer.end or volunteer.start).location


def _identifiers_twice(programme: Programme) -> Iterator[Problem]:
    for index, client in enumerate(programme.clients):
        # Orders are told apart by client and product, or client and supply.
        counted = Counter(supply.supply_id for supply in client.supplies)
        counted.update(regimen.product_id for regimen in client.regimens)
        counted.update(_VISITS)
        for number, supply in enumerate(client.supplies):
            if counted[supply.supply_id] > 1:
                yield _problem(
                    "duplicate_id",
                    ("clients", index, "supplies", number, "supply_id"),
                    "another supply, a regimen's product, or a visit of the client has this id",
                    "give each entry an id of its own",
                )


def _told_twice(day: DaySoFar) -> Iterator[Problem]:
    """Find people who stand at two places, and visits that were promised two times."""
    places = [{each.volunteer_id} for each in day.volunteers]
    promises = [set(each.order_ids) for each in day.promised]
    for part, entries in (("volunteers", places), ("promised", promises)):
        for number, ids in enumerate(entries):
            if any(ids & before for before in entries[:number]):
                yield _problem("duplicate_id", ("day", part, number), "an entry before is about the same", "merge them")


def _names_twice(programme: Programme) -> Iterator[Problem]:
    """Find people who share a code name, as it is heard: tables and sheets show names alone."""
    people = [
        *((("clients", index, "code_name"), client.code_name) for index, client in enumerate(programme.clients)),
        *((("volunteers", index, "code_name"), one.code_name) for index, one in enumerate(programme.volunteers)),
    ]
    first: dict[str, str] = {}
    for place, name in people:
        heard = " ".join(normalize("NFKC", name).casefold().split())
        if heard in first:
            yield _problem(
                "duplicate_code_name",
                place,
                f"the code name stands at {first[heard]} already",
                "give each client and volunteer a code name of their own",
            )
        first.setdefault(heard, pointer(*place))


def _problem(code: str, place: tuple[str | int, ...], message: str, remedy: str) -> Problem:
    return Problem(code=code, where=pointer(*place), message=message, remedy=remedy)
