"""The reader: all faults at once, each with code, pointer and remedy, or a programme."""

import pytest

from routing.domain.errors import ProgrammeError
from routing.domain.loading import SCHEMA, load_programme
from routing.domain.reading import pointer
from routing.domain.references import at_path
from tests.domain.models import Key, keys
from tests.domain.stories import document, found, good, places, problems_in, spoilt, without

SMALLEST = {"schema": SCHEMA, "programme_id": "p", "name": "", "timezone": "UTC"}


def test_the_story_is_good_and_writes_every_key():
    assert found(good()) == []
    assert [key.path for key in keys() if not places(key)] == []


def test_the_smallest_programme_has_four_keys():
    programme = load_programme(document(SMALLEST))
    assert (programme.clients, programme.made_up, programme.zone.key) == ((), False, "UTC")


@pytest.mark.parametrize("key", SMALLEST)
def test_none_of_the_four_may_be_missing(key: str):
    raw = {name: value for name, value in SMALLEST.items() if name != key}
    assert found(raw) == [("schema_unknown" if key == "schema" else "missing_key", f"/{key}")]


def test_a_byte_order_mark_is_accepted():
    assert load_programme(b"\xef\xbb\xbf" + document(good())) == load_programme(document(good()))


@pytest.mark.parametrize("raw", [[], [good()], "text", 3, None, True])
def test_what_is_no_object_is_no_programme(raw: object):
    assert found(document(raw)) == [("schema_unknown", "")]


@pytest.mark.parametrize("schema", ["doorstep.programme/2", "doorstep.plan/1", "", 1, None, ["doorstep.programme/1"]])
def test_another_schema_is_refused_alone(schema: object):
    assert found(spoilt(("/schema", schema), ("/name", 3))) == [("schema_unknown", "/schema")]


def test_a_duplicate_key_is_reported_with_the_rest():
    data = document(spoilt(("/made_up", 1))).replace(b'"name": "a story"', b'"name": "a", "name": "b"')
    assert found(data) == [("duplicate_key", "/name"), ("wrong_type", "/made_up")]


def test_duplicate_keys_alone_are_enough_to_refuse():
    data = document(good()).replace(b'"name": "a story"', b'"name": "a", "name": "b"')
    assert found(data) == [("duplicate_key", "/name")]


def test_faults_of_every_layer_are_reported_in_one_go():
    raw = spoilt(
        ("/clients/0/regimens/0/steps/0/dose_mg", -60),
        ("/clients/0/servise_s", 300),
        ("/clients/1/place/pin", "no pin"),
        ("/ledger/0/client_id", "c9"),
        ("/movement_rules/0/valid_from_at", "2026-11-01T00:00:00"),
        ("/products/1/product_id", "p1"),
        ("/zones/0/area/coordinates/0", [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]),
    )
    data = document(raw).replace(b'"timezone": "Asia/Makassar"', b'"timezone": "UTC", "timezone": "Asia/Bali"')
    assert set(found(data)) == {
        ("duplicate_key", "/timezone"),
        ("pin_unreadable", "/clients/1/place/pin"),
        ("impossible_value", "/timezone"),
        ("out_of_range", "/clients/0/regimens/0/steps/0/dose_mg"),
        ("unknown_key", "/clients/0/servise_s"),
        ("bad_date_or_time", "/movement_rules/0/valid_from_at"),
        ("duplicate_id", "/products/1/product_id"),
        ("dangling_id", "/ledger/0/client_id"),
        ("area_not_valid", "/zones/0/area"),
    }


def test_faults_between_entries_are_reported_together_once_each_entry_is_well_formed():
    raw = spoilt(("/clients/0/supplies/0/product_id", "p1"), ("/volunteers/0/pairs_with", "v1"))
    assert found(raw) == [
        ("supply_needs_regimen", "/clients/0/supplies/0/product_id"),
        ("pair_of_one", "/volunteers/0/pairs_with"),
    ]


def test_the_error_is_its_first_problem_and_carries_all():
    with pytest.raises(ProgrammeError) as caught:
        load_programme(document(spoilt(("/name", 3), ("/made_up", 3))))
    error = caught.value
    assert (error.code, error.where, error.exit_code) == ("wrong_type", "/name", 3)
    assert [problem.where for problem in error.problems] == ["/name", "/made_up"]


def test_every_problem_says_what_and_what_to_do():
    for problem in problems_in(spoilt(("/name", 3), ("/nme", 3), ("/ledger/0/client_id", "c9"), ("/near/lat", 91))):
        assert problem.message
        assert problem.remedy
        assert not problem.message.endswith(".")


# Keys


@pytest.mark.parametrize(
    ("where", "meant"),
    [
        ("/volunteer", "volunteers"),
        ("/schemas", "schema"),
        ("/clients/0/servise_s", "service_s"),
        ("/clients/0/clientclass", "client_class"),
        ("/clients/0/regimens/0/steps/0/dose", "dose_mg"),
        ("/clients/0/regimens/1/home/dosis", "doses"),
        ("/clients/1/place/adress", "address"),
        ("/volunteers/0/vehicles/0/max_volume", "max_volume_ml"),
        ("/passes/0/valid_to", "valid_to_at"),
        ("/passes/0/corridors/0/halfwidth_m", "half_width_m"),
        ("/passes/0/areas/0/coordinate", "coordinates"),
        ("/passes/0/hours/0/weekday", "weekdays"),
        ("/calendar/closed_days/0/reasons", "reason"),
    ],
)
def test_the_nearest_known_key_is_suggested(where: str, meant: str):
    (problem,) = problems_in(spoilt((where, 1)))
    assert (problem.code, problem.where, problem.remedy) == ("unknown_key", where, f"did you mean `{meant}`?")


def test_where_nothing_is_near_the_known_keys_are_named():
    (problem,) = problems_in(spoilt(("/near/zzz", 1)))
    assert problem.remedy == "known keys here: lat, lon"


def test_an_unknown_key_with_a_slash_is_located():
    raw = good()
    raw["near"]["a/b"] = 1
    assert found(raw) == [("unknown_key", "/near/a~1b")]


@pytest.mark.parametrize("key", [key for key in keys() if key.field.is_required()], ids=lambda key: key.path)
def test_each_required_key_is_missed(key: Key):
    where = pointer(*next(at_path(good(), key.path.removesuffix("/*")))[0])
    codes = found(without(where))
    wanted = "schema_unknown" if where == "/schema" else "missing_key"
    assert (wanted, where.removesuffix("/type") if where.endswith("/type") else where) in codes


@pytest.mark.parametrize("key", [key for key in keys() if not key.field.is_required()], ids=lambda key: key.path)
def test_no_other_key_is_needed(key: Key):
    where = pointer(*next(at_path(good(), key.path.removesuffix("/*")))[0])
    assert ("missing_key", where) not in found(without(where))
