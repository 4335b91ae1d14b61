"""What each fact makes of the hall: the table behind ``machine.evolve``, a module per subject."""

from firmware_py.core import evolution_day, evolution_desks, evolution_lines, evolution_ratings, evolution_tickets
from firmware_py.core.changing import Handlers

EVOLVE: Handlers = (
    evolution_day.EVOLVE
    | evolution_tickets.EVOLVE
    | evolution_ratings.EVOLVE
    | evolution_desks.EVOLVE
    | evolution_lines.EVOLVE
)
"""Every kind of fact has exactly one row."""
