"""Cut a course where a driver has to be told something, and join what is one street to a driver.

Law: a cut is a choice that is not clear, or another name. How a street happens to be mapped (cut in two, a name left
out for some metres, a short link through a median) is no reason to say anything.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from routing.network.courses import (
    SIGHT_M,
    Course,
    doubles_back,
    heading_into,
    heading_out,
    is_circle,
    length_m,
    name_of,
)
from routing.network.headings import (
    SHARP_DEG,
    SLIGHT_DEG,
    STRAIGHT_DEG,
    Manoeuvre,
    heading_deg,
    manoeuvre_of,
    point_along,
    turn_deg,
)
from routing.network.junctions import Branch, Junctions

LINK_M = 20.0
"""A nameless link shorter than this, between two streets, is a part of the turn."""
GAP_M = 60.0
"""A nameless stretch up to this long between two of one name is that street."""
EXIT_LANE_M = 40.0
"""A nameless exit lane shorter than this is told by the street that it leads to."""
FORK_DEG = 10.0
"""Another branch that is at least this much less straight than ours leaves no doubt."""


@dataclass(frozen=True)
class Part:
    """What is followed after one manoeuvre: stretches `first` to before `end` of a course.

    Attributes
    ----------
    exit
        Of a roundabout; None where the course ends within it.
    """

    first: int
    end: int
    manoeuvre: Manoeuvre
    turn_deg: float = 0.0
    exit: int | None = None

    @property
    def is_roundabout(self) -> bool:
        """Whether it begins with a circle."""
        return self.manoeuvre is Manoeuvre.ROUNDABOUT

    @property
    def is_gentle(self) -> bool:
        """Whether it goes more or less straight on."""
        return abs(self.turn_deg) < SLIGHT_DEG and not self.is_roundabout

    def followed(self, course: Course) -> Course:
        """Return its stretches; of a roundabout those after the circle, if there are any."""
        stretches = course[self.first : self.end]
        return [stretch for stretch in stretches if not stretch.circles] or stretches

    def name(self, course: Course) -> str | None:
        """Return the name of what is followed."""
        return name_of(self.followed(course))


def parts_of(course: Course, junctions: Junctions) -> list[Part]:
    """Return the parts of a course; the first departs."""
    return _joined(course, _cut(course, junctions))


# Where something has to be said


def _cut(course: Course, junctions: Junctions) -> list[Part]:
    parts = [Part(0, len(course), Manoeuvre.DEPART)]
    name = course[0].name
    for at in range(1, len(course)):
        part = _part_from(course, at, name, junctions)
        if part is not None:
            parts[-1] = replace(parts[-1], end=at)
            parts.append(part)
            name = None
        if not course[at].circles:
            name = course[at].name or name
    return parts


def _part_from(course: Course, at: int, name: str | None, junctions: Junctions) -> Part | None:
    """Return the part that begins with a stretch, or None where nothing has to be said; `name` is that followed."""
    if course[at].circles or course[at - 1].circles:
        return _roundabout(course, at, junctions)
    if doubles_back(course, at):
        return Part(at, len(course), Manoeuvre.TURN_ROUND, 180.0)
    turn = turn_deg(heading_into(course, at), heading_out(course, at))
    manoeuvre = _announced(turn, _rivals(course, at, junctions), name, course[at].name)
    return Part(at, len(course), manoeuvre, turn) if manoeuvre else None


def _roundabout(course: Course, at: int, junctions: Junctions) -> Part | None:
    """Return the part that begins where a circle is entered, or left by somebody who departed within it."""
    enters = course[at].circles and not course[at - 1].circles
    departed_within = not course[at].circles and all(stretch.circles for stretch in course[:at])
    if not (enters or departed_within):
        return None
    return Part(at, len(course), Manoeuvre.ROUNDABOUT, exit=_exit(course, at, junctions))


def _announced(turn: float, rivals: Sequence[float], before: str | None, after: str | None) -> Manoeuvre | None:
    """Return the word for a turn that has to be announced; `rivals` are the turns into the other streets."""
    if before != after:
        said = rivals or (before and after) or abs(turn) >= SLIGHT_DEG
        return manoeuvre_of(turn) if said else None
    if not rivals:
        return None
    if abs(turn) >= SLIGHT_DEG:
        return manoeuvre_of(turn)
    rival = min(rivals, key=abs)
    if before is not None or abs(rival) >= abs(turn) + FORK_DEG:
        return None
    return Manoeuvre.SLIGHT_LEFT if turn < rival else Manoeuvre.SLIGHT_RIGHT


def _rivals(course: Course, at: int, junctions: Junctions) -> list[float]:
    before, after = course[at - 1], course[at]
    heading = heading_into(course, at)
    others = (
        branch
        for branch in junctions.branches(after.from_node)
        if branch.next_node not in (before.from_node, after.to_node)
    )
    return [turn_deg(heading, _heading(branch, junctions)) for branch in others]


def _heading(branch: Branch, junctions: Junctions) -> float:
    line = list(junctions.line(branch))
    return heading_deg(line[0], point_along(line, SIGHT_M))


def _exit(course: Course, at: int, junctions: Junctions) -> int | None:
    """Count the exits of a circle from the entry at `at` (or the departure within it) to the one taken.

    Of several at one node the sharpest comes first, since it points back at those before.
    """
    leaves = next((index for index in range(at, len(course)) if not course[index].circles), None)
    if leaves is None:
        return None
    enters = at if course[at].circles else 0
    passed = sum(len(_exits(course[index].from_node, junctions)) for index in range(enters + 1, leaves))
    heading = heading_into(course, leaves)
    here = _exits(course[leaves].from_node, junctions)
    here.sort(key=lambda branch: abs(turn_deg(heading, _heading(branch, junctions))), reverse=True)
    return passed + [branch.next_node for branch in here].index(course[leaves].to_node) + 1


def _exits(node: int, junctions: Junctions) -> list[Branch]:
    return [branch for branch in junctions.branches(node) if not is_circle(branch.way)]


# What is one street to a driver


def _joined(course: Course, parts: Sequence[Part]) -> list[Part]:
    kept, ahead = [parts[0]], deque(parts[1:])
    while ahead:
        part = ahead.popleft()
        following = ahead[0] if ahead else None
        if following is not None and _is_gap(course, kept[-1], part, following):
            kept[-1] = replace(kept[-1], end=ahead.popleft().end)
        elif following is not None and _is_link(course, part, following):
            ahead[0] = _linked(part, following)
        elif _is_approach(course, part, following) or _names_exit(course, kept[-1], part):
            kept[-1] = replace(kept[-1], end=part.end)
        else:
            kept.append(part)
    return kept


def _is_gap(course: Course, before: Part, part: Part, after: Part) -> bool:
    """Say whether a street lacks its name for a moment."""
    names = [each.name(course) for each in (before, part, after)]
    gentle = part.is_gentle and after.is_gentle
    return gentle and names[0] is not None and names == [names[0], None, names[0]] and _metres(course, part) <= GAP_M


def _is_link(course: Course, part: Part, after: Part) -> bool:
    """Say whether two turns, one way round, over a short link are one to a driver: through a median, say."""
    if after.is_roundabout or not _is_short(course, part):
        return False
    turns = abs(part.turn_deg), abs(after.turn_deg)
    one_way_round = part.turn_deg * after.turn_deg >= 0 or min(turns) < STRAIGHT_DEG
    return one_way_round and max(turns) < SHARP_DEG


def _linked(part: Part, after: Part) -> Part:
    turn = max(-180.0, min(180.0, part.turn_deg + after.turn_deg))
    return Part(part.first, after.end, manoeuvre_of(turn), turn)


def _is_approach(course: Course, part: Part, after: Part | None) -> bool:
    """Say whether a part is the short nameless lane into a roundabout."""
    return after is not None and after.is_roundabout and part.is_gentle and _is_short(course, part)


def _names_exit(course: Course, before: Part, part: Part) -> bool:
    """Say whether a part is the street behind a roundabout's short nameless exit lane."""
    lane = before.followed(course)
    nameless = before.is_roundabout and before.exit is not None and name_of(lane) is None
    return nameless and length_m(lane) < EXIT_LANE_M and part.is_gentle and part.name(course) is not None


def _is_short(course: Course, part: Part) -> bool:
    return not part.is_roundabout and part.name(course) is None and _metres(course, part) < LINK_M


def _metres(course: Course, part: Part) -> float:
    return length_m(course[part.first : part.end])
