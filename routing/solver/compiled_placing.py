"""A route beside the other routes of its people: `Solution.planned` and `Solution.with_route` as machine code.

Law: a route lies in a gap that its people's other routes leave, keeps their number of visits, and no one of them sees
others after isolating clients.
"""

from __future__ import annotations

from typing import Any

from routing.network.compiled import bare
from routing.solver.compiled_aboard import needs_of
from routing.solver.compiled_day import (
    EXCLUDES,
    ISOLATING,
    ISOLATING_LAST,
    J_KIND,
    SHARES_PEOPLE,
    V_CREW,
    V_CREW_END,
    V_FROM,
    V_KIN,
    V_KIN_END,
    V_ROAD,
    V_TO,
    crew_of,
    jobs_of,
    kin_of,
    lost_of,
    prices_of,
    vehicles_of,
)
from routing.solver.compiled_schedule import (
    ENDS_AT,
    LAWFUL,
    METRES,
    OUT_OF_ORDER,
    OUT_OF_TIME,
    STARTS_AT,
    TRAVEL,
    out_of,
)
from routing.solver.compiled_state import (
    ALL_ISOLATING,
    FROM,
    KINDS,
    LOST,
    NOWHERE,
    ONE_MINUTE_S,
    PLACE,
    R_ENDS,
    R_FROM,
    R_KINDS,
    R_METRES,
    R_PRICE,
    R_SIZE,
    R_STARTS,
    R_TO,
    R_TRAVEL,
    R_VISITS,
    T_COST,
    T_METRES,
    TIMED,
    TO,
    added_cost,
    gaps_of,
    people_of,
    routes_of,
    tokens_of,
    totals_of,
    touch,
    where_of,
)
from routing.solver.compiled_tables import (
    Address,
    Table,
    address_of,
    call_five,
    call_seven,
    called_by_address,
    number,
    row_from,
)


@bare
def _time(day: Address, state: Address, v: int, tokens: Table, n: int, opens: int, closes: int) -> int:
    return call_seven(number(state, TIMED), day, state, v, address_of(tokens), n, opens, closes)


@bare
def placed(day: Address, state: Address, v: int, tokens: Any, n: int) -> int:
    """Schedule a route beside the others and fill `State.out`; return LAWFUL, or which kind of rule forbids it."""
    out = out_of(state)
    visits, kinds = 0, ALL_ISOLATING
    for at in range(n):
        if tokens[at] >= 0:
            visits += 1
            kind = jobs_of(day)[tokens[at], J_KIND]
            kinds |= kind
            if not kind & ISOLATING:
                kinds &= ~ALL_ISOLATING
    out[KINDS] = kinds
    for member in range(vehicles_of(day)[v, V_CREW], vehicles_of(day)[v, V_CREW_END]):
        if (
            people_of(state)[crew_of(day)[member, 0], 0] - routes_of(state)[v, R_VISITS] + visits
            > crew_of(day)[member, 1]
        ):
            return OUT_OF_ORDER
    if vehicles_of(day)[v, V_KIN] == vehicles_of(day)[v, V_KIN_END]:
        out[FROM], out[TO] = vehicles_of(day)[v, V_FROM], vehicles_of(day)[v, V_TO]
        return _time(day, state, v, tokens, n, out[FROM], out[TO])
    return _beside_others(day, state, v, tokens, n, kinds)


@bare
def _beside_others(day: Address, state: Address, v: int, tokens: Any, n: int, kinds: int) -> int:
    failure = OUT_OF_TIME
    gaps = gaps_left(day, state, v)
    late = kinds & ISOLATING_LAST and kinds & ALL_ISOLATING and _shares_people(day, v)
    for rank in range(gaps):
        gap = gaps - 1 - rank if late else rank
        opens, closes = gaps_of(state)[0, gap], gaps_of(state)[1, gap]
        failure = _time(day, state, v, tokens, n, opens, closes)
        if failure != LAWFUL:
            continue
        if late:
            opens = _as_late_as_may_be(day, state, v, tokens, n, closes)
        out_of(state)[FROM], out_of(state)[TO] = opens, closes
        if _keeps_isolation(day, state, v, out_of(state)[STARTS_AT], kinds):
            return LAWFUL
        failure = OUT_OF_TIME
    return failure


@bare
def _shares_people(day: Address, v: int) -> bool:
    for link in range(vehicles_of(day)[v, V_KIN], vehicles_of(day)[v, V_KIN_END]):
        if kin_of(day)[link, 1] & SHARES_PEOPLE:
            return True
    return False


@bare
def gaps_left(day: Address, state: Address, v: int) -> int:
    """Fill when a vehicle may be out, given the other routes of its people; return how many gaps there are."""
    gaps = gaps_of(state)
    gaps[0, 0], gaps[1, 0] = vehicles_of(day)[v, V_FROM], vehicles_of(day)[v, V_TO]
    n = 1
    for link in range(vehicles_of(day)[v, V_KIN], vehicles_of(day)[v, V_KIN_END]):
        other, how = kin_of(day)[link, 0], kin_of(day)[link, 1]
        if routes_of(state)[other, R_SIZE] == 0:
            continue
        if how & EXCLUDES:
            return 0
        starts, ends = routes_of(state)[other, R_STARTS], routes_of(state)[other, R_ENDS]
        at = 0
        while at < n:
            opens, closes = gaps[0, at], gaps[1, at]
            if ends <= opens or closes <= starts:
                at += 1
                continue
            before, after = opens < starts, ends < closes
            if before and after:
                for later in range(n, at + 1, -1):
                    gaps[0, later], gaps[1, later] = gaps[0, later - 1], gaps[1, later - 1]
                gaps[1, at] = starts
                gaps[0, at + 1], gaps[1, at + 1] = ends, closes
                n += 1
                at += 2
            elif before:
                gaps[1, at] = starts
                at += 1
            elif after:
                gaps[0, at] = ends
                at += 1
            else:
                for later in range(at + 1, n):
                    gaps[0, later - 1], gaps[1, later - 1] = gaps[0, later], gaps[1, later]
                n -= 1
        if vehicles_of(day)[v, V_ROAD] or vehicles_of(day)[other, V_ROAD]:
            n = _in_turn(day, gaps, n, v, starts, ends)
    return n


@bare
def _in_turn(day: Address, gaps: Table, n: int, v: int, starts: int, ends: int) -> int:
    """Keep the gaps on the right side of another route, one of the two from the road: that comes home first."""
    kept = 0
    for at in range(n):
        opens, closes = gaps[0, at], gaps[1, at]
        if (closes <= starts) if vehicles_of(day)[v, V_ROAD] else (opens >= ends):
            gaps[0, kept], gaps[1, kept] = opens, closes
            kept += 1
    return kept


@bare
def _as_late_as_may_be(day: Address, state: Address, v: int, tokens: Any, n: int, closes: int) -> int:
    """Schedule the route as late as is lawful, to the minute; return where its span begins then."""
    early, late, opens = out_of(state)[STARTS_AT], closes, out_of(state)[STARTS_AT]
    starts, ends, travel, metres = _four(out_of(state))
    while late - early > ONE_MINUTE_S:
        middle = (early + late) // 2
        if _time(day, state, v, tokens, n, middle, closes) == LAWFUL:
            early = opens = middle
            starts, ends, travel, metres = _four(out_of(state))
        else:
            late = middle
    out = out_of(state)
    out[STARTS_AT], out[ENDS_AT], out[TRAVEL], out[METRES] = starts, ends, travel, metres
    return opens  # type: ignore[no-any-return]


@bare
def _four(out: Table) -> tuple[int, int, int, int]:
    return out[STARTS_AT], out[ENDS_AT], out[TRAVEL], out[METRES]


@bare
def _keeps_isolation(day: Address, state: Address, v: int, starts: int, kinds: int) -> bool:
    """Whether nobody sees others after isolating clients: neither on this vehicle's routes nor on those of its kin.

    Two routes that start at once count as following each other, whichever comes first.
    """
    if not _isolates_first(day, state, v, v, starts, kinds):
        return False
    for link in range(vehicles_of(day)[v, V_KIN], vehicles_of(day)[v, V_KIN_END]):
        other = kin_of(day)[link, 0]
        if kin_of(day)[link, 1] & SHARES_PEOPLE and routes_of(state)[other, R_SIZE] > 0:
            if not _isolates_first(day, state, other, v, starts, kinds):
                return False
    return True


@bare
def _isolates_first(day: Address, state: Address, of: int, v: int, starts: int, kinds: int) -> bool:
    """Whether all routes after isolating clients are theirs alone, among the kin of one vehicle."""
    first, which = NOWHERE, -1
    for late in (False, True):
        for link in range(vehicles_of(day)[of, V_KIN] - 1, vehicles_of(day)[of, V_KIN_END]):
            other = of
            if link >= vehicles_of(day)[of, V_KIN]:
                other = kin_of(day)[link, 0]
                if not kin_of(day)[link, 1] & SHARES_PEOPLE:
                    continue
            if other != v and routes_of(state)[other, R_SIZE] == 0:
                continue
            begins = starts if other == v else routes_of(state)[other, R_STARTS]
            all_kinds = kinds if other == v else routes_of(state)[other, R_KINDS]
            if not late and all_kinds & ISOLATING_LAST and begins < first:
                first, which = begins, other
            if late and begins >= first and other != which and not all_kinds & ALL_ISOLATING:
                return False
    return True


@bare
def place_route(day: Address, state: Address, v: int, tokens: Any, n: int) -> bool:
    """Give a vehicle a lawful route (no jobs: none); leave everything as it is where it is not lawful."""
    return call_five(number(state, PLACE), day, state, v, address_of(tokens), n) == LAWFUL


@called_by_address(5)
def place(day: Address, state: Address, v: int, sequence: Address, n: int) -> int:
    """Do what `place_route` says with the tokens at an address; drop loads that serve nothing there."""
    tokens = row_from(sequence, n)
    m = _needed(day, v, tokens, n)
    failure = placed(day, state, v, tokens, m) if m > 0 else LAWFUL
    if failure != LAWFUL:
        return failure
    touch(day, state, v)
    out, route = out_of(state), routes_of(state)[v]
    if m == 0:
        for column in range(KINDS + 1):
            out[column] = 0
    _count(day, state, v, tokens_of(state)[v], route[R_SIZE], -1)
    visits = price = 0
    for at in range(m):
        tokens_of(state)[v, at] = tokens[at]
        if tokens[at] >= 0:
            visits += 1
            price += prices_of(day)[v, tokens[at]]
    out_s = out[ENDS_AT] - out[STARTS_AT]
    totals_of(state)[T_COST] += added_cost(day, state, v, out[TRAVEL], visits, out_s, price)
    totals_of(state)[T_METRES] += out[METRES] - route[R_METRES]
    for member in range(vehicles_of(day)[v, V_CREW], vehicles_of(day)[v, V_CREW_END]):
        person = crew_of(day)[member, 0]
        people_of(state)[person, 0] += visits - route[R_VISITS]
        people_of(state)[person, 1] += out_s - (route[R_ENDS] - route[R_STARTS])
    route[R_SIZE], route[R_VISITS], route[R_PRICE], route[R_KINDS] = m, visits, price, out[KINDS]
    route[R_STARTS], route[R_ENDS], route[R_TRAVEL], route[R_METRES] = out[0], out[1], out[2], out[3]
    route[R_FROM], route[R_TO] = out[FROM], out[TO]
    _count(day, state, v, tokens_of(state)[v], m, 1)
    return LAWFUL


@bare
def _needed(day: Address, v: int, tokens: Any, n: int) -> int:
    """Drop loads that serve nothing, in place; return how many tokens are left (none without jobs)."""
    needed = 0
    m = n
    for at in range(n - 1, -1, -1):
        token = tokens[at]
        if token >= 0:
            needed |= needs_of(day, v, token)
        elif needed >> ~token & 1:
            needed &= ~(1 << ~token)
        else:
            for later in range(at + 1, m):
                tokens[later - 1] = tokens[later]
            m -= 1
    return m


@bare
def _count(day: Address, state: Address, v: int, tokens: Any, n: int, sign: int) -> None:
    """Count the jobs of a route as done (1), or as left out (-1)."""
    for at in range(n):
        if tokens[at] >= 0:
            where_of(state)[tokens[at]] = v if sign > 0 else -1
            for tier in range(LOST):
                totals_of(state)[tier] -= sign * lost_of(day)[tokens[at], tier]
