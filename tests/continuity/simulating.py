"""Ninety days of one client and product: what is ordered comes, if somebody may come; what is missed was announced.

Volunteers and stock are unlimited. Visits come as the policy foresees: on its weekdays, or so many days apart; on no
other day. People keep the records: doses are counted each morning, or once and then entered in the ledger; a review is
held, an ended prescription renewed, missed doses released, each some days after the plan has first asked for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from routing.continuity import needs_of
from routing.domain.clients import DoseStep, HomeSupply
from routing.domain.hours import Weekday
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.orders import Hold, HoldCode, Needs, Order, Reach
from routing.domain.policies import MissedDoses, Phase, Policy
from routing.domain.products import Product
from routing.domain.programme import Calendar, ClosedDay, Programme
from tests.continuity.stories import LIQUID, MONDAY, PACKS, TABLETS, client, day, policy, programme, regimen

DAYS = 90
DOSES_MG: dict[str, float | None] = {"p1": 60.0, "p2": 12.4, "p3": None}
RELEASED = frozenset({HoldCode.MISSED_DOSES, HoldCode.CLEARANCE_NEEDED, HoldCode.SURPLUS_AT_HOME})


@dataclass
class Life:
    """How it went: dose-days missed, said ahead as gaps, and under a hold."""

    missed: set[date] = field(default_factory=set)
    gaps: set[date] = field(default_factory=set)
    held: set[date] = field(default_factory=set)
    taken: int = 0
    ordered: int = 0


@dataclass
class Story:
    """One client's regimen as people know it, and as it is."""

    product: Product
    policy: Policy
    calendar: Calendar
    closed_to_client: frozenset[date]
    steps: tuple[DoseStep, ...]
    is_course: bool
    by_ledger: bool
    delays: tuple[int, int]  # days until a hold is dealt with, and for how long a review or prescription holds
    home: int
    first_count: int
    fields: dict[str, Any]
    ledger: list[LedgerEntry] = field(default_factory=list)
    supplied: set[date] = field(default_factory=set)
    last_visit_on: date | None = None
    asked_on: dict[HoldCode, date] = field(default_factory=dict)
    unless_dealt_with: set[date] = field(default_factory=set)  # said of days on which nobody could bring anything
    life: Life = field(default_factory=Life)

    def run(self) -> Life:
        """Live through the days."""
        for offset in range(DAYS):
            self._live(day(offset))
        self.life.gaps = {on for on in self.life.gaps if on < day(DAYS)}  # what lies beyond nobody lived to see
        return self.life

    def _live(self, on: date) -> None:
        needs = needs_of(self._programme(on), on, self._reach(on))
        visited = self._may_visit(on)
        self._hear(needs, on, visited=visited and bool(needs.orders or needs.gaps))
        if visited:
            for order in needs.orders:
                self._deliver(order, on)
        if self._is_dose_day(on):
            if self.home:
                self.home -= 1
                self.life.taken += 1
                self.fields["last_taken_on"] = on
            else:
                self.life.missed.add(on)
        elif self._is_scheduled(on):
            self.life.taken += 1  # observed at the site
        for hold in needs.holds:
            self._deal_with(hold, on)

    def _programme(self, on: date) -> Programme:
        counted = HomeSupply(doses=self.home, as_of_on=on)
        home = HomeSupply(doses=self.first_count, as_of_on=MONDAY) if self.by_ledger else counted
        fields = {**self.fields, **({"doses_taken": self.life.taken} if self.is_course else {})}
        who = regimen(self.product, steps=self.steps, home=home, **fields)
        return programme(client("c1", who), policies=(self.policy,), calendar=self.calendar, ledger=tuple(self.ledger))

    def _reach(self, on: date) -> Reach:
        known = (on + timedelta(days=ahead) for ahead in range(14))
        return {"c1": frozenset(each for each in known if each not in self.closed_to_client)}

    def _may_visit(self, on: date) -> bool:
        if self.calendar.is_closed(on) or on in self.closed_to_client:
            return False
        if self.policy.visit_weekdays:
            return Weekday.of(on) in self.policy.visit_weekdays
        apart = timedelta(days=-(-7 // (self.policy.visits_per_week or 7)))
        return self.last_visit_on is None or on >= self.last_visit_on + apart

    def _hear(self, needs: Needs, on: date, *, visited: bool) -> None:
        if needs.holds:
            self.life.held.add(on)
        for gap in needs.gaps:
            # What a visit leaves open is true if the visit takes place; that nobody may come is true anyhow.
            if visited or gap.binding_cap == "no_visit_day":
                told = self.life.gaps if needs.orders else self.unless_dealt_with
                span = (date.fromordinal(n) for n in range(gap.from_on.toordinal(), gap.to_on.toordinal() + 1))
                told |= {each for each in span if self._is_dose_day(each)}
        self.life.gaps |= {each for each in self.unless_dealt_with if each <= on}

    def _deliver(self, order: Order, on: date) -> None:
        assert order.latest_safe_at is not None
        assert order.earliest_on is not None
        assert order.earliest_on <= on
        assert order.earliest_on <= order.due_on
        assert order.covers_from_on is not None
        self.life.ordered += 1
        days = {unit.for_on for unit in order.item.units if unit.for_on is not None}
        assert not days & self.supplied
        self.supplied |= days
        self.home += order.days
        assert self.home <= self.policy.max_days_on_hand
        self.last_visit_on = on
        self.ledger.append(
            LedgerEntry(
                client_id="c1",
                product_id=self.product.product_id,
                state=LedgerState.HANDED_OVER,
                at=datetime.combine(on, time(1), tzinfo=UTC),
                from_on=order.covers_from_on,
                to_on=order.covers_to_on,
            )
        )

    def _is_scheduled(self, on: date) -> bool:
        if self.is_course:
            last_on = self.steps[-1].to_on
            assert last_on is not None
            whole = last_on.toordinal() - self.steps[0].from_on.toordinal() + 1
            return on >= self.steps[0].from_on and self.life.taken < whole
        return any(step.from_on <= on and (step.to_on is None or on <= step.to_on) for step in self.steps)

    def _is_dose_day(self, on: date) -> bool:
        observed = self.policy.observed_counts and Weekday.of(on) in self.policy.observed_weekdays
        return self._is_scheduled(on) and not observed

    def _deal_with(self, hold: Hold, on: date) -> None:
        after, long = self.delays
        if on < self.asked_on.setdefault(hold.code, on) + timedelta(days=after):
            return
        del self.asked_on[hold.code]
        self.unless_dealt_with.clear()
        if hold.code is HoldCode.REVIEW_DUE:
            self.fields["review_on"] = on + timedelta(days=long)
        elif hold.code is HoldCode.PRESCRIPTION_ENDED:
            self.fields["prescription_ends_on"] = on + timedelta(days=long)
        elif hold.code in RELEASED:
            self.fields["last_taken_on"] = on  # released: counted from anew
        else:
            raise AssertionError(hold.code)


def story(seed: int) -> Story:
    """Make up a story."""
    draw = Random(seed)  # noqa: S311
    product = draw.choice([LIQUID, LIQUID, TABLETS, PACKS])
    packs = product is PACKS
    most = draw.choice([28, 56, 60]) if packs else draw.randint(2, 15)
    is_course = not packs and draw.random() < 0.25
    scheduled: dict[str, Any] = draw.choice(
        [
            {},
            {"visits_per_week": draw.randint(1, 7)},
            {"visit_weekdays": tuple(draw.sample(tuple(Weekday), draw.randint(1, 4)))},
        ]
    )
    calm = draw.random() < 0.4  # nothing that need be missed
    lenient = MissedDoses(phase=Phase.COURSE if is_course else Phase.MAINTENANCE, resume_up_to=90, clearance_up_to=90)
    strict = lenient.changed(resume_up_to=1, clearance_up_to=2)
    if calm:
        rule = _policy(product, max(most, 8), draw.randint(3, 7), {**scheduled, "missed_doses": (lenient,)}, draw)
        if scheduled.get("visit_weekdays") or packs:
            rule = rule.changed(early_days=9, max_days_a_delivery=max(28, most), max_days_on_hand=60, buffer_days=9)
        closed = frozenset[date]()
    else:
        fields = {
            **scheduled,
            "missed_doses": (draw.choice([lenient, lenient, strict]),),
            "affordable_days_per_week": None if packs else draw.choice([None, None, 3, 4]),
            "min_days_a_delivery": draw.choice([1, 1, 2]),
        }
        rule = _policy(product, most, draw.randint(0, 5), fields, draw)
        closed = frozenset(day(start + n) for start in draw.sample(range(DAYS), 6) for n in range(draw.randint(1, 4)))
    holidays = [] if calm else draw.sample(range(DAYS), 5)
    course_days = draw.randint(5, 30)
    last = day(draw.randint(0, 9) + course_days) if is_course else None
    first = day(draw.randint(-9, 5)) if not is_course else MONDAY
    dose_mg = DOSES_MG[product.product_id]
    home = draw.randint(0, min(5, rule.max_days_on_hand))
    known: dict[str, Any] = {"phase": Phase.COURSE if is_course else Phase.MAINTENANCE}
    if not calm:
        known["review_on"] = draw.choice([None, day(draw.randint(5, 80))])
        known["prescription_ends_on"] = draw.choice([None, day(draw.randint(5, 80))])
    return Story(
        product=product,
        policy=rule,
        calendar=Calendar(
            closed_days=tuple(ClosedDay(on=day(offset)) for offset in holidays),
            closed_weekdays=() if calm else draw.choice([(), (), (Weekday.SUN,)]),
        ),
        closed_to_client=closed,
        steps=(DoseStep(from_on=first, to_on=last, dose_mg=dose_mg),),
        is_course=is_course,
        by_ledger=not is_course and draw.random() < 0.5,
        delays=(draw.randint(0, 4), draw.randint(20, 60)),
        home=home,
        first_count=home,
        fields=known,
    )


def _policy(product: Product, most: int, early: int, fields: dict[str, Any], draw: Random) -> Policy:
    return policy(
        product,
        max_days_a_delivery=most,
        max_days_on_hand=most + draw.randint(0, 9),
        early_days=early,
        buffer_days=draw.randint(0, 3),
        observed_weekdays=tuple(draw.sample(tuple(Weekday), draw.choice([0, 0, 1, 2]))),
        observed_counts=draw.random() < 0.8,
        **fields,
    )
