"""Small random programmes in the made-up town: every rule has a fair chance to bind."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from hypothesis import strategies as st

from routing.domain.clients import Clearance, Client, Consent, DoseChange, DoseStep, HomeSupply, Regimen
from routing.domain.hours import Weekday
from routing.domain.passes import Checkpoint, MovementRule, Pass, PassStatus, RuleKind, Zone, ZoneEntry
from routing.domain.places import Corridor, Place, PlaceKind
from routing.domain.policies import ClientClass, Policy
from routing.domain.products import Product, ProductKind, Purpose
from routing.domain.programme import Calendar, ClosedDay, Programme
from routing.domain.sites import Site
from routing.domain.volunteers import Authorisation, Break, CustodyCeiling, Mode, Vehicle, Volunteer
from tests.continuity.stories import (
    CONTROLLED_ITEM,
    FOOD,
    LIQUID,
    MONDAY,
    NALOXONE,
    PACKS,
    TABLETS,
    policy,
    stocked,
    supply,
)
from tests.property.focused import plain, with_an_exchange
from tests.solver.town import (
    HEIGHT,
    WIDTH,
    area,
    at,
    checkpoint,
    day,
    hours,
    noon,
    permit,
    rider,
    rule,
    store,
    zone,
)  # fmt: skip

NEEDLES = NALOXONE.changed(product_id="p8", kind=ProductKind.NEEDLES, purpose=Purpose.HARM_REDUCTION)
PRODUCTS = (LIQUID, TABLETS, PACKS, NALOXONE, FOOD.changed(mass_g=4000.0), CONTROLLED_ITEM, NEEDLES)
ITEMS = PRODUCTS[3:]
BREAKS: list[tuple[Break, ...]] = [
    (),
    (Break(earliest_time=time(9), latest_time=time(10), duration_s=900),),
    (
        Break(earliest_time=time(8), latest_time=time(8, 30), duration_s=600),
        Break(earliest_time=time(11), latest_time=time(12), duration_s=2700),
    ),
    (Break(earliest_time=time(1), latest_time=time(2), duration_s=600),),
]
DAILY: dict[str, tuple[float | None, ...]] = {"p1": (60.0, 2.5), "p2": (0.8, 12.4), "p3": (None,)}


def some(values: Any, *, at_most: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    """Draw a few different ones."""
    return st.lists(st.sampled_from(list(values)), max_size=at_most, unique=True).map(tuple)


def rarely(value: st.SearchStrategy[Any], otherwise: Any, one_in: int = 8) -> st.SearchStrategy[Any]:
    """Draw the strategy one time in so many."""
    middle = one_in // 2  # Hypothesis likes the ends of a range
    return st.integers(0, one_in - 1).flatmap(lambda number: value if number == middle else st.just(otherwise))


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    """Draw one to five clients, one to three volunteers, their papers, the day's rules and zones."""
    sites = tuple(_site(draw, f"s{number}") for number in range(1, 2 + draw(st.integers(0, 1))))
    volunteers = tuple(_volunteer(draw, number) for number in range(1, 2 + draw(st.integers(0, 2))))
    volunteers = _paired(draw, volunteers)
    ids = [volunteer.volunteer_id for volunteer in volunteers]
    clients = tuple(_client(draw, number, ids, sites) for number in range(1, 2 + draw(st.integers(0, 4))))
    refused = [client.client_id for client in clients]
    volunteers = tuple(each.changed(vetoes=draw(rarely(some(refused, at_most=1), ()))) for each in volunteers)
    passes = tuple(_pass(draw, number, ids) for number in range(1, 1 + draw(st.integers(0, 3))))
    drawn = day(
        *clients,
        volunteers=volunteers,
        sites=sites,
        products=PRODUCTS,
        policies=tuple(_policy(draw, product) for product in PRODUCTS[:3]),
        passes=passes,
        movement_rules=_rules(draw, bool(passes)),
        zones=tuple(some_zone(draw, number) for number in range(1, 1 + draw(st.sampled_from([0, 0, 1, 2])))),
        checkpoints=tuple(
            some_checkpoint(draw, number) for number in range(1, 1 + draw(st.sampled_from([0, 0, 1, 2])))
        ),
        calendar=Calendar(
            closed_days=draw(rarely(some([ClosedDay(on=MONDAY + timedelta(n)) for n in (0, 1, 2)]), (), 12))
        ),
    )
    focus = draw(st.sampled_from([_as_drawn, _as_drawn, _at_an_edge, _in_a_pair, _with_a_used_pass, with_an_exchange]))
    return focus(draw, drawn)


# Rules that need several things at once to bind would hardly ever bind by chance.


def _as_drawn(_draw: st.DrawFn, told: Programme) -> Programme:
    return told


def _at_an_edge(draw: st.DrawFn, told: Programme) -> Programme:
    """Put the first client into a zone served at its edge, which may begin or end while somebody is out."""
    begins, ends = draw(st.sampled_from([(-9, 1), (-9, 0), (0, 9)]))
    shift = timedelta(hours=draw(st.sampled_from([-3, -1, 0, 2])))
    quarter = zone(
        area(2.5, -1, 3.5, 1),
        entry=ZoneEntry.HANDOVER_AT_EDGE,
        valid_from_at=noon(begins) + shift,
        valid_to_at=noon(ends) + shift,
    )
    clients = (plain(told.clients[0], edge_place=at(2)), *told.clients[1:])
    free = {"passes": (), "movement_rules": (), "calendar": Calendar()}
    return told.changed(zones=(quarter,), clients=clients, volunteers=(rider(), *told.volunteers[1:]), **free)


def _in_a_pair(draw: st.DrawFn, told: Programme) -> Programme:
    """Let the first client ask for two, and two be there, each with breaks and vehicles of their own."""
    two = tuple(
        rider(
            name,
            shifts=(hours("06:00", "18:00"),),
            breaks=draw(st.sampled_from(BREAKS)),
            vehicles=draw(st.sampled_from(_vehicles(name))),
            pairs_with="v2" if name == "v1" else None,
        )
        for name in ("v1", "v2")
    )
    papers = tuple(_pass(draw, number, ["v1", "v2"]) for number in range(7, 10))
    first = plain(told.clients[0], pair_required=True)
    fields = {"passes": (*papers, permit("q1", "v1"), permit("q2", "v2")), "movement_rules": (rule(),)}
    others = tuple(each.changed(vetoes=(), prefers=()) for each in told.clients[1:])
    return told.changed(clients=(first, *others), volunteers=two, zones=(), **fields)


def _with_a_used_pass(draw: st.DrawFn, told: Programme) -> Programme:
    """Ask for a pass everywhere, and let the only one be used, revoked, or for one trip."""
    paper = permit(
        single_use=draw(st.booleans()),
        used=draw(st.booleans()),
        status=draw(st.sampled_from([PassStatus.ACTIVE, PassStatus.ACTIVE, PassStatus.REVOKED])),
    )
    first = plain(told.clients[0])
    volunteers = (rider(), *told.volunteers[1:])
    return told.changed(
        clients=(first, *told.clients[1:]), volunteers=volunteers, passes=(paper,), movement_rules=(rule(),), zones=()
    )


# ---------------------------------------------------------------------------------------------------- the town


@st.composite
def places(draw: st.DrawFn, **fields: Any) -> Place:
    """Draw a place on a street going east, or a little off it; rarely nowhere."""
    if draw(st.integers(1, 40)) == 20:
        return Place(**fields)
    x = draw(st.integers(0, 4 * (WIDTH - 1))) / 4
    y = draw(st.integers(0, HEIGHT - 1)) + draw(st.sampled_from([0.0, 0.0, 0.1]))
    if draw(st.integers(1, 6)) == 3:  # at the steps, where no vehicle comes
        x, y = WIDTH - 1 + draw(st.integers(2, 4)) / 4, HEIGHT - 1
    return at(x, y, walk_s=draw(rarely(st.just(30), None)), **fields)


def _site(draw: st.DrawFn, site_id: str) -> Site:
    spans = [
        (hours("07:00", "15:00"),),
        (hours("07:00", "09:30"), hours("10:30", "15:00")),
        (hours("22:00", "09:00"), hours("10:00", "13:00")),
        (hours("07:00", "08:10"), hours("08:30", "08:33"), hours("09:00", "10:00"), hours("11:00", "14:00")),
    ]
    return store(
        site_id,
        place=draw(places()) if site_id != "s1" else at(0),
        hours=draw(st.sampled_from(spans)),
        closed_on=draw(rarely(st.just((MONDAY - timedelta(1),)), ())),
        load_s=draw(st.sampled_from([0, 300, 900])),
        ready_from_time=draw(rarely(st.just(time(8, 30)), None)),
        prep_s_per_unit=draw(st.sampled_from([0, 0, 60, 300])),
        stock=stocked(p8=draw(st.sampled_from([0.0, 3.0, 10_000.0]))),
    )


def _policy(draw: st.DrawFn, product: Product) -> Policy:
    return policy(
        product,
        dose_time=draw(st.sampled_from([time(10), time(23)])),
        grace_h=draw(st.sampled_from([0, 2, 24])),
        max_days_a_delivery=draw(st.sampled_from([1, 7, 60])),
        max_days_on_hand=draw(st.sampled_from([7, 70])),
        early_days=draw(st.sampled_from([0, 3])),
        buffer_days=draw(st.sampled_from([0, 2])),
        tier_weight=draw(st.sampled_from([1, 100])),
    )


# ------------------------------------------------------------------------------------------------------ people


def _client(draw: st.DrawFn, number: int, volunteers: list[str], sites: tuple[Site, ...]) -> Client:
    site_ids = [site.site_id for site in sites]
    kind = draw(rarely(st.just(PlaceKind.INSTITUTION), PlaceKind.HOME))
    windows = [(), (), (), (hours("08:00", "10:00"),), (hours("09:30", "09:40"), hours("11:00", "14:00"))]
    windows += [(hours("08:30", "12:00"),), (hours("20:00", "09:30"),)]
    never = (hours("08:00", "09:00", weekdays=(Weekday.TUE,)),)
    daily, items = (
        (PRODUCTS[2:3], ITEMS[:2]) if kind is PlaceKind.INSTITUTION and draw(st.booleans()) else (PRODUCTS[:3], ITEMS)
    )
    return Client(
        client_id=f"c{number}",
        code_name=f"c{number}",
        client_class=draw(rarely(st.just(ClientClass.MINOR), ClientClass.STABLE, 12)),
        place=draw(places(kind=kind)),
        edge_place=draw(rarely(places(), None, 3)),
        windows=draw(rarely(st.just(never), draw(st.sampled_from(windows)), 16)),
        service_s=draw(st.sampled_from([0, 300, 1800])),
        consent=Consent(home_delivery=draw(st.integers(1, 30)) != 15),
        vetoes=draw(rarely(some(volunteers, at_most=1), ())),
        prefers=draw(rarely(some(volunteers, at_most=1), ())),
        requires=draw(rarely(some(["calm"]), ())),
        pair_required=draw(st.integers(1, 8)) == 4,
        isolating=draw(st.integers(1, 4)) == 3,
        assessment_on=draw(rarely(st.just(MONDAY), None)),
        follow_up_on=draw(rarely(st.just(MONDAY - timedelta(3)), None)),
        regimens=tuple(_regimen(draw, product, site_ids) for product in draw(some(daily))),
        supplies=tuple(
            supply(
                product,
                supply_id=f"x{index}",
                site_id=draw(st.sampled_from(site_ids)),
                quantity=draw(st.integers(1, 3)),
                latest_on=draw(st.sampled_from([None, MONDAY, MONDAY + timedelta(1)])),
                weight=draw(st.sampled_from([None, 1, 1000])),
            )
            for index, product in enumerate(draw(some(items)))
        ),
    )


def _regimen(draw: st.DrawFn, product: Product, site_ids: list[str]) -> Regimen:
    doses = draw(st.sampled_from([0, 0, 1, 2, 4]))
    missed = draw(rarely(st.sampled_from([1, 2, 3]), None)) if doses == 0 else None
    change = draw(rarely(st.sampled_from(DoseChange), None, 4)) if doses else None
    first = DoseStep(from_on=MONDAY - timedelta(99), dose_mg=draw(st.sampled_from(DAILY[product.product_id])))
    changed = first.changed(from_on=MONDAY, dose_mg=draw(st.sampled_from(DAILY[product.product_id])))
    steps = (first,) if change is None else (first.changed(to_on=MONDAY - timedelta(1)), changed)
    return Regimen(
        product_id=product.product_id,
        site_id=draw(st.sampled_from(site_ids)),
        steps=steps,
        dose_changed_on=None if change is None else MONDAY,
        dose_change=change,
        home=HomeSupply(doses=doses, as_of_on=MONDAY),
        last_taken_on=None if missed is None else MONDAY - timedelta(missed + 1),
        clearance=draw(st.sampled_from([None, Clearance(by="d1", at=noon(0))])),
        affordable_days=draw(rarely(st.integers(1, 3), None)),
    )


def _volunteer(draw: st.DrawFn, number: int) -> Volunteer:
    volunteer_id = f"v{number}"
    shifts = [
        (hours("08:00", "12:00"),),
        (hours("06:00", "18:00"),),
        (hours("07:30", "09:30"), hours("11:00", "17:00")),
        (hours("20:00", "04:00"), hours("08:00", "10:00")),
    ]
    ceilings = tuple(
        CustodyCeiling(product_id=product_id, quantity=quantity)
        for product_id, quantity in (("p1", draw(st.sampled_from([12.0, 90.0, 999.0]))), ("p2", 99.0), ("p7", 4.0))
    )
    everyday = rider(
        volunteer_id,
        start=at(0) if number < 3 else at(5, 2),
        end=draw(rarely(st.just(at(6, 3)), None)) if number == 3 else None,
        shifts=draw(st.sampled_from(shifts)),
        vehicles=draw(st.sampled_from(_vehicles(volunteer_id))),
        custody=ceilings,
        authorisations=tuple(Authorisation(authorisation_id=name) for name in ("controlled", "calm")),
        max_stops=draw(st.sampled_from([None, None, 1, 2])),
        breaks=draw(st.sampled_from(BREAKS)),
    )
    return everyday if draw(st.booleans()) else _hindered(draw, everyday)


def _hindered(draw: st.DrawFn, volunteer: Volunteer) -> Volunteer:
    """Return somebody who may be ill, away, or without a paper."""
    expiry = draw(st.sampled_from([None, MONDAY, MONDAY - timedelta(1)]))
    return volunteer.changed(
        custody=draw(st.sampled_from([volunteer.custody] * 4 + [()])),
        custody_blocked=draw(rarely(st.just(True), False)),
        authorisations=tuple(
            Authorisation(authorisation_id=name, valid_to_on=expiry if name == "calm" else None)
            for name in draw(st.sampled_from([("controlled", "calm")] * 2 + [("controlled",), ()]))
        ),
        clearance_to_on=draw(st.sampled_from([*[None] * 6, MONDAY, MONDAY - timedelta(1)])),
        absent_on=draw(rarely(st.just((MONDAY,)), ())),
    )


def _vehicles(volunteer_id: str) -> list[tuple[Vehicle, ...]]:
    motorcycle = Vehicle(mode=Mode.MOTORCYCLE, plate=f"DK {volunteer_id}", max_mass_g=9000, max_volume_ml=9000)
    weak = motorcycle.changed(carry_max_g=100)
    other = motorcycle.changed(plate=f"XX {volunteer_id}")
    car = Vehicle(mode=Mode.CAR, plate=f"CAR {volunteer_id}", max_mass_g=90_000, max_volume_ml=900_000)
    foot = Vehicle(mode=Mode.FOOT, max_mass_g=5000, max_volume_ml=5000)
    return [(motorcycle,), (motorcycle, car), (foot,), (motorcycle, other), (weak,)]


def _paired(draw: st.DrawFn, volunteers: tuple[Volunteer, ...]) -> tuple[Volunteer, ...]:
    """Let the first two, who start and end together, work as a pair."""
    if len(volunteers) < 2 or draw(st.booleans()):
        return volunteers
    first, second, *rest = volunteers
    return (first.changed(pairs_with=second.volunteer_id), second, *rest)


# ------------------------------------------------------------------------------------------------- law of the day


def _pass(draw: st.DrawFn, number: int, volunteers: list[str]) -> Pass:
    volunteer_id = draw(st.sampled_from(volunteers))
    if draw(st.booleans()):
        return permit(f"q{number}", volunteer_id)
    grounds: list[dict[str, Any]] = [
        {},
        {"areas": (area(-1, -1, 3.5, 4),)},
        {"areas": (area(-1, -1, 2.5, 4), area(2.5, -1, 8, 1.5))},
        {"corridors": (Corridor(coordinates=((0.0, 0.0), (0.006, 0.0), (0.006, 0.003)), half_width_m=30.0),)},
    ]
    times = [
        (),
        (hours("06:00", "20:00"),),
        (hours("07:00", "10:00"), hours("10:00", "13:00")),
        (hours("19:00", "05:00"),),
    ]
    return permit(
        f"q{number}",
        volunteer_id,
        purposes=draw(st.sampled_from([tuple(Purpose), (Purpose.MEDICINE,), (Purpose.FOOD, Purpose.MEDICINE)])),
        **draw(st.sampled_from(grounds)),
        hours=draw(st.sampled_from(times)),
        modes=draw(st.sampled_from([(), (Mode.MOTORCYCLE,), (Mode.FOOT, Mode.MOTORCYCLE)])),
        plates=draw(st.sampled_from([(), (), (f"DK {volunteer_id}",), (f"XX {volunteer_id}",)])),
        valid_to_at=draw(st.sampled_from([noon(7), noon(0)])),
        status=draw(st.sampled_from([PassStatus.ACTIVE] * 5 + [PassStatus.REVOKED])),
        persons_max=draw(st.sampled_from([1, 1, 2])),
        single_use=draw(rarely(st.just(True), False)),
        used=draw(st.integers(1, 16)) == 8,
    )


def _rules(draw: st.DrawFn, passes: bool) -> tuple[MovementRule, ...]:
    exempts = {"pass_exempts": draw(st.booleans())}
    known = [
        rule(RuleKind.CURFEW, hours=(hours("21:00", "05:00"),), **exempts),
        rule(RuleKind.CURFEW, rule_id="noon", hours=(hours("09:45", "10:15"),), **exempts),
        rule(RuleKind.MODE_BARRED, modes=(Mode.CAR,), hours=(hours("08:00", "11:00"),), **exempts),
    ]
    required = rule(hours=draw(st.sampled_from([(), (hours("09:00", "22:00"),)])))
    asked = (required,) if passes and draw(st.integers(0, 3)) else ()
    return (*asked, *draw(some(known)))


def some_checkpoint(draw: st.DrawFn, number: int) -> Checkpoint:
    times = [(), (), (hours("07:00", "09:00"),), (hours("08:30", "08:45"), hours("10:00", "16:00"))]
    return checkpoint(
        draw(st.integers(0, 2 * (WIDTH - 1))) / 2,
        draw(st.integers(0, HEIGHT - 1)),
        checkpoint_id=f"k{number}",
        radius_m=draw(st.sampled_from([5.0, 60.0, 120.0])),
        delay_s=draw(st.sampled_from([10, 90, 900])),
        modes=draw(rarely(st.just((Mode.CAR,)), (), 4)),
        hours=draw(st.sampled_from(times)),
    )


def some_zone(draw: st.DrawFn, number: int) -> Zone:
    # No pin lies on a border: there half a metre of tolerance decides, one way here and the other in the checker.
    west, south = draw(st.integers(0, 5)) + 0.6, draw(st.integers(-1, 2)) + 0.6
    entry = draw(st.sampled_from(ZoneEntry))
    return zone(
        area(west, south, west + draw(st.sampled_from([0.4, 1.0, 2.0])), south + 1),
        zone_id=f"z{number}",
        entry=entry,
        essential_purposes=draw(some(Purpose, at_most=3)) if entry is ZoneEntry.ESSENTIAL_ALLOWED else (),
        valid_from_at=draw(st.sampled_from([noon(-9), noon(0) - timedelta(hours=2)])),
        valid_to_at=draw(st.sampled_from([None, noon(0) - timedelta(hours=1), noon(1)])),
    )
