"""What papers can hold at all, and what a plan's papers hold."""

import dataclasses
import json
from dataclasses import fields
from datetime import datetime
from typing import get_args, get_type_hints
from zoneinfo import ZoneInfo

import pytest

from routing.domain.errors import InputError
from routing.domain.loading import load_programme
from routing.domain.places import Location
from routing.domain.plan import Plan
from routing.sheets.day import Day
from routing.sheets.directions import Direction, Turn
from routing.sheets.making import DayPapers, papers_of
from routing.sheets.papers import Call, CallKind, CheckpointCard, Mark, SealedLetter, Stop, VolunteerSheet
from routing.sheets.texts import Withheld
from tests.domain.stories import document
from tests.sheets.town import KEY, extract, plan, programme, raw_programme, streets

# every field of what a volunteer carries; a new one has to be weighed, and then written here
ALLOWED = {
    VolunteerSheet: {
        "on",
        "route",
        "volunteer",
        "mode",
        "entries",
        "coordinator_phone",
        "ends_at",
        "ways",
        "geo_links",
    },
    Stop: {"number", "code_name", "from_at", "to_at", "hint", "directions", "parcels", "marks", "junction"},
    Call: {"kind", "letter", "from_at", "to_at", "directions", "parcels"},
    Direction: {"turn", "street", "distance_m", "skipped", "exit"},
    CheckpointCard: {"number", "issuer", "area", "valid_from_on", "valid_to_on", "hours", "mode", "plate", "letter"},
    SealedLetter: {"on", "letter", "parcels"},
}


def made(clients: int = 3, **changes: object) -> DayPapers:
    return papers_of(Day(plan(clients), programme(clients, **changes), KEY, extract(clients + 5), streets(clients + 5)))  # type: ignore[arg-type]


def test_a_volunteer_s_papers_have_these_fields_and_no_other():
    assert {kind: {field.name for field in fields(kind)} for kind in ALLOWED} == ALLOWED


def test_no_volunteer_s_paper_reaches_a_type_of_the_programme():
    reached: set[type] = set()
    waiting: list[object] = [VolunteerSheet, CheckpointCard, SealedLetter]
    while waiting:
        hint = waiting.pop()
        waiting += get_args(hint)
        if dataclasses.is_dataclass(hint) and isinstance(hint, type) and hint not in reached:
            reached.add(hint)
            waiting += get_type_hints(hint).values()
    assert reached == set(ALLOWED)


def test_papers_cannot_be_changed_or_given_more():
    sheet = made().routes[0].sheet
    with pytest.raises(dataclasses.FrozenInstanceError):
        sheet.volunteer = "somebody"  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        object.__setattr__(sheet, "name", "somebody")


def test_a_sheet_follows_the_route_without_its_two_ends():
    sheet = made().routes[0].sheet
    kinds = [entry.kind if isinstance(entry, Call) else entry.number for entry in sheet.entries]
    assert kinds == [CallKind.LOAD, 1, 2, 3, CallKind.RETURN]


def test_times_are_in_steps_of_five_minutes_outwards():
    stop = made().routes[0].sheet.stops[0]
    zone = ZoneInfo("Asia/Makassar")
    # service from 08:44 to 08:49
    assert (stop.from_at, stop.to_at) == (
        datetime(2026, 11, 23, 8, 40, tzinfo=zone),
        datetime(2026, 11, 23, 8, 50, tzinfo=zone),
    )


def test_the_way_from_home_tells_neither_its_street_nor_its_length():
    load = made().routes[0].sheet.entries[0]
    assert [(way.street, way.distance_m) for way in load.directions] == [("Jalan Satu", 0)]


@pytest.mark.parametrize(("confidence", "sides"), [("door", 1), ("street", 0), ("area", 0)])
def test_the_side_of_a_door_is_told_only_where_the_pin_is_surely_the_door(confidence: str, sides: int):
    raw = json.loads(json.dumps(raw_programme(2, "gate")))
    raw["clients"][1]["place"]["confidence"] = confidence
    beside = plan(2)
    steps = list(beside.routes[0].steps)
    steps[3] = steps[3].changed(location=Location(lon=steps[3].location.lon, lat=steps[3].location.lat + 0.0002))
    raw["clients"][1]["place"]["location"] = {"lon": steps[3].location.lon, "lat": steps[3].location.lat}
    beside = beside.changed(routes=(beside.routes[0].changed(steps=tuple(steps)),))
    sheet = papers_of(Day(beside, load_programme(document(raw)), KEY, extract(7), streets(7))).routes[0].sheet
    assert [way.turn for way in sheet.stops[1].directions].count(Turn.DOOR_LEFT) == sides


def test_parcels_are_the_same_on_sheet_letter_label_and_manifest():
    papers_made = made()
    route, site = papers_made.routes[0], papers_made.sites[0]
    on_stops = [code for stop in route.sheet.stops for code in stop.parcels]
    assert list(route.sheet.entries[0].parcels) == on_stops
    assert list(route.letters[0].parcels) == on_stops
    assert [label.parcel for label in site.labels] == on_stops
    assert list(site.manifests[0].parcels) == on_stops


def test_the_manifest_names_products_and_units():
    manifest = made(1).sites[0].manifests[0]
    line = manifest.lines[0]
    assert (manifest.site, line.product, line.controlled) == ("Canary clinic", "canary syrup", True)
    assert [(str(on), quantity) for on, quantity in line.units] == [("2026-11-23", 12.0), ("2026-11-24", 12.0)]


def test_the_run_sheet_has_both_names_the_load_and_no_product():
    run = made(2).run_sheet.runs[0]
    # two bottles of 40 g each
    assert [(line.client, line.parcels, line.mass_g) for line in run.lines] == [
        ("Canary 1", 1, 80),
        ("Canary 2", 1, 80),
    ]
    assert "syrup" not in repr(run)


def test_the_day_s_names_are_on_sheet_and_run_sheet_alike():
    day = made()
    assert [stop.code_name for stop in day.routes[0].sheet.stops] == [
        line.code_name for line in day.run_sheet.runs[0].lines
    ]


def test_the_card_holds_the_pass():
    card = made().routes[0].cards[0]
    assert (card.number, card.issuer, card.area, card.plate) == (
        "INV-7/2026",
        "district command post",
        "the long street",
        "DK 0001 ZA",
    )


def test_a_route_without_passes_has_no_card():
    day = Day(plan(2, pass_ids=()), programme(2), KEY, extract(8), streets(8))
    assert papers_of(day).routes[0].cards == ()


def test_no_pin_is_made_unless_the_organisation_wants_one():
    assert all(stop.junction is None for stop in made().routes[0].sheet.stops)
    assert made().routes[0].sheet.ways == ()


@pytest.mark.parametrize("choice", ["street_map", "geo_links", "navigation_files"])
def test_a_pin_is_a_junction_never_the_door(choice: str):
    day = Day(plan(3), programme(3, sheets={choice: True}), KEY, extract(8), streets(8))
    doors = {client.place.location.point for client in day.programme.clients if client.place.location}
    for stop in papers_of(day).routes[0].sheet.stops:
        assert stop.junction in set(day.extract.nodes.values())
        assert stop.junction not in doors


def test_the_small_map_leaves_out_homes_and_doors():
    day = Day(plan(3), programme(3, sheets={"street_map": True}), KEY, extract(8), streets(8))
    drawn = {position for way in papers_of(day).routes[0].sheet.ways for position in way}
    assert drawn
    assert drawn <= set(day.extract.nodes.values())
    home = [volunteer.start.location.point for volunteer in day.programme.volunteers if volunteer.start.location]
    assert not drawn & set(home)


@pytest.mark.parametrize(
    ("changes", "mark"),
    [
        ({"handover": "contactless"}, Mark.CONTACTLESS),
        ({"isolating": True}, Mark.CONTACTLESS),
        ({"consent": {"call_first": True}}, Mark.CALL_FIRST),
        ({}, Mark.NOBODY_ELSE),
    ],
)
def test_marks(changes: dict[str, object], mark: Mark):
    raw = programme(1)
    client = raw.clients[0].changed(**_shaped(changes))
    day = Day(plan(1), raw.changed(clients=(client,)), KEY, extract(6), streets(6))
    assert mark in papers_of(day).routes[0].sheet.stops[0].marks


def _changed(told: Plan, client_id: str, **changes: object) -> Plan:
    """Return a plan in which the visit to a client is another."""
    routes = tuple(
        route.changed(
            steps=tuple(step.changed(**changes) if step.client_id == client_id else step for step in route.steps)
        )
        for route in told.routes
    )
    return told.changed(routes=routes)


def test_old_doses_are_taken_back_by_a_mark_and_named_at_the_site_alone():
    told = plan(2)
    brought = next(step for step in told.routes[0].steps if step.client_id == "c1").items[0]
    swap = _changed(told, "c1", fetched=(brought,))
    day = papers_of(Day(swap, programme(2), KEY, extract(7), streets(7)))
    assert [Mark.TAKE_BACK in stop.marks for stop in day.routes[0].sheet.stops] == [True, False]
    (manifest,) = day.sites[0].manifests
    assert [(line.parcel, line.units) for line in manifest.taken_back] == [
        ("", tuple((unit.for_on, unit.quantity) for unit in brought.units))
    ]
    before = papers_of(Day(told, programme(2), KEY, extract(7), streets(7))).sites[0].manifests[0]
    assert (manifest.lines, before.taken_back) == (before.lines, ())


def test_a_visit_without_goods_says_that_there_is_no_parcel():
    day = papers_of(Day(_changed(plan(2), "c2", items=()), programme(2), KEY, extract(7), streets(7)))
    (with_goods, without) = day.routes[0].sheet.stops
    assert (without.parcels, without.marks) == ((), (Mark.NO_PARCEL,))
    assert Mark.NO_PARCEL not in with_goods.marks


def _shaped(changes: dict[str, object]) -> dict[str, object]:
    from routing.domain.clients import Consent
    from routing.domain.policies import Handover

    shapes = {"handover": Handover, "consent": lambda consent: Consent(**consent)}
    return {key: shapes.get(key, lambda value: value)(value) for key, value in changes.items()}


def test_with_consent_a_parcel_may_go_to_somebody_else():
    raw = programme(1)
    client = raw.clients[0].changed(consent=raw.clients[0].consent.changed(proxy_handover=True))
    day = Day(plan(1), raw.changed(clients=(client,)), KEY, extract(6), streets(6))
    assert papers_of(day).routes[0].sheet.stops[0].marks == ()


def test_a_hint_that_tells_is_withheld_and_remarked():
    day = papers_of(Day(plan(1), programme(1, hint="beside Canary clinic"), KEY, extract(6), streets(6)))
    assert day.routes[0].sheet.stops[0].hint == ""
    assert [(remark.where, remark.why) for remark in day.remarks] == [("the hint of client c1", Withheld.TELLS)]


def test_a_letter_that_tells_is_withheld_and_remarked():
    day = papers_of(
        Day(plan(1), programme(1, sheets={"neutral_letter": "for the methadone clinic"}), KEY, extract(6), streets(6))
    )
    assert day.routes[0].cards[0].letter == ""
    assert [remark.where for remark in day.remarks] == ["the neutral letter"]


def test_a_plan_of_another_programme_or_other_streets_is_refused():
    with pytest.raises(InputError) as caught:
        Day(plan(1), programme(1, programme_id="other"), KEY, extract(6), streets(6))
    assert caught.value.code == "plan_not_of_programme"
    with pytest.raises(InputError) as caught:
        Day(plan(1), programme(1), KEY, dataclasses.replace(extract(6), sha256="1" * 64), streets(6))
    assert caught.value.code == "plan_not_of_extract"
