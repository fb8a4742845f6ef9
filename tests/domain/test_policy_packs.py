"""The packs of policies: each number is the source's, or is marked as judgement. Sources: DOMAIN facts, section 3."""

import json
import re
import subprocess
import sys
import zipfile
from datetime import date
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from routing.domain.policies import ClientClass, Handover, MissedDoses, Phase
from routing.domain.policy_files import JUDGEMENT, PackEntry, PolicyPack, nearest_pack, pack_names, read_pack
from routing.domain.products import Form, ProductKind
from routing.domain.reading import read_json
from tests.domain.source_codes import ROOT

NAMES = (
    "india_art_2020",
    "india_ost_take_home_2020",
    "india_tb_2020",
    "indonesia_art_2020",
    "indonesia_methadone_2020",
    "mizoram_buprenorphine_2020",
    "punjab_take_home_2020",
    "sikkim_ost_2020",
    "who_art_2020",
)


def only_entry(pack: str) -> PackEntry:
    (entry,) = read_pack(pack).entries
    return entry


def rests_on(entry: PackEntry, rule: str) -> str:
    """Return the key of the source that a rule rests on."""
    return entry.rests_on[rule].split(": ", 1)[0]


def raw_pack(name: str) -> dict[str, Any]:
    text = files("routing.domain").joinpath("policy_packs", f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


# Every pack


def test_there_is_a_pack_for_every_setting_with_a_number_and_none_for_iran():
    assert pack_names() == NAMES
    assert not [name for name in pack_names() if "iran" in name]


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_loads_under_its_own_name_without_a_key_that_stands_twice(name: str):
    data = files("routing.domain").joinpath("policy_packs", f"{name}.json").read_bytes()
    assert read_json(data)[1] == []
    assert read_pack(name).pack == name


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_signed_off(name: str):
    pack = read_pack(name)
    assert pack.signed_off is False
    assert [entry.entry_id for entry in pack.entries if entry.signed_off or entry.approved_by] == []
    for wrong in (("signed_off", True), ("entries", [{**raw_pack(name)["entries"][0], "signed_off": True}])):
        with pytest.raises(ValidationError):
            PolicyPack.model_validate_json(json.dumps({**raw_pack(name), wrong[0]: wrong[1]}))


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_rests_on_a_source_of_the_pack_or_on_judgement(name: str):
    pack = read_pack(name)
    used = {rests_on(entry, rule) for entry in pack.entries for rule in entry.rests_on}
    assert used - {JUDGEMENT} == set(pack.sources)
    assert all(len(text.split(": ", 1)[1]) > 5 for entry in pack.entries for text in entry.rests_on.values())
    assert 0 < pack.judged() < sum(len(entry.rests_on) for entry in pack.entries)


@pytest.mark.parametrize("name", NAMES)
def test_a_number_without_what_it_rests_on_is_refused(name: str):
    raw = raw_pack(name)
    del raw["entries"][0]["rests_on"]["max_days_a_delivery"]
    with pytest.raises(ValidationError, match="max_days_a_delivery"):
        PolicyPack.model_validate_json(json.dumps(raw))
    raw = raw_pack(name)
    raw["entries"][0]["rests_on"]["max_days_a_delivery"] = "hearsay: 7 days"
    with pytest.raises(ValidationError, match="begins with no key of `sources`"):
        PolicyPack.model_validate_json(json.dumps(raw))


@pytest.mark.parametrize("name", NAMES)
def test_a_pack_says_one_thing_about_each_kind_form_and_class(name: str):
    for first, second in combinations(read_pack(name).entries, 2):
        assert not {*first.kinds} & {*second.kinds} or not {*first.client_classes} & {*second.client_classes}
    assert len({entry.entry_id for entry in read_pack(name).entries}) == len(read_pack(name).entries)


@pytest.mark.parametrize("name", NAMES)
def test_minors_and_detained_people_have_no_policy_in_any_pack(name: str):
    for entry in read_pack(name).entries:
        assert entry.client_classes
        assert not {ClientClass.MINOR, ClientClass.CUSTODY} & {*entry.client_classes}


@pytest.mark.parametrize("name", NAMES)
def test_no_pack_permits_prescribing_at_a_distance(name: str):
    # India's telemedicine rules of 25 March 2020 bar drugs under its narcotics act; S4 does not say otherwise
    assert [
        entry.entry_id for entry in read_pack(name).entries if entry.remote_initiation or entry.remote_renewal
    ] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_refill_may_come_before_it_is_due_and_fits_beside_what_is_left(name: str):
    for entry in read_pack(name).entries:
        assert entry.early_days >= entry.buffer_days
        assert entry.max_days_on_hand >= entry.max_days_a_delivery
        assert entry.max_days_on_hand > entry.early_days


def test_ids_leave_room_for_a_product():
    for name in NAMES:
        for entry in read_pack(name).entries:
            assert len(f"{name}.{entry.entry_id}.") + 16 <= 64


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ("indonesia_methadone", "did you mean `indonesia_methadone_2020`?"),
        ("WHO_ART_2020", "did you mean `who_art_2020`?"),
        ("", f"name one of: {', '.join(NAMES)}"),
    ],
)
def test_the_nearest_name_is_suggested(wrong: str, remedy: str):
    assert nearest_pack(wrong) == remedy


def test_the_wheel_holds_every_pack(tmp_path: Path):
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = zipfile.ZipFile(wheel).namelist()
    assert {f"routing/domain/policy_packs/{name}.json" for name in NAMES} <= set(held)


# Missed doses


def thresholds(entry: PackEntry) -> dict[Phase, MissedDoses]:
    return {limits.phase: limits for limits in entry.missed_doses}


@pytest.mark.parametrize("name", NAMES)
def test_methadone_follows_the_australian_guidance_and_buprenorphine_british_columbia(name: str):
    for entry in read_pack(name).entries:
        limits = thresholds(entry).get(Phase.MAINTENANCE)
        if limits is None:
            continue
        if entry.kinds == (ProductKind.METHADONE,):
            # 1 day none; 2 only with a clearance that day; 3-4 prescriber; >= 5 new induction (Australian guidance)
            assert (limits.resume_up_to, limits.clearance_up_to, limits.restart_from) == (1, 2, 5)
            assert rests_on(entry, "missed_doses.maintenance") == "Australian guidance"
        elif ProductKind.ART not in entry.kinds:
            # up to 3 resume; 4-5 only if known not to be back on a full agonist; >= 6 hold (British Columbia, 2024)
            assert (limits.resume_up_to, limits.clearance_up_to) == (3, 5)
            assert rests_on(entry, "missed_doses.maintenance") == "British Columbia 2024"


@pytest.mark.parametrize("name", NAMES)
def test_a_day_missed_in_an_induction_or_a_course_is_put_to_the_prescriber(name: str):
    for entry in read_pack(name).entries:
        for phase in (Phase.INDUCTION, Phase.COURSE):
            limits = thresholds(entry).get(phase)  # without an entry the rule is the same
            assert limits is None or (limits.resume_up_to, limits.clearance_up_to) == (0, 0)


# Numbers, one by one


def test_indonesia_methadone():
    entry = only_entry("indonesia_methadone_2020")
    assert entry.kinds == (ProductKind.METHADONE,)
    assert entry.max_days_a_delivery == 7  # S4: up to seven days
    assert entry.affordable_days_per_week == 3  # S4: many can pay for three at once
    assert entry.visits_per_week == 2  # S4: so they come twice a week
    assert {
        rests_on(entry, rule) for rule in ("max_days_a_delivery", "affordable_days_per_week", "visits_per_week")
    } == {"S4"}
    assert entry.price_a_day is None  # S4: about US$ 1, not in local money
    assert "US$ 1" in read_pack("indonesia_methadone_2020").notes[0]
    assert not entry.subsidised  # free in some primary care in Makassar: said by the regimen


def test_indonesia_art():
    entry = only_entry("indonesia_art_2020")
    assert entry.max_days_a_delivery == 30  # S4: monthly pick-up in 2020
    assert rests_on(entry, "max_days_a_delivery") == "S4"
    assert (entry.kinds, entry.forms) == ((ProductKind.ART,), (Form.PACK,))


def test_sikkim():
    entries = read_pack("sikkim_ost_2020").entries
    assert [entry.kinds for entry in entries] == [(ProductKind.BUPRENORPHINE,), (ProductKind.METHADONE,)]
    for entry in entries:
        assert entry.max_days_a_delivery == entry.max_days_on_hand == 20  # S4: 15-20 days
        assert entry.max_days_on_hand - entry.early_days == 15  # the earliest refill brings fifteen
        assert entry.min_days_a_delivery == 1
        assert {rests_on(entry, rule) for rule in ("max_days_a_delivery", "max_days_on_hand", "early_days")} == {"S4"}


def test_mizoram():
    entry = only_entry("mizoram_buprenorphine_2020")
    assert (entry.max_days_a_delivery, entry.course_days) == (7, 10)  # S4: 7-10 days, a finite course
    assert entry.client_classes == (ClientClass.UNREGISTERED,)  # S4: not registered anywhere
    assert entry.valid_from_on == date(2020, 5, 4)  # S4: rolled out on 4 May 2020
    assert {rests_on(entry, rule) for rule in ("course_days", "client_classes", "valid_from_on")} == {"S4"}
    assert set(thresholds(entry)) == {Phase.INDUCTION, Phase.COURSE}  # no maintenance


def test_india_ost():
    buprenorphine, methadone = read_pack("india_ost_take_home_2020").entries
    for entry in (buprenorphine, methadone):
        assert entry.max_days_a_delivery == 7  # press: from 7 days (2020)
        assert entry.client_classes == (ClientClass.STABLE,)  # S4: people already registered
        assert rests_on(entry, "client_classes") == "S4"
    assert rests_on(buprenorphine, "max_days_a_delivery") == "press"
    assert rests_on(methadone, "max_days_a_delivery") == JUDGEMENT  # the instruction is about buprenorphine


def test_punjab():
    entry = only_entry("punjab_take_home_2020")
    assert entry.max_days_a_delivery == 14  # press: two weeks
    assert entry.kinds == (ProductKind.BUPRENORPHINE_NALOXONE,)
    assert (rests_on(entry, "max_days_a_delivery"), entry.valid_from_on) == ("press", date(2020, 3, 29))


def test_india_art():
    entry = only_entry("india_art_2020")
    assert entry.max_days_a_delivery == 90  # press: two to three months
    assert entry.max_days_a_delivery - entry.early_days == 60  # a refill may come after two of the three
    assert {rests_on(entry, rule) for rule in ("max_days_a_delivery", "early_days")} == {"press"}


def test_india_tb():
    entry = only_entry("india_tb_2020")
    assert entry.max_days_a_delivery == 30  # ministry, 24 April 2020: one month
    assert entry.handover is Handover.DOORSTEP  # to the door
    assert ClientClass.UNREGISTERED in entry.client_classes  # with or without identity papers
    assert entry.valid_from_on == date(2020, 4, 24)
    assert {rests_on(entry, rule) for rule in ("max_days_a_delivery", "handover", "client_classes")} == {"ministry"}


def test_who_art():
    entry = only_entry("who_art_2020")
    assert entry.buffer_days == 30  # WHO: at least 30 days in hand
    assert entry.max_days_a_delivery == 180  # WHO: ideally 3-6 months
    assert {rests_on(entry, rule) for rule in ("buffer_days", "max_days_a_delivery")} == {"WHO"}


def test_weights_are_those_of_the_estimates():
    # DOMAIN facts, section 4: methadone 100, buprenorphine 80, TB 60 (intensive), ART 50
    weights = {kind: entry.tier_weight for name in NAMES for entry in read_pack(name).entries for kind in entry.kinds}
    assert weights == {
        ProductKind.METHADONE: 100,
        ProductKind.BUPRENORPHINE: 80,
        ProductKind.BUPRENORPHINE_NALOXONE: 80,
        ProductKind.TB: 60,
        ProductKind.ART: 50,
    }


def test_the_clinicians_page_names_every_pack_and_that_there_is_none_for_iran():
    page = (ROOT / "docs/continuity.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}`" not in page] == []
    assert re.search(r"Iran.*no number", page)
