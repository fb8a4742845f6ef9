"""What is made without validation would pass it, field for field and byte for byte."""

from datetime import date

from hypothesis import given, settings

from routing.continuity import needs_of
from routing.domain.loading import load_programme
from routing.domain.orders import Needs
from routing.domain.programme import Programme
from scenarios.finding import find_scenario
from tests.continuity.stories import MONDAY
from tests.continuity.test_properties import programmes, reaches


def _is_valid(found: Needs) -> None:
    dumped = found.model_dump_json()
    again = Needs.model_validate_json(dumped)
    assert again == found
    assert again.model_dump_json() == dumped
    for made in (*found.orders, *found.holds, *found.gaps):
        assert list(vars(made)) == list(type(made).model_fields)
        assert made.model_fields_set == set(type(made).model_fields)


def test_the_denpasar_day_is_derived_as_it_would_be_validated() -> None:
    told = load_programme(find_scenario("denpasar").programme.read_bytes())
    _is_valid(needs_of(told, date(2026, 11, 23), {}))


@settings(max_examples=100, deadline=None)
@given(programmes(), reaches)
def test_any_day_is_derived_as_it_would_be_validated(told: Programme, reach: dict[str, frozenset[date]]) -> None:
    _is_valid(needs_of(told, MONDAY, reach))
