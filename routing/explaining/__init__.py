"""Why a client is not on the plan, what would help, and what if a volunteer is not there.

Law: a reason is found by testing one rule alone, never guessed; a remedy is proved by planning again, never supposed.
"""

from routing.explaining.locks import refuse_broken_locks, refuse_unlawful_locks
from routing.explaining.remedied import remedied
from routing.explaining.resilience import resilience_of
from routing.explaining.trials import Patience
from routing.explaining.unserved import unserved_of

__all__ = [
    "Patience",
    "refuse_broken_locks",
    "refuse_unlawful_locks",
    "remedied",
    "resilience_of",
    "unserved_of",
]
