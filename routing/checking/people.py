"""Do client and volunteer go together? Vetoes, authorisations, pairs: `docs/rules.md`, section 2."""

from __future__ import annotations

from collections.abc import Iterator

from routing.checking.cargo import goods_in, product_ids
from routing.checking.case import Case, Stage
from routing.checking.violations import Violation, violation
from routing.checking.violations import ViolationCode as Code
from routing.domain.clients import Client
from routing.domain.plan import Route, StepType
from routing.domain.policies import ClientClass
from routing.domain.volunteers import Volunteer


def people_violations(case: Case) -> Iterator[Violation]:
    """Judge who visits whom with what."""
    for stage in case.stages:
        if stage.volunteer is not None:
            yield from _authorised(case, stage, stage.volunteer)
            if stage.client is not None:
                yield from _veto(stage, stage.client, stage.volunteer)
    for stage in case.visits:
        if stage.client is not None and not stage.accompanied:
            yield from _paired(case, stage, stage.client)
    for index, route in enumerate(case.plan.routes):
        if route.accompanies is not None:
            yield from _companion(case, index, route)


def _veto(stage: Stage, client: Client, volunteer: Volunteer) -> Iterator[Violation]:
    """Require that neither side has refused the other."""
    if volunteer.volunteer_id in client.vetoes or client.client_id in volunteer.vetoes:
        text = "client {client_id} and volunteer {volunteer_id} are kept apart"
        params = {"client_id": client.client_id, "volunteer_id": volunteer.volunteer_id}
        yield violation(Code.VETOED_VOLUNTEER, stage.where, text, **params)


def _authorised(case: Case, stage: Stage, volunteer: Volunteer) -> Iterator[Violation]:
    """Require that the volunteer may carry what is taken aboard or handed over, and visit whom is visited."""
    needed = set(stage.client.requires) if stage.client else set()
    if stage.step.type in {StepType.LOAD, StepType.VISIT}:
        for product_id in product_ids(goods_in(stage.step.items)):
            product = case.products.get(product_id)
            needed |= set(product.requires) if product else set()
    for authorisation_id in sorted(needed - _valid(case, volunteer)):
        text = "volunteer {volunteer_id} lacks authorisation {authorisation_id}"
        params = {"volunteer_id": volunteer.volunteer_id, "authorisation_id": authorisation_id}
        yield violation(Code.NOT_AUTHORISED, stage.where, text, **params)


def _valid(case: Case, volunteer: Volunteer) -> set[str]:
    return {
        each.authorisation_id
        for each in volunteer.authorisations
        if (each.valid_from_on is None or each.valid_from_on <= case.on)
        and (each.valid_to_on is None or case.on <= each.valid_to_on)
    }


def _paired(case: Case, stage: Stage, client: Client) -> Iterator[Violation]:
    """Require that who is to be visited by two is visited by two, at the same times."""
    asked = client.pair_required or client.client_class is ClientClass.MINOR
    if asked and not any(_goes_along(other, stage) for other in case.visits):
        text = "client {client_id} is to be visited by two volunteers together"
        yield violation(Code.PAIR_MISSING, stage.where, text, client_id=client.client_id)


def _goes_along(other: Stage, stage: Stage) -> bool:
    together = other.route.accompanies == stage.route.volunteer_id != other.route.volunteer_id
    return together and _same_visit(other, stage)


def _same_visit(one: Stage, other: Stage) -> bool:
    visits = [(s.step.client_id, s.step.begin_at, s.step.departure_at) for s in (one, other)]
    return visits[0] == visits[1]


def _companion(case: Case, index: int, route: Route) -> Iterator[Violation]:
    """Require that a route that goes along belongs to a pair, makes the other's visits only, and carries nothing."""
    where = f"/routes/{index}"
    if not _pair(case, route):
        text = "volunteer {volunteer_id} has no pair with {other_id}"
        params = {"volunteer_id": route.volunteer_id, "other_id": route.accompanies}
        yield violation(Code.PAIR_MISSING, f"{where}/accompanies", text, **params)
    for stage in case.runs[index]:
        if stage.step.items or stage.step.fetched:
            yield violation(Code.PAIR_MISSING, f"{stage.where}/items", "a route that goes along carries nothing")
        if stage.step.type is StepType.VISIT and not _visited_by_other(case, stage):
            yield violation(Code.PAIR_MISSING, stage.where, "the volunteer gone along with does not make this visit")


def _pair(case: Case, route: Route) -> bool:
    one, other = case.volunteers.get(route.volunteer_id), case.volunteers.get(route.accompanies or "")
    if one is None or other is None or one is other:
        return False
    return one.pairs_with == other.volunteer_id or other.pairs_with == one.volunteer_id


def _visited_by_other(case: Case, stage: Stage) -> bool:
    """Whether the visit is in a route, of the volunteer gone along with, that itself goes along with nobody."""
    leading = (other for other in case.visits if not other.accompanied and _goes_along(stage, other))
    return any(set(stage.step.order_ids) <= set(other.step.order_ids) for other in leading)
