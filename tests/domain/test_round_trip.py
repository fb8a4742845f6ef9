"""A programme that is read, written and read again is the same; written again, it is the same bytes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.domain.loading import SCHEMA, dump_programme, load_programme
from routing.domain.products import Purpose
from routing.domain.volunteers import Mode
from tests.domain.stories import document, good, without

WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
DATES = st.dates(date(2000, 1, 1), date(2100, 1, 1))
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
NAIVE = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda drawn: drawn.replace(microsecond=0))  # noqa: DTZ001
INSTANTS = st.builds(lambda drawn, offset: drawn.replace(tzinfo=offset), NAIVE, OFFSETS | st.just(UTC))
MILLIGRAMS = st.floats(0.001, 1e6)
AMOUNTS = st.floats(0, 1e8)
POINTS = st.fixed_dictionaries({"lon": st.floats(-180, 180), "lat": st.floats(-90, 90)})
PURPOSES = st.lists(st.sampled_from(Purpose), min_size=1, max_size=3)


def optional(**keys: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    return keys


@st.composite
def hours(draw: st.DrawFn) -> dict[str, Any]:
    times = st.times().map(lambda time: time.replace(microsecond=0).isoformat())
    return draw(
        st.fixed_dictionaries(
            {"from_time": times, "to_time": times},
            optional=optional(weekdays=st.lists(st.sampled_from(["mon", "wed", "sun"]), min_size=1, max_size=3)),
        )
    )


@st.composite
def places(draw: st.DrawFn) -> dict[str, Any]:
    pins = st.sampled_from(["-8.6705, 115.2126", "8.6705 S 115.2126 E", "6P3Q86HX+W9", "4FK-595-8823"])
    words = {"address": WORDS, "hint": WORDS, "walk_s": st.integers(0, 86_400)}
    located = draw(st.sampled_from([{}, {"location": POINTS}, {"pin": pins}]))
    return draw(st.fixed_dictionaries(located, optional=words))


@st.composite
def areas(draw: st.DrawFn) -> dict[str, Any]:
    west, south = draw(st.floats(-179, 170)), draw(st.floats(-89, 80))
    width, height = draw(st.floats(0.001, 9)), draw(st.floats(0.001, 9))
    ring = [
        [west, south],
        [west + width, south],
        [west + width, south + height],
        [west, south + height],
        [west, south],
    ]
    return draw(
        st.sampled_from([{"type": "Polygon", "coordinates": [ring]}, {"type": "MultiPolygon", "coordinates": [[ring]]}])
    )


@st.composite
def validity(draw: st.DrawFn) -> dict[str, Any]:
    first, second = draw(INSTANTS), draw(INSTANTS)
    return {
        "valid_from_at": min(first, second).isoformat(),
        "valid_to_at": (max(first, second) + timedelta(seconds=1)).isoformat(),
    }


@st.composite
def programmes(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a programme of one product, one site, two clients, one volunteer, a pass and a zone."""
    product = {"product_id": "p1", "kind": "methadone", "form": "liquid", "purpose": "medicine"}
    measures = {"name": WORDS, "mass_g": AMOUNTS, "volume_ml": AMOUNTS, "strength_mg_per_ml": MILLIGRAMS}
    since = draw(DATES)
    step = {"from_on": since.isoformat(), "dose_mg": draw(MILLIGRAMS), "doses_a_day": draw(st.integers(1, 4))}
    home = {"doses": draw(st.integers(0, 3660)), "as_of_on": draw(DATES).isoformat()}
    return {
        "schema": SCHEMA,
        "programme_id": draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}", fullmatch=True)),
        "name": draw(WORDS),
        "timezone": draw(st.sampled_from(["Asia/Makassar", "Europe/Berlin", "UTC"])),
        "made_up": draw(st.booleans()),
        "near": draw(st.none() | POINTS),
        "calendar": {"closed_days": [{"on": on.isoformat()} for on in draw(st.lists(DATES, max_size=2))]},
        "products": [product | draw(st.fixed_dictionaries(measures))],
        "sites": [{"site_id": "s1", "name": "store", "place": draw(places()), "hours": [draw(hours())]}],
        "clients": [
            {
                "client_id": "c1",
                "code_name": "1" + draw(WORDS),
                "place": draw(places()),
                "windows": draw(st.lists(hours(), max_size=2)),
                "regimens": [{"product_id": "p1", "site_id": "s1", "steps": [step], "home": home}],
                "status": [{"status": "active", "from_at": draw(INSTANTS).isoformat()}],
            },
            {"client_id": "c2", "code_name": "Plover", "place": draw(places()), "vetoes": ["v1"]},
        ],
        "volunteers": [
            {
                "volunteer_id": "v1",
                "code_name": "2" + draw(WORDS),
                "start": draw(places()),
                "shifts": [draw(hours())],
                "vehicles": [
                    {
                        "mode": draw(st.sampled_from(Mode)),
                        "max_mass_g": draw(st.integers(1, 10**9)),
                        "max_volume_ml": draw(st.integers(1, 10**9)),
                    }
                ],
            }
        ],
        "passes": [
            {
                "pass_id": "n1",
                "number": draw(WORDS),
                "issuer": draw(WORDS),
                "volunteer_id": "v1",
                "purposes": draw(PURPOSES),
                "areas": draw(st.lists(areas(), max_size=2)),
                **draw(validity()),
            }
        ],
        "zones": [{"zone_id": "z1", "name": draw(WORDS), "area": draw(areas()), **draw(validity())}],
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programmes())
def test_reading_what_was_written_gives_the_same_programme_and_the_same_bytes(raw: dict[str, Any]):
    programme = load_programme(document(raw))
    data = dump_programme(programme)
    again = load_programme(data)
    assert again == programme
    assert dump_programme(again) == data


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programmes(), st.data())
def test_a_document_cut_anywhere_is_never_read_as_another(raw: dict[str, Any], data: st.DataObject):
    whole = dump_programme(load_programme(document(raw))).rstrip()
    length = data.draw(st.integers(0, len(whole) - 1))
    assert is_refused(whole[:length])


def is_refused(data: bytes) -> bool:
    try:
        load_programme(data)
    except Exception as error:  # whichever it is, it has to be ours
        return getattr(error, "code", "") in {"not_json", "not_utf8"}
    return False


def test_the_full_story_survives():
    programme = load_programme(document(good()))
    data = dump_programme(programme)
    assert load_programme(data) == programme
    assert dump_programme(load_programme(data)) == data


def test_defaults_are_left_out_and_what_differs_is_kept():
    raw = json.loads(dump_programme(load_programme(document(without("/coordinator", "/near")))))
    assert "coordinator" not in raw
    assert "near" not in raw
    assert raw["schema"] == SCHEMA
    assert raw["clients"][1] == {"client_id": "c2", "code_name": "Plover", "place": {"address": "by the well"}}


def test_a_location_read_from_a_pin_is_written_beside_it():
    raw = json.loads(dump_programme(load_programme(document(without("/clients/0/place/location")))))
    assert raw["clients"][0]["place"]["location"] == {"lon": 115.2126, "lat": -8.6705}
    assert raw["clients"][0]["place"]["pin"] == "-8.6705, 115.2126"


def test_keys_stand_in_the_models_order_whatever_the_documents():
    backwards = dict(reversed(good().items()))
    assert dump_programme(load_programme(document(backwards))) == dump_programme(load_programme(document(good())))
    assert list(json.loads(dump_programme(load_programme(document(backwards)))))[:3] == [
        "schema",
        "programme_id",
        "name",
    ]


def test_letters_of_every_script_are_written_as_they_are():
    raw = good()
    raw["name"] = "Résumé ประเทศ नमस्ते 🙂"
    data = dump_programme(load_programme(document(raw)))
    assert raw["name"].encode() in data
    assert load_programme(data).name == raw["name"]
