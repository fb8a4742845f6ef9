from __future__ import annotations

from routing.checking import check
from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.network.extract import Extract


def test_a_lawful_day_has_no_violations(plan: Plan, programme: Programme, town: Extract) -> None:
    assert check(plan, programme, town) == ()
