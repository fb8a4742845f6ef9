"""From doses at home to the day's orders, holds, gaps and shortfalls (docs/rules.md, section 1).

Law: pure. No clock, no network, no database; the date is an input and only `routing.domain` is imported. No clinical
number stands here: they all come from the programme's policies.
"""

from routing.continuity.day import LOOK_AHEAD_DAYS
from routing.continuity.needs import needs_of
from routing.continuity.remembering import Memory

__all__ = ["LOOK_AHEAD_DAYS", "Memory", "needs_of"]
