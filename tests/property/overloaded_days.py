"""Random days on which more is asked for than can be done: many clients, few hours, small ceilings, narrow passes."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from routing.domain.programme import Calendar, Programme
from routing.domain.volunteers import Mode, Vehicle
from tests.property.days_under_passes import days_under_passes
from tests.property.programmes import programmes
from tests.solver.town import HEIGHT, WIDTH, area, at, hours, permit, rider, rule, store, wanting


def overloaded_days() -> st.SearchStrategy[Programme]:
    """Draw a day with too many clients, or one of the other random days, on which rules keep somebody away."""
    return st.one_of(_crowded(), _crowded(), programmes(), days_under_passes())


@st.composite
def _crowded(draw: st.DrawFn) -> Programme:
    """Draw six to twelve clients for one or two volunteers who have an hour or two, each under a pass."""
    clients = tuple(_client(draw, number) for number in range(1, 7 + draw(st.integers(0, 6))))
    names = ("v1", "v2")[: draw(st.integers(1, 2))]
    shifts = [(hours("08:00", "09:00"),), (hours("08:00", "10:00"),), (hours("09:00", "09:45"),)]
    volunteers = tuple(
        rider(
            name,
            shifts=draw(st.sampled_from(shifts)),
            max_stops=draw(st.sampled_from([None, None, 2, 3])),
            vehicles=(draw(st.sampled_from(_VEHICLES)).changed(plate=f"DK {name}"),),
        )
        for name in names
    )
    passes = tuple(_pass(draw, name) for name in names)
    return _day(draw, clients, volunteers=volunteers, passes=passes)


def _day(draw: st.DrawFn, clients: Any, **fields: Any) -> Programme:
    told = draw(programmes())
    site = store(hours=(draw(st.sampled_from([hours("07:00", "15:00"), hours("08:15", "09:10")])),))
    law = draw(st.sampled_from([(rule(),), ()]))
    free = {"zones": (), "checkpoints": (), "calendar": Calendar(), "ledger": ()}
    return told.changed(clients=clients, sites=(site,), movement_rules=law, **free, **fields)


def _client(draw: st.DrawFn, number: int) -> Any:
    corner = draw(st.integers(0, 4 * (WIDTH - 1))) / 4, draw(st.integers(0, HEIGHT - 1))
    windows: Any = draw(st.sampled_from([(), (), (hours("08:00", "08:30"),), (hours("11:00", "12:00"),)]))
    due = draw(st.sampled_from([{}, {"weight": 1000}, {"weight": 1}]))
    return wanting(f"c{number}", at(*corner), windows=windows, service_s=draw(st.sampled_from([300, 900])), due=due)


def _pass(draw: st.DrawFn, name: str) -> Any:
    grounds: list[dict[str, Any]] = [
        {},
        {"areas": (area(-1, -1, 3.5, 4),)},
        {"areas": (area(-1, -1, 1.5, 4),)},
        {"hours": (hours("08:00", "08:45"),)},
    ]
    return permit(f"q{name[1]}", name, **draw(st.sampled_from(grounds)))


_VEHICLES = [
    Vehicle(mode=Mode.MOTORCYCLE, max_mass_g=20_000, max_volume_ml=50_000),
    Vehicle(mode=Mode.MOTORCYCLE, max_mass_g=200, max_volume_ml=50_000),
    Vehicle(mode=Mode.FOOT, max_mass_g=5000, max_volume_ml=5000),
]
