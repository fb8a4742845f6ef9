"""Why a visit is where it is: what keeps it from being earlier, and what of everybody else on duty.

A motorcycle rides from corner to corner in 16.013 s: to (3, 0) in 48.04 s, which are 49.
"""

from __future__ import annotations

from datetime import time

from routing.domain.volunteers import Break
from routing.explaining.served import Holding, Visit, visits_of
from routing.explaining.trials import Patience, Trials
from tests.solver.town import at, day, hours, permit, plan, rider, rule, town, wanting


def explained(told, client_id: str = "c1") -> Visit:
    (visit,) = visits_of(Trials(told, plan(told), town()[1], Patience()), client_id)
    return visit


def test_a_visit_names_who_goes_and_under_which_pass():
    visit = explained(day(wanting("c1", at(3)), passes=(permit(),), movement_rules=(rule(),)))
    assert (visit.volunteer_ids, visit.mode, visit.pass_ids) == (("v1",), "motorcycle", ("q1",))
    assert (visit.order_ids, visit.others) == (("c1.x0",), ())


def test_without_a_rule_no_pass_is_named():
    assert explained(day(wanting("c1", at(3)))).pass_ids == ()


def test_the_goods_are_loaded_before_it():
    assert explained(day(wanting("c1", at(3)))).holding is Holding.LOADING


def test_the_stop_before_it_holds_the_second_visit():
    told = day(wanting("c1", at(3)), wanting("c2", at(4)))
    kinds = {explained(told, client_id).holding for client_id in ("c1", "c2")}
    assert kinds == {Holding.LOADING, Holding.STOP_BEFORE}


def test_the_window_holds_whoever_waits_for_it():
    # c2 is visited first; at 10:00 c1's window opens, and the volunteer has long been there.
    told = day(
        wanting("c1", at(3), windows=(hours("10:00", "11:00"),)),
        wanting("c2", at(3, 1), windows=(hours("08:00", "09:00"),)),
    )
    assert explained(told).holding is Holding.WINDOW


def test_a_visit_without_goods_comes_first_after_setting_out():
    told = day(wanting("c1", at(3), goods=(), follow_up_on=plan(day()).date))
    assert explained(told).holding is Holding.START


def test_a_break_before_it_is_named():
    # c2 waits for 09:00 and is left at 09:05; c1 would be begun by 09:06 and end at 09:11, too late for a break that
    # begins by 09:10 at the latest: so the break comes before it.
    rest = Break(earliest_time=time(9, 5), latest_time=time(9, 10), duration_s=1800)
    told = day(
        wanting("c1", at(5), windows=(hours("09:05", "11:00"),)),
        wanting("c2", at(3), windows=(hours("09:00", "09:01"),)),
        volunteers=(rider(breaks=(rest,)),),
    )
    assert explained(told).holding is Holding.BREAK


def test_others_are_kept_away_or_have_no_room_or_cost_so_much_more():
    told = day(
        wanting("c1", at(3), vetoes=("v2",), windows=(hours("08:00", "09:00"),)),
        volunteers=(
            rider("v1", start=at(0)),
            rider("v2"),
            rider("v3", shifts=(hours("10:00", "12:00"),)),
            rider("v4", start=at(6)),
        ),
    )
    others = {other.volunteer_id: other for other in explained(told).others}
    assert others["v2"].rules == ("volunteer_vetoed",)
    assert (others["v3"].rules, others["v3"].added_s) == ((), None)
    # From (6, 0) to the site, back by c1 and home: 97 + 49 + 49 = 195 s for 49 + 49.
    assert (others["v4"].rules, others["v4"].added_s) == ((), 97)
