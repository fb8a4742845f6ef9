"""Why a client is not on the plan. Law: a reason is found by testing one rule alone, never guessed."""

from routing.explaining.locks import refuse_broken_locks, refuse_unlawful_locks
from routing.explaining.unserved import unserved_of

__all__ = ["refuse_broken_locks", "refuse_unlawful_locks", "unserved_of"]
