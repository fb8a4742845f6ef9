"""Several days at once: on which day whom to visit, and whom to ask what before the day is planned.

Law: pure, as continuity is. Every date is asked of `needs_of`; no rule of docs/rules.md is written a second time here.
"""

from routing.horizon.calendar import Calendar, ClientDays, Mark, calendar_of
from routing.horizon.calls import Ask, Call, Question, calls_of
from routing.horizon.status import status_of

__all__ = ["Ask", "Calendar", "Call", "ClientDays", "Mark", "Question", "calendar_of", "calls_of", "status_of"]
