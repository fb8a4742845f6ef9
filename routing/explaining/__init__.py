"""Why a client is not on the plan, and what if a volunteer is not there. Law: found by trying, never guessed."""

from routing.explaining.resilience import resilience_of
from routing.explaining.unserved import unserved_of

__all__ = ["resilience_of", "unserved_of"]
