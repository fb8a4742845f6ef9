"""Packs named by a programme become its policies; its own come first; what is written says them in full."""

import hashlib
import json
from typing import Any

import pytest

from routing.domain.loading import SCHEMA, dump_programme, load_programme
from routing.domain.policies import ClientClass, Policy
from routing.domain.policy_expansion import policy_id_of
from routing.domain.policy_files import read_pack
from routing.domain.programme import Programme
from tests.domain.stories import document, found, problems_in

METHADONE = {"product_id": "p1", "kind": "methadone", "form": "liquid", "strength_mg_per_ml": 5}
STRONGER = {**METHADONE, "product_id": "p2", "strength_mg_per_ml": 10}
ART = {"product_id": "p3", "kind": "art", "form": "pack", "pack_days": 30}
TB = {"product_id": "p4", "kind": "tb", "form": "pack", "pack_days": 28}
PACK = "indonesia_methadone_2020"
PACK_ID = f"{PACK}.take_home.p1"


def story(*packs: str, products: tuple[dict[str, Any], ...] = (METHADONE,), **keys: Any) -> dict[str, Any]:
    """A programme of products and packs alone."""
    usual = {"name": "", "purpose": "medicine", "mass_g": 40, "volume_ml": 60}
    return {
        "schema": SCHEMA,
        "programme_id": "p",
        "name": "",
        "timezone": "Asia/Makassar",
        "products": [{**usual, **product} for product in products],
        "policy_packs": list(packs),
        **keys,
    }


def own(**fields: Any) -> dict[str, Any]:
    """A policy of the programme's own for methadone: two days, for all but minors."""
    usual = {"policy_id": "own", "place": "", "product_id": "p1", "max_days_a_delivery": 2, "max_days_on_hand": 2}
    return {
        **usual, "dose_time": "10:00", "tier_weight": 1, "valid_from_on": "2026-01-01", "source": "a story", **fields
    }  # fmt: skip


def read(raw: dict[str, Any]) -> Programme:
    return load_programme(document(raw))


def ids(raw: dict[str, Any]) -> list[str]:
    return [policy.policy_id for policy in read(raw).policies]


def digest(raw: dict[str, Any]) -> str:
    """The hash that a plan keeps of its programme."""
    return hashlib.sha256(dump_programme(read(raw))).hexdigest()


def test_an_entry_becomes_a_policy_for_each_product_of_its_kind_and_form():
    tablets = {**METHADONE, "product_id": "p9", "form": "tablet", "tablets_mg": [10]}
    assert ids(story(PACK, products=(METHADONE, STRONGER, tablets, ART))) == [PACK_ID, f"{PACK}.take_home.p2"]


def test_the_policy_says_what_the_entry_says():
    (policy,) = read(story(PACK)).policies
    entry = read_pack(PACK).entries[0]
    shared = set(Policy.model_fields) - {"policy_id", "place", "product_id"}
    assert {name: getattr(policy, name) for name in shared} == {name: getattr(entry, name) for name in shared}
    assert (policy.place, policy.signed_off) == ("Indonesia", False)


@pytest.mark.parametrize("packs", [(), (PACK,), (PACK, PACK), (PACK, "india_tb_2020")])
def test_a_programme_that_was_read_names_no_packs(packs: tuple[str, ...]):
    raw = story(*packs, products=(METHADONE, TB))
    assert read(raw).policy_packs == ()
    assert len(ids(raw)) == len(set(packs))


def test_a_pack_without_a_product_of_its_kind_adds_nothing():
    assert ids(story("india_tb_2020")) == []


# What the programme says itself wins


def test_an_own_policy_for_the_same_product_and_class_wins():
    assert ids(story(PACK, policies=[own(client_classes=["stable"])])) == ["own"]


def test_an_own_policy_without_classes_is_for_all_but_minors():
    assert ids(story(PACK, policies=[own()])) == ["own"]


def test_an_own_policy_for_another_class_or_product_leaves_the_packs():
    assert ids(story(PACK, policies=[own(client_classes=["new"])])) == ["own", PACK_ID]
    assert ids(story(PACK, products=(METHADONE, STRONGER), policies=[own()])) == ["own", f"{PACK}.take_home.p2"]


def test_a_pack_keeps_the_classes_that_the_programme_leaves_to_it():
    raw = story("who_art_2020", products=(ART,), policies=[own(product_id="p3", client_classes=["new"])])
    assert read(raw).policies[1].client_classes == (ClientClass.STABLE, ClientClass.UNREGISTERED)


def test_an_own_policy_that_has_ended_is_not_replaced():
    assert ids(story(PACK, policies=[own(valid_from_on="2020-01-01", valid_to_on="2020-12-31")])) == ["own"]


def test_an_own_policy_under_the_packs_id_replaces_it_for_every_class():
    assert ids(story(PACK, policies=[own(policy_id=PACK_ID, client_classes=["new"])])) == [PACK_ID]


# Ids


def test_a_regimen_may_name_a_packs_policy():
    place = {"location": {"lon": 115.2, "lat": -8.6}}
    site = {"site_id": "s1", "name": "", "place": place, "hours": [{"from_time": "08:00", "to_time": "15:00"}]}
    regimen = {
        "product_id": "p1",
        "site_id": "s1",
        "policy_id": PACK_ID,
        "steps": [{"from_on": "2026-01-01", "dose_mg": 60}],
        "home": {"doses": 0, "as_of_on": "2026-11-23"},
    }
    client = {"client_id": "c1", "code_name": "", "place": place, "regimens": [regimen]}
    raw = story(PACK, sites=[site], clients=[client])
    assert read(raw).clients[0].regimens[0].policy_id == PACK_ID
    raw["policy_packs"] = []
    assert found(raw) == [("dangling_id", "/clients/0/regimens/0/policy_id")]


def test_a_long_product_id_is_hashed_and_stays_apart():
    long = ("p" * 64, "p" * 63 + "q")
    first, second = (policy_id_of(PACK, "take_home", product_id) for product_id in long)
    assert first != second
    products = tuple({**METHADONE, "product_id": product_id} for product_id in long)
    assert ids(story(PACK, products=products)) == [first, second]
    assert max(len(first), len(second)) <= 64


# Faults


def test_an_unknown_pack_is_told_with_the_nearest_name():
    (problem,) = problems_in(story("indonesia_methadon_2020"))
    assert (problem.code, problem.where) == ("policy_pack_unknown", "/policy_packs/0")
    assert problem.remedy == f"did you mean `{PACK}`?"


def test_an_unknown_pack_is_told_with_all_other_faults():
    raw = story("no_such_pack", PACK)
    raw["name"] = 3
    assert found(raw) == [("policy_pack_unknown", "/policy_packs/0"), ("wrong_type", "/name")]


def test_two_packs_for_the_same_product_and_class_are_refused():
    raw = story(PACK, "india_ost_take_home_2020", products=(METHADONE, STRONGER))
    (problem,) = problems_in(raw)
    assert (problem.code, problem.where) == ("policy_packs_overlap", "/policy_packs/1")
    assert problem.params == {"packs": [PACK, "india_ost_take_home_2020"]}


def test_an_own_policy_settles_which_of_two_packs():
    packs = (PACK, "india_ost_take_home_2020")
    assert ids(story(*packs, policies=[own(client_classes=["stable"])])) == ["own"]


@pytest.mark.parametrize(
    ("key", "value", "where"),
    [
        ("policy_packs", PACK, "/policy_packs"),
        ("policy_packs", [3], "/policy_packs/0"),
        ("policy_packs", [[PACK]], "/policy_packs/0"),
        ("policies", {}, "/policies"),
        ("policies", [None], "/policies/0"),
        ("products", "p1", "/products"),
        ("products", [[]], "/products/0"),
    ],
)
def test_what_is_malformed_is_told_as_ever(key: str, value: object, where: str):
    raw = story(PACK)
    raw[key] = value
    assert ("wrong_type", where) in found(raw)


@pytest.mark.parametrize(("key", "value"), [("product_id", [1]), ("client_classes", [[]]), ("policy_id", {})])
def test_a_malformed_policy_of_ones_own_does_no_harm(key: str, value: object):
    assert [
        code for code, where in found(story(PACK, policies=[own(**{key: value})])) if where.startswith("/policies/0")
    ]


# What is written


def test_what_is_written_holds_the_policies_and_is_read_as_the_same():
    programme = read(story(PACK, "india_tb_2020", products=(METHADONE, STRONGER, TB), policies=[own()]))
    data = dump_programme(programme)
    written = json.loads(data)
    assert "policy_packs" not in written
    assert len(written["policies"]) == 3
    assert load_programme(data) == programme
    assert dump_programme(load_programme(data)) == data


def test_naming_the_pack_again_beside_what_was_written_changes_nothing():
    data = dump_programme(read(story(PACK, products=(METHADONE, STRONGER))))
    assert dump_programme(read({**json.loads(data), "policy_packs": [PACK]})) == data


def test_the_order_of_keys_and_of_packs_named_twice_does_not_matter():
    raw = story(PACK)
    assert digest(raw) == digest(dict(reversed(raw.items()))) == digest(story(PACK, PACK))


def test_the_hash_is_that_of_the_programme_with_the_policies_written_out():
    raw = story(PACK)
    assert digest(raw) == digest(json.loads(dump_programme(read(raw))))
    assert digest(raw) != digest(story())


def test_the_hash_changes_when_a_number_of_the_pack_changes():
    raw = json.loads(dump_programme(read(story(PACK))))
    assert raw["policies"][0]["max_days_a_delivery"] == 7
    raw["policies"][0]["max_days_a_delivery"] = 6  # as a later version of the pack might say
    assert digest(raw) != digest(story(PACK))
