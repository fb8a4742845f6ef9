"""Bad programmes, each with the code and the place that whoever reads it must be told.

One table for all doors: the reader's tests, the command line's, the service's. `where` is a JSON pointer, or line and
column where there is no JSON.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from tests.domain.stories import document, good, spoilt, without

BOW_TIE = [[115.2, -8.7], [115.3, -8.6], [115.3, -8.7], [115.2, -8.6], [115.2, -8.7]]
SWAPPED = [[-8.7, 115.2], [-8.7, 115.3], [-8.6, 115.2], [-8.7, 115.2]]
REGIMEN = "/clients/0/regimens/0"
CORRIDOR = "/passes/0/corridors/0/coordinates"
IN_MUMBAI = "4FK-595-8823"  # a DIGIPIN; the client's location is in Bali
PLAN = b'{"schema": "doorstep.plan/1", "programme_id": "story", "date": "2026-11-23"}'


class Bad(NamedTuple):
    """A bad programme. Where it has several faults, `code` and `where` are those of one of them."""

    name: str
    data: bytes
    code: str
    where: str


def _value(name: str, where: str, value: object, code: str, place: str | None = None) -> Bad:
    """Put a value at a place of the good programme; found there, or at `place`."""
    return Bad(name, document(spoilt((where, value))), code, where if place is None else place)


def _text(name: str, old: str, new: str, code: str, place: str) -> Bad:
    """Replace some text of the good programme's document."""
    text = json.dumps(good(), indent=1)
    if old not in text:
        raise ValueError(f"{name}: the good programme does not hold {old}")
    return Bad(name, text.replace(old, new, 1).encode(), code, place)


def _twice(name: str, kind: str, key: str) -> Bad:
    raw = good()
    raw[kind].append(raw[kind][0])
    return Bad(name, document(raw), "duplicate_id", f"/{kind}/{len(raw[kind]) - 1}/{key}")


def _regimen_twice() -> Bad:
    raw = good()
    raw["clients"][0]["regimens"].append(raw["clients"][0]["regimens"][0])
    return Bad("regimen_twice", document(raw), "regimen_twice", "/clients/0/regimens/2")


def _supply_twice() -> Bad:
    raw = good()
    raw["clients"][0]["supplies"] *= 2
    return Bad("supply_id_twice", document(raw), "duplicate_id", "/clients/0/supplies/1/supply_id")


# The file as a whole
FILES = (
    Bad("empty_file", b"", "not_json", "line 1, column 1"),
    Bad("blank_file", b" \n\n", "not_json", "line 3, column 1"),
    Bad("truncated_json", b'{"schema": "doorstep.programme/1",\n "name": "a', "not_json", "line 2, column 10"),
    Bad("not_json", b"schema: doorstep.programme/1\n", "not_json", "line 1, column 1"),
    Bad("spreadsheet", b"PK\x03\x04\x14\x00\x06\x00", "not_json", "line 1, column 1"),
    Bad("not_utf8", document(good()).replace(b"a story", b"caf\xe9"), "not_utf8", ""),
    Bad("utf16", json.dumps(good()).encode("utf-16"), "not_utf8", ""),
    _text("half_a_character", "a story", r"a \ud83d story", "not_utf8", "/name"),
    Bad("too_deep", b"[" * 500 + b"]" * 500, "too_deep", ""),
    Bad("an_array", b"[]", "schema_unknown", ""),
    Bad("null", b"null", "schema_unknown", ""),
    Bad("no_schema", document(without("/schema")), "schema_unknown", "/schema"),
    _value("newer_schema", "/schema", "doorstep.programme/2", "schema_unknown"),
    Bad("a_plan", PLAN, "schema_unknown", "/schema"),
    _text("not_a_number", "40.0", "NaN", "not_a_number", ""),
    _text("number_without_end", "40.0", "4" * 5000, "not_a_number", ""),
    _text("duplicate_key", '"made_up": true', '"made_up": true, "made_up": false', "duplicate_key", "/made_up"),
)

# Keys and values
FIELDS = (
    _value("unknown_key", "/clients/0/servise_s", 300, "unknown_key"),
    Bad("missing_key", document(without("/clients/0/place")), "missing_key", "/clients/0/place"),
    _value("negative_dose", f"{REGIMEN}/steps/0/dose_mg", -60.0, "out_of_range"),
    _value("dose_of_nothing", f"{REGIMEN}/steps/0/dose_mg", 0, "out_of_range"),
    _text("infinite_dose", '"dose_mg": 60.0', '"dose_mg": 1e999', "out_of_range", f"{REGIMEN}/steps/0/dose_mg"),
    _value("dose_as_text", f"{REGIMEN}/steps/0/dose_mg", "60", "wrong_type"),
    _value("five_doses_a_day", f"{REGIMEN}/steps/0/doses_a_day", 5, "out_of_range"),
    _value("latitude_91", "/near/lat", 91, "out_of_range"),
    _value("longitude_181", "/near/lon", 181, "out_of_range"),
    _value("date_as_number", "/calendar/closed_days/0/on", 20261225, "bad_date_or_time"),
    _value("date_as_numeral", "/calendar/closed_days/0/on", "20261225", "bad_date_or_time"),
    _value("date_that_is_not", "/calendar/closed_days/0/on", "2026-02-30", "bad_date_or_time"),
    _value("naive_instant", "/passes/0/valid_from_at", "2026-11-01T00:00:00", "bad_date_or_time"),
    _value("date_without_end", "/calendar/closed_days/0/on", "9999-12-31", "bad_date_or_time"),
    _value("instant_without_end", "/zones/0/valid_to_at", "9999-12-31T23:59:59Z", "bad_date_or_time"),
    _value("fraction_of_a_second", "/sites/0/ready_from_time", "08:30:00.5", "bad_date_or_time"),
    _value("endless_volume", "/volunteers/0/vehicles/0/max_volume_ml", 10**19, "out_of_range"),
    _value("local_time_with_offset", "/sites/0/ready_from_time", "08:30+08:00", "impossible_value"),
    _value("hour_24", "/sites/0/hours/0/to_time", "24:00", "bad_date_or_time"),
    _value("bad_weekday", "/calendar/closed_weekdays/0", "Sunday", "unknown_value"),
    _value("no_weekday", "/sites/0/hours/0/weekdays", [], "impossible_value", "/sites/0/hours/0"),
    _value("unknown_mode", "/volunteers/0/vehicles/0/mode", "scooter", "unknown_value"),
    _value("unknown_time_zone", "/timezone", "Bali/Denpasar", "impossible_value"),
    _value("machines_time_zone", "/timezone", "localtime", "impossible_value"),
    _value("bad_identifier", "/clients/1/client_id", "Siti Aminah", "bad_identifier"),
    _value("text_too_long", "/clients/1/place/address", "x" * 501, "too_long"),
    _value("made_up_as_number", "/made_up", 1, "wrong_type"),
    _value("volunteer_without_vehicle", "/volunteers/1/vehicles", [], "too_few"),
    _value("volunteer_without_shift", "/volunteers/1/shifts", [], "too_few"),
    _value("pass_without_purpose", "/passes/0/purposes", [], "too_few"),
    _value("liquid_without_strength", "/products/0/strength_mg_per_ml", None, "impossible_value", "/products/0"),
    _value("tablets_without_strengths", "/products/1/tablets_mg", [], "impossible_value", "/products/1"),
    _value("pack_without_days", "/products/2/pack_days", None, "impossible_value", "/products/2"),
    _value("min_days_over_max_days", "/policies/0/min_days_a_delivery", 8, "impossible_value", "/policies/0"),
    _value("policy_ends_early", "/policies/0/valid_to_on", "2025-12-31", "impossible_value", "/policies/0"),
    _value("pass_ends_early", "/passes/0/valid_to_at", "2026-10-31T00:00:00Z", "impossible_value", "/passes/0"),
    _value("step_ends_early", f"{REGIMEN}/steps/0/to_on", "2026-10-31", "impossible_value", f"{REGIMEN}/steps/0"),
    _value("ledger_without_days", "/ledger/1/supply_id", None, "impossible_value", "/ledger/1"),
)

# Ids, areas and pins
PLACES = (
    _twice("client_twice", "clients", "client_id"),
    _twice("pass_twice", "passes", "pass_id"),
    _supply_twice(),
    _value("dangling_volunteer", "/passes/0/volunteer_id", "v9", "dangling_id"),
    _value("dangling_product", f"{REGIMEN}/product_id", "p9", "dangling_id"),
    _value("dangling_veto", "/clients/0/vetoes/0", "v9", "dangling_id"),
    _value("area_crossing_itself", "/zones/0/area/coordinates/0", BOW_TIE, "area_not_valid", "/zones/0/area"),
    _value("area_of_nothing", "/zones/0/area/coordinates", [], "area_not_valid", "/zones/0/area"),
    _value("open_ring", "/zones/0/area/coordinates/0", BOW_TIE[:4], "area_ring_open", "/zones/0/area"),
    _value("point_for_an_area", "/zones/0/area/type", "Point", "unknown_value", "/zones/0/area"),
    _value("area_swapped", "/zones/0/area/coordinates/0", SWAPPED, "coordinates_swapped", "/zones/0/area"),
    _value("corridor_to_nowhere", f"{CORRIDOR}", [[115.2, -8.7], [115.2, -8.7]], "line_without_length"),
    _value("checkpoint_of_a_point", "/checkpoints/1/line", [[115.2, -8.7]], "impossible_value", "/checkpoints/1"),
    _value("checkpoint_nowhere", "/checkpoints/0/location", None, "impossible_value", "/checkpoints/0"),
    _value("checkpoint_twice", "/checkpoints/1/location", {"lon": 1, "lat": 1}, "impossible_value", "/checkpoints/1"),
    _value("pin_in_prose", "/clients/0/place/pin", "behind the market", "pin_unreadable"),
    _value("pin_longitude_first", "/clients/0/place/pin", "115.2126, -8.6705", "pin_out_of_range"),
    _value("pin_of_commas", "/clients/0/place/pin", "8,67,115,21", "pin_ambiguous"),
    Bad(
        "short_plus_code_without_reference",
        document(spoilt(("/clients/0/place/pin", "86HX+W9"), ("/near", None))),
        "pin_needs_reference",
        "/clients/0/place/pin",
    ),
    _value("digipin_outside_india", "/clients/0/place/pin", IN_MUMBAI, "pin_contradicts_location"),
)

# Entries that contradict each other
CONTRADICTIONS = (
    _value("unknown_policy_pack", "/policy_packs/0", "iran_methadone_2020", "policy_pack_unknown"),
    Bad(
        "two_packs_for_one_product",
        document(spoilt(("/policy_packs", ["who_art_2020", "india_art_2020"]), ("/products/2/kind", "art"))),
        "policy_packs_overlap",
        "/policy_packs/1",
    ),
    _value("name_twice", "/clients/1/code_name", "Heron", "duplicate_code_name"),
    _value("volunteer_named_like_a_client", "/volunteers/0/code_name", "Heron", "duplicate_code_name"),
    _regimen_twice(),
    _value("dose_steps_overlap", f"{REGIMEN}/steps/0/to_on", "2026-12-01", "dose_steps_overlap", f"{REGIMEN}/steps"),
    _value("dose_missing_for_a_liquid", f"{REGIMEN}/steps/1/dose_mg", None, "dose_missing", f"{REGIMEN}/steps/1"),
    _value("item_as_regimen", "/clients/0/regimens/1/product_id", "p4", "product_not_daily"),
    _value("liquid_as_supply", "/clients/0/supplies/0/product_id", "p1", "supply_needs_regimen"),
    _value(
        "policy_of_other_product",
        "/policies/0/product_id",
        "p2",
        "policy_of_other_product",
        f"{REGIMEN}/policy_id",
    ),
    _value("pair_of_one", "/volunteers/0/pairs_with", "v1", "pair_of_one"),
    _value(
        "pair_that_never_meets",
        "/volunteers/1/start",
        {"location": {"lon": 115.0, "lat": -8.0}},
        "pair_start_differs",
        "/volunteers/0/pairs_with",
    ),
    _value(
        "lock_against_itself",
        "/day/locks/0/excluded",
        True,
        "locks_contradict",
        "/day/locks/0",
    ),
)

BAD_PROGRAMMES: tuple[Bad, ...] = (*FILES, *FIELDS, *PLACES, *CONTRADICTIONS)
