"""Over any sequence of events no dose-day is supplied twice, and none is forgotten.

What happens is kept as parcels with a life of their own; the ledger hears of it at once or late, in any order, once or
several times. Planning sees the ledger alone. What it plans is checked against what has happened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from routing.continuity import needs_of
from routing.domain.clients import ClientStatus, HomeSupply, StatusChange
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.orders import HoldCode, Needs
from routing.domain.policies import MissedDoses, Phase
from tests.continuity.stories import MONDAY, client, day, noon, policy, programme, regimen

LENIENT = (MissedDoses(phase=Phase.MAINTENANCE, resume_up_to=365, clearance_up_to=365),)
RULE = policy(max_days_a_delivery=4, max_days_on_hand=30, early_days=5, missed_doses=LENIENT)
ENDED = {LedgerState.RETURNED, LedgerState.VOIDED}


@dataclass
class Parcel:
    """Goods for some dose-days, and what has become of them."""

    days: frozenset[date]
    state: LedgerState


@dataclass
class World:
    """What has happened, and what of it the ledger has not heard."""

    today: int = 0
    minute: int = 0
    parcels: list[Parcel] = field(default_factory=list)
    ledger: list[LedgerEntry] = field(default_factory=list)
    unheard: list[LedgerEntry] = field(default_factory=list)
    status: list[StatusChange] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """A later instant with every call, all of them before noon of the day."""
        self.minute += 1
        return noon(self.today) - timedelta(hours=11) + timedelta(seconds=self.minute)

    @property
    def is_active(self) -> bool:
        return not self.status or self.status[-1].status is ClientStatus.ACTIVE

    def spoken_for(self) -> set[date]:
        """Return the dose-days that somebody has, or that are on the way to them."""
        return {on for parcel in self.parcels if parcel.state not in ENDED for on in parcel.days}

    def given(self) -> list[date]:
        """Return the dose-days in somebody's hands, as often as they were given."""
        hands = {LedgerState.HANDED_OVER, LedgerState.DISPENSED_AT_SITE}
        return [on for parcel in self.parcels if parcel.state in hands for on in parcel.days]

    def entry(self, parcel: Parcel) -> LedgerEntry:
        """Write down what has become of a parcel."""
        return LedgerEntry(
            client_id="c1",
            product_id="p1",
            state=parcel.state,
            at=self.now,
            from_on=min(parcel.days),
            to_on=max(parcel.days),
        )


class AnySequence(RuleBasedStateMachine):
    """Days pass; parcels are planned, issued, handed over, brought back; clients come to the counter and go away."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    # ------------------------------------------------------------------------------------------- planning

    def needs(self) -> Needs:
        world = self.world
        # What was taken is not what this is about: nobody knows of the last dose, and nothing was counted since Monday.
        who = regimen(home=HomeSupply(doses=0, as_of_on=MONDAY))
        told = programme(client("c1", who, status=tuple(world.status)), policies=(RULE,), ledger=tuple(world.ledger))
        return needs_of(told, day(world.today), {})

    @rule()
    def plan(self) -> None:
        """Plan the day, and write the parcels into the ledger."""
        for order in self.needs().orders:
            days = frozenset(unit.for_on for unit in (order.item.units if order.item else ()) if unit.for_on)
            assert not days & self.world.spoken_for(), "a dose-day is planned that somebody has or gets"
            # One entry a run of days: a parcel may jump over days that are spoken for.
            for run in runs(days):
                parcel = Parcel(run, LedgerState.PLANNED)
                self.world.parcels.append(parcel)
                self.world.ledger.append(self.world.entry(parcel))

    # -------------------------------------------------------------------------------------------- parcels

    def _become(self, number: int, before: set[LedgerState], after: LedgerState, *, late: bool) -> None:
        fitting = [parcel for parcel in self.world.parcels if parcel.state in before]
        if fitting:
            parcel = fitting[number % len(fitting)]
            parcel.state = after
            (self.world.unheard if late else self.world.ledger).append(self.world.entry(parcel))

    @rule(number=st.integers(0, 9))
    def issue(self, number: int) -> None:
        """Hand a parcel out to a volunteer; the site writes that down at once."""
        self._become(number, {LedgerState.PLANNED}, LedgerState.ISSUED, late=False)

    @rule(number=st.integers(0, 9), late=st.booleans())
    def hand_over(self, number: int, late: bool) -> None:
        """Reach the client; the report may come days later."""
        self._become(number, {LedgerState.ISSUED}, LedgerState.HANDED_OVER, late=late)

    @rule(number=st.integers(0, 9), late=st.booleans())
    def bring_back(self, number: int, late: bool) -> None:
        """Bring a parcel back to the site."""
        self._become(number, {LedgerState.ISSUED}, LedgerState.RETURNED, late=late)

    @rule(number=st.integers(0, 9))
    def void(self, number: int) -> None:
        """Take a plan back."""
        self._become(number, {LedgerState.PLANNED}, LedgerState.VOIDED, late=False)

    @rule(count=st.integers(1, 5))
    def collect(self, count: int) -> None:
        """Come to the counter for the next days not yet in hand; parcels with any of them are void, and go nowhere."""
        if not self.world.is_active:
            return
        have = set(self.world.given())
        ahead = (day(self.world.today + offset) for offset in range(60))
        days = [on for on in ahead if on not in have][:count]
        for run in runs(frozenset(days)):
            for parcel in self.world.parcels:
                under_way = parcel.state in {LedgerState.PLANNED, LedgerState.ISSUED}
                if under_way and parcel.days & run:
                    parcel.state = LedgerState.VOIDED
            given = Parcel(run, LedgerState.DISPENSED_AT_SITE)
            self.world.parcels.append(given)
            self.world.ledger.append(self.world.entry(given))

    # -------------------------------------------------------------------------------------------- reports

    @precondition(lambda self: self.world.unheard)
    @rule(number=st.integers(0, 9), times=st.integers(1, 3))
    def hear(self, number: int, times: int) -> None:
        """Let a late report come in, once or several times, in no order."""
        heard = self.world.unheard.pop(number % len(self.world.unheard))
        self.world.ledger.extend([heard] * times)

    @precondition(lambda self: self.world.ledger)
    @rule(number=st.integers(0, 50))
    def hear_again(self, number: int) -> None:
        """Let an old report come in again."""
        self.world.ledger.append(self.world.ledger[number % len(self.world.ledger)])

    @rule(seed=st.randoms(use_true_random=False))
    def shuffle(self, seed: object) -> None:
        """Write the ledger anew in another order; entries carry their instants."""
        seed.shuffle(self.world.ledger)  # type: ignore[attr-defined]

    # ---------------------------------------------------------------------------------------- days, status

    @rule()
    def sleep(self) -> None:
        """Let a day pass."""
        self.world.today += 1

    @rule()
    def go_away_or_come_back(self) -> None:
        """Go to hospital, which voids what was planned; or come back."""
        world = self.world
        status = ClientStatus.HOSPITAL if world.is_active else ClientStatus.ACTIVE
        world.status.append(StatusChange(status=status, from_at=world.now))
        if status is ClientStatus.HOSPITAL:
            for parcel in world.parcels:
                if parcel.state is LedgerState.PLANNED:
                    parcel.state = LedgerState.VOIDED

    # ----------------------------------------------------------------------------------------- what holds

    @invariant()
    def nothing_is_given_twice(self) -> None:
        given = self.world.given()
        assert len(given) == len(set(given))

    @invariant()
    def who_has_nothing_and_waits_for_nothing_gets_something(self) -> None:
        """Nothing is forgotten either: a dose-day of today that nobody has is ordered, or held with a reason."""
        world = self.world
        if world.unheard or not world.is_active or day(world.today) in world.spoken_for():
            return
        found = self.needs()
        held = {hold.code for hold in found.holds}
        assert held <= {HoldCode.UNRECONCILED_DELIVERY}
        assert held or [order.covers_from_on for order in found.orders] == [day(world.today)]


def runs(days: frozenset[date]) -> list[frozenset[date]]:
    """Split dates into runs without a break."""
    found: list[set[date]] = []
    for on in sorted(days):
        if found and on - timedelta(days=1) in found[-1]:
            found[-1].add(on)
        else:
            found.append({on})
    return [frozenset(run) for run in found]


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
