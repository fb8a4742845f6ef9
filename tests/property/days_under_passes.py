"""Random days on which passes, rules, zones and checkpoints are all that can keep somebody from a client."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from routing.domain.passes import Pass, PassStatus, RuleKind
from routing.domain.places import Corridor, Place
from routing.domain.programme import Calendar, Programme
from tests.property.focused import plain
from tests.property.programmes import programmes, rarely, some_checkpoint, some_zone
from tests.solver.town import HEIGHT, WIDTH, area, at, checkpoint, hours, permit, rider, rule, store


@st.composite
def days_under_passes(draw: st.DrawFn) -> Programme:
    """Draw a day on which passes, rules, zones and checkpoints are all that can keep somebody from a client."""
    told = draw(programmes())
    names = ("v1", "v2", "v3")
    two = {"pairs_with": "v2"}
    volunteers = tuple(
        rider(name, shifts=(hours("06:00", "18:00"),), **(two if name == "v1" else {})) for name in names
    )
    clients = tuple(
        plain(told.clients[0].changed(client_id=f"c{number}"), place=draw(_anywhere()), pair_required=number == 1)
        for number in range(1, 7)
    )
    needed = rule(hours=draw(st.sampled_from([(), (hours("09:00", "22:00"),)])))
    return told.changed(
        clients=tuple(each.changed(code_name=each.client_id) for each in clients),
        volunteers=volunteers,
        sites=(store(),),
        passes=tuple(_ground_of(draw, number, names[number % 3]) for number in range(6)),
        movement_rules=(
            needed,
            rule(RuleKind.CURFEW, hours=(hours("09:45", "10:15"),), pass_exempts=draw(st.booleans())),
        ),
        zones=(some_zone(draw, 1),),
        checkpoints=(some_checkpoint(draw, 1), checkpoint(draw(st.integers(0, 3)), radius_m=60.0, checkpoint_id="k2")),
        calendar=Calendar(),
    )


def _anywhere() -> st.SearchStrategy[Place]:
    corners = st.tuples(st.integers(0, 4 * (WIDTH - 1)), st.integers(0, HEIGHT - 1))
    at_steps = st.tuples(st.integers(4 * (WIDTH - 1) + 2, 4 * WIDTH), st.just(HEIGHT - 1))
    return st.one_of(corners, corners, at_steps).map(lambda corner: at(corner[0] / 4, corner[1]))


def _ground_of(draw: st.DrawFn, number: int, volunteer_id: str) -> Pass:
    grounds: list[dict[str, Any]] = [
        {"areas": (area(-1, -1, 3.5, 4),)},
        {"areas": (area(-1, -1, 2.5, 4), area(2.5, -1, 8, 1.5))},
        {"areas": (area(-1, -1, 1.5, 4), area(3.5, -1, 8, 4))},
        {"corridors": (Corridor(coordinates=((0.0, 0.0), (0.006, 0.0), (0.006, 0.003)), half_width_m=30.0),)},
        {"corridors": (Corridor(coordinates=((0.0, 0.0), (0.0, 0.003)), half_width_m=200.0),)},
    ]
    times = [(), (hours("06:00", "20:00"),), (hours("07:00", "10:00"), hours("10:00", "13:00"))]
    return permit(
        f"q{number}",
        volunteer_id,
        **draw(st.sampled_from(grounds)),
        hours=draw(st.sampled_from(times)),
        persons_max=draw(st.sampled_from([1, 2])),
        single_use=draw(rarely(st.just(True), False)),
        status=draw(st.sampled_from([PassStatus.ACTIVE] * 5 + [PassStatus.REVOKED])),
    )
