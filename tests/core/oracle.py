"""A clerk with a pencil: reads the hall's events one by one and keeps account of them as rules.md 3.2–3.6 says.

Written from the rules, not from the code: one card per number, one seat per desk, and an ``assert`` wherever an event
may not follow. Slow and obvious on purpose.
"""

from collections.abc import Callable

from firmware_py.core import events as e
from tests.core import account_desks as desks
from tests.core import account_tickets as tickets
from tests.core.account import Reading


def _nothing(r: Reading, event: e.Event) -> None:
    """For the record."""


READ: dict[type, Callable[..., None]] = {
    e.Configured: desks.configured,
    e.NumbersKnown: desks.numbers_known,
    e.Restarted: _nothing,
    e.ClockStepped: _nothing,
    e.DayOpened: desks.day_opened,
    e.CallingOpened: desks.calling_opened,
    e.IssueClosed: desks.issue_closed,
    e.DayClosed: desks.day_closed,
    e.Taken: tickets.taken,
    e.Printed: tickets.printed,
    e.PrintFailed: tickets.print_failed,
    e.PrintUnknown: tickets.print_unknown,
    e.Cancelled: tickets.cancelled,
    e.Called: tickets.called,
    e.Recalled: tickets.recalled,
    e.Arrived: tickets.arrived,
    e.Passed: tickets.passed,
    e.Expired: tickets.expired,
    e.Withdrawn: tickets.withdrawn,
    e.Returned: tickets.returned,
    e.Held: tickets.held,
    e.Resumed: tickets.resumed,
    e.Finished: tickets.finished,
    e.RatingOpened: tickets.rating_opened,
    e.Rated: tickets.rated,
    e.RatingCorrected: tickets.rating_corrected,
    e.RatingLocked: tickets.rating_locked,
    e.RatingClosed: tickets.rating_closed,
    e.InviteFailed: tickets.invite_failed,
    e.Unserved: tickets.unserved,
    e.StrayRating: _nothing,
    e.LoggedIn: desks.logged_in,
    e.LoggedOut: desks.logged_out,
    e.DeskWaits: desks.desk_waits,
    e.DeskPaused: desks.desk_paused,
    e.PausePending: desks.pause_pending,
    e.DeskResumed: desks.desk_resumed,
    e.Rang: desks.rang,
    e.NeighboursAlerted: _nothing,
    e.SupervisorAlerted: _nothing,
    e.PickupClaimed: desks.claimed,
    e.PhoneAnswered: desks.answered,
    e.PhoneAbandoned: desks.abandoned,
    e.PhoneMissed: desks.missed,
    e.PhoneOutgoing: desks.quiet,
    e.PhoneUnknown: desks.quiet,
    e.PhoneUnknown: desks.quiet,
    e.PhoneEnded: desks.quiet,
    e.CallbackOpened: desks.callback_opened,
    e.CallbackClosed: desks.callback_closed,
    e.DeviceFailed: _nothing,
    e.DeviceMended: _nothing,
}
"""Events of later releases stand in no row: met today, they are a defect."""


def read(reading: Reading, event: e.Event) -> None:
    """One more event in the account."""
    reading.seq += 1
    READ[type(event)](reading, event)
