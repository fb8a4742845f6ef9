"""Whatever the programme: what is planned passes the checker, and every order is served or has its reasons."""

from hypothesis import HealthCheck, given, settings

from routing.domain.plan import dump_plan, load_plan
from tests.property.programmes import programmes
from tests.solver.town import plan


# plan_day runs the checker itself and raises `plan_not_lawful` where it refuses.
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(programmes())
def test_every_plan_is_lawful(told):
    found = plan(told, iterations=20)
    assert all(entry.reasons for entry in found.unserved)
    assert load_plan(dump_plan(found)) == found
