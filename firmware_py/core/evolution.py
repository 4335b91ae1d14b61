"""What each fact makes of the hall: the table behind ``machine.evolve``, a module per subject."""

from firmware_py.core import (
    evolution_day,
    evolution_desks,
    evolution_lines,
    evolution_oversight,
    evolution_ratings,
    evolution_tickets,
    evolution_visits,
)
from firmware_py.core.changing import Handlers
from firmware_py.core.overlap import overlapping

EVOLVE: Handlers = overlapping(
    evolution_day.EVOLVE
    | evolution_tickets.EVOLVE
    | evolution_visits.EVOLVE
    | evolution_ratings.EVOLVE
    | evolution_desks.EVOLVE
    | evolution_lines.EVOLVE
    | evolution_oversight.EVOLVE
)
"""Every kind of fact has exactly one row."""
