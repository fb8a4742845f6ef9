"""`doorstep explain`, `compare` and `route` on a server: what is known of a plan that is made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.console import notes, results, say
from api.cli.documents import write_json
from api.remote.opening import JsonOption, PlanArgument, ProgrammeOption, opened
from api.remote.plans import fetched_plan, whole
from api.remote.programmes import Remote, identifier
from routing.domain.errors import InputError, UsageError

if TYPE_CHECKING:
    from api.cli.explain_report import Explained
    from routing.domain.orders import Hold
    from routing.explaining.served import Visit
    from routing.replanning import Difference

Toleration = Annotated[
    int, typer.Option(min=0, max=86_400, metavar="S", help="So many seconds earlier or later are the same time.")
]


def explain(
    context: typer.Context,
    plan: PlanArgument,
    *,
    programme: ProgrammeOption,
    client: Annotated[str | None, typer.Option(metavar="C", help="This client alone, by id or code name.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say why clients are not served, and what would serve them; of one who is served, why the visit is where it is.

    What would help was searched for when the plan was made (plan --remedies).
    """
    from api.cli.explain_report import show_client, show_everybody

    with opened(context, programme) as remote:
        client_id = None if client is None else remote.client_id(client)
        told = remote.connection.get(f"{remote.plan_path(plan)}/explanations", client_id=client_id)
        if as_json:
            write_json(told)
        elif client_id is None:
            show_everybody(results(), _explained(remote, told, ()))
        else:
            visits = [_visit(each, client_id) for each in told["visits"]]
            made = whole(fetched_plan(remote, plan))  # holds are told to whoever sees all of it
            show_client(results(), _explained(remote, told, made.holds if made else ()), client_id, visits)


def _explained(remote: Remote, told: Mapping[str, Any], holds: Sequence[Hold]) -> Explained:
    from api.cli.explain_report import Explained
    from routing.domain.plan import Proposal, Unserved

    return Explained(
        date=date.fromisoformat(told["date"]),
        timezone=remote.frame["timezone"],
        unserved=[Unserved.model_validate_json(json.dumps(each)) for each in told["unserved"]],
        proposals=[Proposal.model_validate_json(json.dumps(each)) for each in told.get("proposals", ())],
        holds=holds,
        clients=remote.names("clients"),
        others={**remote.names("volunteers"), **remote.names("sites")},
    )


def _visit(told: Mapping[str, Any], client_id: str) -> Visit:
    from routing.explaining.served import Holding, Other, Visit

    return Visit(
        client_id=client_id,
        volunteer_ids=tuple(told["volunteer_ids"]),
        mode=told["mode"],
        begin_at=datetime.fromisoformat(told["begin_at"]),
        departure_at=datetime.fromisoformat(told["departure_at"]),
        order_ids=tuple(told["order_ids"]),
        pass_ids=tuple(told["pass_ids"]),
        holding=Holding(told["not_earlier"]),
        others=tuple(
            Other(volunteer_id=each["volunteer_id"], rules=tuple(each["rules"]), added_s=each["added_s"])
            for each in told["others"]
        ),
    )


def compare(
    context: typer.Context,
    before: PlanArgument,
    after: Annotated[
        str | None, typer.Argument(metavar="[PLAN]", help="Another plan of the day; else the first against before it.")
    ] = None,
    *,
    programme: ProgrammeOption,
    tolerance: Toleration = 1800,
    as_json: JsonOption = False,
) -> None:
    """Say what differs between two plans, or between one and the plan that it goes on from.

    One plan alone: a replan against what it replaces, any other against its first version. Of two plans that do not go
    on from each other, all has to be seen: that takes every role of care.
    """
    with opened(context, programme) as remote:
        if after is None or remote.connection.get(remote.plan_path(after))["predecessor_id"] == before:
            path = f"{remote.plan_path(after or before)}/differences"
            _show_told(remote, remote.connection.get(path, tolerance_s=tolerance), as_json=as_json)
        else:
            _show_found(remote, before, after, tolerance, as_json=as_json)


def _show_found(remote: Remote, before: str, after: str, tolerance: int, *, as_json: bool) -> None:
    from api.cli.differences import as_object, names_of, show_difference
    from routing.replanning import difference_of

    first, second = (whole(fetched_plan(remote, each)) for each in (before, after))
    if first is None or second is None:
        raise InputError(
            "not_allowed",
            "to compare two plans that do not go on from each other takes all roles of care",
            where="PLAN",
            remedy="have somebody with these roles compare them, or compare a replan with what it replaces",
        )
    if first.date != second.date:
        raise UsageError(
            "plans_of_two_days",
            "the plans are of two programmes, or of two days",
            where=after,
            remedy="give two plans of one day",
        )
    found, known = difference_of(first, second, tolerance_s=tolerance), remote.document()
    if as_json:
        write_json(as_object(found, known))
    else:
        show_difference(results(), found, names_of(known), first.timezone)


def _show_told(remote: Remote, told: Mapping[str, Any], *, as_json: bool) -> None:
    """Print what the server says differs."""
    from api.cli.differences import show_difference

    if as_json:
        write_json(told)
        return
    names = {**remote.names("clients"), **remote.names("volunteers")}
    show_difference(results(), difference_told(told), names, remote.frame["timezone"])


def show_differences(remote: Remote, plan_id: str, *, as_json: bool) -> None:
    """Print how a plan differs from the one that it goes on from."""
    _show_told(remote, remote.connection.get(f"{remote.plan_path(plan_id)}/differences"), as_json=as_json)


def difference_told(told: Mapping[str, Any]) -> Difference:
    """Return a difference that was told as JSON."""
    from routing.replanning import Change, ChangeKind, Difference, Figures

    return Difference(
        changes=tuple(
            Change(
                kind=ChangeKind(each["kind"]),
                client_id=each["client_id"],
                order_ids=tuple(each["order_ids"]),
                from_volunteer_id=each["from_volunteer_id"],
                to_volunteer_id=each["to_volunteer_id"],
                before_at=_instant(each["before_at"]),
                after_at=_instant(each["after_at"]),
                retimed=each["retimed"],
            )
            for each in told["changes"]
        ),
        clients_to_tell=tuple(told["clients_to_tell"]),
        volunteers_to_tell=tuple(told["volunteers_to_tell"]),
        figures=(Figures(**told["figures"]["before"]), Figures(**told["figures"]["after"])),
        stranded=tuple(told["stranded"]),
        exposed={who: tuple(on) for who, on in told["exposed"].items()},
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def route(
    context: typer.Context,
    plan: PlanArgument,
    *,
    programme: ProgrammeOption,
    volunteer: Annotated[str, typer.Option(metavar="V", help="Whose, by id or code name.")],
    as_json: JsonOption = False,
) -> None:
    """Show one volunteer's routes stop by stop, as one's roles see them."""
    from api.remote.seen_plans import show_routes

    with opened(context, programme) as remote:
        volunteer_id = identifier(remote.volunteer_id(volunteer))
        told = remote.connection.get(f"{remote.plan_path(plan)}/routes/{volunteer_id}")
        if as_json:
            write_json(told)
        else:
            show_routes(results(), told["routes"], remote.frame["timezone"], remote)
            say(notes(), f"version {told['version']} of plan {told['plan_id']}")
