"""Passes, rules of movement and zones: when, where and with what a volunteer may move.

Law: a duty is legal in every second of its span by one pass alone; nothing here knows streets or routes.
"""

from routing.passes.day_so_far import duties_left
from routing.passes.duties import duties_of
from routing.passes.reach import reach_of

__all__ = ["duties_left", "duties_of", "reach_of"]
