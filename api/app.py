"""The web application. Law: every route is in the table of access, and every route of the table is here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from api.audit import endpoints as audit
from api.custody import endpoints as custody
from api.custody.movements import Movements
from api.custody.records import CustodySteps
from api.days import endpoints as days
from api.identity import (
    factor_endpoints,
    guesses,
    key_endpoints,
    session_endpoints,
    unlock_endpoints,
    user_endpoints,
)
from api.identity.access import ACCESS
from api.identity.callers import record_foreign, refuse_stranger
from api.identity.pauses import Pauses
from api.installation import Installation
from api.intake import endpoints as intake
from api.intake.requests import HelpRequest, IntakeDecision
from api.manners.declared import limits
from api.manners.guard import Guard
from api.manners.openapi import describe
from api.manners.problems import answer_broken, answer_http, answer_parameters, answer_refused
from api.networks import endpoints as networks
from api.plans import edit_endpoints, paper_endpoints, replan_endpoints
from api.plans import endpoints as plans
from api.programmes import endpoints as programmes
from api.programmes.entries import entries_router
from api.visits import endpoints as visits
from api.visits.alarms import ON_ALARM
from api.visits.reports import Reports
from api.volunteers import day_endpoints, link_endpoints
from api.volunteers.reports import VolunteerReports, end_links_on_alarm
from api.volunteers.sheets import HeldSheets
from routing.domain.edits import Edits
from routing.domain.errors import DoorstepError, InternalError

_MODELS = {
    model.__name__: model
    for model in (
        session_endpoints.Credentials,
        session_endpoints.NewPassword,
        factor_endpoints.FactorAsked,
        factor_endpoints.FactorCode,
        user_endpoints.NewUser,
        user_endpoints.UserChange,
        key_endpoints.NewKey,
        unlock_endpoints.Secret,
        link_endpoints.NewLink,
        day_endpoints.LinkSecret,
        VolunteerReports,
        plans.NewPlan,
        Reports,
        HelpRequest,
        IntakeDecision,
        CustodySteps,
        Movements,
        custody.Closing,
        custody.Decision,
        Edits,
        edit_endpoints.Publication,
        replan_endpoints.NewReplan,
    )
}


def make_app(installation: Installation, hosts: Iterable[str] = (), *, reached_from_beyond: bool = False) -> ASGIApp:
    """Return the application of an installation.

    Parameters
    ----------
    hosts
        Names and addresses by which the service is called; empty: any.
    reached_from_beyond
        Whether every request counts as coming from beyond this machine.
    """
    app = FastAPI(
        title="Doorstep",
        version=version("doorstep"),
        description=f"Programmes kept, days planned, nobody in who does not belong.\n\n{limits()}",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.installation = installation
    if end_links_on_alarm not in ON_ALARM:
        ON_ALARM.append(end_links_on_alarm)
    app.state.pauses = Pauses()
    app.state.sheets = HeldSheets(installation.settings.cache)
    app.state.reached_from_beyond = reached_from_beyond
    _add_routes(app)
    _add_answers(app)
    describe(app, _MODELS)
    return Guard(
        app,
        hosts,
        lambda scope: refuse_stranger(Request({**scope, "app": app})),
        lambda: record_foreign(installation),
        debug=installation.debug,
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.installation.work()
    yield
    app.state.installation.close()


def _add_routes(app: FastAPI) -> None:
    for router in (
        unlock_endpoints.router,
        session_endpoints.router,
        factor_endpoints.router,
        guesses.router,
        user_endpoints.router,
        key_endpoints.router,
        networks.router,
        programmes.router,
        entries_router(),
        days.router,
        audit.router,
        link_endpoints.router,
        day_endpoints.router,
        plans.router,
        visits.router,
        custody.router,
        intake.router,
        edit_endpoints.router,
        replan_endpoints.router,
        paper_endpoints.router,
    ):
        app.router.routes.extend(router.routes)  # as they are: FastAPI would hide them in a router of its own
    if routes_of(app) != set(ACCESS):
        raise InternalError("route_without_access", "routes and the table of access differ", remedy="please report it")


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    """Return method and path of every route."""
    own = {
        (method, route.path) for route in app.routes if isinstance(route, APIRoute) for method in route.methods or ()
    }
    return own | {("GET", str(app.openapi_url))}


def _add_answers(app: FastAPI) -> None:
    app.add_exception_handler(DoorstepError, answer_refused)
    app.add_exception_handler(HTTPException, answer_http)
    app.add_exception_handler(RequestValidationError, answer_parameters)
    app.add_exception_handler(Exception, answer_broken)
