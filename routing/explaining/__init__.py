"""Why a client is not on the plan, and what would help.

Law: a reason is found by testing one rule alone, never guessed; a remedy is proved by planning again, never supposed.
"""

from routing.explaining.remedied import remedied
from routing.explaining.trials import Patience
from routing.explaining.unserved import unserved_of

__all__ = ["Patience", "remedied", "unserved_of"]
