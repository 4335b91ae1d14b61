"""What every fact has: its hall time, and the ticket, desk or line it is about."""

import msgspec


class Event(msgspec.Struct, frozen=True, gc=False):
    """Base of all facts; ``at`` is hall time, milliseconds UTC since 1970 that never run backwards (R-CORE-20)."""

    at: int


class TicketEvent(Event, frozen=True):
    """Base of the facts about one ticket."""

    ticket: str


class DeskEvent(Event, frozen=True):
    """Base of the facts about one desk."""

    desk: int


class LineEvent(Event, frozen=True):
    """Base of the facts about one telephone line."""

    line: str
