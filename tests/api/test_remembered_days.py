"""A day's needs as the service remembers them, held against what is worked out plainly, whatever changes in between."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.cli.due_report import due_document
from api.days import reaching, remembering
from api.days.endpoints import projected
from api.days.reaching import reach_on
from api.days.remembering import forget_days, needs_on, told_on
from api.identity.roles import CARE, Role
from routing.continuity import needs_of
from routing.domain.passes import PassStatus
from routing.domain.places import Place
from routing.domain.programme import Calendar, ClosedDay, Programme
from routing.domain.volunteers import Mode, Volunteer
from routing.passes import reach_of
from tests.continuity.stories import MONDAY, noon
from tests.property.programmes import programmes
from tests.solver.town import area, at, day, hours, permit, rider, rule, wanting, zone

# What reach and findings follow from, in lists that may be exchanged for those of another programme.
PARTS = ("calendar", "policies", "volunteers", "passes", "movement_rules", "zones", "checkpoints", "sites", "ledger")
ROLES = [CARE, frozenset({Role.DISPATCHER}), frozenset({Role.CLINICIAN}), frozenset({Role.DISPENSER})]


def plainly(told: Programme, on: Any) -> dict[str, Any]:
    return due_document(told, on, needs_of(told, on, reach_of(told, on)))


def held(told: Programme, on: Any) -> None:
    assert reach_on(told, on) == reach_of(told, on)
    assert needs_on(told, on) == needs_of(told, on, reach_of(told, on))
    for roles in ROLES:
        assert told_on(told, on, roles, projected) == projected(plainly(told, on), roles)


@st.composite
def edits(draw: st.DrawFn, told: Programme, other: Programme) -> Programme:
    """Take over a part of another programme; or change somebody's place, a volunteer's hours, or what matters not."""
    way = draw(st.sampled_from(["part", "part", "client", "clients", "volunteer"]))
    if way == "part":
        part = draw(st.sampled_from(PARTS))
        return told.changed(**{part: getattr(other, part)})
    if way == "clients":
        known = {one.client_id for one in other.clients}
        vetoes = {"volunteers": tuple(one.changed(vetoes=()) for one in told.volunteers)}
        return told.changed(
            clients=(*other.clients, *(one for one in told.clients if one.client_id not in known)), **vetoes
        )
    if way == "client":
        somewhere = at(draw(st.integers(0, 5)), draw(st.integers(0, 2)))
        place = draw(st.sampled_from([somewhere, Place()]))
        key = draw(st.sampled_from(["place", "edge_place"]))
        first = told.clients[0].changed(**{key: place}, phone=str(draw(st.integers(0, 9))))
        return told.changed(clients=(first, *told.clients[1:]))
    one, another = told.volunteers[0], other.volunteers[0]
    key = draw(st.sampled_from([key for key in type(one).model_fields if key not in {"volunteer_id", "pairs_with"}]))
    return told.changed(volunteers=(one.changed(**{key: getattr(another, key)}), *told.volunteers[1:]))


@settings(max_examples=40, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
@given(programmes(), programmes(), st.data())
def test_whatever_changes_nothing_remembered_is_stale(told: Programme, other: Programme, data: st.DataObject) -> None:
    on = MONDAY
    held(told, on)
    for _ in range(3):
        before, told = told, data.draw(edits(told, other))
        on += timedelta(days=data.draw(st.sampled_from([0, 0, 1, -1])))
        held(told, on)
        held(before, on)


def somebody() -> Programme:
    return day(wanting("c1", at(1)), passes=(permit(areas=(area(-1, -1, 3, 3),)),))


@settings(max_examples=20, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
@given(programmes(), programmes())
def test_reach_follows_from_no_more_of_a_volunteer_than_it_is_held_by(told: Programme, other: Programme) -> None:
    # every key in turn taken from somebody else
    for key in sorted(set(Volunteer.model_fields) - {"volunteer_id", "pairs_with"}):
        one = told.volunteers[0].changed(**{key: getattr(other.volunteers[0], key)})
        changed = told.changed(volunteers=(one, *told.volunteers[1:]))
        assert reach_on(changed, MONDAY) == reach_of(changed, MONDAY)


NIGHT = rider().changed(shifts=(hours("22:00", "23:00"),))
# Each changes on which days somebody may come to c1, who is reached under a pass until Monday in a week at 12:00.
REACHING: list[dict[str, Any]] = [
    {"timezone": "America/Lima"},  # 08:00 there is 13:00 UTC; the pass ends at 04:00 UTC
    {"calendar": Calendar(closed_days=(ClosedDay(on=MONDAY),))},
    {"passes": (permit(status=PassStatus.REVOKED),)},
    {"movement_rules": ()},  # nobody needs a pass then, on no day
    {"zones": (zone(area(0, -1, 2, 1)),)},
    {"volunteers": (rider().changed(absent_on=(MONDAY,)),)},
    {"volunteers": (rider().changed(clearance_to_on=MONDAY),)},
    {"volunteers": (NIGHT,)},  # on the last day of the pass it is over by then
    {"volunteers": (rider("v2"),)},  # who has no pass
    {"volunteers": (rider().changed(vehicles=(rider().vehicles[0].changed(mode=Mode.CAR),)),)},
]


@pytest.mark.parametrize("change", REACHING)
def test_whom_one_reaches_follows_from(change: dict[str, Any]) -> None:
    limits = {"areas": (area(-1, -1, 3, 3),), "modes": (Mode.MOTORCYCLE,), "valid_to_at": noon(7)}
    told = day(wanting("c1", at(1)), passes=(permit(**limits),), movement_rules=(rule(),))
    before, changed = reach_on(told, MONDAY), told.changed(**change)
    assert reach_on(changed, MONDAY) == reach_of(changed, MONDAY) != before


def test_what_matters_to_no_area_leaves_the_areas_as_they_are(monkeypatch) -> None:
    made: list[int] = []
    plain = reaching.OpenDays
    monkeypatch.setattr(reaching, "OpenDays", lambda *told: made.append(1) or plain(*told))
    forget_days()
    told = somebody()
    reach_on(told, MONDAY)
    one = told.volunteers[0].changed(max_stops=3)
    reach_on(told.changed(volunteers=(one,)), MONDAY)
    reach_on(told.changed(clients=(told.clients[0].changed(place=at(1)),)), MONDAY)
    assert len(made) == 1
    reach_on(told.changed(volunteers=(told.volunteers[0].changed(absent_on=(MONDAY,)),)), MONDAY)
    assert len(made) == 2


def test_what_is_forgotten_is_not_in_memory() -> None:
    told = somebody()
    needs_on(told, MONDAY)
    told_on(told, MONDAY, CARE, projected)
    forget_days()
    assert not remembering._told
    assert not remembering._memory._days
    assert not reaching._held
