"""Every reason comes out where exactly that rule is in the way, and lifting the rule serves the client.

One client, c1, at (3, 0) wants two items of 40.3 g and 0.2 L from the site at (0, 0); a motorcycle needs 49 s there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest

from routing.domain.clients import Consent
from routing.domain.day_so_far import DaySoFar, Lock
from routing.domain.hours import Weekday
from routing.domain.orders import Tier
from routing.domain.passes import PassStatus, RuleKind
from routing.domain.places import Place, PlaceKind
from routing.domain.plan import Plan
from routing.domain.products import Purpose
from routing.domain.programme import Calendar, ClosedDay, Programme
from routing.domain.reasons import ReasonCode
from routing.domain.volunteers import Authorisation, Break, CustodyCeiling, Mode, Vehicle
from tests.continuity.stories import CONTROLLED_ITEM, LIQUID, MONDAY, NALOXONE, noon, policy, regimen
from tests.continuity.stories import day as date_of
from tests.solver.town import area, at, day, hours, permit, plan, reasons, rider, rule, served, store, wanting, zone

Told = Callable[[], Programme]
TRAINED = {"authorisations": (Authorisation(authorisation_id="controlled"),)}


def custody(quantity: float) -> dict[str, object]:
    return {"custody": (CustodyCeiling(product_id="p7", quantity=quantity),)}


def rest(earliest: str, latest: str) -> Break:
    times = {"earliest_time": time.fromisoformat(earliest), "latest_time": time.fromisoformat(latest)}
    return Break(duration_s=1800, **times)


def motorcycle(**limits: int) -> dict[str, object]:
    vehicle = {"mode": Mode.MOTORCYCLE, "plate": "DK 1", "max_mass_g": 20_000, "max_volume_ml": 50_000, **limits}
    return {"vehicles": (Vehicle(**vehicle),)}


def c1(**fields: object):
    return wanting("c1", fields.pop("place", at(3)), **fields)


def alone(client=None, **fields: object) -> Programme:
    return day(client or c1(), **fields)


def under_passes(*passes, client=None, **fields: object) -> Programme:
    return day(client or c1(), passes=passes, movement_rules=(rule(),), **fields)


def begun(*locks: Lock) -> Programme:
    """Return the usual day, under way since 08:00, with locks."""
    return alone().changed(day=DaySoFar(on=MONDAY, now_at=noon(0) - timedelta(hours=4), locks=locks))


PRISON = at(3, kind=PlaceKind.INSTITUTION)
NEEDED = {"requires": ("calm",)}
LATE_DOSE = c1(supplies=(), regimens=(regimen(LIQUID),))
RIDER_FOR_DOSES = rider(custody=(CustodyCeiling(product_id="p1", quantity=999.0),), **TRAINED)


def dose_by(clock: str) -> Programme:
    """Return a client without doses at home whose dose is safe until a time of today, with no grace."""
    rules = policy(LIQUID, dose_time=time.fromisoformat(clock), grace_h=0)
    return day(LATE_DOSE, volunteers=(RIDER_FOR_DOSES,), policies=(rules,), sites=(store(load_s=0),))


# code -> (the rule in the way, the same day without it)
CASES: dict[ReasonCode, tuple[Programme, Programme]] = {
    ReasonCode.NO_VOLUNTEER_ON_DUTY: (
        alone(volunteers=(rider(absent_on=(MONDAY,)),)),
        alone(volunteers=(rider(absent_on=(date_of(1),)),)),
    ),
    ReasonCode.EXCLUDED_BY_LOCK: (begun(Lock(client_id="c1", excluded=True)), begun()),
    ReasonCode.LOCKED_TO_OTHERS: (
        begun(Lock(client_id="c1", not_volunteer_ids=("v1",))),
        begun(Lock(client_id="c2", not_volunteer_ids=("v1",))),
    ),
    ReasonCode.NO_HOME_DELIVERY_CONSENT: (alone(c1(consent=Consent(home_delivery=False))), alone()),
    ReasonCode.PLACE_NOT_LOCATED: (alone(c1(place=Place())), alone()),
    # 300 m are 2.7 thousandths of a degree.
    ReasonCode.PLACE_TOO_FAR_FROM_STREET: (alone(c1(place=at(3, -2.8))), alone(c1(place=at(3, -2.6)))),
    ReasonCode.SITE_NOT_LOCATED: (alone(sites=(store(place=Place()),)), alone()),
    ReasonCode.CLOSED_DAY: (
        alone(calendar=Calendar(closed_days=(ClosedDay(on=MONDAY),))),
        alone(calendar=Calendar(closed_days=(ClosedDay(on=date_of(2)),))),
    ),
    ReasonCode.NO_WINDOW_TODAY: (
        alone(c1(windows=(hours("08:00", "12:00", weekdays=(Weekday.TUE,)),))),
        alone(c1(windows=(hours("08:00", "12:00", weekdays=(Weekday.MON,)),))),
    ),
    ReasonCode.NO_VALID_PASS: (under_passes(permit(status=PassStatus.REVOKED)), under_passes(permit())),
    ReasonCode.CURFEW: (
        alone(movement_rules=(rule(RuleKind.CURFEW, hours=(hours("07:00", "13:00"),)),)),
        alone(movement_rules=(rule(RuleKind.CURFEW, hours=(hours("09:00", "13:00"),)),)),
    ),
    ReasonCode.PASS_PURPOSE: (
        under_passes(permit(purposes=(Purpose.FOOD,))),
        under_passes(permit(purposes=(Purpose.FOOD, Purpose.MEDICINE))),
    ),
    ReasonCode.OUTSIDE_PASS_AREA: (
        under_passes(permit(areas=(area(-1, -1, 2.9, 1),))),
        under_passes(permit(areas=(area(-1, -1, 3.1, 1),))),
    ),
    ReasonCode.CUT_OFF_BY_PASS: (
        under_passes(permit(areas=(area(-1, -1, 1, 1), area(2, -1, 4, 1)))),
        under_passes(permit(areas=(area(-1, -1, 2, 1), area(2, -1, 4, 1)))),
    ),
    ReasonCode.INSIDE_CLOSED_ZONE: (
        alone(zones=(zone(area(2.5, -1, 4, 1)),)),
        alone(zones=(zone(area(2.5, -1, 4, 1), valid_to_at=noon(-1)),)),
    ),
    # The lane at y = 10 is an island: no place is joined to it, and it is more than 300 m from the town.
    ReasonCode.NO_STREET_CONNECTION: (alone(sites=(store(place=at(0, 10)),)), alone(sites=(store(place=at(1, 3)),))),
    ReasonCode.VOLUNTEER_VETOED: (alone(c1(vetoes=("v1",))), alone(c1(prefers=("v1",)))),
    ReasonCode.NOT_AUTHORISED: (
        alone(c1(**NEEDED)),
        alone(c1(**NEEDED), volunteers=(rider(authorisations=(Authorisation(authorisation_id="calm"),)),)),
    ),
    ReasonCode.CUSTODY_CEILING: (
        alone(c1(goods=(CONTROLLED_ITEM,)), volunteers=(rider(**custody(1.9)),)),
        alone(c1(goods=(CONTROLLED_ITEM,)), volunteers=(rider(**custody(2.0)),)),
    ),
    # Two kits of 40.3 g are 81 g, rounded up.
    ReasonCode.TOO_HEAVY: (
        alone(volunteers=(rider(**motorcycle(max_mass_g=80)),)),
        alone(volunteers=(rider(**motorcycle(max_mass_g=81)),)),
    ),
    ReasonCode.TOO_BULKY: (
        alone(volunteers=(rider(**motorcycle(max_volume_ml=399)),)),
        alone(volunteers=(rider(**motorcycle(max_volume_ml=400)),)),
    ),
    # The steps from (6, 3) on are walked; two of 40.3 g weigh 81 g.
    ReasonCode.TOO_HEAVY_TO_WALK: (
        alone(c1(place=at(6.8, 3)), volunteers=(rider(**motorcycle(carry_max_g=80)),)),
        alone(c1(place=at(6.8, 3)), volunteers=(rider(**motorcycle(carry_max_g=81)),)),
    ),
    ReasonCode.NO_PAIR: (
        alone(c1(pair_required=True), volunteers=(rider(), rider("v2"))),
        alone(c1(pair_required=True), volunteers=(rider(pairs_with="v2"), rider("v2"))),
    ),
    ReasonCode.INSTITUTION_GOODS: (
        alone(c1(place=PRISON, goods=(CONTROLLED_ITEM,)), volunteers=(rider(**custody(9.0)),)),
        alone(c1(place=PRISON, goods=(NALOXONE,)), volunteers=(rider(**custody(9.0)),)),
    ),
    # The call of five minutes begins at 12:00 and is not over when the shift is.
    ReasonCode.SITE_CLOSED: (
        alone(sites=(store(hours=(hours("06:00", "08:04"),)),)),
        alone(sites=(store(hours=(hours("06:00", "08:05"),)),)),
    ),
    # 49 s there and five minutes of service, from 08:00.
    ReasonCode.AFTER_LATEST_SAFE: (dose_by("08:05"), dose_by("08:06")),
    ReasonCode.TIME_WINDOW: (
        alone(c1(windows=(hours("07:00", "08:05"),))),
        alone(c1(windows=(hours("07:00", "08:06"),))),
    ),
    # Load 5:00, there 0:49, service 5:00, back 0:49: 11 min 38 s.
    ReasonCode.SHIFT_TOO_SHORT: (
        alone(volunteers=(rider(shifts=(hours("08:00", "08:11"),)),)),
        alone(volunteers=(rider(shifts=(hours("08:00", "08:12"),)),)),
    ),
    # Out from 08:00 to 08:11:38, across a break that begins by 08:10; leaving after it comes too late for 08:20.
    ReasonCode.BREAK: (
        alone(volunteers=(rider(shifts=(hours("08:00", "08:20"),), breaks=(rest("08:05", "08:10"),)),)),
        alone(volunteers=(rider(shifts=(hours("08:00", "08:20"),), breaks=(rest("08:05", "08:12"),)),)),
    ),
    # v1 is refused and v2 carries too little: neither rule keeps both away.
    ReasonCode.RULES_COMBINED: (
        alone(c1(vetoes=("v1",)), volunteers=(rider(), rider("v2", **motorcycle(max_mass_g=80)))),
        alone(c1(vetoes=("v1",)), volunteers=(rider(), rider("v2", **motorcycle(max_mass_g=81)))),
    ),
    ReasonCode.DISPLACED_BY_HIGHER_TIER: (
        day(c1(), wanting("c2", at(5), due={"latest_on": MONDAY}), volunteers=(rider(max_stops=1),)),
        day(c1(), wanting("c2", at(5), due={"latest_on": MONDAY}), volunteers=(rider(max_stops=2),)),
    ),
    ReasonCode.DISPLACED_BY_EQUAL_TIER: (
        day(c1(), wanting("c2", at(5), due={"weight": 1000}), volunteers=(rider(max_stops=1),)),
        day(c1(), wanting("c2", at(5), due={"weight": 1000}), volunteers=(rider(max_stops=2),)),
    ),
}


def test_every_reason_has_a_case():
    assert set(CASES) == set(ReasonCode)


@pytest.mark.parametrize("code", list(ReasonCode))
def test_exactly_this_reason_and_served_without_it(code: ReasonCode):
    hindered, free = CASES[code]
    found = plan(hindered)
    assert reasons(found)["c1"] == [code]
    assert "c1" not in served(found)
    assert "c1" in served(plan(free))


def reason_of(found: Plan, client_id: str = "c1"):
    (entry,) = [entry for entry in found.unserved if entry.client_id == client_id]
    return entry.reasons[0]


def test_several_rules_that_each_exclude_the_client_are_all_told():
    hindered = alone(c1(vetoes=("v1",)), volunteers=(rider(**motorcycle(max_mass_g=80)),))
    assert reasons(plan(hindered)) == {"c1": ["volunteer_vetoed", "too_heavy"]}


def test_rules_of_the_client_go_before_the_volunteers():
    hindered = alone(c1(place=Place(), vetoes=("v1",), consent=Consent(home_delivery=False)))
    assert reasons(plan(hindered)) == {"c1": ["no_home_delivery_consent", "place_not_located"]}


def test_rules_combined_names_who_is_nearest_and_what_keeps_them():
    hindered, _ = CASES[ReasonCode.RULES_COMBINED]
    assert reason_of(plan(hindered)).params == {"rules": ["too_heavy", "volunteer_vetoed"], "volunteers": ["v1", "v2"]}


def test_pass_purpose_names_the_cargo():
    hindered, _ = CASES[ReasonCode.PASS_PURPOSE]
    found = reason_of(plan(hindered))
    assert found.params == {"purposes": ["medicine"]}
    assert "(medicine)" in found.message


def test_displaced_names_who_could_have_gone():
    hindered, _ = CASES[ReasonCode.DISPLACED_BY_HIGHER_TIER]
    assert reason_of(plan(hindered)).params == {"volunteers": ["v1"]}


def test_a_curfew_all_through_the_shift_is_not_blamed_on_passes():
    curfew = rule(RuleKind.CURFEW, hours=(hours("07:00", "13:00"),))
    assert reasons(plan(alone(movement_rules=(curfew,)))) == {"c1": ["curfew"]}
    assert reasons(plan(alone(movement_rules=(curfew, rule()), passes=(permit(),)))) == {"c1": ["curfew"]}


def test_a_curfew_from_which_a_pass_exempts_is_a_matter_of_passes():
    curfew = rule(RuleKind.CURFEW, hours=(hours("07:00", "13:00"),), pass_exempts=True)
    assert reasons(plan(alone(movement_rules=(curfew,)))) == {"c1": ["no_valid_pass"]}
    assert served(plan(alone(movement_rules=(curfew,), passes=(permit(),)))) == {"c1"}


def test_a_volunteer_whose_start_nobody_has_located_cannot_set_out():
    assert reasons(plan(alone(volunteers=(rider(start=Place()),)))) == {"c1": ["no_volunteer_on_duty"]}


def test_unserved_orders_stand_most_urgent_first():
    clients = (
        wanting("c1", Place()),
        wanting("c2", Place(), due={"latest_on": MONDAY}),
        wanting("c3", Place(), due={"latest_on": date_of(1)}),
    )
    found = plan(day(*clients))
    assert [(entry.client_id, entry.tier) for entry in found.unserved] == [
        ("c2", Tier.T1), ("c3", Tier.T2), ("c1", Tier.T3),
    ]  # fmt: skip
    assert found.unserved[0].latest_safe_at == noon(0) + timedelta(hours=12, seconds=-1)
