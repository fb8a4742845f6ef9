"""The plan: the document `doorstep.plan/1`, contract between core, service, sheets and tools.

Readers of plans ignore keys they do not know, so that older readers read newer plans.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationError

from routing.domain.base import Count, Day, DerivedInstant, Document, Identifier
from routing.domain.errors import PlanError
from routing.domain.orders import Gap, Hold, Item, Notice, Shortfall, Tier
from routing.domain.places import Location, Position
from routing.domain.problems import problems_of
from routing.domain.reading import read_json
from routing.domain.reasons import ReasonCode
from routing.domain.remedies import RemedyCode, RemedySearch
from routing.domain.volunteers import Mode

SCHEMA = "doorstep.plan/1"

Figure = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class PlanDocument(Document):
    """Base of a plan's parts: unknown keys pass."""

    model_config = ConfigDict(extra="ignore", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)


class StepType(StrEnum):
    """What happens at a step."""

    START = "start"
    LOAD = "load"
    VISIT = "visit"
    RETURN = "return"
    BREAK = "break"
    END = "end"


class LineString(PlanDocument):
    """GeoJSON; empty coordinates where the step is at the place of the one before."""

    type: Literal["LineString"] = "LineString"
    coordinates: tuple[Position, ...] = ()


# way_id, from_node, to_node (neighbours on the way, in the direction driven), first and last fraction driven
Street = tuple[int, int, int, float, float]


class Walk(PlanDocument):
    """A way on foot between a door and the vehicle, which cannot come nearer.

    Attributes
    ----------
    distance_m
        With the straight piece between the last street and the door.
    streets
        Pieces walked, in order; the way to the door ends with them, the way back begins with them.
    geometry
        Likewise; its other end is where the vehicle stands.
    """

    distance_m: Count = 0
    streets: tuple[Street, ...] = ()
    geometry: LineString = LineString()


class Leg(PlanDocument):
    """The way to a step.

    Attributes
    ----------
    travel_s
        Street time, the walks at both ends, and what checkpoints take.
    checkpoint_s
        Of `travel_s`, what checkpoints take.
    walk_m
        The two walks between door and street: away from the last step's place, and to this one's.
    walk_from, walk_to
        Those of them that lead over streets: back to the vehicle, and away from it. None: straight.
    pass_ids
        Passes that each cover the whole leg alone; empty where no rule asks for one.
    streets
        Pieces driven, in order; each begins where the one before ended.
    """

    distance_m: Count = 0
    travel_s: Count = 0
    walk_m: Count = 0
    checkpoint_s: Count = 0
    pass_ids: tuple[Identifier, ...] = ()
    streets: tuple[Street, ...] = ()
    geometry: LineString = LineString()
    walk_from: Walk | None = None
    walk_to: Walk | None = None


class Step(PlanDocument):
    """One step of a route.

    `arrival_at` <= `begin_at` (waiting between) <= `departure_at` (service between). `items`: goods taken aboard
    at a `load`, handed over at a `visit`; empty otherwise. `fetched`: taken back at a visit, and handed in at the
    next call at its site.
    """

    type: StepType
    site_id: Identifier | None = None
    client_id: Identifier | None = None
    location: Location
    arrival_at: DerivedInstant
    begin_at: DerivedInstant
    departure_at: DerivedInstant
    items: tuple[Item, ...] = ()
    fetched: tuple[Item, ...] = ()
    order_ids: tuple[Identifier, ...] = ()
    leg: Leg | None = None


class Route(PlanDocument):
    """One duty of one volunteer. `accompanies`: the volunteer whom this one joins; such a route carries nothing."""

    volunteer_id: Identifier
    mode: Mode
    plate: str | None = None
    accompanies: Identifier | None = None
    start_at: DerivedInstant
    end_at: DerivedInstant
    distance_m: Count
    travel_s: Count
    service_s: Count
    waiting_s: Count
    steps: tuple[Step, ...]


class Remedy(PlanDocument):
    """The smallest change that would serve the client; `verified`: confirmed by planning again.

    `params` names volunteers, passes, sites, rules and zones by id, and how much; no client, product or place.
    """

    code: RemedyCode
    message: str
    params: dict[str, str | int | float] = Field(default_factory=dict)
    verified: bool


class Proposal(PlanDocument):
    """A change that serves several; `clients`: how many more than with the proposals before it."""

    code: RemedyCode
    message: str
    params: dict[str, str | int | float] = Field(default_factory=dict)
    clients: Count
    verified: bool


class Reason(PlanDocument):
    """Why a client is not served."""

    code: ReasonCode
    params: dict[str, str | int | float | list[str]] = Field(default_factory=dict)
    message: str
    remedy: Remedy | None = None


class Unserved(PlanDocument):
    """An order of today that no route serves. `remedy_search`: whether its remedy was looked for, and how it went."""

    client_id: Identifier
    order_id: Identifier
    tier: Tier
    latest_safe_at: DerivedInstant | None = None
    reasons: tuple[Reason, ...]
    remedy_search: RemedySearch = RemedySearch.NOT_SEARCHED


class Inputs(PlanDocument):
    """What the plan was made from."""

    programme_sha256: str
    extract_sha256: str
    versions: dict[str, str]
    budget: dict[str, float]


class Spread(PlanDocument):
    """How unequal a figure is among the volunteers who are out; zeros where nobody is."""

    least: Figure = 0.0
    median: Figure = 0.0
    most: Figure = 0.0


class Share(PlanDocument):
    """So many of so many."""

    count: Count = 0
    of: Count = 0


class PreferenceFigures(PlanDocument):
    """What became of what is wished for. Counts only: nobody is named.

    Attributes
    ----------
    out_s, stops
        Of each volunteer in the day, accompanied visits too.
    by_preferred
        Of the clients visited who would rather see somebody, those who see such a one.
    by_same
        Of the clients visited to whom somebody came before, those who see one who came last.
    too_many_people
        Clients visited to whom, today's visit counted, more different people come than the programme says.
    """

    out_s: Spread = Spread()
    stops: Spread = Spread()
    by_preferred: Share = Share()
    by_same: Share = Share()
    too_many_people: Count = 0


class Summary(PlanDocument):
    """Figures of the day. Clients due: those with an order today; served: with every order on a route.

    Attributes
    ----------
    travel_bound_s
        Whoever makes the same visits lawfully travels so many seconds at least, the two of a pair counted once
        (docs/bound.md); None: not asked for, or not proved.
    gap_percent
        By how much the plan's travel is above that at most, the two of a pair counted once; rounded up. Travel alone:
        a plan may travel more to send whom a client prefers.
    """

    clients_due: Count
    clients_served: Count
    clients_served_in_part: Count = 0
    missed_dose_days: Count
    routes: Count
    travel_s: Count
    distance_m: Count
    objective: tuple[Figure, ...] = ()
    preferences: PreferenceFigures | None = None
    engine: str
    travel_bound_s: Count | None = None
    gap_percent: Figure | None = None


class Late(PlanDocument):
    """A visit that does not keep, within the tolerance, what its client was promised: somebody has to tell them."""

    client_id: Identifier
    promised_at: DerivedInstant
    begin_at: DerivedInstant


class Replans(PlanDocument):
    """What a plan of the rest of a day goes on from.

    Attributes
    ----------
    plan_sha256
        Digest of the plan that it changes; None: it was made from the programme's `day` alone.
    stranded
        Volunteers on the road for whom no lawful way home, or no time to count in, is left: somebody has to call them.
    """

    plan_sha256: str | None = None
    now_at: DerivedInstant
    late: tuple[Late, ...] = ()
    stranded: tuple[Identifier, ...] = ()


class Absence(PlanDocument):
    """What becomes of the plan's clients of tiers T0a, T0b and T1 if one volunteer is not there.

    Attributes
    ----------
    served
        A lawful day without the volunteer was found in which each of them is visited.
    at_risk
        Those for whom none was found in the time.
    impossible
        Of these, those whom nobody else could visit, with nothing else to do.
    taken_over
        Clients of the volunteer who are visited all the same, each with who carries for them.
    others_lost
        Clients of other tiers who are on the plan and not on the day that was found.
    """

    volunteer_id: Identifier
    served: bool
    at_risk: tuple[Identifier, ...] = ()
    impossible: tuple[Identifier, ...] = ()
    taken_over: tuple[tuple[Identifier, Identifier], ...] = ()
    others_lost: Count = 0


class Plan(PlanDocument):
    """A day's plan.

    `resilience`: what if a volunteer is missing; None: nobody asked. `replans`: it is one of what is left of a day;
    None: of the whole day.
    """

    schema_: Literal["doorstep.plan/1"] = Field(default="doorstep.plan/1", alias="schema")
    programme_id: Identifier
    date: Day
    timezone: str
    seed: int
    inputs: Inputs
    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    proposals: tuple[Proposal, ...] = ()
    gaps: tuple[Gap, ...]
    holds: tuple[Hold, ...]
    shortfalls: tuple[Shortfall, ...] = ()
    notices: tuple[Notice, ...] = ()
    summary: Summary
    resilience: tuple[Absence, ...] | None = None
    replans: Replans | None = None
    attribution: str = "© OpenStreetMap contributors, ODbL 1.0"


def dump_plan(plan: Plan) -> bytes:
    """Return the plan's document: UTF-8 JSON, the same bytes for the same plan."""
    return plan.model_dump_json(indent=1, by_alias=True).encode() + b"\n"


def load_plan(data: bytes) -> Plan:
    """Read a plan.

    Raises
    ------
    PlanError
        With the first fault found.
    """
    raw, problems = read_json(data)
    if not problems:
        try:
            # The parts that plans share with programmes forbid unknown keys by themselves; here they pass too.
            return Plan.model_validate_json(json.dumps(raw), extra="ignore")
        except ValidationError as error:
            problems = problems_of(error, raw, Plan)
    first = problems[0]
    raise PlanError(first.code, first.message, where=first.where, remedy=first.remedy, params=first.params)
