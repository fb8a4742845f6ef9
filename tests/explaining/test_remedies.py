"""The remedy of a day in the town, with its size reckoned by hand.

L = 111.195 m from corner to corner; a motorcycle rides L in 16.013 s. A day to c1 at (3, 0) takes 300 s of loading,
49 s there, the visit, and 49 s back.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from routing.domain.clients import Consent
from routing.domain.hours import Weekday
from routing.domain.passes import PassStatus, RuleKind, ZoneEntry
from routing.domain.places import Corridor, Place
from routing.domain.plan import Plan
from routing.domain.products import Purpose
from routing.domain.programme import Calendar, ClosedDay, Programme
from routing.domain.remedies import RemedyCode, RemedySearch
from routing.domain.volunteers import Authorisation, CustodyCeiling, Mode, Vehicle
from routing.explaining import Patience
from routing.plan_day import add_remedies
from tests.continuity.stories import CONTROLLED_ITEM, MONDAY, NALOXONE, noon
from tests.solver.town import area, at, day, hours, permit, plan, rider, rule, store, town, wanting, zone

R = RemedyCode
TRAINED = (Authorisation(authorisation_id="controlled"),)
SMALL = (Vehicle(mode=Mode.MOTORCYCLE, plate="DK 1", max_mass_g=80, max_volume_ml=50_000),)
LARGE = (Vehicle(mode=Mode.CAR, plate="DK 2", max_mass_g=20_000, max_volume_ml=50_000),)
SHORT = (hours("08:00", "08:15"),)
TUESDAYS = (hours("08:00", "12:00", weekdays=(Weekday.TUE,)),)


def c1(place=None, **fields: object):
    return wanting("c1", place or at(3), **fields)


def remedied(told: Programme, patience: Patience | None = None) -> Plan:
    made = plan(told)
    return add_remedies(made, told, *town(), patience or Patience())


def under(*passes, client=None, **fields: object) -> Programme:
    return day(client or c1(), passes=passes, movement_rules=(rule(),), **fields)


def holding(quantity: float, **fields: object):
    return rider(custody=(CustodyCeiling(product_id="p7", quantity=quantity),), authorisations=TRAINED, **fields)


# story -> (the day, the code of the remedy, its parameters)
CASES = {
    "consent": (day(c1(consent=Consent(home_delivery=False))), R.CONSENT, {}),
    "a window today": (day(c1(windows=TUESDAYS)), R.WINDOW_TODAY, {}),
    # In the window from 07:00 to 07:30 nobody is there; with the goods loaded at 08:00 the visit begins at 08:05:49.
    # The window has to end 36 minutes later; steps are 15.
    "a wider window": (day(c1(windows=(hours("07:00", "07:30"),))), R.WIDER_WINDOW, {"minutes": 45}),
    "the site opens": (day(c1(), sites=(store(closed_on=(MONDAY,)),)), R.SITE_OPENED, {"site_id": "s1"}),
    # Ready at 12:00 they reach c1 at 12:05:49 and are back at 12:11:38, 11:38 after the shift.
    "goods earlier": (
        day(c1(), sites=(store(ready_from_time=noon(0).time().replace(hour=12)),)),
        R.SITE_READY_EARLIER,
        {"site_id": "s1", "minutes": 15},
    ),
    # 300 + 49 + 1800 + 49 = 2198 s, 36:38; the shift is 15 minutes. 15 more are too few, 30 do.
    "a longer shift": (
        day(c1(service_s=1800), volunteers=(rider(shifts=SHORT),)),
        R.LONGER_SHIFT,
        {"volunteer_id": "v1", "minutes": 30},
    ),
    "more stops": (
        day(c1(), wanting("c2", at(2)), volunteers=(rider(max_stops=1),)),
        R.MORE_STOPS,
        {"volunteer_id": "v1", "stops": 1},
    ),
    # Two kits of 40.3 g are 81 g; the small vehicle takes 80.
    "a car": (
        day(c1(), volunteers=(rider(vehicles=SMALL), rider("v2", vehicles=LARGE, absent_on=(MONDAY,)))),
        R.OTHER_VEHICLE,
        {"volunteer_id": "v1", "mode": "car"},
    ),
    "a pair": (
        day(c1(pair_required=True), volunteers=(rider(), rider("v2"))),
        R.PAIR,
        {"volunteer_id": "v1", "partner_id": "v2"},
    ),
    "a clearance": (
        day(c1(), volunteers=(rider(clearance_to_on=MONDAY - timedelta(1)),)),
        R.CLEARANCE,
        {"volunteer_id": "v1"},
    ),
    "training": (day(c1(requires=("calm",))), R.AUTHORISATION, {"volunteer_id": "v1"}),
    # Two controlled items; one may be held.
    "a ceiling": (
        day(c1(goods=(CONTROLLED_ITEM,)), volunteers=(holding(1.0),)),
        R.CUSTODY_CEILING,
        {"volunteer_id": "v1", "quantity": 1},
    ),
    "coming in": (day(c1(), volunteers=(rider(absent_on=(MONDAY,)),)), R.COME_IN, {"volunteer_id": "v1"}),
    "an open day": (day(c1(), calendar=Calendar(closed_days=(ClosedDay(on=MONDAY),))), R.DAY_OPENED, {}),
    "a revoked pass": (under(permit(status=PassStatus.REVOKED)), R.PASS_RENEWED, {"pass_id": "q1"}),
    # Within the pass's ten minutes nobody is back: 11:38 are needed.
    "a longer pass": (
        under(permit(hours=(hours("08:00", "08:10"),)), volunteers=(rider(shifts=(hours("08:00", "09:00"),)),)),
        R.PASS_LATER,
        {"pass_id": "q1", "minutes": 15},
    ),
    "another vehicle on it": (under(permit(plates=("XX 1",))), R.PASS_VEHICLE, {"pass_id": "q1"}),
    "a purpose": (
        under(permit(purposes=(Purpose.FOOD,))),
        R.PASS_PURPOSE,
        {"pass_id": "q1", "purposes": str(NALOXONE.purpose)},
    ),
    # From 2.5 to 4 are 1.5 L = 166.8 m.
    "a larger area": (
        under(permit(areas=(area(-1, -1, 2.5, 4),)), client=c1(at(4))),
        R.PASS_AREA,
        {"pass_id": "q1", "metres": 200},
    ),
    # 30 m beside the street, and 111 m to (3, 1): 81 m are missing, and a metre by which streets are cut closer.
    "a wider corridor": (
        under(
            permit(corridors=(Corridor(coordinates=((0.0, 0.0), (0.006, 0.0)), half_width_m=30.0),)),
            client=c1(at(3, 1)),
        ),
        R.PASS_AREA,
        {"pass_id": "q1", "metres": 100},
    ),
    "a pass at all": (under(), R.NEW_PASS, {"volunteer_id": "v1"}),
    "an exemption": (
        day(c1(), passes=(permit(),), movement_rules=(rule(RuleKind.CURFEW, hours=(hours("06:00", "20:00"),)),)),
        R.RULE_EXEMPTION,
        {"rule_id": "curfew"},
    ),
    "an exception": (
        day(c1(), zones=(zone(area(2.6, -0.6, 3.6, 0.6), entry=ZoneEntry.BLOCKED),)),
        R.ZONE_EXCEPTION,
        {"zone_id": "z1", "purposes": str(NALOXONE.purpose)},
    ),
    "at the site": (day(c1(Place())), R.MEET_AT_SITE, {"site_id": "s1"}),
}  # fmt: skip


@pytest.mark.parametrize("story", CASES)
def test_the_smallest_change_is_found_and_proved(story: str):
    told, code, params = CASES[story]
    entry = remedied(told).unserved[0]
    remedy = entry.reasons[0].remedy
    assert remedy is not None
    assert (remedy.code, remedy.params, remedy.verified) == (code, params, True)
    assert entry.remedy_search is RemedySearch.FOUND


def test_somebody_who_is_vetoed_is_not_asked_again():
    told = day(c1(vetoes=("v1",)), volunteers=(rider(), rider("v2", absent_on=(MONDAY,))))
    assert remedied(told).unserved[0].reasons[0].remedy.params == {"volunteer_id": "v2"}
    alone = remedied(day(c1(vetoes=("v1",)))).unserved[0]
    assert (alone.remedy_search, alone.reasons[0].remedy) == (RemedySearch.NONE_FOUND, None)


def test_what_is_more_urgent_or_as_urgent_is_not_given_up():
    # One stop, two clients alike: to serve the other instead would be no remedy; one stop more is.
    told = day(c1(), wanting("c2", at(2)), volunteers=(rider(max_stops=1),))
    assert remedied(told).unserved[0].reasons[0].remedy.code is R.MORE_STOPS


def test_what_was_not_tried_is_said_to_be_not_searched():
    told = day(c1(consent=Consent(home_delivery=False)), wanting("c2", at(2), consent=Consent(home_delivery=False)))
    none = remedied(told, Patience(programmes=0))
    assert {entry.remedy_search for entry in none.unserved} == {RemedySearch.NOT_SEARCHED}
    # The day itself and the first client's consent; then the number is used up.
    some = remedied(told, Patience(programmes=2))
    assert [entry.remedy_search for entry in some.unserved] == [RemedySearch.FOUND, RemedySearch.CUT_SHORT]
    assert {entry.remedy_search for entry in remedied(told, Patience(seconds=0.0)).unserved} == {
        RemedySearch.NOT_SEARCHED
    }


def test_a_plan_that_serves_everybody_is_left_alone():
    made = plan(day(c1()))
    assert add_remedies(made, day(c1()), *town(), Patience()) is made


def test_the_same_count_gives_the_same_document():
    told, *_ = CASES["a larger area"]
    assert remedied(told, Patience(programmes=40)) == remedied(told, Patience(programmes=40))


def test_a_meeting_point_tells_how_far_and_not_where():
    # Outside of the pass's area by half of L, with nobody to extend it: the zone's edge is nearer than the site.
    told = day(c1(), zones=(zone(area(2.6, -9, 9, 9)),))
    told = told.changed(clients=(told.clients[0].changed(supplies=(), assessment_on=MONDAY),))
    remedy = remedied(told).unserved[0].reasons[0].remedy
    # From 3.0 to 2.6 are 44.5 m, and 15 m more to be outside.
    assert (remedy.code, remedy.params) == (R.MEETING_POINT, {"zone_id": "z1", "metres": 100})
    assert "0.00" not in remedy.model_dump_json()


def test_a_visit_the_day_before_is_planned_and_put_on_record():
    told = day(c1(windows=(hours("08:00", "12:00", weekdays=(Weekday.SUN,)),), due={"due_on": MONDAY - timedelta(3)}))
    client = told.clients[0].changed(windows=(hours("08:00", "12:00", weekdays=(Weekday.SUN,)),))
    closed = Calendar(closed_days=(ClosedDay(on=MONDAY),), closed_weekdays=(Weekday.MON,))
    told = told.changed(clients=(client,), calendar=closed)
    # With the calendar open there would be no window; with a window the calendar is closed: two changes, or one day.
    entry = remedied(told).unserved[0]
    assert entry.reasons[0].remedy.code is R.DAY_EARLIER
    assert entry.reasons[0].remedy.params == {}


@pytest.mark.parametrize(("x", "metres"), [(3.0, 100), (3.39, 100), (3.41, 200)])
def test_a_pass_is_extended_in_steps_of_a_hundred_metres(x: float, metres: int):
    # 2.5 and 100 m are 3.399; streets are cut a metre closer, at 3.390.
    told = under(permit(areas=(area(-1, -1, 2.5, 4),)), client=c1(at(x)))
    assert remedied(told).unserved[0].reasons[0].remedy.params["metres"] == metres
