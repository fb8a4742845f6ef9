"""Ids that stand twice and ids that point nowhere, for every key that can do either."""

import pytest

from routing.domain.base import Identifier
from routing.domain.reading import pointer
from routing.domain.references import IDENTIFIED, POINTING, at_path, reference_problems
from tests.domain.models import holds, keys
from tests.domain.stories import found, good, problems_in, spoilt

# Identifiers that point at no list, and why.
FREE = {
    "programme_id": "names the document",
    "policy_packs/*": "names a pack that comes with Doorstep: `test_policy_expansion.py`",
    "products/*/requires/*": "names an authorisation; what there is, is what volunteers hold",
    "clients/*/requires/*": "the same",
    "volunteers/*/authorisations/*/authorisation_id": "the same",
    "clients/*/household_id": "equal ids are one household; there is no list of them",
    "clients/*/supplies/*/supply_id": "identifies an order within its client: `test_consistency.py`",
    "ledger/*/supply_id": "history: the order may be gone",
    "day/volunteers/*/aboard/*/order_id": "the order may be void: the client is served, or in hospital",
    "day/volunteers/*/fetched/*/order_id": "the same",
    "day/served/*/order_ids/*": "the same",
    "day/promised/*/order_ids/*": "the same",
}


def first(path: str) -> str:
    return pointer(*next(at_path(good(), path))[0])


def test_every_identifier_of_the_programme_points_or_identifies_or_is_known_to_be_free():
    identifiers = {key.path for key in keys() if holds(key.hint, Identifier)}
    identifying = {f"{kind}/*/{key}" for kind, key in IDENTIFIED.items()}
    pointing = {path for path, _ in POINTING}
    assert len(pointing) == len(POINTING)
    assert identifiers == identifying | pointing | set(FREE)
    assert not pointing & identifying
    assert not pointing & set(FREE)


def test_every_list_pointed_at_is_one_whose_entries_are_identified():
    assert {kind for _, kind in POINTING} <= set(IDENTIFIED)


@pytest.mark.parametrize(("path", "kind"), POINTING, ids=[path for path, _ in POINTING])
def test_an_id_that_points_nowhere_is_found(path: str, kind: str):
    where = first(path)
    (problem,) = problems_in(spoilt((where, "nowhere")))
    assert (problem.code, problem.where, problem.params) == ("dangling_id", where, {"list": kind})


@pytest.mark.parametrize(("path", "kind"), POINTING, ids=[path for path, _ in POINTING])
def test_an_id_of_another_list_points_nowhere(path: str, kind: str):
    other = "p1" if kind != "products" else "s1"
    assert found(spoilt((first(path), other))) == [("dangling_id", first(path))]


@pytest.mark.parametrize("kind", IDENTIFIED)
def test_two_entries_with_one_id_are_found_at_the_second(kind: str):
    raw = good()
    raw[kind] += [dict(raw[kind][0]), dict(raw[kind][0])]
    size = len(raw[kind])
    problems = [problem for problem in problems_in(raw) if problem.code == "duplicate_id"]
    assert [problem.where for problem in problems] == [
        f"/{kind}/{size - 2}/{IDENTIFIED[kind]}",
        f"/{kind}/{size - 1}/{IDENTIFIED[kind]}",
    ]
    assert {problem.params["first"] for problem in problems} == {f"/{kind}/0/{IDENTIFIED[kind]}"}


def test_one_id_in_two_lists_is_no_duplicate():
    raw = good()
    raw["zones"][0]["zone_id"] = raw["movement_rules"][0]["rule_id"] = "c1"
    assert found(raw) == []


def test_all_references_are_reported_even_where_fields_are_wrong():
    raw = spoilt(("/passes/0/volunteer_id", "v9"), ("/passes/0/persons_max", 0), ("/volunteers/0/pairs_with", "v8"))
    assert found(raw) == [
        ("out_of_range", "/passes/0/persons_max"),
        ("dangling_id", "/volunteers/0/pairs_with"),
        ("dangling_id", "/passes/0/volunteer_id"),
    ]


def test_an_entry_with_another_fault_can_still_be_pointed_at():
    assert found(spoilt(("/products/0/mass_g", -1))) == [("out_of_range", "/products/0/mass_g")]


@pytest.mark.parametrize("raw", [None, [], 1, {"clients": 1}, {"clients": [1]}, {"clients": [{"vetoes": {"a": "b"}}]}])
def test_what_is_built_otherwise_has_no_references(raw):
    assert reference_problems(raw) == []


def test_a_path_yields_each_place_once():
    raw = {"a": [{"b": [1, 2]}, {"c": 3}, {"b": [4]}]}
    assert [(pointer(*where), value) for where, value in at_path(raw, "a/*/b/*")] == [
        ("/a/0/b/0", 1),
        ("/a/0/b/1", 2),
        ("/a/2/b/0", 4),
    ]
