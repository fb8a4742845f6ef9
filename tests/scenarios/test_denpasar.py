"""The Denpasar scenario holds what its README promises, and its generator still writes it."""

from collections import Counter
from datetime import date, time
from itertools import chain
from pathlib import Path

import pytest
from shapely import MultiPolygon, Point

from routing.continuity import needs_of
from routing.domain.clients import Client
from routing.domain.hours import Weekday
from routing.domain.ledger import LedgerState
from routing.domain.loading import load_programme
from routing.domain.orders import HoldCode, Needs, Tier
from routing.domain.passes import PassStatus, RuleKind, ZoneEntry
from routing.domain.places import PlaceKind
from routing.domain.products import ProductKind
from routing.domain.programme import Programme
from routing.domain.volunteers import Mode
from routing.network import Streets, load_streets, read_extract, snap
from scenarios.denpasar.build import build

FOLDER = Path(__file__).parents[2] / "scenarios/denpasar"
EXTRACT = FOLDER / "denpasar.osm.pbf"
ON = date(2026, 11, 23)

NOT_LOCATED = "c52"
IN_BLOCKED_ZONE, AT_ZONE_EDGE = "c11", "c44"


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme((FOLDER / "programme.json").read_bytes())


@pytest.fixture(scope="module")
def clients(programme: Programme) -> dict[str, Client]:
    return {client.client_id: client for client in programme.clients}


@pytest.fixture(scope="module")
def needs(programme: Programme) -> Needs:
    return needs_of(programme, ON, {})


@pytest.fixture(scope="module")
def streets() -> Streets:
    return load_streets(EXTRACT)


def test_the_generator_writes_the_committed_file_byte_for_byte():
    assert build() == (FOLDER / "programme.json").read_bytes()


def test_the_readme_says_that_everything_but_the_streets_is_made_up(programme: Programme):
    assert programme.made_up
    assert "Everything but the streets is made up" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_scenario_names_a_monday_and_its_extract(programme: Programme):
    text = (FOLDER / "scenario.json").read_text(encoding="utf-8")
    assert '"day": "2026-11-23"' in text
    assert Weekday.of(ON) is Weekday.MON
    assert f'"extract": "{programme.extract}"' in text
    assert EXTRACT.name == programme.extract


# People and places


def test_volunteers_are_eight_of_every_mode(programme: Programme):
    modes = Counter(vehicle.mode for volunteer in programme.volunteers for vehicle in volunteer.vehicles)
    assert modes == {Mode.MOTORCYCLE: 4, Mode.CAR: 1, Mode.BICYCLE: 2, Mode.FOOT: 1}
    assert len(programme.volunteers) == 8
    assert sum(bool(volunteer.breaks) for volunteer in programme.volunteers) == 2


def test_two_volunteers_pair_from_one_office(programme: Programme):
    paired = {volunteer.pairs_with: volunteer.start for volunteer in programme.volunteers if volunteer.pairs_with}
    assert set(paired) == {"v01", "v02"}
    assert paired["v01"] == paired["v02"]


def test_there_are_two_sites_and_every_kind_of_place(programme: Programme):
    assert [site.site_id for site in programme.sites] == ["s1", "s2"]
    assert {client.place.kind for client in programme.clients} == set(PlaceKind)


def test_only_one_client_has_no_place(programme: Programme):
    assert [client.client_id for client in programme.clients if client.place.location is None] == [NOT_LOCATED]


def test_pins_are_written_in_several_notations(clients: dict[str, Client]):
    pins = [client.place.pin for client in clients.values()]
    assert {bool(pin) for pin in pins} == {True, False}
    written = [pin for pin in pins if pin]
    assert {"+" in pin for pin in written} == {True, False}
    assert any("°" in pin for pin in written)
    assert any(pin.startswith("geo:") for pin in written)
    assert any(pin.startswith("-8.") for pin in written)


def test_every_place_is_within_the_extract_and_beside_a_street_of_each_mode(programme: Programme, streets: Streets):
    west, south, east, north = read_extract(EXTRACT).bounds
    places = chain(
        (client.place for client in programme.clients),
        (client.edge_place for client in programme.clients if client.edge_place),
        (site.place for site in programme.sites),
        (volunteer.start for volunteer in programme.volunteers),
    )
    points = [place.location.point for place in places if place.location]
    assert len(points) == len(programme.clients) + 10
    outside = [point for point in points if not (west <= point[0] <= east and south <= point[1] <= north)]
    assert outside == []
    far = [(mode, point) for mode in Mode for point in points if snap(streets, mode, *point, limit_m=60) is None]
    assert far == []


# Law


def test_a_curfew_at_night_and_a_pass_at_all_times(programme: Programme):
    rules = {rule.kind: rule for rule in programme.movement_rules}
    assert set(rules) == {RuleKind.CURFEW, RuleKind.PASS_REQUIRED}
    assert [(span.from_time, span.to_time) for span in rules[RuleKind.CURFEW].hours] == [(time(21), time(4))]
    assert (rules[RuleKind.PASS_REQUIRED].hours, rules[RuleKind.PASS_REQUIRED].modes) == ((), ())


def test_one_client_lives_in_the_containment_quarter_and_one_is_met_at_an_edge(
    programme: Programme, clients: dict[str, Client]
):
    zones = {zone.entry: zone.area.shape for zone in programme.zones}
    assert set(zones) == {ZoneEntry.BLOCKED, ZoneEntry.HANDOVER_AT_EDGE}
    inside = {
        entry: [
            client.client_id
            for client in clients.values()
            if client.place.location and shape.covers(Point(client.place.location.point))
        ]
        for entry, shape in zones.items()
    }
    assert inside == {ZoneEntry.BLOCKED: [IN_BLOCKED_ZONE], ZoneEntry.HANDOVER_AT_EDGE: [AT_ZONE_EDGE]}
    edge = clients[AT_ZONE_EDGE].edge_place
    assert edge is not None
    assert edge.location is not None
    assert not any(shape.covers(Point(edge.location.point)) for shape in zones.values())


def test_passes_differ_in_purpose_and_ground_and_two_are_not_in_force(programme: Programme):
    expired = [permit.pass_id for permit in programme.passes if permit.valid_to_at.date() < ON]
    revoked = [permit.pass_id for permit in programme.passes if permit.status is PassStatus.REVOKED]
    assert (expired, revoked) == (["pa10"], ["pa11"])
    assert len({permit.purposes for permit in programme.passes}) > 4
    shapes = [area.shape for permit in programme.passes for area in permit.areas]
    assert any(isinstance(shape, MultiPolygon) for shape in shapes)
    assert any(shape.interiors for shape in shapes if not isinstance(shape, MultiPolygon))
    assert any(permit.corridors for permit in programme.passes)
    assert any(permit.plates for permit in programme.passes)


@pytest.mark.parametrize("client_id", ["c13", "c48"])
def test_two_clients_live_on_nobodys_pass(programme: Programme, clients: dict[str, Client], client_id: str):
    location = clients[client_id].place.location
    assert location is not None
    grounds = [area.shape for permit in programme.passes if permit.valid_to_at.date() >= ON for area in permit.areas]
    assert not any(ground.covers(Point(location.point)) for ground in grounds)


def test_no_policy_is_signed_off_and_each_names_its_source(programme: Programme):
    assert [policy.policy_id for policy in programme.policies if policy.signed_off or not policy.source] == []
    assert {policy.approved_by for policy in programme.policies} == {"needs a clinician's sign-off"}


# Needs


def test_more_than_sixty_clients_have_something_due(needs: Needs):
    assert len({order.client_id for order in needs.orders}) == 67


def test_every_kind_of_goods_is_due(programme: Programme, needs: Needs):
    kinds = {product.product_id: product.kind for product in programme.products}
    due = {kinds[order.product_id] for order in needs.orders}
    assert due == set(ProductKind) - {
        ProductKind.BUPRENORPHINE_NALOXONE,
        ProductKind.OPIUM_TINCTURE,
        ProductKind.OTHER,
    }


def test_holds_are_those_of_the_readme(needs: Needs):
    assert {hold.client_id: hold.code for hold in needs.holds} == {
        "c15": HoldCode.PRESCRIBER_HOLD,
        "c19": HoldCode.CLEARANCE_NEEDED,
        "c20": HoldCode.MISSED_DOSES,
        "c21": HoldCode.SURPLUS_AT_HOME,
        "c22": HoldCode.DOSE_NOT_MEASURABLE,
        "c23": HoldCode.UNRECONCILED_DELIVERY,
        "c28": HoldCode.PRESCRIPTION_ENDED,
        "c37": HoldCode.REVIEW_DUE,
        "c38": HoldCode.PRESCRIPTION_CHANNEL_NOT_PERMITTED,
    }


def test_clients_without_orders_are_those_on_hold_or_not_yet_due(clients: dict[str, Client], needs: Needs):
    without = set(clients) - {order.client_id for order in needs.orders}
    on_hold = {hold.client_id for hold in needs.holds} & without
    assert on_hold == {"c15", "c20", "c21", "c22", "c28", "c37", "c38"}
    assert without - on_hold == {"c14", "c24", "c36", "c53", "c61", "c64", "c80", "c82"}


def test_three_affordable_days_leave_a_gap_that_a_subsidy_closes(clients: dict[str, Client], needs: Needs):
    gaps = {gap.client_id for gap in needs.gaps if gap.binding_cap == "affordable_days"}
    assert gaps == {"c01", "c02", "c03", "c04", "c05", "c06"}
    days = {order.client_id: order.days for order in needs.orders if order.product_id == "p01"}
    assert {days[client_id] for client_id in gaps} == {3}
    subsidised = [client_id for client_id in days if clients[client_id].regimens[0].subsidised]
    assert len(subsidised) >= 6
    assert all(days[client_id] > 3 for client_id in subsidised)


def test_the_most_urgent_are_few(needs: Needs):
    assert {order.client_id for order in needs.orders if order.tier is Tier.T0A} >= {"c10", "c18", "c57"}
    assert Counter(order.tier for order in needs.orders)[Tier.T1] > 20


def test_one_product_is_short(needs: Needs):
    # 110 mL in date: 151 mL are wanted by three clients
    assert [(short.site_id, short.product_id, short.available) for short in needs.shortfalls] == [("s2", "p02", 110.0)]
    assert needs.shortfalls[0].wanted > 110


def test_the_prison_needs_two_car_loads_of_orders_that_each_fit(programme: Programme, needs: Needs):
    (car,) = (v for volunteer in programme.volunteers for v in volunteer.vehicles if v.mode is Mode.CAR)
    orders = [order for order in needs.orders if order.client_id == "c75"]
    # 980 packs of pads 147.0, 980 bars 63.7, 980 masks 11.76, disinfectant 21.2, staff boxes 4.8 kg
    assert sum(order.mass_g for order in orders) == 248_460
    assert sum(order.mass_g for order in orders) > car.max_mass_g
    assert sum(order.volume_ml for order in orders) > car.max_volume_ml
    assert max(order.mass_g for order in orders) <= car.max_mass_g
    assert not any(order.controlled for order in orders)


def test_the_prison_is_open_twice_and_asks_for_an_authorisation(programme: Programme, clients: dict[str, Client]):
    prison = clients["c75"]
    assert [(span.from_time, span.to_time) for span in prison.windows] == [
        (time(9), time(11, 30)),
        (time(13, 30), time(15)),
    ]
    assert prison.requires == ("institution",)
    holders = [
        volunteer.volunteer_id
        for volunteer in programme.volunteers
        if any(held.authorisation_id == "institution" for held in volunteer.authorisations)
    ]
    assert holders == ["v05"]


def test_the_ledger_remembers_last_week(programme: Programme):
    states = Counter(entry.state for entry in programme.ledger)
    assert states[LedgerState.HANDED_OVER] >= 10
    assert states[LedgerState.PLANNED] == states[LedgerState.RETURNED] == states[LedgerState.DISPENSED_AT_SITE] == 1


def test_no_telephone_number_that_may_be_somebody_s_is_written(programme: Programme):
    assert [client.client_id for client in programme.clients if client.phone] == []
    assert programme.coordinator.phone == "+62 361 000 000"  # no number of the town begins with 0
