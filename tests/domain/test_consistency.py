"""Faults between entries that are each well formed."""

import pytest

from tests.domain.stories import document, found, good, place, problems_in, spoilt

REGIMEN = "/clients/0/regimens/0"


def test_two_regimens_of_one_product_are_found_at_both():
    raw = good()
    raw["clients"][0]["regimens"][1]["product_id"] = "p1"
    raw["clients"][0]["regimens"][1]["steps"][0]["dose_mg"] = 5.0
    assert found(raw) == [("regimen_twice", REGIMEN), ("regimen_twice", "/clients/0/regimens/1")]


def test_two_clients_may_take_the_same_product():
    raw = good()
    raw["clients"][1]["regimens"] = raw["clients"][0]["regimens"]
    assert found(raw) == []


def test_a_policy_for_another_product_is_refused():
    assert found(spoilt(("/policies/0/product_id", "p2"))) == [("policy_of_other_product", f"{REGIMEN}/policy_id")]


@pytest.mark.parametrize("product_id", ["p1", "p2"])
def test_liquids_and_tablets_are_no_supplies(product_id: str):
    where = "/clients/0/supplies/0/product_id"
    assert found(spoilt((where, product_id))) == [("supply_needs_regimen", where)]


@pytest.mark.parametrize("product_id", ["p3", "p4"])
def test_packs_and_items_are_supplies(product_id: str):
    assert found(spoilt(("/clients/0/supplies/0/product_id", product_id))) == []


def test_an_item_is_not_taken_daily():
    where = "/clients/0/regimens/1/product_id"
    assert found(spoilt((where, "p4"))) == [("product_not_daily", where)]


@pytest.mark.parametrize("product_id", ["p1", "p2"])
def test_a_liquid_and_a_tablet_need_a_dose(product_id: str):
    raw = spoilt(
        (f"{REGIMEN}/product_id", product_id), (f"{REGIMEN}/policy_id", None), (f"{REGIMEN}/steps/1/dose_mg", None)
    )
    assert found(raw) == [("dose_missing", f"{REGIMEN}/steps/1")]


def test_each_step_without_a_dose_is_found():
    raw = spoilt((f"{REGIMEN}/steps/0/dose_mg", None), (f"{REGIMEN}/steps/1/dose_mg", None))
    assert found(raw) == [("dose_missing", f"{REGIMEN}/steps/0"), ("dose_missing", f"{REGIMEN}/steps/1")]


# The first step ends on 30 November, the second begins on 1 December.
@pytest.mark.parametrize(
    ("to_on", "overlap"), [("2026-11-29", False), ("2026-11-30", False), ("2026-12-01", True), (None, True)]
)
def test_a_step_ends_before_the_next_begins(to_on: str | None, overlap: bool):
    codes = found(spoilt((f"{REGIMEN}/steps/0/to_on", to_on)))
    assert codes == ([("dose_steps_overlap", f"{REGIMEN}/steps")] if overlap else [])


def test_steps_may_stand_in_any_order():
    raw = good()
    raw["clients"][0]["regimens"][0]["steps"].reverse()
    assert found(raw) == []


def test_steps_that_overlap_twice_are_one_problem():
    raw = good()
    raw["clients"][0]["regimens"][0]["steps"] = [{"from_on": f"2026-11-0{day}", "dose_mg": 60.0} for day in (1, 2, 3)]
    assert found(raw) == [("dose_steps_overlap", f"{REGIMEN}/steps")]


def test_nobody_pairs_with_themselves():
    assert found(spoilt(("/volunteers/0/pairs_with", "v1"))) == [("pair_of_one", "/volunteers/0/pairs_with")]


@pytest.mark.parametrize("end", ["start", "end"])
def test_a_pair_starts_and_ends_at_the_same_place(end: str):
    raw = spoilt((f"/volunteers/1/{end}", {"location": {"lon": 115.0, "lat": -8.0}}))
    assert found(raw) == [("pair_start_differs", "/volunteers/0/pairs_with")]


def test_a_pair_may_describe_the_same_place_in_other_words():
    raw = spoilt(("/volunteers/1/start/hint", "at the tree"), ("/volunteers/1/end/address", "the store"))
    assert found(raw) == []


def test_a_pair_that_ends_where_it_starts_may_leave_the_end_out():
    raw = spoilt(("/volunteers/0/end", None), ("/volunteers/1/end", place("meeting_point")))
    assert found(raw) == []


def test_two_supplies_of_one_client_with_one_id_are_found_at_both():
    raw = good()
    raw["clients"][0]["supplies"] *= 2
    where = "/clients/0/supplies/{}/supply_id"
    assert found(raw) == [("duplicate_id", where.format(0)), ("duplicate_id", where.format(1))]


def test_two_clients_may_use_one_supply_id():
    raw = good()
    raw["clients"][1]["supplies"] = raw["clients"][0]["supplies"]
    assert found(raw) == []


@pytest.mark.parametrize("name", ["Heron", "heron", " HERON ", "Ｈeron"])
@pytest.mark.parametrize("where", ["/clients/1/code_name", "/volunteers/0/code_name", "/volunteers/1/code_name"])
def test_two_people_do_not_share_a_code_name(where: str, name: str):
    (problem,) = problems_in(spoilt((where, name)))
    assert (problem.code, problem.where) == ("duplicate_code_name", where)
    assert problem.message == "the code name stands at /clients/0/code_name already"


def test_two_volunteers_do_not_share_a_code_name():
    assert found(spoilt(("/volunteers/1/code_name", "Ada"))) == [("duplicate_code_name", "/volunteers/1/code_name")]


def test_a_third_of_the_same_name_is_found_as_well():
    raw = spoilt(("/clients/1/code_name", "Heron"), ("/volunteers/1/code_name", "Heron"))
    assert [where for _, where in found(raw)] == ["/clients/1/code_name", "/volunteers/1/code_name"]


@pytest.mark.parametrize("name", ["Heron 2", "Hero", "Her on", "c1"])
def test_a_code_name_that_is_only_much_like_another_is_taken(name: str):
    assert found(spoilt(("/clients/1/code_name", name))) == []


def test_the_contradictions_wait_until_the_entries_are_well_formed():
    raw = spoilt(("/volunteers/0/pairs_with", "v1"), ("/name", 3))
    assert found(raw) == [("wrong_type", "/name")]
    assert problems_in(document(spoilt(("/volunteers/0/pairs_with", "v1"))))[0].remedy == "name somebody else"
