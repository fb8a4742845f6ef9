"""What may be drawn of a route: from the first site or visit to the last, and never a home."""

from routing.domain.plan import StepType
from routing.domain.volunteers import Mode
from routing.maps.journeys import journeys, site_positions
from tests.solver.town import at, day, hours, wanting
from tests.solver.town import plan as planned

HOME, SITE, ONE, TWO = 115.19, 115.2, 115.21, 115.22


def lons(line) -> list[float]:
    return [lon for lon, _ in line]


def test_a_line_begins_and_ends_at_the_site_not_at_home(plan):
    ride = journeys(plan)[0]
    assert [lons(line) for line in ride.lines] == [[SITE, 115.205, ONE, 115.215, TWO, ONE, SITE]]


def test_times_and_distance_leave_out_the_ways_from_and_to_home(plan):
    ride = journeys(plan)[0]
    # Steps at 8:00, 8:15 (site) ... 9:00 (return, leaving 9:05), 9:15; legs of 1.1 + 1.1 + 2.2 km between them.
    assert (f"{ride.begin_at:%H:%M}", f"{ride.end_at:%H:%M}", ride.distance_m) == ("08:15", "09:05", 4400)


def test_a_route_that_ends_with_a_visit_is_cut_there(plan):
    walk = journeys(plan)[1]
    assert [lons(line) for line in walk.lines] == [[SITE, 115.205, ONE]]


def test_stops_are_the_visits_in_order(plan):
    assert [lons(journey.stops) for journey in journeys(plan)] == [[ONE, TWO], [ONE]]


def test_a_rest_at_home_is_cut_out_with_the_ways_there_and_back(make_day, make_route):
    calls = [
        (StepType.START, HOME),
        (StepType.LOAD, SITE),
        (StepType.VISIT, ONE),
        (StepType.BREAK, HOME),
        (StepType.VISIT, TWO),
        (StepType.RETURN, SITE),
        (StepType.END, HOME),
    ]
    (journey,) = journeys(make_day(make_route("v", Mode.CAR, calls)))
    assert [lons(line) for line in journey.lines] == [[SITE, 115.205, ONE], [TWO, ONE, SITE]]
    assert journey.distance_m == 1100 + 2200


def test_a_rest_elsewhere_stays_in_the_line(make_day, make_route):
    calls = [(StepType.START, HOME), (StepType.LOAD, SITE), (StepType.BREAK, ONE), (StepType.VISIT, TWO)]
    (journey,) = journeys(make_day(make_route("v", Mode.CAR, [*calls, (StepType.END, HOME)])))
    assert [lons(line) for line in journey.lines] == [[SITE, 115.205, ONE, 115.215, TWO]]


def test_a_route_without_stops_has_nothing_to_draw(make_day, make_route):
    (journey,) = journeys(make_day(make_route("v", Mode.FOOT, [(StepType.START, HOME), (StepType.END, HOME)])))
    assert (journey.lines, journey.stops, journey.begin_at, journey.distance_m) == ((), (), None, 0)


def test_a_route_beside_another_names_its_number(make_day, make_route, plan):
    calls = [(StepType.START, HOME), (StepType.VISIT, ONE), (StepType.VISIT, TWO), (StepType.END, HOME)]
    beside = make_route("v03", Mode.CAR, calls, accompanies=plan.routes[1].volunteer_id)
    assert [journey.beside for journey in journeys(make_day(*plan.routes, beside))] == [None, None, 2]


def test_sites_come_once_in_the_order_of_calls(plan):
    assert lons(site_positions(plan)) == [SITE]


def test_where_the_vehicle_is_left_the_walk_is_drawn_there_and_back():
    first = wanting("c1", at(6.8, 3), windows=(hours("08:00", "09:00"),))  # at the steps east of (6, 3)
    (journey,) = journeys(planned(day(first, wanting("c2", at(3), windows=(hours("10:00", "12:00"),)))))
    (line,) = journey.lines
    door = line.index((0.0068, 0.003))
    assert line[door - 1] == line[door + 1] == (0.006, 0.003)
