"""When and where people are met: windows, edges of zones, hours of sites and breaks, in seconds since midnight.

Law: turns hours into seconds and judges nothing; a window of nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from shapely import Point

from routing.domain.clients import Client
from routing.domain.duties import Duty
from routing.domain.hours import Hours, at
from routing.domain.passes import ZoneEntry
from routing.domain.places import Place
from routing.domain.programme import Programme
from routing.domain.volunteers import Volunteer
from routing.solver.problem import Rest, Window
from routing.solver.schedule import FAR


class Clock:
    """One day's clock, as far as its duties reach.

    Parameters
    ----------
    duties
        Nobody is out before the first begins or after the last ends.
    """

    def __init__(self, programme: Programme, on: date, duties: Sequence[Duty]) -> None:
        self._programme = programme
        self._on = on
        self.midnight = at(on, datetime.min.time(), programme.zone)
        self._out = self._hours_out(duties)

    def _hours_out(self, duties: Sequence[Duty]) -> Window:
        """Return the span from the first to the last second in which anybody may be out."""
        if not duties:
            return 0, 2 * 86_400
        starts = [self.seconds(duty.start_at) for duty in duties]
        ends = [self.seconds(duty.end_at) for duty in duties]
        return min(starts), max(ends)

    def _visit_windows(self, client: Client) -> tuple[Window, ...]:
        """Return when a client may be visited: none of it after midnight where the next day is closed."""
        windows = self.windows(client.windows)
        tomorrow = self._on + timedelta(days=1)
        if not self._programme.calendar.is_closed(tomorrow):
            return windows
        last = self.seconds(at(tomorrow, datetime.min.time(), self._programme.zone)) - 1
        return tuple((start, min(end, last)) for start, end in windows or ((0, last),) if start <= last)

    def meeting(self, client: Client) -> tuple[Place, tuple[Window, ...]]:
        """Return where and when a client is visited: at the edge of a zone that is served there, while it is closed.

        Where the zone is in force for a part of the time, the longer part decides: one visit has one place.
        """
        windows = self._visit_windows(client)
        if client.edge_place is None:
            return client.place, windows
        times = _overlaps(windows, [self._out]) if windows else [self._out]
        closures = self._closures_around(client)
        at_edge = _overlaps(times, closures)
        if not at_edge:
            return client.place, windows
        at_home = _gaps(times, closures, client.service_s)
        if _total(at_home) > _total(at_edge):
            return client.place, tuple(at_home)
        return client.edge_place, tuple(at_edge)

    def _closures_around(self, client: Client) -> list[Window]:
        """Return when zones that are served at their edge lie around a client's place, their ends left out."""
        if client.place.location is None:
            return []
        home = Point(client.place.location.point)
        return [
            (
                self.seconds(zone.valid_from_at) + 1,
                FAR if zone.valid_to_at is None else self.seconds(zone.valid_to_at) - 1,
            )
            for zone in self._programme.zones
            if zone.entry is ZoneEntry.HANDOVER_AT_EDGE and zone.area.shape.intersects(home)
        ]

    def windows(self, hours: Sequence[Hours], closed_on: Sequence[date] = ()) -> tuple[Window, ...]:
        """Return the spans of the day and of the nights around it in which somebody may be out, in seconds."""
        around = [self._on + timedelta(days=offset) for offset in (-1, 0, 1)]
        days = [on for on in around if on not in closed_on]
        spans = [span for entry in hours for on in days if (span := entry.span(on, self._programme.zone)) is not None]
        windows = sorted((self.seconds(start), self.seconds(end)) for start, end in spans)
        # Tomorrow's concern us only where a night shift reaches into them.
        last = max(
            self._out[1], self.seconds(at(self._on + timedelta(days=1), datetime.min.time(), self._programme.zone)) - 1
        )
        return tuple((max(start, 0), end) for start, end in windows if end >= 0 and start <= last)

    def seconds(self, instant: datetime, *, up: bool = False) -> int:
        """Return the seconds from midnight to an instant, whole ones; `up`: the next whole second."""
        delta = instant.astimezone(UTC) - self.midnight
        return delta.days * 86_400 + delta.seconds + (1 if up and delta.microseconds else 0)

    def rests(self, people: Iterable[Volunteer], end: int) -> tuple[Rest, ...]:
        """Return the breaks of those on a duty that ends at `end`: equal ones of a pair are one."""
        return _shared([self._rests(person, end) for person in people])

    def _rests(self, person: Volunteer, end: int) -> list[Rest]:
        """Return the breaks of the day, and of the night after it as far as a duty reaches into it."""
        zone = self._programme.zone
        rests = [
            Rest(
                earliest_s=self.seconds(at(on, rest.earliest_time, zone)),
                # In a night whose clocks jump a span may end before it begins.
                latest_s=self.seconds(max(at(on, rest.earliest_time, zone), at(on, rest.latest_time, zone))),
                duration_s=rest.duration_s,
                people=frozenset({person.volunteer_id}),
            )
            for on in (self._on, self._on + timedelta(days=1))
            for rest in person.breaks
        ]
        return [rest for rest in rests if rest.earliest_s <= end]


def _overlaps(windows: Sequence[Window], others: Sequence[Window]) -> list[Window]:
    return sorted((max(a, c), min(b, d)) for a, b in windows for c, d in others if max(a, c) <= min(b, d))


def _gaps(windows: Sequence[Window], closures: Sequence[Window], service_s: int) -> list[Window]:
    """Return when a visit may begin so that it is over before each closure, or begins after it."""
    left = list(windows)
    for closed, reopened in closures:
        left = [
            piece
            for opens, closes in left
            for piece in ((opens, min(closes, closed - 2 - service_s)), (max(opens, reopened + 2), closes))
            if piece[0] <= piece[1]
        ]
    return sorted(set(left))


def _total(windows: Sequence[Window]) -> int:
    return sum(closes - opens for opens, closes in windows)


def _shared(rests_of: Sequence[list[Rest]]) -> tuple[Rest, ...]:
    """Join equal breaks of different people: a pair rests together where both may."""
    joined: list[Rest] = []
    for rests in rests_of:
        open_ones = list(joined)
        for rest in rests:
            twin = next((other for other in open_ones if _times(other) == _times(rest)), None)
            if twin is None:
                joined.append(rest)
            else:
                open_ones.remove(twin)
                joined[joined.index(twin)] = replace(twin, people=twin.people | rest.people)
    return tuple(joined)


def _times(rest: Rest) -> tuple[int, int, int]:
    return rest.earliest_s, rest.latest_s, rest.duration_s
