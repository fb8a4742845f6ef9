"""A dispatcher's edits of a plan: applied, timed anew, judged at once.

Law: an edit is done as it is asked for, or refused with a code; what it breaks is told by the checker, never hidden.
What nobody touched stays as it was.
"""

from routing.editing.applying import apply_edits
from routing.editing.desk import Desk, Edited
from routing.editing.locking import with_locks

__all__ = ["Desk", "Edited", "apply_edits", "with_locks"]
