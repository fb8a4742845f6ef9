"""Each rule without a clock, alone: below its limit, at it, and above."""

import pytest

from routing.continuity import needs_of
from routing.domain.clients import Consent
from routing.domain.places import Place, PlaceKind
from routing.domain.products import ProductKind, Purpose
from routing.domain.reasons import ReasonCode
from routing.domain.volunteers import Authorisation, CustodyCeiling, Mode, Vehicle
from routing.network import StreetEngine
from routing.passes import duties_of
from routing.solver import pose
from tests.continuity.stories import (
    CONTROLLED_ITEM,
    FOOD,
    LIQUID,
    MONDAY,
    NALOXONE,
    regimen,
)
from tests.continuity.stories import day as date_of
from tests.solver.town import area, at, day, hours, permit, rider, rule, town, wanting, zone


def posed(told, on=MONDAY):
    _, streets = town()
    return pose(told, on, needs_of(told, on, {}).orders, duties_of(told, on), StreetEngine(streets), streets)


def c1(**fields):
    return wanting("c1", fields.pop("place", at(3)), **fields)


def broken(told):
    """Return the rules that the one errand breaks, or breaks with everybody."""
    found = posed(told)
    (errand,) = found.errands
    own = [code for code, rule in found.rules.of_errand if not rule(errand)]
    with_all = [code for code, rule in found.rules.of_duty if not any(rule(errand, each) for each in found.stations)]
    allowed = {0} if not own and not with_all else set()
    assert all(vehicle.allowed <= allowed for vehicle in found.problem.vehicles)
    return own or with_all


def leads(told):
    """Return who may lead a visit to the one client."""
    return sorted(vehicle.people[0] for vehicle in posed(told).problem.vehicles if vehicle.allowed)


@pytest.mark.parametrize(("last", "codes"), [(-1, ["not_authorised"]), (0, []), (1, []), (None, [])])
def test_an_authorisation_holds_on_its_last_day(last, codes):
    trained = Authorisation(authorisation_id="calm", valid_to_on=None if last is None else date_of(last))
    assert broken(day(c1(requires=("calm",)), volunteers=(rider(authorisations=(trained,)),))) == codes


@pytest.mark.parametrize(("first", "codes"), [(-1, []), (0, []), (1, ["not_authorised"])])
def test_an_authorisation_holds_from_its_first_day(first, codes):
    trained = Authorisation(authorisation_id="calm", valid_from_on=date_of(first))
    assert broken(day(c1(requires=("calm",)), volunteers=(rider(authorisations=(trained,)),))) == codes


def test_products_ask_the_one_who_carries_clients_ask_both():
    def pair(first, second, **fields):
        skills = [tuple(Authorisation(authorisation_id=name) for name in names) for names in (first, second)]
        custody = (CustodyCeiling(product_id="p1", quantity=999.0),)
        people = (
            rider(pairs_with="v2", authorisations=skills[0], custody=custody),
            rider("v2", authorisations=skills[1]),
        )
        return leads(day(c1(pair_required=True, **fields), volunteers=people))

    doses = {"supplies": (), "regimens": (regimen(LIQUID),)}
    assert pair(("controlled",), (), **doses) == ["v1"]
    assert pair((), (), **doses) == []
    assert pair(("calm",), (), requires=("calm",)) == []
    assert pair(("calm",), ("calm",), requires=("calm",)) == ["v1", "v2"]


@pytest.mark.parametrize(("quantity", "codes"), [(1.9, ["custody_ceiling"]), (2.0, []), (2.1, [])])
def test_a_custody_ceiling(quantity, codes):
    ceiling = (CustodyCeiling(product_id="p7", quantity=quantity),)
    assert broken(day(c1(goods=(CONTROLLED_ITEM,)), volunteers=(rider(custody=ceiling),))) == codes


@pytest.mark.parametrize(
    ("name", "code", "at_limit"), [("max_mass_g", "too_heavy", 81), ("max_volume_ml", "too_bulky", 400)]
)
def test_what_a_vehicle_holds(name, code, at_limit):
    def with_limit(limit):
        fields = {"mode": Mode.MOTORCYCLE, "max_mass_g": 9999, "max_volume_ml": 9999, name: limit}
        return broken(day(c1(), volunteers=(rider(vehicles=(Vehicle(**fields),)),)))

    assert [with_limit(at_limit + more) for more in (-1, 0, 1)] == [[code], [], []]


@pytest.mark.parametrize(("y", "codes"), [(-2.6, []), (-2.8, ["place_too_far_from_street"])])
def test_a_pin_within_300_m_of_a_street(y, codes):
    assert broken(day(c1(place=at(3, y)))) == codes


# A metre of legal ground is asked for all around a place: 0.009 thousandths of a degree.
@pytest.mark.parametrize(("east", "codes"), [(2.99, ["outside_pass_area"]), (3.0, ["outside_pass_area"]), (3.02, [])])
def test_the_border_of_a_pass(east, codes):
    paper = permit(areas=(area(-1, -1, east, 1),))
    assert [
        code for code in broken(day(c1(), passes=(paper,), movement_rules=(rule(),))) if code != "cut_off_by_pass"
    ] == codes


@pytest.mark.parametrize(("west", "codes"), [(2.9, ["inside_closed_zone"]), (3.0, ["inside_closed_zone"]), (3.02, [])])
def test_the_border_of_a_zone(west, codes):
    closed = zone(area(west, -1, 5, 1))
    assert [code for code in broken(day(c1(), zones=(closed,))) if code != "cut_off_by_pass"] == codes


def test_a_veto_of_either_of_a_pair_counts():
    pair = (rider(pairs_with="v2"), rider("v2"))
    assert leads(day(c1(pair_required=True), volunteers=pair)) == ["v1", "v2"]
    assert leads(day(c1(pair_required=True, vetoes=("v2",)), volunteers=pair)) == []
    refused = (rider(pairs_with="v2"), rider("v2", vetoes=("c1",)))
    assert leads(day(c1(pair_required=True), volunteers=refused)) == []


@pytest.mark.parametrize(
    ("goods", "codes"),
    [((NALOXONE,), []), ((CONTROLLED_ITEM,), ["institution_goods"]), ((FOOD,), [])],
)
def test_what_an_institution_may_get(goods, codes):
    custody = (CustodyCeiling(product_id="p7", quantity=99.0),)
    told = day(c1(place=at(3, kind=PlaceKind.INSTITUTION), goods=goods), volunteers=(rider(custody=custody),))
    assert broken(told) == codes


def test_needles_are_not_taken_into_institutions():
    needles = NALOXONE.changed(kind=ProductKind.NEEDLES)
    told = day(c1(place=at(3, kind=PlaceKind.INSTITUTION), goods=(needles,)), products=(needles,), policies=())
    assert broken(told.changed(policies=())) == [ReasonCode.INSTITUTION_GOODS]


def test_a_client_without_consent_or_place_is_not_for_anybody():
    assert broken(day(c1(consent=Consent(home_delivery=False)))) == ["no_home_delivery_consent"]
    assert broken(day(c1(place=Place()))) == ["place_not_located"]
    assert broken(day(c1(windows=(hours("08:00", "09:00"),)))) == []


def test_the_purposes_of_a_pass():
    papers = {"passes": (permit(purposes=(Purpose.MEDICINE,)),), "movement_rules": (rule(),)}
    assert broken(day(c1(), **papers)) == []
    assert broken(day(c1(goods=(FOOD,)), **papers)) == ["pass_purpose"]
