"""`doorstep policies`: what packs there are, and what one rests on."""

import json

import pytest

from routing.domain.policy_files import JUDGEMENT, PolicyPack, pack_names, read_pack
from tests.api.test_startup import HEAVY, imported_by


def test_all_packs_are_listed_and_iran_is_said_to_have_none(doorstep):
    done = doorstep("policies")
    assert (done.code, done.err) == (0, "")
    assert [name for name in pack_names() if name not in done.out] == []
    assert "Iran has no pack: no number was found" in done.out


@pytest.mark.parametrize("name", pack_names())
def test_one_pack_is_shown_with_every_rule_source_and_note(doorstep, name: str):
    done = doorstep("policies", name)
    said = " ".join(done.out.split())
    assert done.code == 0
    for entry in read_pack(name).entries:
        assert [rule for rule in entry.rules() if rule not in said] == []
    assert [key for key in read_pack(name).sources if key not in said] == []
    assert [note for note in read_pack(name).notes if note not in said] == []
    assert "Signed off by nobody" in said
    assert JUDGEMENT.split(",")[0] in said


def test_json_is_the_packs_document(doorstep):
    done = doorstep("policies", "who_art_2020", "--json")
    assert PolicyPack.model_validate_json(done.out) == read_pack("who_art_2020")
    assert [one["pack"] for one in json.loads(doorstep("policies", "--json").out)] == list(pack_names())


def test_an_unknown_name_is_told_with_the_nearest(doorstep):
    done = doorstep("policies", "punjab_takehome_2020")
    assert (done.code, done.out) == (2, "")
    assert "policy_pack_unknown" in done.err
    assert "did you mean `punjab_take_home_2020`?" in done.err


def test_nothing_heavy_is_imported():
    assert imported_by(["policies"]) & set(HEAVY) == set()
