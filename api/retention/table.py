"""All that goes, in words. Law: made of the rules themselves, so that no page says another time than they do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from api.retention.erased import KEPT as ERASED_KEPT
from api.retention.files import PARTS_KEPT, PASSWORD_KEPT
from api.retention.route_days import KEPT as ROUTE_DAYS_KEPT
from api.retention.rules import RULES

# name of the rule -> what goes, and when
KEPT: Mapping[str, tuple[str, str]]


def _said(keeps: timedelta) -> str:
    if not keeps:
        return "at once"
    if keeps >= timedelta(days=1):
        return f"{keeps.days} day{'s' * (keeps.days != 1)}"
    return f"{keeps // timedelta(minutes=1)} minutes"


KEPT = {
    **{rule.name: (rule.what, _said(rule.keeps)) for rule in RULES},
    "route_days": ("days with all their plans, and the keys of these days", _said(ROUTE_DAYS_KEPT)),
    "erased": ("records of clients who were erased, which nobody can open", _said(ERASED_KEPT)),
    "sheets": ("papers of earlier days, in DOORSTEP_HOME/plans", "the end of the day"),
    "first_password": ("first passwords in a file", _said(PASSWORD_KEPT)),
    "parts": ("half-written files", _said(PARTS_KEPT)),
}
