"""What is at hand while a plan is edited: streets, and days as they were posed last.

Law: nothing here is of one plan; a day is known by its programme's digest, and forgotten when others come.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from threading import Lock

from routing.checking import Violation
from routing.continuity import needs_of
from routing.domain.extent import refuse_beside
from routing.domain.loading import dump_programme
from routing.domain.orders import Needs
from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.network import StreetEngine, Streets
from routing.network.extract import Extract
from routing.passes import duties_left, duties_of, reach_of
from routing.solver import Posed, pose

HELD = 4  # days in memory


@dataclass(frozen=True, kw_only=True)
class Posing:
    """A day of a programme as the solver asks for it."""

    digest: str
    needs: Needs
    posed: Posed


@dataclass(frozen=True, kw_only=True)
class Edited:
    """A plan after edits.

    Attributes
    ----------
    programme
        What the plan is about from now on: the programme with the locks of the day.
    violations
        What the checker says: empty where the plan is lawful.
    """

    plan: Plan
    programme: Programme
    violations: tuple[Violation, ...]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The streets of one extract, and the days posed on them; may be shared by threads."""

    extract: Extract
    streets: Streets
    _held: OrderedDict[tuple[str, date], Posing] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def posing(self, programme: Programme, on: date) -> Posing:
        """Return a day as posed, from memory where it is the same programme.

        Raises
        ------
        ProgrammeError
            An area, corridor or checkpoint lies beside the map.
        """
        key = sha256(dump_programme(programme)).hexdigest(), on
        with self._lock:
            held = self._held.get(key)
        if held is None:
            held = self._posing(programme, on, key[0])
        with self._lock:
            self._held[key] = held
            self._held.move_to_end(key)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        return held

    def _posing(self, programme: Programme, on: date, digest: str) -> Posing:
        refuse_beside(programme, self.extract.bounds)
        needs = needs_of(programme, on, reach_of(programme, on))
        duties = duties_left(programme, programme.so_far(on), duties_of(programme, on))
        posed = pose(programme, on, needs.orders, duties, StreetEngine(self.streets), self.streets)
        return Posing(digest=digest, needs=needs, posed=posed)
