"""Why a client is not on the plan, and what if a volunteer is not there. Law: found by trying, never guessed."""

from routing.explaining.locks import refuse_broken_locks, refuse_unlawful_locks
from routing.explaining.resilience import resilience_of
from routing.explaining.unserved import unserved_of

__all__ = ["refuse_broken_locks", "refuse_unlawful_locks", "resilience_of", "unserved_of"]
