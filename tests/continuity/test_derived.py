"""What is made without validation would pass it, field for field and byte for byte."""

from datetime import date

from hypothesis import given, settings

from routing.continuity import needs_of
from routing.domain.loading import load_programme
from routing.domain.orders import Needs
from routing.domain.programme import Programme
from routing.domain.sites import Stock
from scenarios.finding import find_scenario
from tests.continuity.stories import MONDAY, client, programme, shelf
from tests.continuity.test_changes import TOP_UP, changing, exchanging
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


def test_visits_top_ups_and_exchanges_are_derived_as_they_would_be_validated() -> None:
    told = programme(
        client("a", exchanging(), assessment_on=MONDAY),
        client("b", changing(70.0, dose_change=TOP_UP), follow_up_on=MONDAY),
    )
    found = needs_of(told, MONDAY, {})
    assert len(found.orders) == 3
    short = needs_of(shelf(told, Stock(product_id="p1", quantity=30.0)), MONDAY, {})
    for each in (found, short):
        _is_valid(each)


@settings(max_examples=100, deadline=None)
@given(programmes(), reaches)
def test_any_day_is_derived_as_it_would_be_validated(told: Programme, reach: dict[str, frozenset[date]]) -> None:
    _is_valid(needs_of(told, MONDAY, reach))
