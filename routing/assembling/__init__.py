"""From a solution to the plan document: clock times, items, legs with streets, the passes that cover them."""

from routing.assembling.replans import replans_of
from routing.assembling.routes import assemble_routes
from routing.assembling.summary import summarise

__all__ = ["assemble_routes", "replans_of", "summarise"]
