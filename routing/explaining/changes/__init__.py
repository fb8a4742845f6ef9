"""Changes of a programme that may let somebody be served. Law: each is one thing that one person can decide."""

from routing.explaining.changes.change import Change, Wanted
from routing.explaining.changes.kinds import applied, sizes_of, targets_of

__all__ = ["Change", "Wanted", "applied", "sizes_of", "targets_of"]
