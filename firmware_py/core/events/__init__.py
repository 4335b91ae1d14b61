"""What has happened: one frozen struct per kind of fact, tagged; the format of the hall's journal.

A ticket is named by its number, which is unique within the business day (invariant 1). A release may add a field with
a default; it never renames one.
"""

from firmware_py.core.events.base import *  # noqa: F403
from firmware_py.core.events.day import *  # noqa: F403
from firmware_py.core.events.day import DayEvents
from firmware_py.core.events.desks import *  # noqa: F403
from firmware_py.core.events.desks import DeskEvents
from firmware_py.core.events.devices import *  # noqa: F403
from firmware_py.core.events.devices import DeviceEvents
from firmware_py.core.events.oversight import *  # noqa: F403
from firmware_py.core.events.oversight import OversightEvents
from firmware_py.core.events.phones import *  # noqa: F403
from firmware_py.core.events.phones import PhoneEvents
from firmware_py.core.events.ratings import *  # noqa: F403
from firmware_py.core.events.ratings import RatingEvents
from firmware_py.core.events.tickets import *  # noqa: F403
from firmware_py.core.events.tickets import TicketEvents

HallEvent = DayEvents | TicketEvents | RatingEvents | DeskEvents | PhoneEvents | DeviceEvents | OversightEvents
"""Everything the hall's journal may hold."""
