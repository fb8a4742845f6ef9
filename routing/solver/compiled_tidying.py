"""Loads in better places: left out where an earlier one can replace them, moved to where they cost less.

Law: a route is changed only where that is lawful and no dearer.
"""

from __future__ import annotations

from routing.network.compiled import bare
from routing.solver.compiled_day import PLACES, V_PROFILE, V_START, matrices_of, vehicles_of
from routing.solver.compiled_measures import token_place
from routing.solver.compiled_placing import place_route
from routing.solver.compiled_state import (
    R_SIZE,
    T_COST,
    T_METRES,
    T_TOUCHED,
    buffer_of,
    candidates_of,
    copy,
    routes_of,
    tokens_of,
    totals_of,
    touched_of,
)
from routing.solver.compiled_tables import Address, Table, number, square


@bare
def tidy(day: Address, state: Address) -> None:
    """Leave out loads that an earlier one can replace, and move loads to where they cost less."""
    for at in range(totals_of(state)[T_TOUCHED]):
        v = touched_of(state)[at]
        n = routes_of(state)[v, R_SIZE]
        loads = 0
        for position in range(n):
            loads += tokens_of(state)[v, position] < 0
        if loads > 1:
            _move_loads(day, state, v)


@bare
def _move_loads(day: Address, state: Address, v: int) -> None:
    seconds = square(matrices_of(day)[vehicles_of(day)[v, V_PROFILE], 0], number(day, PLACES))
    position = 0
    while position < routes_of(state)[v, R_SIZE]:
        token = tokens_of(state)[v, position]
        position += 1
        if token >= 0:
            continue
        n = routes_of(state)[v, R_SIZE]
        at = position - 1
        gone = _detour(day, state, v, at, seconds)
        if gone < 0:
            continue
        # Without it; else elsewhere.
        if _try_load(day, state, v, at, -1, n):
            position -= 1
            continue
        if gone == 0:
            continue
        for to in range(n + 1):
            if to in (at, at + 1):
                continue
            before = token_place(day, tokens_of(state)[v, to - 1]) if to > 0 else vehicles_of(day)[v, V_START]
            if to == n:
                break
            behind = token_place(day, tokens_of(state)[v, to])
            place = token_place(day, token)
            if seconds[before, place] + seconds[place, behind] - seconds[before, behind] < gone:
                if _try_load(day, state, v, at, to, n):
                    break


@bare
def _detour(day: Address, state: Address, v: int, at: int, seconds: Table) -> int:
    n = routes_of(state)[v, R_SIZE]
    if at == n - 1:
        return -1
    before = token_place(day, tokens_of(state)[v, at - 1]) if at > 0 else vehicles_of(day)[v, V_START]
    place = token_place(day, tokens_of(state)[v, at])
    behind = token_place(day, tokens_of(state)[v, at + 1])
    return seconds[before, place] + seconds[place, behind] - seconds[before, behind]  # type: ignore[no-any-return]


@bare
def _try_load(day: Address, state: Address, v: int, at: int, to: int, n: int) -> bool:
    """Move the load at a position before the token at another (-1: leave it out), if lawful and no dearer."""
    m = 0
    for position in range(n):
        if position == to:
            buffer_of(state)[m] = tokens_of(state)[v, at]
            m += 1
        if position != at:
            buffer_of(state)[m] = tokens_of(state)[v, position]
            m += 1
    cost, metres = totals_of(state)[T_COST], totals_of(state)[T_METRES]
    copy(tokens_of(state)[v], candidates_of(state)[0], n)
    if not place_route(day, state, v, buffer_of(state), m):
        return False
    if (totals_of(state)[T_COST], totals_of(state)[T_METRES]) < (cost, metres) or (
        to < 0 and totals_of(state)[T_COST] == cost and totals_of(state)[T_METRES] == metres
    ):
        return True
    copy(candidates_of(state)[0], buffer_of(state), n)
    place_route(day, state, v, buffer_of(state), n)
    return False
