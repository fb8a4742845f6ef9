"""From a programme to arrays: goods in parcels, windows in seconds, readiness, breaks, who may do what."""

from datetime import time, timedelta

import pytest

from routing.continuity import needs_of
from routing.domain.passes import ZoneEntry
from routing.domain.policies import ClientClass
from routing.domain.preferences import Preferences
from routing.domain.products import Purpose
from routing.domain.programme import Calendar, ClosedDay
from routing.domain.volunteers import Authorisation, Break, CustodyCeiling, Mode, Vehicle
from routing.network import StreetEngine
from routing.passes import duties_of
from routing.solver import pose
from routing.solver.schedule import FAR
from tests.continuity.stories import (
    FOOD,
    LIQUID,
    MONDAY,
    NALOXONE,
    PACKS,
    noon,
    policy,
    regimen,
    supply,
)
from tests.continuity.stories import day as date_of
from tests.solver.town import area, at, day, hours, permit, rider, rule, store, town, wanting, zone

HOUR = 3600


def posed(told, on=MONDAY):
    _, streets = town()
    return pose(told, on, needs_of(told, on, {}).orders, duties_of(told, on), StreetEngine(streets), streets)


def c1(**fields):
    return wanting("c1", fields.pop("place", at(3)), **fields)


def the_job(told):
    (job,) = posed(told).problem.jobs
    return job


# ------------------------------------------------------------------------------------------------------ parcels


def parcels(told):
    return sorted(job.order_ids for job in posed(told).problem.jobs)


BOTH = c1(goods=(NALOXONE, FOOD))


def test_all_goods_come_together_where_somebody_may_bring_them():
    assert parcels(day(BOTH)) == [("c1.x0", "c1.x1")]


def test_goods_are_split_by_purpose_where_no_pass_is_for_all():
    papers = (permit("q1", purposes=(Purpose.FOOD,)), permit("q2", purposes=(Purpose.MEDICINE,)))
    assert parcels(day(BOTH, passes=papers, movement_rules=(rule(),))) == [("c1.x0",), ("c1.x1",)]


def test_goods_are_split_by_weight_into_as_few_as_may_be():
    # Four orders of two parcels of 4 kg; 17 kg take two orders at once.
    heavy = FOOD.changed(mass_g=4000.0)
    client = c1(goods=(heavy,) * 4)
    vehicle = Vehicle(mode=Mode.MOTORCYCLE, max_mass_g=17_000, max_volume_ml=50_000)
    told = day(client, volunteers=(rider(vehicles=(vehicle,)),), products=(heavy,), policies=())
    assert [len(ids) for ids in parcels(told)] == [2, 2]


def test_what_nobody_may_bring_is_parted_from_what_somebody_may():
    papers = (permit(purposes=(Purpose.FOOD,)),)
    assert parcels(day(BOTH, passes=papers, movement_rules=(rule(),))) == [("c1.x0",), ("c1.x1",)]


def test_what_nobody_at_all_may_bring_is_not_lost():
    assert sorted(sum(parcels(day(c1(goods=(NALOXONE, FOOD), vetoes=("v1",)))), ())) == ["c1.x0", "c1.x1"]


def test_goods_of_two_sites_come_together_and_are_loaded_at_both():
    first, second = supply(supply_id="x0"), supply(FOOD, supply_id="x1", site_id="s2")
    told = day(c1(supplies=(first, second)), sites=(store(), store("s2", place=at(1))))
    job = the_job(told)
    assert set(job.mass_g) == {0, 1}
    assert job.mass_g[0] == 81


def test_goods_of_two_sites_are_split_where_one_is_off_the_pass():
    first, second = supply(supply_id="x0"), supply(supply_id="x1", site_id="s2")
    told = day(
        c1(supplies=(first, second)),
        sites=(store(), store("s2", place=at(6, 3))),
        passes=(permit(areas=(area(-1, -1, 4, 1),)),),
        movement_rules=(rule(),),
    )
    assert parcels(told) == [("c1.x0",), ("c1.x1",)]


def test_doses_count_in_tenths_and_come_back_to_their_site():
    # Nothing at home, seven days of 12 mL at most.
    told = day(c1(supplies=(), regimens=(regimen(LIQUID),)))
    job = the_job(told)
    assert job.custody == {(0, "p1"): 7 * 120}
    assert job.returns_to == {0}
    assert job.mass_g == {0: 280}


# ------------------------------------------------------------------------------------------------- the job's law


def test_windows_are_seconds_since_midnight():
    assert the_job(day(c1(windows=(hours("14:00", "15:30"), hours("08:00", "09:00"))))).windows == (
        (8 * HOUR, 9 * HOUR), (14 * HOUR, 15 * HOUR + 1800),
    )  # fmt: skip


def test_a_window_over_midnight_reaches_in_and_out():
    assert the_job(day(c1(windows=(hours("22:00", "02:00"),)))).windows == ((0, 2 * HOUR), (22 * HOUR, 26 * HOUR))


def test_a_client_without_windows_is_there_all_day():
    assert the_job(day(c1())).windows == ()


def test_no_visit_after_midnight_where_tomorrow_is_closed():
    closed = Calendar(closed_days=(ClosedDay(on=date_of(1)),))
    assert the_job(day(c1(), calendar=closed)).windows == ((0, 24 * HOUR - 1),)
    night = c1(windows=(hours("22:00", "02:00"),))
    assert the_job(day(night, calendar=closed)).windows == ((0, 2 * HOUR), (22 * HOUR, 24 * HOUR - 1))


def test_the_latest_moment_is_the_earliest_of_the_orders():
    rules = policy(LIQUID, dose_time=time(10), grace_h=2)
    trained = rider(
        authorisations=(Authorisation(authorisation_id="controlled"),),
        custody=(CustodyCeiling(product_id="p1", quantity=999.0),),
    )
    job = the_job(day(c1(regimens=(regimen(LIQUID),)), policies=(rules,), volunteers=(trained,)))
    assert (len(job.order_ids), job.latest_s) == (2, 12 * HOUR)
    assert the_job(day(c1())).latest_s == FAR
    assert the_job(day(c1(due={"latest_on": MONDAY}))).latest_s == 24 * HOUR - 1


@pytest.mark.parametrize(("latest_on", "last"), [(MONDAY, False), (date_of(1), True), (None, True)])
def test_who_isolates_comes_last_unless_it_is_urgent(latest_on, last):
    job = the_job(day(c1(isolating=True, due={"latest_on": latest_on})))
    assert (job.isolating, job.isolating_last) == (True, last)


def test_minors_are_visited_by_two():
    assert the_job(day(c1(client_class=ClientClass.MINOR))).pair
    assert the_job(day(c1(pair_required=True))).pair
    assert not the_job(day(c1())).pair


# -------------------------------------------------------------------------------------------- sites and vehicles


def the_depot(**fields):
    return posed(day(c1(), sites=(store(**fields),))).problem.depots[0]


def test_a_site_has_its_hours_and_is_ready_at_opening():
    depot = the_depot(hours=(hours("07:00", "09:00"), hours("10:00", "15:00")))
    assert depot.windows == ((7 * HOUR, 9 * HOUR), (10 * HOUR, 15 * HOUR))
    assert (depot.ready_s, depot.call_s) == (7 * HOUR, 300)


@pytest.mark.parametrize(
    ("fields", "ready_s"),
    [
        ({"prep_s_per_unit": 60}, 7 * HOUR + 120),  # two kits
        ({"ready_from_time": time(8)}, 8 * HOUR),
        ({"ready_from_time": time(7, 1), "prep_s_per_unit": 60}, 7 * HOUR + 120),
        ({"ready_from_time": time(7, 3), "prep_s_per_unit": 60}, 7 * HOUR + 180),
    ],
)
def test_goods_are_ready_when_the_last_unit_is(fields, ready_s):
    assert the_depot(**fields).ready_s == ready_s


def test_preparing_begins_when_the_day_opens_not_at_the_end_of_a_night():
    depot = the_depot(hours=(hours("22:00", "06:00"), hours("09:00", "15:00")), prep_s_per_unit=60)
    assert depot.windows == ((0, 6 * HOUR), (9 * HOUR, 15 * HOUR), (22 * HOUR, 30 * HOUR))
    assert depot.ready_s == 9 * HOUR + 120


def test_a_site_closed_on_the_day_or_the_night_before_it():
    nights = (hours("22:00", "06:00"), hours("09:00", "15:00"))
    assert the_depot(hours=nights, closed_on=(MONDAY,)).windows == ()
    assert the_depot(hours=nights, closed_on=(date_of(-1),)).windows == ((9 * HOUR, 15 * HOUR), (22 * HOUR, 30 * HOUR))


def the_vehicle(**fields):
    return posed(day(c1(), volunteers=(rider(**fields),))).problem.vehicles[0]


def test_a_vehicle_has_its_volunteers_limits():
    vehicle = the_vehicle(max_stops=3, custody=(CustodyCeiling(product_id="p1", quantity=12.5),))
    assert vehicle.span == (8 * HOUR, 12 * HOUR)
    assert (vehicle.max_stops, vehicle.custody) == (3, {"p1": 125})
    assert (vehicle.max_mass_g, vehicle.max_volume_ml) == (20_000, 50_000)


def test_who_is_blocked_carries_nothing_controlled():
    assert the_vehicle(custody=(CustodyCeiling(product_id="p1", quantity=9.0),), custody_blocked=True).custody == {}


def test_breaks_fall_on_the_day_and_the_night_after_it():
    early = Break(earliest_time=time(1), latest_time=time(2), duration_s=600)
    (day_rest,) = the_vehicle(breaks=(early,)).rests
    assert (day_rest.earliest_s, day_rest.latest_s, day_rest.duration_s) == (HOUR, 2 * HOUR, 600)
    at_night = the_vehicle(breaks=(early,), shifts=(hours("20:00", "04:00"),)).rests
    assert [rest.earliest_s for rest in at_night] == [HOUR, 25 * HOUR]


def test_a_break_that_both_of_a_pair_have_is_one():
    lunch = Break(earliest_time=time(11), latest_time=time(12), duration_s=600)
    pair = (rider(pairs_with="v2", breaks=(lunch,)), rider("v2", breaks=(lunch,)))
    vehicles = posed(day(c1(pair_required=True), volunteers=pair)).problem.vehicles
    assert {len(vehicle.rests) for vehicle in vehicles} == {1}


def test_pairs_are_left_at_home_where_nobody_asks_for_two():
    pair = (rider(pairs_with="v2"), rider("v2"))
    assert len(posed(day(c1(), volunteers=pair)).stations) == 2
    assert len(posed(day(c1(pair_required=True), volunteers=pair)).stations) == 4


def test_passes_for_one_trip_and_preferences_are_known():
    told = day(c1(prefers=("v1",)), passes=(permit(single_use=True),), movement_rules=(rule(),))
    (vehicle,) = posed(told).problem.vehicles
    assert vehicle.single_use == {"q1"}
    assert vehicle.visit_s == {}
    both = posed(day(c1(prefers=("v1",)), volunteers=(rider(), rider("v2")))).problem.vehicles
    assert {vehicle.people: vehicle.visit_s for vehicle in both} == {("v1",): {}, ("v2",): {0: 120}}


def test_what_is_shared_has_its_price_in_seconds():
    told = day(c1(), preferences=Preferences(exposure_min=0.25, balance_min=1.5))
    problem = posed(told).problem
    assert (problem.exposure_s, problem.balance_s) == (15, 90)
    usual = posed(day(c1())).problem
    assert (usual.exposure_s, usual.balance_s) == (0, 0)


def test_equal_ground_is_travelled_once():
    problem = posed(day(c1(), volunteers=(rider(), rider("v2")))).problem
    assert [vehicle.profile for vehicle in problem.vehicles] == [0, 0]
    assert len(problem.time_s) == 1
    # From (0, 0) to (3, 0): 3 x 16,013 ms, rounded up.
    assert problem.time_s[0][problem.vehicles[0].start, problem.jobs[0].place] == 49


# ------------------------------------------------------------------------------------------------ at the edge


QUARTER = area(2.5, -1, 3.5, 1)


def met(client, **fields):
    """Return (x of the place in thousandths of a degree, windows) of the one job."""
    found = posed(day(client, zones=(zone(QUARTER, **{"entry": ZoneEntry.HANDOVER_AT_EDGE, **fields}),)))
    (job,) = found.problem.jobs
    return round(found.ground.places[job.place].location.lon * 1000), job.windows


@pytest.mark.parametrize(
    ("fields", "x"),
    [
        ({}, 2),
        ({"entry": ZoneEntry.BLOCKED}, 3),
        ({"valid_to_at": noon(-1)}, 3),
        ({"valid_to_at": noon(1)}, 2),
    ],
)
def test_handed_over_at_the_edge_of_a_zone_in_force(fields, x):
    assert met(c1(edge_place=at(2)), **fields)[0] == x


def test_at_the_edge_only_while_the_zone_is_closed():
    morning, all_day = (hours("08:00", "09:00"),), (hours("08:00", "16:00"),)
    from_noon, to_noon = {"valid_from_at": noon(0)}, {"valid_to_at": noon(0)}
    edged = {"edge_place": at(2)}
    assert met(c1(**edged, windows=morning), **from_noon) == (3, ((8 * HOUR, 9 * HOUR),))
    assert met(c1(**edged, windows=morning), **to_noon) == (2, ((8 * HOUR, 9 * HOUR),))
    assert met(c1(**edged, windows=all_day), **to_noon) == (2, ((8 * HOUR, 12 * HOUR - 1),))
    # The shift ends at noon: what is closed from then on does not concern today's visit.
    assert met(c1(**edged, windows=all_day), **from_noon) == (3, ((8 * HOUR, 16 * HOUR),))


def test_where_a_zone_closes_during_the_shift_the_longer_part_decides():
    edged = c1(edge_place=at(2), windows=(hours("08:00", "16:00"),))
    from_nine = {"valid_from_at": noon(0) - timedelta(hours=3)}
    from_eleven = {"valid_from_at": noon(0) - timedelta(hours=1)}
    assert met(edged, **from_nine) == (2, ((9 * HOUR + 1, 12 * HOUR),))
    # Over before the zone closes: it begins by 11:00 less the service and a margin.
    assert met(edged, **from_eleven) == (3, ((8 * HOUR, 11 * HOUR - 1 - edged.service_s),))


def test_somebody_outside_the_zone_or_without_an_edge_is_met_at_home():
    assert met(c1(place=at(5), edge_place=at(2)))[0] == 5
    assert met(c1())[0] == 3


def test_a_day_nobody_is_due_is_empty():
    told = day(wanting("c1", at(3), due={"due_on": MONDAY + timedelta(days=1)}))
    assert posed(told).problem.jobs == ()


def test_packs_weigh_by_the_pack():
    job = the_job(
        day(
            c1(supplies=(), regimens=(regimen(PACKS, dose_mg=None),)),
            policies=(policy(PACKS, max_days_a_delivery=60, max_days_on_hand=70),),
        )
    )
    assert job.mass_g == {0: 200}  # two packs of 28 days within 60 days
