"""Why a client is not on the plan. Law: a reason is found by testing one rule alone, never guessed."""

from routing.explaining.unserved import unserved_of

__all__ = ["unserved_of"]
